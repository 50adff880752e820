//! Against enmime: what its tests expect of the messages of its corpus, and what they wrote into its
//! golden files.
//!
//! Which parts are the text and which are attachments is not compared here.

use postrider_mime::{Message, Part};
use postrider_testkit::{Ledger, read_shared};

use crate::ledger;

/// A part as enmime's tests tell it: type, charset, disposition, file name, and what its content
/// contains. A part without Content-Type has the type `none`.
type Told = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Messages and all their parts, each before those in it.
const PARTS: &[(&str, &[Told])] = &[
    ("textplain", &[("text/plain", "us-ascii", "", "", "Test of text/plain section")]),
    ("quoted-printable", &[("text/plain", "us-ascii", "", "", "Start=ABC=Finish")]),
    ("quoted-printable-invalid", &[("text/plain", "utf-8", "", "", "Stuffs’s Weekly Summary")]),
    (
        "multialtern",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "A text section"),
            ("text/html", "us-ascii", "", "", "An HTML section"),
        ],
    ),
    (
        "missing-ctype",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("none", "", "", "", "A text section"),
            ("text/html", "us-ascii", "", "", "An HTML section"),
        ],
    ),
    (
        "empty-header",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("none", "", "", "", "A text section"),
            ("text/html", "us-ascii", "", "", "An HTML section"),
        ],
    ),
    (
        "multimixed",
        &[
            ("multipart/mixed", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "Section one"),
            ("text/plain", "us-ascii", "", "", "Section two"),
        ],
    ),
    (
        "multiother",
        &[
            ("multipart/x-enmime", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "Section one"),
            ("text/plain", "us-ascii", "", "", "Section two"),
        ],
    ),
    (
        "nestedmulti",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "A text section"),
            ("multipart/related", "", "", "", ""),
            ("text/html", "us-ascii", "", "", "An HTML section"),
            ("text/plain", "", "inline", "attach.txt", "An inline text attachment"),
            ("text/plain", "", "inline", "attach2.txt", "Another inline text attachment"),
        ],
    ),
    (
        "similar-boundary",
        &[
            ("multipart/mixed", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "Section one"),
            ("multipart/alternative", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "A text section"),
            ("text/html", "us-ascii", "", "", "An HTML section"),
        ],
    ),
    (
        "multibase64",
        &[
            ("multipart/mixed", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", "A text section"),
            ("text/html", "", "attachment", "test.html", "<html>"),
        ],
    ),
    (
        "badboundary",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("text/plain", "us-ascii", "", "", ""),
            ("text/html", "us-ascii", "", "", "An HTML section"),
        ],
    ),
];

/// Messages, and what the first `text/plain` and the first `text/html` in them contain, and some
/// file names.
const MAILS: &[(&str, &str, &str, &str)] = &[
    ("non-mime", "This is a test mailing", "", ""),
    ("non-mime-html", "", "<span>This</span>", ""),
    ("html-mime-inline", "Test of text section", ">Test of HTML section<", "favicon.png"),
    ("html-mime-bad-charset-inline", "Test of text section", "", "favicon.png"),
    ("html-mime-bad-unknown-charset-inline", "Test of text section", "", "favicon.png"),
    ("mime-alternative", "Section one\n", "", ""),
    ("mime-mixed-related", "", "<p>html1</p>", ""),
    ("mime-signed", "Section one\n", "", ""),
    ("quoted-printable", "Phasellus sit amet arcu", "", ""),
    ("quoted-printable-mime", "Nullam venenatis ante", "", ""),
    ("attachment", "A text section", "<html>", "test.html"),
    ("attachment-octet", "A text section", "", "ATTACHMENT.EXE"),
    ("attachment-application", "", "", "some.doc"),
    ("other-parts", "A text section", "", "B05.gif"),
    ("other-multi-related", "Plain text.", "<i>HTML text.</i>", "image001.png, image002.png"),
    ("html-only-inline", "", ">Test of HTML section<", "favicon.png"),
    ("inlinemultipart", "Simple text.", "", "test.txt"),
    ("non-mime-html-charset-header-only", "", "Müller", ""),
    ("mime-duplicate-param", "", "", "Invoice_302232133150612.pdf"),
    ("mime-unquoted-tspecials-param", "", "", "Invoice_(302232133150612).pdf"),
    ("mime-bad-content-type", "", "", "Invoice_302232133150612.pdf"),
    ("mime-blank-media-name", "", "", "Invoice_302232133150612.pdf"),
    ("mime-bad-8bit-filename", "Text part", "", "管理.doc"),
    ("attachment-only-inline-quoted-printable", "", "Just some html content", ""),
];

/// Messages, and what enmime warns of in them. Of a part without Content-Type it warns too, and we do
/// not: RFC 2045 §5.2 says what such a part is.
const WARNINGS: &[(&str, &str)] = &[
    ("low-quality/bad-final-boundary", "Missing Boundary"),
    ("low-quality/bad-header-wrap", "Malformed Header"),
    ("low-quality/unk-encoding-part", "Content Encoding"),
    ("low-quality/unk-charset-html-only", "Character Set Conversion"),
    ("low-quality/unk-charset-part", "Character Set Conversion"),
    ("low-quality/malformed-base64-attach", "Malformed Base64"),
    ("mail/mime-bad-content-transfer-encoding", "Malformed Base64"),
];

/// Our defects that say the same.
fn codes(warning: &str) -> &'static [&'static str] {
    match warning {
        "Missing Boundary" => &["unclosed-multipart"],
        "Malformed Header" => &["no-colon"],
        "Content Encoding" => &["unknown-encoding"],
        "Character Set Conversion" => &["unfaithful-charset"],
        "Malformed Base64" => &["not-base64", "after-padding", "incomplete-base64"],
        _ => panic!("{warning} has no code"),
    }
}

/// Golden files, and what was encoded.
const GOLDEN: &[(&str, &[Told])] = &[
    ("part-empty", &[("none", "", "", "", "")]),
    ("part-header-only", &[("text/plain", "", "", "", "")]),
    ("part-default-headers", &[("application/zip", "", "attachment", "stuff.zip", "ZIPZIPZIP")]),
    (
        "part-quoted-headers",
        &[("application/zip", "", "attachment", "árvíztűrő \"x\" tükörfúrógép.zip", "ZIPZIPZIP")],
    ),
    ("part-bin-header", &[("text/plain", "utf-8", "", "", PLAIN)]),
    ("part-content-only", &[("none", "", "", "", "No header, only content.")]),
    ("part-plain", &[("text/plain", "utf-8", "", "", PLAIN)]),
    (
        "part-with-children",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("text/html", "utf-8", "", "", "<div>HTML part</div>"),
            ("text/plain", "utf-8", "", "", "Plain text part"),
        ],
    ),
    (
        "nocontent-with-children",
        &[
            ("multipart/alternative", "", "", "", ""),
            ("text/html", "utf-8", "", "", "<div>HTML part</div>"),
            ("text/plain", "utf-8", "", "", "Plain text part"),
        ],
    ),
    ("part-quoted-content", &[("text/plain", "utf-8", "", "", "¡Hola, señor! Welcome to MIME")]),
    (
        "part-file-mod-date",
        &[("text/plain", "utf-8", "inline", "", "¡Hola, señor! Welcome to MIME")],
    ),
];

const PLAIN: &str = "This is a test of a plain text part.\r\n\r\nAnother line.\r\n";

fn message(path: &str) -> Option<Message<Vec<u8>>> {
    let octets = read_shared(&format!("corpora/enmime/testdata/{path}"))?;
    Some(Message::parse(octets).unwrap())
}

/// The content of a leaf as text; others have none.
fn content(part: Part<'_>) -> String {
    if part.is_multipart() {
        return String::new();
    }
    match part.text() {
        Some(text) => text.value.into_owned(),
        None => String::from_utf8_lossy(&part.decoded().value).into_owned(),
    }
}

/// Compares all parts; the content where `whole` says so, else that it contains what is told.
fn compare(
    ledger: &mut Ledger,
    file: &str,
    message: &Message<Vec<u8>>,
    told: &[Told],
    whole: bool,
) {
    let count = |parts: usize| format!("{parts} parts");
    ledger.compare(file, "parts", "enmime", &count(told.len()), &count(message.parts().len()));
    for (number, (&(ty, charset, disposition, name, text), part)) in
        told.iter().zip(message.parts()).enumerate()
    {
        let place = format!("{file}#{number}");
        let read = part.content_type();
        let there = part.headers().get(postrider_message::FieldName::ContentType).is_some();
        let our_ty = format!("{}/{}", read.value.ty(), read.value.subtype()).to_lowercase();
        let our_charset = match there && read.value.is_type("text") {
            true => read.value.charset().map(|octets| octets.escape_ascii().to_string()),
            false => None,
        };
        let our_disposition = part.disposition().map(|read| read.value.ty().to_lowercase());
        let our_text = content(part);
        let found = if !whole && our_text.contains(text) { text.to_owned() } else { our_text };
        for (question, theirs, ours) in [
            ("type", ty, if there { our_ty } else { "none".to_owned() }),
            ("charset", charset, our_charset.unwrap_or_default().to_lowercase()),
            ("disposition", disposition, our_disposition.unwrap_or_default()),
            ("file name", name, part.file_name().unwrap_or_default()),
            ("text", text, found),
        ] {
            ledger.compare(&place, question, "enmime", theirs, &ours);
        }
    }
}

/// The text of the first leaf of this type.
fn first(message: &Message<Vec<u8>>, subtype: &str) -> String {
    let is_it = |part: &Part<'_>| part.content_type().value.is("text", subtype);
    message.parts().find(is_it).map(content).unwrap_or_default()
}

#[test]
fn messages_are_what_enmime_expects() {
    let mut ledger = ledger();
    for &(name, told) in PARTS {
        let Some(message) = message(&format!("parts/{name}.raw")) else { return };
        compare(&mut ledger, &format!("enmime/testdata/parts/{name}.raw"), &message, told, false);
    }
    for &(name, told) in GOLDEN {
        let file = format!("encode/{name}.golden");
        let message = message(&file).unwrap();
        compare(&mut ledger, &format!("enmime/testdata/{file}"), &message, told, true);
    }
    for &(name, plain, html, names) in MAILS {
        let message = message(&format!("mail/{name}.raw")).unwrap();
        let place = format!("enmime/testdata/mail/{name}.raw");
        for (question, theirs, ours) in
            [("plain", plain, first(&message, "plain")), ("html", html, first(&message, "html"))]
        {
            let ours = if ours.contains(theirs) { theirs.to_owned() } else { ours };
            ledger.compare(&place, question, "enmime", theirs, &ours);
        }
        let ours: Vec<String> = message.parts().filter_map(Part::file_name).collect();
        for name in names.split(", ").filter(|name| !name.is_empty()) {
            let ours = if ours.iter().any(|ours| ours == name) { name } else { "none" };
            ledger.compare(&place, "file name", "enmime", name, ours);
        }
    }
    for &(name, warning) in WARNINGS {
        let message = message(&format!("{name}.raw")).unwrap();
        let mut defects: Vec<&str> =
            message.section_defects().map(|one| one.code().name()).collect();
        for part in message.parts() {
            defects.extend(part.decoded().defects.into_iter().map(|one| one.code().name()));
            let text = part.text().into_iter().flat_map(|text| text.defects);
            defects.extend(text.map(|one| one.code().name()));
        }
        let told = codes(warning).iter().any(|code| defects.contains(code));
        let ours = if told { warning.to_owned() } else { defects.join(", ") };
        let place = format!("enmime/testdata/{name}.raw");
        ledger.compare(&place, "warning", "enmime", warning, &ours);
    }
    ledger.settle_exactly(290, "enmime");
}

/// What enmime decodes and encodes again still says the same. It writes lines with CRLF.
#[test]
fn text_that_enmime_encoded_again_is_the_text() {
    for (name, option) in [("html", false), ("html", true), ("text", false), ("text", true)] {
        let file = format!("encode/parser-raw-content-{name}-option.raw");
        let Some(original) = message(&file) else { return };
        let golden =
            message(&format!("encode/parser-raw-content-{name}-option-{option}.raw.golden"));
        let golden = golden.unwrap();
        let text = |message: &Message<_>| content(message.root()).replace("\r\n", "\n");
        assert!(text(&original).len() > 20);
        assert_eq!(text(&original), text(&golden), "{name} {option}");
    }
}

/// 2,000 octets that count up from 0.
#[test]
fn binary_octets_are_those_that_enmime_encoded() {
    let octets: Vec<u8> = (0..2000).map(|number: u32| (number % 256) as u8).collect();
    for golden in ["part-bin-content", "part-message-rfc822"] {
        let Some(message) = message(&format!("encode/{golden}.golden")) else { return };
        let root = message.root();
        let decoded = root.decoded().value.into_owned();
        assert!(decoded == octets, "{golden}");
    }
}
