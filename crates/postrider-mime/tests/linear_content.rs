//! Twice the body is at most 2.2 times the work, in counted instructions, for every decoder on the
//! worst that is known for it.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB` sets the smaller input, 4 KiB where it is not set: an
//! input must be longer than what decoders hold back. Without counting, 128 times as much is read.

use std::{env, fs, hint::black_box, path::Path, process::Command};

use postrider_message::{Span, charset};
use postrider_mime::{
    TransferEncoding::{self, Base64, QuotedPrintable, UuEncode},
    encoding::{Decoder, uuencoded},
    flowed,
};

/// What is repeated: what is never closed, what is undecided for long, what is nearly right.
const FAMILIES: &[&[u8]] = &[
    b"=",
    b"==",
    b"= ",
    b"=4",
    b"=4=",
    b"=41",
    b"=\r",
    b"=\n",
    b"= \r",
    b" ",
    b"\t\r",
    b"\r",
    b"\n",
    b" \n",
    b"a",
    b"AAAA",
    b"AAA",
    b"A=",
    b"AAAA\n",
    b"AAA\n",
    b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo\n",
    b"QUJD*",
    b"*",
    b"begin 644 a\n",
    b"begin 644 ",
    b"begin 644 a\n#0V%T\n",
    b"begin 644 a\n#0V%T\nend\n",
    b"_\n",
    b"M\n",
    b"\nbegin ",
    b"end\n",
    b">",
    b"> ",
    b"> > ",
    b"-- \n",
    b"-- ",
    b"a ",
    b"\x1b",
    b"\x1b(B",
    b"\x1b$B\x1b(",
    b"+",
    b"+AAA",
    b"+2AA",
    b"2AA",
    b"+-",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xe9a",
    b"\xc3\xa9\xe9",
    b"\xff\xfe",
    b"\x81",
];

type Reader = (&'static str, fn(&[u8]));

const READERS: &[Reader] = &[
    ("base64", |octets| whole(Base64, octets)),
    ("base64 in pieces", |octets| pieces(Base64, octets)),
    ("quoted-printable", |octets| whole(QuotedPrintable, octets)),
    ("quoted-printable in pieces", |octets| pieces(QuotedPrintable, octets)),
    ("uuencode", |octets| whole(UuEncode, octets)),
    ("uuencode in pieces", |octets| pieces(UuEncode, octets)),
    ("uuencoded files", |octets| {
        uuencoded(octets).for_each(|file| drop(black_box(file.decoded())));
    }),
    ("us-ascii", |octets| text(b"us-ascii", octets)),
    ("utf-8", |octets| text(b"utf-8", octets)),
    ("utf-7", |octets| text(b"utf-7", octets)),
    ("utf-16", |octets| text(b"utf-16", octets)),
    ("iso-2022-jp", |octets| text(b"iso-2022-jp", octets)),
    ("gb18030", |octets| text(b"gb18030", octets)),
    ("a label", |octets| drop(black_box(charset::decode(octets, b"\xe9")))),
    ("flowed", |octets| {
        let text = String::from_utf8_lossy(octets);
        for delsp in [false, true] {
            let mut writer = flowed::Writer::new().with_delsp(delsp);
            flowed::read(&text, delsp).for_each(|one| writer.paragraph(0, one.text()));
            writer.paragraph(1, &text);
            black_box(writer.finish());
        }
    }),
];

fn whole(encoding: TransferEncoding, octets: &[u8]) {
    black_box(encoding.decode(octets, Span::from_range(0..octets.len()), 10));
    black_box(encoding.decoded_len(octets));
}

fn pieces(encoding: TransferEncoding, octets: &[u8]) {
    let (mut decoder, mut out) = (Decoder::new(encoding), Vec::with_capacity(octets.len()));
    octets.chunks(101).for_each(|piece| decoder.decode(piece, &mut out));
    decoder.finish(&mut out);
    black_box(out);
}

fn text(label: &[u8], octets: &[u8]) {
    black_box(charset::decode(label, octets));
    let (mut decoder, mut out) = (charset::Decoder::new(label), String::new());
    octets.chunks(101).for_each(|piece| decoder.decode(piece, false, &mut out));
    decoder.decode(b"", true, &mut out);
    black_box(out);
}

/// The scale of both tests.
fn kib() -> usize {
    env::var("LINEAR_KIB").map_or(4, |kib| kib.parse().unwrap())
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
fn twice_the_body_is_at_most_twice_the_work_and_a_tenth() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let folder = env::temp_dir().join(format!("linear-content-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let counts = count(&folder, kib() << 10);
    let _ = fs::remove_dir_all(&folder);
    let mut counts = counts.chunks(2);
    let mut broken = Vec::new();
    for (reader, _) in READERS {
        for family in FAMILIES {
            let &[once, twice] = counts.next().unwrap() else { panic!("a count is missing") };
            println!("{reader:28} {:20} {once:>12} {twice:>12}", family.escape_ascii().to_string());
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
        .args(["--tool=callgrind", "--toggle-collect=linear_content::measured"])
        .arg("--dump-after=linear_content::measured")
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
fn a_lot_of_anything_is_decoded() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib() << 17));
        }
    }
}
