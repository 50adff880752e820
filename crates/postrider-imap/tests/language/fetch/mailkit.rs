//! The strings on which MailKit tests its reader (`vectors/imap/mailkit/unit-test-strings.json`):
//! what its tests expect, by the names of these tests.

use std::collections::BTreeMap;

use postrider_imap::{PartKind, Quirk};
use postrider_testkit::read_shared;

use super::{strict_envelope, tolerant, tolerant_body, tolerant_envelope};
use postrider_imap::FetchItem;

/// The string of each test.
fn strings() -> Option<BTreeMap<String, String>> {
    let octets = read_shared("vectors/imap/mailkit/unit-test-strings.json")?;
    let json: serde_json::Value = serde_json::from_slice(&octets).expect("JSON");
    let of_utils = |row: &&serde_json::Value| {
        row["file"].as_str().is_some_and(|file| file.ends_with("/ImapUtilsTests.cs"))
    };
    let text = |row: &serde_json::Value| {
        let text = |key| row[key].as_str().expect("a string").to_owned();
        (text("test"), text("text").trim_end_matches(['\r', '\n']).to_owned())
    };
    Some(json.as_array().expect("a list").iter().filter(of_utils).map(text).collect())
}

/// The types of all parts: a dash for each level.
fn outline(text: &str) -> (Vec<String>, postrider_imap::Quirks) {
    let (body, met) = tolerant_body(text);
    let line = |(depth, part): (usize, postrider_imap::Part<'_>)| {
        let [media_type, subtype] = [part.media_type(), part.subtype()]
            .map(|name| String::from_utf8_lossy(name).into_owned());
        format!("{}{media_type}/{subtype}", "-".repeat(depth)).to_lowercase()
    };
    (body.walk().map(line).collect(), met)
}

/// What MailKit reads of a structure, and what must be forgiven for it.
const STRUCTURES: &[(&str, &[Quirk], &str)] = &[
    ("TestParseExampleBodyRfc3501", &[], "text/plain"),
    (
        "TestParseExampleMultiLevelDovecotBodyStructure",
        &[Quirk::Blank],
        "multipart/mixed -multipart/alternative --text/plain --text/html -message/rfc822 \
         --text/plain -message/rfc822 --multipart/alternative ---text/plain ---text/html",
    ),
    (
        "TestParseBodyStructureWithBrokenMultipartRelated",
        &[Quirk::Members],
        "multipart/mixed -multipart/related -text/html -text/html",
    ),
    (
        "TestParseBodyStructureWithEmptyParenListAsMessageRfc822BodyToken",
        &[Quirk::EmptyList],
        "multipart/report -text/plain -message/delivery-status -message/rfc822",
    ),
    (
        "TestParseBodyStructureWithContentMd5DspLanguageAndLocation",
        &[Quirk::Blank],
        "multipart/alternative -text/plain -text/html",
    ),
    (
        "TestParseBodyStructureWithLiterals_LiteralsEverywhere",
        &[Quirk::Blank],
        "multipart/alternative -text/plain -text/html",
    ),
    (
        "TestParseBodyStructureWithBodyExtensions",
        &[Quirk::Blank],
        "multipart/alternative -text/plain -text/html",
    ),
    (
        "TestParseGMailBadlyFormedMultipartBodyStructure",
        &[Quirk::Members],
        "multipart/alternative -multipart/alternative -text/html",
    ),
    (
        "TestParseGMailBadlyFormedMultipartBodyStructure2",
        &[Quirk::Members],
        "multipart/mixed -multipart/alternative --text/plain --text/html -multipart/related \
         -multipart/related -multipart/related -multipart/related",
    ),
    (
        "TestParseBadlyFormedBodyStructureWithEmptyStringMediaType",
        &[Quirk::Blank, Quirk::Members],
        "multipart/mixed -text/plain -x-zip/",
    ),
    (
        "TestParseBadlyFormedBodyStructureWithMissingMediaSubtypeApplication",
        &[Quirk::Members],
        "multipart/mixed -application/",
    ),
    (
        "TestParseBadlyFormedBodyStructureWithMissingMediaSubtypeText",
        &[Quirk::Members],
        "multipart/mixed -text/",
    ),
    (
        "TestParseMultipartBodyStructureWithNilBodyFldParam",
        &[],
        "multipart/mixed -multipart/alternative --text/plain --text/html -multipart/x-zip \
         --text/plain",
    ),
    (
        "TestParseMultipartBodyStructureWithoutBodyFldDsp",
        &[Quirk::Members],
        "multipart/mixed -text/plain -text/xml -application/pdf",
    ),
    (
        "TestParseBodyStructureWithNonParenthesizedBodyFldDsp",
        &[Quirk::Members],
        "multipart/alternative -text/plain -text/html",
    ),
    (
        "TestParseBodyStructureWithNilNilBodyFldDsp",
        &[Quirk::Nil],
        "multipart/mixed -text/plain -application/msword -application/msword",
    ),
    (
        "TestParseBodyStructureWithSwappedBodyFldDspAndBodyFldLang",
        &[Quirk::Nil],
        "multipart/related -multipart/alternative --text/plain --text/html -image/jpeg -image/png",
    ),
    ("TestParseBodyStructureWithNegativeOctetValue", &[Quirk::Number], "multipart/digest"),
    (
        "TestParseBodyStructureWithNilMultipartBody",
        &[Quirk::Members],
        "multipart/report -text/plain -message/delivery-status -message/rfc822 \
         --multipart/alternative",
    ),
    (
        "TestParseBadlyFormedGMailMultipartBodyResponseWithNoChildren",
        &[Quirk::Members],
        "multipart/report -text/plain -message/delivery-status -message/rfc822 \
         --multipart/alternative",
    ),
    (
        "TestParseBadlyFormedBodyStructureWithEmptyParensInsteadOfContentLocation",
        &[Quirk::Blank, Quirk::EmptyList],
        "multipart/related -text/html -image/jpeg -image/jpeg -image/jpeg",
    ),
];

#[test]
fn structures_are_what_mailkit_reads() {
    let Some(strings) = strings() else { return };
    for (test, quirks, expected) in STRUCTURES {
        let (read, met) = outline(&strings[*test]);
        assert_eq!(read.join(" "), *expected, "{test}");
        let missed: Vec<_> = quirks.iter().filter(|quirk| !met.contains(**quirk)).collect();
        assert!(missed.is_empty(), "{test}: {missed:?} of {met:?}");
        assert_eq!(met.is_empty(), quirks.is_empty(), "{test}: {met:?}");
    }
}

#[test]
fn every_structure_of_mailkit_is_read() {
    let Some(strings) = strings() else { return };
    let names = ["BodyStructure", "BodyResponse", "BodyRfc"];
    let of_bodies = strings.iter().filter(|(test, _)| names.iter().any(|name| test.contains(name)));
    let mut unread = Vec::new();
    let mut count = 0;
    for (test, text) in of_bodies {
        count += 1;
        // The longest was cut when it was taken over: it ends in the middle.
        let whole = text.ends_with(')');
        if whole
            && !matches!(tolerant(&format!("BODYSTRUCTURE {text}")).0, FetchItem::BodyStructure(_))
        {
            unread.push(test);
        }
    }
    assert!(count > 40, "{count}");
    assert!(unread.is_empty(), "{unread:?}");
}

#[test]
fn details_are_what_mailkit_reads() {
    let Some(strings) = strings() else { return };
    let body = |test: &str| tolerant_body(&strings[test]).0;
    let literals = body("TestParseBodyStructureWithLiterals_LiteralsEverywhere");
    let plain = literals.root().parts().next().expect("a text");
    assert_eq!(plain.md5(), Some(&b"md5sum"[..]));
    assert_eq!(plain.disposition().map(|it| it.kind), Some(&b"inline"[..]));
    assert_eq!(plain.language().collect::<Vec<_>>(), [b"en"]);
    assert_eq!(plain.location(), Some(&b"http://www.google.com/body.txt"[..]));
    assert_eq!(literals, body("TestParseBodyStructureWithContentMd5DspLanguageAndLocation"));

    let quoted = body("TestParseBadlyQuotedBodyStructure");
    let first = quoted.root().parts().next().expect("a part");
    let media_type = &b"MOUNDARY=\"_006_5DBB50A5A54730AD4A54730AD4A54730AD4A54730AD42KOS_\""[..];
    assert_eq!((first.media_type(), first.subtype()), (media_type, &b"OCTET-STREAM"[..]));

    let bare = body("TestParseBodyStructureWithNonParenthesizedBodyFldDsp");
    let first = bare.root().parts().next().expect("a part");
    assert_eq!(first.disposition().map(|it| it.kind), Some(&b"inline"[..]));

    let negative = body("TestParseBodyStructureWithNegativeOctetValue");
    assert_eq!((negative.root().octets(), negative.root().kind()), (0, PartKind::Basic));
}

#[test]
fn envelopes_are_what_mailkit_reads() {
    let Some(strings) = strings() else { return };
    // A fold of the RFC has become a blank between addresses.
    let (rfc, met) = tolerant_envelope(&strings["TestParseExampleEnvelopeRfc3501"]);
    assert!(met.contains(Quirk::Blank));
    let (literals, _) = tolerant_envelope(&strings["TestParseExampleEnvelopeRfc3501WithLiterals"]);
    assert_eq!(rfc, literals);
    assert_eq!(rfc.cc().len(), 2);
    assert_eq!(rfc.message_id(), Some(&b"<B27397-0100000@cac.washington.edu>"[..]));

    let (envelope, met) = tolerant_envelope(&strings["TestParseEnvelopeWithMissingMessageId"]);
    assert_eq!(envelope.in_reply_to(), Some(&b"<in-reply-to@example.com>"[..]));
    assert_eq!(envelope.message_id(), None);
    assert!(met.contains(Quirk::Members));

    let (envelope, met) = tolerant_envelope(&strings["TestParseEnvelopeWithMissingInReplyTo"]);
    assert_eq!((envelope.in_reply_to(), envelope.message_id()), (None, None));
    assert_eq!(envelope.reply_to().next().and_then(|it| it.host), Some(&b"unknown-domain"[..]));
    assert!(met.contains(Quirk::Members));

    let envelope = strict_envelope(&strings["TestParseMalformedMailboxAddressInEnvelope"]);
    assert_eq!(
        envelope.sender().next().and_then(|it| it.mailbox),
        Some(&b"<members=headspace.com"[..])
    );

    let (envelope, met) = tolerant_envelope(&strings["TestParseGMailMalformedSenderInEnvelope"]);
    let mailbox = &b"=?UTF-8?Q?\"Dummy=C3=ADa_Pa=C3=A1ndez_Algo\"?="[..];
    assert_eq!(envelope.sender().next().and_then(|it| it.mailbox), Some(mailbox));
    assert!(met.contains(Quirk::Escape));

    let envelope = strict_envelope(&strings["TestParseEnvelopeWithNilMailbox"]);
    let from = envelope.from().next().expect("an address");
    assert_eq!((from.mailbox, from.host), (None, Some(&b".MISSING-HOST-NAME."[..])));

    let envelope = strict_envelope(&strings["TestParseEnvelopeWithRoutedMailboxes"]);
    assert_eq!(envelope.from().next().and_then(|it| it.route), Some(&b"@route1,@route2"[..]));
    let groups: Vec<_> = envelope.to().map(|it| (it.is_group_start(), it.is_group_end())).collect();
    let (start, member, end) = ((true, false), (false, false), (false, true));
    assert_eq!(groups, [start, member, member, member, end, start, member, member, member, end]);

    // It ends with the parenthesis of what it was cut out of.
    let text = strings["TestParseEnvelopeWithNilAddress"].strip_suffix(')').expect("one more");
    let (envelope, met) = tolerant_envelope(text);
    assert_eq!((envelope.from().len(), envelope.sender().len()), (1, 1));
    assert!(met.contains(Quirk::Nil));
}

#[test]
fn labels_and_annotations_are_what_mailkit_reads() {
    let Some(strings) = strings() else { return };
    let (labels, _) = tolerant(&format!("X-GM-LABELS {}", strings["TestParseLabelsListWithNIL"]));
    let FetchItem::GmailLabels(labels) = labels else { panic!("{labels:?}") };
    assert_eq!(labels, ["atom-label", "\\flag-label", "quoted-label", "NIL"]);
    let annotation = format!("ANNOTATION {}", strings["TestParseAnnotationsExample2"]);
    let (item, met) = tolerant(&annotation);
    let FetchItem::Unparsed(raw) = item else { panic!("{item:?}") };
    assert_eq!(raw.as_bytes(), annotation.as_bytes());
    assert!(met.is_empty());
}
