//! Messages that attack what reads them, named after the rows of the list of attacks that this
//! library is held to.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use postrider_message::Defect;
use postrider_mime::{
    Limits, Message, TransferEncoding, flowed,
    imap::{BodyStructure, SectionText},
    safe_file_name,
};

/// Far more than any of these takes, even where much else runs; what is not linear takes minutes.
const LONG: Duration = Duration::from_secs(20);

fn in_time(name: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(start.elapsed() < LONG, "{name}: {:?}", start.elapsed());
}

/// Row "amplification: many tiny parts": a preview without a limit copied all before it for each
/// part.
#[test]
fn amplification_a_long_preview_of_many_parts() {
    let part = format!("--a\n\n{}\n", "word ".repeat(80));
    let mail = format!("Content-Type: multipart/x; boundary=a\n\n{}", part.repeat(9_999));
    let message = Message::parse(&*mail).unwrap();
    let mut preview = String::new();
    let cost = measure(|| preview = message.preview(usize::MAX));
    assert_eq!(preview.len(), 9_999 * 400 - 1);
    assert!(cost.bytes_total < 40 << 20, "{cost:?}");
}

/// Row "amplification": text that is quoted half its length deep must not cost the square of it when
/// it is quoted once more, be it broken into lines or parted at CR.
#[test]
fn amplification_quoting_what_is_quoted_deep() {
    for piece in ["a ", "\r"] {
        let text = ">".repeat(20_000) + &piece.repeat(20_000 / piece.len());
        let mut writer = flowed::Writer::new();
        for one in flowed::read(&text, false) {
            writer.paragraph(one.quote_depth() + 1, one.text());
        }
        let written = writer.finish();
        assert!(written.len() <= 128 * text.len(), "{piece:?}: {}", written.len());
        assert!(flowed::read(&written, false).all(|one| one.quote_depth() == 100));
    }
}

/// Row "nesting bombs": comments in comments, in the fields that the structure is read from.
#[test]
fn nesting_bombs_of_comments() {
    let deep = |field: &str, value: &str| {
        format!("{field}: {}{value}{}\n\nYQ==", "(".repeat(30_000), ")".repeat(30_000))
    };
    let mail = deep("Content-Transfer-Encoding", "x");
    let message = Message::parse(&*mail).unwrap();
    assert_eq!(message.root().transfer_encoding(), TransferEncoding::Unknown);
    let mail = mail.replacen(")\n", ") base64\n", 1);
    let message = Message::parse(&*mail).unwrap();
    assert_eq!(message.root().decoded().value[..], b"a"[..]);
    let mail = deep("Content-Type", "x");
    in_time("comments", || {
        let message = Message::parse(&*mail).unwrap();
        assert!(message.root().content_type().value.is("text", "plain"));
        assert_eq!(message.preview(9), "YQ==");
    });
}

/// Row "number overflow": part numbers, origins and lengths of parts of sections, and numbers of the
/// sections of a parameter, all as large as they can be written.
#[test]
fn number_overflow_in_parts_origins_and_sections() {
    let message = Message::parse(
        "Content-Type: a/b; name*18446744073709551616=a; name*4294967295=b; name*0=c\n\nx",
    )
    .unwrap();
    assert!(message.part(&[u32::MAX]).is_none() && message.part(&[0]).is_none());
    assert!(message.part(&[1; 100_000]).is_none());
    let whole = message.section(&[], SectionText::Whole).unwrap();
    assert_eq!(whole.clone().partial(u64::MAX, u64::MAX).count(), 0);
    assert_eq!(whole.clone().partial(1, u64::MAX).partial(u64::MAX, 1).count(), 0);
    assert_eq!(whole.octets(), message.as_bytes().len() as u64);
    assert_eq!(message.root().file_name().as_deref(), Some("c"));
}

fn names<'d>(defects: impl IntoIterator<Item = &'d Defect>) -> Vec<&'static str> {
    defects.into_iter().map(|one| one.code().name()).collect()
}

/// All that is told, and the octets it is told of.
fn told(message: &Message<&str>) -> Vec<(&'static str, String)> {
    let tell = |one: Defect| {
        let octets = &message.as_bytes()[one.span().range()];
        (one.code().name(), octets.escape_ascii().to_string())
    };
    message.all_defects().into_iter().map(tell).collect()
}

fn bodies<'m>(message: &'m Message<&str>) -> Vec<&'m [u8]> {
    message.root().children().map(|part| part.raw_body()).collect()
}

/// Row "parser differentials: duplicate Content-Type": the first counts, in every view, and the
/// second is told.
#[test]
fn differential_content_type_twice() {
    let message = Message::parse(
        "Content-Type: multipart/mixed; boundary=one\n\
         Content-Type: text/html; boundary=two\n\n--two\n\nA\n--one\n\nB\n--one--\n",
    )
    .unwrap();
    assert_eq!(bodies(&message), [b"B"]);
    let root = message.root();
    assert!(root.media_type().is("multipart", "mixed"));
    assert_eq!(BodyStructure::of(&message).root().media_subtype(), "mixed");
    assert!(message.selection().html_body().iter().all(|part| part.raw_body() == b"B"));
    let told = told(&message);
    let twice = "Content-Type: text/html; boundary=two\\n".to_owned();
    assert!(told.contains(&("duplicate-field", twice)), "{told:?}");
}

/// The same: a first Content-Type that is too long to be read for the structure is one for no view.
#[test]
fn differential_content_type_too_long_for_the_structure() {
    let long = format!("Content-Type: text/html; x={}\n", "y".repeat(99));
    let mail = format!("{long}Content-Type: text/plain\n\n<b>a</b>");
    for (limit, subtype, preview) in [(60, "plain", "<b>a</b>"), (999, "html", "a")] {
        let message = Message::parse_with(&*mail, &Limits::DEFAULT.with_field(limit)).unwrap();
        let root = message.root();
        assert!(root.content_type().value.is("text", subtype));
        assert!(root.media_type().is("text", subtype));
        if cfg!(feature = "html") {
            assert_eq!(message.preview(99), preview);
        }
    }
    let long = format!("Content-Transfer-Encoding: base64 ({})\n", "y".repeat(99));
    let mail = format!("{long}Content-Transfer-Encoding: 8bit\n\nYQ==");
    for (limit, raw, decoded) in [(60, &b"8bit"[..], &b"YQ=="[..]), (999, b"base64", b"a")] {
        let message = Message::parse_with(&*mail, &Limits::DEFAULT.with_field(limit)).unwrap();
        assert_eq!(BodyStructure::of(&message).root().encoding(), raw);
        assert_eq!(message.root().decoded().value[..], *decoded);
        assert!(message.root().raw_transfer_encoding().unwrap().trim_ascii().starts_with(raw));
    }
}

/// Row "parser differentials: duplicate boundary": the first counts, and the second is told.
#[test]
fn differential_boundary_twice() {
    let message = Message::parse(
        "Content-Type: multipart/mixed; boundary=one; boundary=two\n\n\
         --two\n\nA\n--one\n\nB\n--one--\n",
    )
    .unwrap();
    assert_eq!(bodies(&message), [b"B"]);
    assert!(told(&message).iter().any(|(name, _)| *name == "duplicate-parameter"));
}

/// Row "parser differentials: boundary with spaces". RFC 2046 §5.1.1: "boundaries [...] not ending
/// with white space".
#[test]
fn differential_boundary_with_spaces() {
    for (line, parts) in [("--a b", 1), ("--a b ", 1), ("--a", 0), ("--ab", 0), (" --a b", 0)] {
        let mail = format!("Content-Type: multipart/x; boundary=\"a b \"\n\n{line}\n\nA\n");
        let message = Message::parse(&*mail).unwrap();
        assert_eq!(bodies(&message).len(), parts, "{line:?}");
        assert!(told(&message).iter().any(|(name, _)| *name == "boundary-space"));
    }
}

/// Row "parser differentials: encoded boundary". RFC 2047 §5: "An 'encoded-word' MUST NOT be used in
/// parameter of a MIME Content-Type or Content-Disposition field".
#[test]
fn differential_boundary_as_an_encoded_word() {
    let message = Message::parse(
        "Content-Type: multipart/x; boundary=\"=?us-ascii?q?two?=\"\n\n\
         --two\n\nA\n--=?us-ascii?q?two?=\n\nB\n--=?us-ascii?q?two?=--\n",
    )
    .unwrap();
    assert_eq!(bodies(&message), [b"B"]);
    let told = told(&message);
    assert!(told.iter().any(|(name, _)| *name == "encoded-word-in-parameter"), "{told:?}");
}

/// Row "parser differentials: base64 after padding": it is decoded too, alike in every view, and
/// told with its place.
#[test]
fn differential_base64_after_padding() {
    let mail = "Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\nSGk=SGk=";
    let message = Message::parse(mail).unwrap();
    let root = message.root();
    let decoded = root.decoded();
    assert_eq!(decoded.value[..], b"HiHi"[..]);
    assert_eq!(names(&decoded.defects), ["after-padding"]);
    // The last quantum is not padded wrongly: what follows the first padding is meant.
    assert_eq!(decoded.defects[0].span().start(), mail.len() - 4);
    assert_eq!(root.decoded_len(), 4);
    assert_eq!(root.text().unwrap().value, "HiHi");
    assert_eq!(root.text_prefix(9).unwrap(), "HiHi");
}

/// Row "parser differentials: header without colon, missing blank line": such a line ends no header
/// section, a delimiter does; both are told.
#[test]
fn differential_a_line_without_colon_and_no_blank_line() {
    let message = Message::parse(
        "Content-Type: multipart/x; boundary=b\n\n\
         --b\nContent-Type: text/html\nno colon\nContent-Transfer-Encoding: base64\n\nPGI+\n\
         --b\nContent-Type: text/html\n--b--\n",
    )
    .unwrap();
    let part = message.part(&[1]).unwrap();
    assert_eq!(part.decoded().value[..], b"<b>"[..]);
    assert_eq!(message.part(&[2]).unwrap().raw_body(), b"");
    let told = told(&message);
    for name in ["no-colon", "no-blank-line"] {
        assert!(told.iter().any(|(one, _)| *one == name), "{name}: {told:?}");
    }
}

/// Row "parser differentials": two transfer encodings, and one that nobody knows.
#[test]
fn differential_transfer_encoding_twice_and_unknown() {
    let message = Message::parse(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nPGI+",
    )
    .unwrap();
    assert_eq!(message.root().decoded().value[..], b"PGI+"[..]);
    assert_eq!(BodyStructure::of(&message).root().encoding(), b"7bit");
    assert!(told(&message).iter().any(|(name, _)| *name == "duplicate-field"));
    let message = Message::parse("Content-Transfer-Encoding: base64x\n\nPGI+").unwrap();
    assert_eq!(message.root().decoded().value[..], b"PGI+"[..]);
    assert_eq!(names(&message.root().decoded().defects), ["unknown-encoding"]);
    assert!(message.binary(&[1]).unwrap().decoded().is_err());
}

/// Row "EFAIL-like joins": HTML that is open at the end of one part takes in nothing of the next.
#[cfg(feature = "html")]
#[test]
fn efail_parts_are_never_joined() {
    let message = Message::parse(
        "Content-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/html\n\nA<img src=\"http://evil.example/\n\
         --b\nContent-Type: text/html\n\nSecret\n\
         --b\nContent-Type: text/html\n\n\">B\n--b--\n",
    )
    .unwrap();
    let html: Vec<_> = message.html_body().map(|part| part.text().unwrap().value).collect();
    assert_eq!(html, ["A<img src=\"http://evil.example/", "Secret", "\">B"]);
    assert_eq!(message.preview(99), "A Secret \">B");
}

/// The same row: "the signed scope is reachable as exact bytes". RFC 1847 §2.1: the first part is
/// signed with its header section, without the line end before the delimiter.
#[test]
fn efail_the_signed_scope_is_exact() {
    let signed =
        "Content-Type: multipart/mixed; boundary=i\r\n X: y\r\n\r\n--i\r\n\r\na \r\n--i--\r\nend";
    let mail = format!(
        "Content-Type: multipart/signed; boundary=o\r\n\r\npre\r\n--o\r\n{signed}\r\n\
         --o\r\nContent-Type: application/pgp-signature\r\n\r\nsig\r\n--o--\r\n"
    );
    let message = Message::parse(&*mail).unwrap();
    let first = message.root().children().next().unwrap();
    assert_eq!(&mail[first.span().range()], signed);
}

/// Row "injection: file name": what looks like white space puts no ending out of sight.
#[test]
fn injection_a_file_name_with_an_ending_out_of_sight() {
    for blank in ["\u{2800}", "\u{3000}", "\u{3164}", "\u{115f}", "\u{2007} "] {
        let safe = safe_file_name(&format!("invoice.pdf{}.exe", blank.repeat(40))).unwrap();
        assert!(safe.chars().count() <= "invoice.pdf .exe".len(), "{safe:?}");
        assert_eq!(safe_file_name(blank), None);
    }
}

/// Row "amplification: decode bombs": a chain of encoded messages, each in the one before it.
#[test]
fn amplification_of_messages_that_are_encoded_again_and_again() {
    // Quoted-printable adds nothing to what has no equals sign.
    let layer = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n";
    let mail = layer.repeat(10_000);
    let cost = measure(|| {
        let mut message = Message::parse(mail.clone().into_bytes()).unwrap();
        let mut opened = 0;
        while let Some(inner) = message.root().encoded_message() {
            message = inner.unwrap();
            opened += 1;
        }
        assert_eq!(opened, Limits::DEFAULT.depth);
    });
    assert!(cost.bytes_max < 4 * mail.len() as u64, "{cost:?}");
}

/// Row "injection: display name, log text": HTML and its character references bring no script, no
/// control and no change of direction into a text. The tokens are those of the WHATWG standard.
#[cfg(feature = "html")]
#[test]
fn injection_by_html_into_its_text() {
    for (html, text) in [
        ("a<script>b", "a"),
        ("a<script>b</script >c", "ac"),
        ("a<SCRIPT/x>b</sCript/x>c", "ac"),
        ("a<script><!--<script></script>b</script>c", "ac"),
        ("a<script><!--</script>b", "ab"),
        ("a<scr<script>ipt>b", "aipt>b"),
        ("a<style><!--</style>b", "ab"),
        ("a<style></script></styles></style>b", "ab"),
        ("a<!--><script>b</script>-->c", "a-->c"),
        ("a<!--->b", "ab"),
        ("a<!-- --!>b", "ab"),
        ("a<!-- -- >b", "a"),
        ("a<![CDATA[<b>]]>b", "a]]>b"),
        ("a<?php b ?>c", "ac"),
        ("a</ b>c", "ac"),
        ("a<textarea><script>b</textarea>c", "a<script>bc"),
        ("a<title><p>b</title>c", "ac"),
        ("<plaintext>a</plaintext><b>", "a</plaintext><b>"),
        ("<svg onload=alert(1)><p title=\">\">a", "a"),
        ("<svg><style>a</style>b</svg>", "b"),
        ("a<img alt='<script>b", "a"),
        ("&lt;script&gt;a&#60;/script&#x3e;", "<script>a</script>"),
        ("a&#27;[2J&#x9b;&#0;&#xd800;&#x110000;b", "a[2J\u{203a}\u{fffd}\u{fffd}\u{fffd}b"),
        ("a&#x202e;b&#x200b;&#x2066;&#xad;c", "abc"),
        ("a\u{1b}]0;x\u{7}b\u{9b}c\0", "a]0;xbc"),
    ] {
        assert_eq!(postrider_mime::html_to_text(html, 99), text, "{html:?}");
    }
}

/// Row "amplification: charset expansion": labels and escapes that only say what follows.
#[test]
fn amplification_by_charsets() {
    for charset in ["utf-7", "iso-2022-jp", "gb18030", "utf-16", "big5", "x", "us-ascii", "utf-8"] {
        for octets in
            ["\u{1b}$B", "\u{1b}(B", "+AAA-", "+2AA-", "\u{e9}", "+", "\u{1b}$B!!\u{1b}(J"]
        {
            let mail = format!("Content-Type: text/plain; charset={charset}\n\n");
            let octets = octets.repeat((1 << 18) / octets.len());
            let mail = [mail.as_bytes(), octets.as_bytes()].concat();
            let message = Message::parse(&mail[..]).unwrap();
            let mut length = 0;
            let cost = measure(|| length = message.root().text().unwrap().value.len());
            assert!(length <= 3 * mail.len(), "{charset}");
            assert!(cost.bytes_max <= 8 * mail.len() as u64, "{charset}: {cost:?}");
        }
    }
}
