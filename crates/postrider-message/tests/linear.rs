//! Twice the input is at most 2.2 times the work, in counted instructions, for every reader on the
//! worst that is known for it (RFC grammars invite quadratic readers; CVE-2025-61725,
//! CVE-2024-23184 and CVE-2026-27859 are three of them).
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB=4` sets the smaller input, 1 KiB where it is not
//! set. Without counting, 256 times as much of each family is read, which would take hours if it were
//! not linear.

use std::hint::black_box;

use postrider_message::{
    AddressList, ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt,
    AuthenticationResults, AutoSubmitted, Autocrypt, ContentMd5, DateTime, Diagnosis,
    DkimSignature, FieldValue, Folder, HeaderSection, LanguageTags, Limits, ListId, ListUrls,
    MessageIdList, MimeVersion, Parameters, PhraseList, RawValue, Received, ReceivedSpf,
    ReturnPath, TagList, Text, Url, Zone, base_subject,
};
use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated: what nests, what is never closed, what looks like the start of something.
const FAMILIES: &[&[u8]] = &[
    b"(",
    b"()",
    b"(a",
    b"\"",
    b"\"\"",
    b"\"a\" ",
    b"\\",
    b"\"\\\"",
    b"\",",
    b",\"\\",
    b",",
    b";",
    b"=?",
    b"=?=?=?",
    b"?=",
    b"=?u?q?x",
    b"=?utf-8?q?a?= ",
    b"=?utf-8?q?",
    b"=?u?q?x,",
    b"=?x?x?",
    b"=?utf-8?b?Y?=",
    b"=?u?q?a,?= ",
    b"<",
    b"<>",
    b"<<<<",
    b"<,",
    b"<@a:",
    b"<a@b>",
    b"a@b>,",
    b"<a@b,",
    b"<a <b@c> x>",
    b"<<a> > ",
    b"<a@b",
    b"<a\n b@c>",
    b"<\"a\"@b>",
    b"a@",
    b"a@a@a",
    b"a@b ",
    b"a@b(",
    b"a@b,",
    b"a <b@c>, ",
    b"a b@c;",
    b"a <a@b> ) x <",
    b"a:",
    b"a:b@c;",
    b"x . ",
    b".",
    b"a ",
    b"  a",
    b"\r\n ",
    b" ",
    b"\r",
    b"[",
    b"[]",
    b"\xff",
    "é".as_bytes(),
    "é a ".as_bytes(),
    b"by a (b) ",
    b"from x (IDENT:@",
    b") by a;",
    b") Tue, ",
    b") id <",
    b"1",
    b"1 Jan ",
    b"a=b;",
    b"a=b ",
    b"a=\"b\" ",
    b"a=",
    b"a*0*=''%41;",
    b";a*=b;a=b",
    b"h=:",
    b"z=|",
    b"a.b=c ",
    b"a/",
    b"<a:b>,",
    b"<a:b> (c),",
    b"a@[IPv6:1:",
    b"Re: ",
    b"[a] ",
    b"[x] re",
    b"[fwd: ",
    b"re[",
    b" (fwd)",
    b"From: a\n",
    b"a:\n",
    b"X: y\n \n",
    b"To: a@b\n",
    b"Resent-To: a@b\n",
    b"Received:;\n",
    b"a\n",
    b":\n",
];

const READERS: &[Reader] = &[
    ("HeaderSection", |octets| {
        let section = HeaderSection::parse(octets);
        black_box(section.headers().defects());
    }),
    ("lint", |octets| {
        let section = HeaderSection::parse(octets);
        black_box(section.headers().lint());
    }),
    ("lint of a field", |octets| {
        for name in ["Subject", "To", "References", "Content-Type"] {
            let section = HeaderSection::parse([name.as_bytes(), b":", octets].concat());
            black_box(section.headers().lint());
        }
    }),
    ("ambiguities", |octets| {
        let section = HeaderSection::parse(octets);
        black_box(section.headers().ambiguities());
    }),
    ("trace", |octets| {
        let section = HeaderSection::parse([b"Received: from x (", octets].concat());
        black_box(section.headers().trace().to_string());
    }),
    ("base_subject", |octets| {
        black_box(base_subject(String::from_utf8_lossy(octets)));
    }),
    ("Diagnosis", |octets| {
        black_box(Diagnosis::of(&String::from_utf8_lossy(octets)));
    }),
    ("without limits", |octets| {
        let most = usize::MAX;
        let limits = Limits::DEFAULT.with_addresses(most).with_message_ids(most).with_hops(most);
        let limits = limits.with_parameters(most).with_comments(most).with_items(most);
        for name in ["To", "References", "Received", "Keywords", "Authentication-Results"] {
            let text = [name.as_bytes(), b":", octets].concat();
            let section = HeaderSection::parse_with(text, &limits.with_defects(most));
            let headers = section.headers();
            black_box((headers.to(), headers.references(), headers.received().count()));
            black_box((headers.keywords().count(), headers.authentication_results().count()));
        }
    }),
    ("written text", |octets| {
        black_box(written(|to| {
            to.text(&String::from_utf8_lossy(octets));
        }));
    }),
    ("written phrase", |octets| {
        black_box(written(|to| {
            to.phrase(&String::from_utf8_lossy(octets));
        }));
    }),
    ("written comment", |octets| {
        black_box(written(|to| {
            to.comment(&String::from_utf8_lossy(octets));
        }));
    }),
    ("edit", |octets| {
        let section = HeaderSection::parse(octets);
        let mut edit = section.headers().edit();
        edit.remove_all("From");
        edit.append("X", &DateTime::from_unix(0, Zone::UTC).unwrap()).unwrap();
        black_box(edit.to_vec());
    }),
    ("AddressList", |octets| value::<AddressList<'_>>(octets)),
    ("DateTime", |octets| value::<Option<DateTime>>(octets)),
    ("MessageIdList", |octets| value::<MessageIdList<'_>>(octets)),
    ("Received", |octets| value::<Received<'_>>(octets)),
    ("Text", |octets| value::<Text<'_>>(octets)),
    ("PhraseList", |octets| value::<PhraseList<'_>>(octets)),
    ("Parameters", |octets| value::<Parameters<'_>>(octets)),
    ("TagList", |octets| value::<TagList<'_>>(octets)),
    ("DkimSignature", |octets| value::<DkimSignature<'_>>(octets)),
    ("ArcSeal", |octets| value::<ArcSeal<'_>>(octets)),
    ("ArcMessageSignature", |octets| value::<ArcMessageSignature<'_>>(octets)),
    ("AuthenticationResults", |octets| value::<AuthenticationResults<'_>>(octets)),
    ("ArcAuthenticationResults", |octets| value::<ArcAuthenticationResults<'_>>(octets)),
    ("ListUrls", |octets| value::<ListUrls<'_>>(octets)),
    ("ListId", |octets| value::<Option<ListId<'_>>>(octets)),
    ("AutoSubmitted", |octets| value::<AutoSubmitted<'_>>(octets)),
    ("Autocrypt", |octets| value::<Autocrypt<'_>>(octets)),
    ("Url", |octets| value::<Url<'_>>(octets)),
    ("ArchivedAt", |octets| value::<Option<ArchivedAt<'_>>>(octets)),
    ("LanguageTags", |octets| value::<LanguageTags<'_>>(octets)),
    ("MimeVersion", |octets| value::<Option<MimeVersion>>(octets)),
    ("ContentMd5", |octets| value::<Option<ContentMd5>>(octets)),
    ("ReturnPath", |octets| value::<Option<ReturnPath<'_>>>(octets)),
    ("ReceivedSpf", |octets| value::<ReceivedSpf<'_>>(octets)),
];

fn value<'a, T: FieldValue<'a>>(octets: &'a [u8]) {
    black_box(T::read(RawValue::new(octets)));
}

fn written(write: impl FnOnce(&mut Folder)) -> Option<String> {
    let mut folder = Folder::new("X").ok()?;
    write(&mut folder);
    folder.finish().ok()
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    family.repeat(length / family.len())
}

/// Every reader on every family, once and twice: what the counter runs.
#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_input_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(1));
}

#[test]
fn a_lot_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(1) << 18));
        }
    }
}
