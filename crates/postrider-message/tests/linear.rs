//! Twice the input is at most 2.2 times the work, in counted instructions, for every reader on the
//! worst that is known for it (RFC grammars invite quadratic readers; CVE-2025-61725,
//! CVE-2024-23184 and CVE-2026-27859 are three of them).
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB=1024` sets the smaller input, 4 KiB where it is not
//! set. Without counting, a MiB of each family is read, which would take hours if it were not linear.

use std::{env, fs, hint::black_box, path::Path, process::Command};

use postrider_message::{
    AddressList, DateTime, FieldValue, HeaderSection, MessageIdList, RawValue, Received, Text,
};

/// What is repeated: what nests, what is never closed, what looks like the start of something.
const FAMILIES: &[&[u8]] = &[
    b"(",
    b"()",
    b"(a",
    b"\"",
    b"\"\"",
    b"\\",
    b"\"\\\"",
    b",",
    b";",
    b"=?",
    b"=?utf-8?q?a?= ",
    b"=?utf-8?q?",
    b"<",
    b"<>",
    b"<@a:",
    b"<a@b>",
    b"a@",
    b"a@b,",
    b"a <b@c>, ",
    b"a:b@c;",
    b".",
    b"a ",
    b"\r\n ",
    b" ",
    b"[",
    b"[]",
    b"\xff",
    "é".as_bytes(),
    b"by a (b) ",
    b"1 Jan ",
    b"a=b;",
    b"a*0=b;",
    b"Re: ",
    b"[a] ",
    b"[fwd: ",
    b"From: a\n",
    b"a\n",
    b":\n",
];

/// A reader under a name.
type Reader = (&'static str, fn(&[u8]));

const READERS: &[Reader] = &[
    ("section", |octets| {
        let section = HeaderSection::parse(octets);
        black_box(section.headers().defects());
    }),
    ("addresses", |octets| value::<AddressList<'_>>(octets)),
    ("date", |octets| value::<Option<DateTime>>(octets)),
    ("message ids", |octets| value::<MessageIdList<'_>>(octets)),
    ("received", |octets| value::<Received<'_>>(octets)),
    ("text", |octets| value::<Text<'_>>(octets)),
];

fn value<'a, T: FieldValue<'a>>(octets: &'a [u8]) {
    black_box(T::read(RawValue::new(octets)));
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    family.repeat(length / family.len())
}

/// What is counted, and nothing else.
#[inline(never)]
fn measured(read: fn(&[u8]), octets: &[u8]) {
    read(black_box(octets));
}

/// Every reader on every family, once and twice: what the counter runs.
#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    let length: usize = env::var("LINEAR_LENGTH").unwrap().parse().unwrap();
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, length));
            measured(*read, &of_length(family, length * 2));
        }
    }
}

#[test]
fn twice_the_input_is_at_most_twice_the_work_and_a_tenth() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let kib = env::var("LINEAR_KIB").map_or(4, |kib| kib.parse().unwrap());
    let folder = env::temp_dir().join(format!("linear-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let counts = count(&folder, kib << 10);
    let _ = fs::remove_dir_all(&folder);
    let mut counts = counts.chunks(2);
    let mut broken = Vec::new();
    for (reader, _) in READERS {
        for family in FAMILIES {
            let &[once, twice] = counts.next().unwrap() else { panic!("a count is missing") };
            println!("{reader:12} {:20} {once:>12} {twice:>12}", family.escape_ascii().to_string());
            // What every call costs is not work on the input.
            if twice * 10 > once * 22 && twice > 20_000 {
                broken.push(format!("{reader} of {}: {once} {twice}", family.escape_ascii()));
            }
        }
    }
    assert!(counts.next().is_none() && broken.is_empty(), "{broken:#?}");
}

/// The instructions of each call of [`measured`], in order.
fn count(folder: &Path, length: usize) -> Vec<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=linear::measured"])
        .arg("--dump-after=linear::measured")
        .arg(format!("--callgrind-out-file={}/out", folder.display()))
        .arg(env::current_exe().unwrap())
        .args(["--exact", "readings", "--ignored", "--test-threads=1"])
        .env("LINEAR_LENGTH", length.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (1..)
        .map_while(|number| fs::read_to_string(folder.join(format!("out.{number}"))).ok())
        .filter(|dump| dump.contains("Trigger: --dump-after"))
        .map(|dump| {
            let total = dump.lines().find_map(|line| line.strip_prefix("totals:"));
            total.unwrap().trim().parse().unwrap()
        })
        .collect()
}

#[test]
fn a_mebibyte_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, 1 << 20));
        }
    }
}
