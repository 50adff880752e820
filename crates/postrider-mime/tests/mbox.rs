//! Mailboxes in one file, as RFC 4155 and the formats around it have them.

use std::process::Command;

use postrider_mime::{
    DateTime, Zone, code,
    mbox::{Format, FromLine, LineEnds, WriteError, Writer, is_mbox, split},
};
use postrider_testkit::{read_shared, shared};
use proptest::prelude::*;
use serde_json::Value;

#[path = "checks/mbox.rs"]
mod check;

const FOLDER: &str = "corpora/mimekit/mbox";

fn mails(mailbox: &str, format: Format) -> Vec<String> {
    let mails = split(mailbox.as_bytes(), format);
    mails.map(|mail| String::from_utf8(mail.octets.into_owned()).unwrap()).collect()
}

fn defects(mailbox: &str, format: Format) -> Vec<(&'static str, usize)> {
    let mails = split(mailbox.as_bytes(), format);
    let defects = mails.flat_map(|mail| mail.defects);
    defects.map(|defect| (defect.code.name(), usize::try_from(defect.start).unwrap())).collect()
}

#[test]
fn mailboxes_split_where_mimekit_says() {
    let mut found = 0;
    for name in ["content-length", "issue1189"] {
        let Some(unix) = read_shared(&format!("{FOLDER}/{name}.mbox.txt")) else { return };
        let lines: Vec<&[u8]> = unix.split(|&octet| octet == b'\n').collect();
        let dos = lines.join(&b"\r\n"[..]);
        for (ends, mailbox) in [("unix", &unix), ("dos", &dos)] {
            let theirs = read_shared(&format!("{FOLDER}/{name}.{ends}-offsets.json")).unwrap();
            let theirs: Value = serde_json::from_slice(&theirs).unwrap();
            let theirs = theirs.as_array().unwrap();
            for format in [Format::Default, Format::Mboxrd, Format::Mboxcl, Format::Mboxcl2] {
                let ours: Vec<_> = split(mailbox, format).collect();
                assert_eq!(ours.len(), theirs.len(), "{name} {ends} {format:?}");
                for (ours, theirs) in ours.iter().zip(theirs) {
                    let at = |key: &str| usize::try_from(theirs[key].as_u64().unwrap()).unwrap();
                    let line = ours.from_line.unwrap().raw().len();
                    assert_eq!(ours.range.start - line, at("mboxMarkerOffset"));
                    assert_eq!(ours.range.start, at("beginOffset"));
                    // Where no empty line stands before the next mail, they take the end of the
                    // last line from the mail. RFC 4155 Appendix A has "two end-of-line sequences
                    // (one at the end of the message itself, and another to mark the end of the
                    // message".
                    let gap = &mailbox[at("endOffset")..ours.range.end];
                    assert!(matches!(gap, b"" | b"\n" | b"\r\n"), "{ours:?}");
                    let no_empty_line = mailbox[..ours.range.end].ends_with(b"\n")
                        && mailbox[ours.range.end..].starts_with(b"From ");
                    assert_eq!(!gap.is_empty(), no_empty_line, "{name} {:?}", ours.range);
                }
            }
            found += theirs.len();
        }
    }
    assert_eq!(found, 66);
}

/// Start and end of each mail as CPython's `mailbox.mbox` finds them, without the `From ` line.
fn by_cpython(path: &std::path::Path) -> Option<Vec<(usize, usize)>> {
    const PROGRAM: &str = "import mailbox, sys\n\
        box = mailbox.mbox(sys.argv[1], create=False)\n\
        for key in box.keys():\n    \
            octets = box.get_bytes(key, from_=True)\n    \
            print(box._toc[key][0] + octets.index(b'\\n') + 1, box._toc[key][1])\n";
    let Ok(output) = Command::new("python3").args(["-c", PROGRAM]).arg(path).output() else {
        eprintln!("skipped: python3 is not here");
        return None;
    };
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    let lines = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| line.split_once(' ').map(|(a, b)| (a.parse(), b.parse()));
    Some(
        lines
            .lines()
            .map(|line| pair(line).unwrap())
            .map(|(a, b)| (a.unwrap(), b.unwrap()))
            .collect(),
    )
}

#[test]
fn mailboxes_split_where_cpython_says() {
    for name in ["content-length", "issue1189", "simple"] {
        let Some(path) = shared(&format!("{FOLDER}/{name}.mbox.txt")) else {
            eprintln!("skipped: {name} is not here");
            return;
        };
        let Some(theirs) = by_cpython(&path) else { return };
        let mailbox = std::fs::read(path).unwrap();
        let ours = split(&mailbox, Format::Default).map(|mail| (mail.range.start, mail.range.end));
        assert_eq!(ours.collect::<Vec<_>>(), theirs, "{name}");
    }
}

#[test]
fn text_that_begins_with_from_is_no_mail() {
    let Some(mailbox) = read_shared(&format!("{FOLDER}/unmunged.mbox.txt")) else { return };
    assert!(is_mbox(&mailbox));
    let mails: Vec<_> = split(&mailbox, Format::Default).collect();
    // MimeKit and CPython take each `From Russia with love` for the start of a mail as well.
    assert_eq!(mails.len(), 2);
    assert!(mails[0].raw.ends_with(b"\nFrom Russia with love\n\nWhat does Thunderbird do?\n"));
    assert!(mails[1].raw.ends_with(b"\nYear: 1963\n\nWhat did Thunderbird do this time?\n"));
    assert_eq!(mails[0].from_line.map(FromLine::sender), Some(&b"-"[..]));
}

const LINE: &str = "From a@b.example Thu Jan  1 00:00:00 1970\n";

#[test]
fn a_quoted_line_is_read_as_its_format_has_it() {
    let mailbox = format!("{LINE}A: b\n\n>From c\n>>From d\n>>>From e\n>Fro\n> From f\n\n");
    let body = |format| mails(&mailbox, format)[0].strip_prefix("A: b\n\n").unwrap().to_owned();
    assert_eq!(body(Format::Default), ">From c\n>>From d\n>>>From e\n>Fro\n> From f\n");
    assert_eq!(body(Format::Mboxo), "From c\n>>From d\n>>>From e\n>Fro\n> From f\n");
    assert_eq!(body(Format::Mboxrd), "From c\n>From d\n>>From e\n>Fro\n> From f\n");
    assert_eq!(body(Format::Mboxcl), body(Format::Mboxo));
    assert_eq!(body(Format::Mboxcl2), body(Format::Default));
}

#[test]
fn an_empty_line_before_a_mail_or_the_end_is_of_no_mail() {
    let two = |between: &str, end: &str| {
        mails(&format!("{LINE}A: b\n\nc{between}{LINE}D: e\n\nf{end}"), Format::Mboxrd)
    };
    assert_eq!(two("\n\n", "\n\n"), ["A: b\n\nc\n", "D: e\n\nf\n"]);
    assert_eq!(two("\r\n\r\n", ""), ["A: b\n\nc\r\n", "D: e\n\nf"]);
    assert_eq!(two("\n", "\n"), ["A: b\n\nc\n", "D: e\n\nf\n"]);
    assert_eq!(two("\n\n\n\n", "\n\n\n"), ["A: b\n\nc\n\n\n", "D: e\n\nf\n\n"]);
    assert_eq!(mails("", Format::Mboxrd), [""; 0]);
    assert_eq!(mails(LINE, Format::Mboxrd), [""]);
    assert_eq!(mails(&format!("\n\n{LINE}\n{LINE}"), Format::Mboxrd), ["", ""]);
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    assert_eq!(defects("A: b\n\nc\n", Format::Default), [(code::NO_FROM_LINE.name(), 0)]);
    let mailbox = format!("{LINE}A: b\n\nc\n{LINE}D: e\n\n");
    assert_eq!(defects(&mailbox, Format::Default), [(code::NO_EMPTY_LINE.name(), LINE.len() + 8)]);
    let mailbox = format!("{LINE}Content-Length: many\n\n");
    assert_eq!(defects(&mailbox, Format::Mboxcl), [(code::CONTENT_LENGTH.name(), LINE.len())]);
}

#[test]
fn a_content_length_counts_where_a_mail_or_the_end_follows() {
    let inner = format!("text\n\n{LINE}X: y\n\n");
    let mailbox = |length: usize, behind: &str| {
        format!("{LINE}A: b\nContent-Length: {length}\n\n{inner}{behind}")
    };
    for behind in [LINE, &format!("\n{LINE}"), "", "\n"] {
        let mailbox = mailbox(inner.len(), behind);
        assert!(mails(&mailbox, Format::Mboxcl2)[0].ends_with(&inner), "{behind:?}");
        assert_eq!(mails(&mailbox, Format::Mboxrd)[0].len(), 30, "{behind:?}");
        assert!(defects(&mailbox, Format::Mboxcl2).is_empty());
    }
    // Too few, too many, and far too many: as if it were not there.
    for length in [inner.len() - 3, inner.len() + 2, usize::MAX] {
        let found = mails(&mailbox(length, &format!("\n{LINE}")), Format::Mboxcl2);
        assert_eq!(found.len(), 3, "{length}");
        assert!(found[0].ends_with("\n\ntext\n"));
        assert_eq!(defects(&mailbox(length, "\n"), Format::Mboxcl).len(), 1);
    }
}

#[test]
fn mails_are_written_as_the_formats_have_them() {
    let date = DateTime::from_local((2024, 2, 29), (23, 5, 9), Zone::east(-60).unwrap()).unwrap();
    let write = |format, ends, octets: &str| {
        let mut out = Vec::new();
        let writer = Writer::new(format).with_line_ends(ends);
        writer.write("a@b.example", date, octets.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let line = "From a@b.example Fri Mar  1 00:05:09 2024\n";
    let mail = "A: b\r\nCONTENT-length :\r\n 9\r\nC: d\r\n\r\nFrom e\r\n>From f\r\n";
    assert_eq!(
        write(Format::Mboxrd, LineEnds::Lf, mail),
        format!("{line}A: b\nCONTENT-length :\n 9\nC: d\n\n>From e\n>>From f\n\n")
    );
    assert_eq!(
        write(Format::Mboxo, LineEnds::AsIs, mail),
        format!("{line}A: b\r\nCONTENT-length :\r\n 9\r\nC: d\r\n\r\n>From e\r\n>From f\r\n\n")
    );
    assert_eq!(
        write(Format::Mboxcl, LineEnds::Lf, mail),
        format!("{line}A: b\nC: d\nContent-Length: 16\n\n>From e\n>From f\n\n")
    );
    assert_eq!(
        write(Format::Mboxcl2, LineEnds::CrLf, "A: b\n\nFrom e"),
        format!("{line}A: b\nContent-Length: 8\n\nFrom e\n\n").replace('\n', "\r\n")
    );
    assert_eq!(
        write(Format::Mboxcl2, LineEnds::Lf, "A: b"),
        format!("{line}A: b\nContent-Length: 0\n\n\n")
    );
}

#[test]
fn a_sender_cannot_break_the_line() {
    let date = DateTime::from_unix(0, Zone::UTC).unwrap();
    let mut out = Vec::new();
    for sender in ["a b", "a\nFrom b", "a\r", "a\0", "a\u{2028}b", &"a".repeat(901)] {
        let error = Writer::new(Format::Mboxrd).write(sender, date, b"", &mut out);
        assert_eq!(error, Err(WriteError::Sender), "{sender:?}");
    }
    assert!(
        Writer::new(Format::Mboxcl2)
            .begin("a", date, &mut out)
            .is_err_and(|error| error == WriteError::Length)
    );
    assert_eq!(out, b"");
}

/// What mailboxes are made of, and what looks like it.
const PIECES: &[&str] = &[
    LINE,
    "From - \n",
    "From a@b.example\n",
    "From me\n",
    ">From c\n",
    ">>From d\n",
    ">",
    "From ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "A: b\n",
    "Content-Length: 3\n",
    "content-length:50\r\n",
    "Content-Length: 10",
    "text\n",
    "text",
    "\u{feff}",
    ">>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_cut_tells_the_same_and_what_is_written_is_read(
        seed: u8,
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        check::check(&[&[seed][..], pieces.concat().as_bytes()].concat());
    }

    #[test]
    fn a_mail_in_pieces_is_written_as_the_whole(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        let date = DateTime::from_unix(0, Zone::UTC).unwrap();
        let octets = pieces.concat();
        for ends in [LineEnds::AsIs, LineEnds::Lf, LineEnds::CrLf] {
            let writer = Writer::new(Format::Mboxrd).with_line_ends(ends);
            let (mut whole, mut cut) = (Vec::new(), Vec::new());
            writer.write("a@b.example", date, octets.as_bytes(), &mut whole).unwrap();
            let mut mail = writer.begin("a@b.example", date, &mut cut).unwrap();
            octets.as_bytes().chunks(1).for_each(|octet| mail.write(octet, &mut cut));
            mail.end(&mut cut);
            prop_assert_eq!(whole, cut);
        }
    }
}
