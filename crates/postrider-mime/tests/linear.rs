//! Twice the input is at most 2.2 times the work, in counted instructions, for both readers of the
//! structure on the worst that is known for them.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB=32` sets the smaller input, 16 KiB where it is not
//! set. Without counting, 64 times as much of each family is read.

use std::{env, fs, hint::black_box, path::Path, process::Command};

use postrider_mime::{
    Limits, Message,
    stream::{Decode, Parser},
};

/// What is repeated behind the header section of a multipart with the boundary `a`.
const FAMILIES: &[&[u8]] = &[
    b"--",
    b"\n--",
    b"\n--\n",
    b"\r\n--",
    b"--a",
    b"--a\n",
    b"--a--\n",
    b"--aa\n",
    b"--a \n",
    b"--a \t ",
    b"\n-",
    b"\r",
    b"\n",
    b"x",
    b"--a\n\n",
    b"--a\nX: y\n\n",
    b"--a\n:\n",
    b"--a\n\xef\xbb\xbf",
    b"--a\nFrom  \n",
    b"--a\nContent-Type: message/rfc822\n\n",
    b"--a\nContent-Type: multipart/x; boundary=a\n\n",
    b"--a\nContent-Type: multipart/x; boundary=aa\n\n--aa\n",
    b"--a\nContent-Type: multipart/x\n\n",
    b"--a\nContent-Type: multipart/x; boundary=\"",
    b"--a\nContent-Type:",
    b"--a\nContent-Type: multipart/x; boundary=\n b\n",
    b"--a\nContent-Transfer-Encoding: base64\n\nA",
    b"--a\nX:\n ",
    b"--a\nX\n--b\n",
];

/// A reader under a name.
type Reader = (&'static str, fn(&[u8]));

const READERS: &[Reader] = &[
    ("tree", |octets| {
        black_box(Message::parse(octets).unwrap());
    }),
    ("types of all parts", |octets| {
        let message = Message::parse(octets).unwrap();
        message.parts().for_each(|part| drop(black_box(part.content_type())));
    }),
    ("without limits", |octets| {
        let headers = postrider_message::Limits::DEFAULT.with_fields(usize::MAX);
        let limits = Limits::DEFAULT.with_headers(headers).with_fields(usize::MAX);
        let limits = limits.with_parts(usize::MAX).with_field(usize::MAX);
        black_box(Message::parse_with(octets, &limits).unwrap());
        stream(octets, &limits, 4 << 10);
    }),
    ("check", |octets| {
        black_box(Message::parse(octets).unwrap().check());
    }),
    ("stream", |octets| stream(octets, &Limits::DEFAULT, 4 << 10)),
    ("stream by 7 octets", |octets| stream(octets, &Limits::DEFAULT, 7)),
];

fn stream(octets: &[u8], limits: &Limits, size: usize) {
    let mut parser = Parser::with_limits(Decode::Text, limits);
    for chunk in octets.chunks(size) {
        parser.push(chunk, &mut |event| _ = black_box(event));
    }
    parser.finish(&mut |event| _ = black_box(event));
}

/// The scale of both tests.
fn kib() -> usize {
    env::var("LINEAR_KIB").map_or(16, |kib| kib.parse().unwrap())
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    [b"Content-Type: multipart/mixed; boundary=a\n\n", &*family.repeat(length / family.len())]
        .concat()
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
    let folder = env::temp_dir().join(format!("linear-structure-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let counts = count(&folder, kib() << 10);
    let _ = fs::remove_dir_all(&folder);
    let mut counts = counts.chunks(2);
    let mut broken = Vec::new();
    for (reader, _) in READERS {
        for family in FAMILIES {
            let &[once, twice] = counts.next().unwrap() else { panic!("a count is missing") };
            println!("{reader:24} {:20} {once:>12} {twice:>12}", family.escape_ascii().to_string());
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
fn a_lot_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib() << 16));
        }
    }
}
