//! The lists of RFC 8621 §4.1.4: its example, tables, and its algorithm as it is printed there.

use postrider_mime::{Limits, Message, Part, Selection};
use proptest::prelude::*;

use crate::recursive;

/// An entity: header fields and a body, or a multipart of others.
fn part(header: &str, body: &str) -> String {
    format!("{header}\n\n{body}")
}

fn multipart(subtype: &str, boundary: &str, parts: &[String]) -> String {
    let parts = parts.iter().map(|part| format!("--{boundary}\n{part}\n"));
    let parts: String = parts.collect();
    format!("Content-Type: multipart/{subtype}; boundary={boundary}\n\n{parts}--{boundary}--")
}

fn bodies<'a>(parts: &[Part<'a>]) -> Vec<&'a str> {
    parts.iter().map(|part| core::str::from_utf8(part.raw_body()).unwrap().trim()).collect()
}

fn lists<'a>(selection: &Selection<'a>) -> [Vec<&'a str>; 3] {
    [selection.text_body(), selection.html_body(), selection.attachments()].map(bodies)
}

const PLAIN: &str = "Content-Type: text/plain";
const HTML: &str = "Content-Type: text/html";
const JPEG: &str = "Content-Type: image/jpeg";

/// "For instance, consider a message with both text and HTML versions that has gone through a list
/// software manager that attaches a header and footer. It might have a MIME structure something
/// like:" … "In this case, the above algorithm would decompose this to: textBody => [ A, B, C, D, K ]
/// htmlBody => [ A, E, K ] attachments => [ C, F, G, H, J ]" (RFC 8621 §4.1.4).
#[test]
fn the_example_of_rfc_8621_is_taken_apart_as_it_says() {
    let inline = "\nContent-Disposition: inline";
    let jpeg_attached = format!("{JPEG}\nContent-Disposition: attachment");
    let mail = multipart(
        "mixed",
        "m1",
        &[
            part(&format!("{PLAIN}{inline}"), "A"),
            multipart(
                "mixed",
                "m2",
                &[
                    multipart(
                        "alternative",
                        "alt",
                        &[
                            multipart(
                                "mixed",
                                "m3",
                                &[
                                    part(&format!("{PLAIN}{inline}"), "B"),
                                    part(&format!("{JPEG}{inline}"), "C"),
                                    part(&format!("{PLAIN}{inline}"), "D"),
                                ],
                            ),
                            multipart("related", "rel", &[part(HTML, "E"), part(JPEG, "F")]),
                        ],
                    ),
                    part(&jpeg_attached, "G"),
                    part("Content-Type: application/x-excel", "H"),
                    part("Content-Type: message/rfc822", "Subject: J"),
                ],
            ),
            part(&format!("{PLAIN}{inline}"), "K"),
        ],
    );
    let message = Message::parse(mail).unwrap();
    let selection = message.selection();
    assert_eq!(bodies(selection.text_body()), ["A", "B", "C", "D", "K"]);
    assert_eq!(bodies(selection.html_body()), ["A", "E", "K"]);
    assert_eq!(bodies(selection.attachments()), ["C", "F", "G", "H", "Subject: J"]);
    assert!(message.has_attachment());
    let inline: Vec<_> = selection.inline().collect();
    assert_eq!(bodies(&inline), ["A", "B", "C", "D", "F", "K"]);
    assert!(message.text_body().zip(selection.text_body()).all(|(a, b)| a.span() == b.span()));
    assert_eq!(message.html_body().len(), 3);
    assert_eq!(message.attachments().len(), 5);
}

#[test]
fn every_rule_of_the_algorithm_has_a_message() {
    let named = "Content-Type: text/plain; name=n.txt";
    let attached = "Content-Type: text/plain\nContent-Disposition: ATTACHMENT";
    for (about, mail, text, html, attachments) in [
        ("no header", part("Subject: x", "A"), vec!["A"], vec!["A"], vec![]),
        ("only html", part(HTML, "A"), vec!["A"], vec!["A"], vec![]),
        ("only an image", part(JPEG, "A"), vec!["A"], vec!["A"], vec![]),
        (
            "only another type",
            part("Content-Type: application/pdf", "A"),
            vec![],
            vec![],
            vec!["A"],
        ),
        ("other text", part("Content-Type: text/calendar", "A"), vec![], vec![], vec!["A"]),
        ("the root attached", part(attached, "A"), vec![], vec![], vec!["A"]),
        (
            "the type in capitals",
            part("Content-Type: TEXT/Html", "A"),
            vec!["A"],
            vec!["A"],
            vec![],
        ),
        ("no type", part("Content-Type: garbage", "A"), vec!["A"], vec!["A"], vec![]),
        (
            "a name makes an attachment of the second text, not of the first, nor of an image",
            multipart(
                "mixed",
                "m",
                &[
                    part(named, "A"),
                    part(named, "B"),
                    part("Content-Type: image/jpeg; name=n.jpg", "C"),
                    part("Content-Disposition: inline; filename=n.txt", "D"),
                    part(PLAIN, "E"),
                ],
            ),
            vec!["A", "C", "E"],
            vec!["A", "C", "E"],
            vec!["B", "D"],
        ),
        (
            "an empty name is none",
            multipart(
                "mixed",
                "m",
                &[part(PLAIN, "A"), part("Content-Type: text/plain; name=\"\"", "B")],
            ),
            vec!["A", "B"],
            vec!["A", "B"],
            vec![],
        ),
        (
            "an unknown disposition is no attachment",
            multipart(
                "mixed",
                "m",
                &[part(PLAIN, "A"), part("Content-Disposition: x-signature", "B")],
            ),
            vec!["A", "B"],
            vec!["A", "B"],
            vec![],
        ),
        (
            "of a related only the first",
            multipart("related", "r", &[part(HTML, "A"), part(JPEG, "B"), part(PLAIN, "C")]),
            vec!["A"],
            vec!["A"],
            vec!["B", "C"],
        ),
        (
            "alternatives",
            multipart(
                "alternative",
                "a",
                &[
                    part(PLAIN, "A"),
                    part(HTML, "B"),
                    part("Content-Type: text/calendar", "C"),
                    part(JPEG, "D"),
                ],
            ),
            vec!["A"],
            vec!["B"],
            vec!["C", "D"],
        ),
        (
            "an alternative of html only",
            multipart(
                "mixed",
                "m",
                &[
                    part(PLAIN, "A"),
                    multipart("alternative", "a", &[part(HTML, "B"), part(JPEG, "C")]),
                ],
            ),
            vec!["A", "B"],
            vec!["A", "B"],
            vec!["C"],
        ),
        (
            "an alternative of plain text only",
            multipart("Alternative", "a", &[part(PLAIN, "A")]),
            vec!["A"],
            vec!["A"],
            vec![],
        ),
        (
            "an alternative of html with an image between: both bodies have them, as the code says",
            multipart(
                "alternative",
                "a",
                &[multipart("mixed", "m", &[part(HTML, "A"), part(JPEG, "B"), part(HTML, "C")])],
            ),
            vec!["A", "B", "C"],
            vec!["A", "B", "C"],
            vec!["B"],
        ),
        (
            "a digest is of messages",
            multipart("digest", "d", &[part("", "Subject: A"), part(PLAIN, "B")]),
            vec!["B"],
            vec!["B"],
            vec!["Subject: A"],
        ),
        (
            "an unknown multipart is mixed",
            multipart("x-unknown", "x", &[part(PLAIN, "A"), part(HTML, "B")]),
            vec!["A", "B"],
            vec!["A", "B"],
            vec![],
        ),
        // What the printed code forgets or stumbles over is an attachment: "not of type multipart/*
        // and not included in textBody or htmlBody".
        (
            "plain text and html in one alternative",
            multipart(
                "alternative",
                "a",
                &[multipart("mixed", "m", &[part(PLAIN, "A"), part(HTML, "B"), part(PLAIN, "C")])],
            ),
            vec!["A"],
            vec!["A"],
            vec!["B", "C"],
        ),
        (
            "an alternative in one whose html list is closed",
            multipart(
                "alternative",
                "a",
                &[multipart(
                    "mixed",
                    "m",
                    &[
                        part(PLAIN, "A"),
                        multipart("alternative", "b", &[part(PLAIN, "B"), part(HTML, "C")]),
                    ],
                )],
            ),
            vec!["A", "B"],
            vec!["A", "B"],
            vec!["C"],
        ),
    ] {
        let message = Message::parse(mail).unwrap();
        assert_eq!(lists(&message.selection()), [text, html, attachments], "{about}");
    }
}

/// RFC 8621 §4.1.4: "A server SHOULD set hasAttachment to true if the attachments list contains at least one item that
/// does not have Content-Disposition: inline."
#[test]
fn attachments_that_are_inline_show_no_paper_clip() {
    let inline = format!("{JPEG}\nContent-Disposition: Inline; filename=a.jpg");
    for (mail, has) in [
        (part(PLAIN, "A"), false),
        (part(JPEG, "A"), false),
        (multipart("related", "r", &[part(HTML, "A"), part(&inline, "B")]), false),
        (multipart("related", "r", &[part(HTML, "A"), part(JPEG, "B")]), true),
        (multipart("mixed", "m", &[part(HTML, "A"), part("Content-Type: a/b", "B")]), true),
    ] {
        assert_eq!(Message::parse(&mail).unwrap().has_attachment(), has, "{mail}");
    }
}

#[test]
fn a_part_has_its_roles_and_a_nested_message_its_own() {
    let nested = multipart("mixed", "n", &[part(PLAIN, "A"), part("Content-Type: a/b", "B")]);
    let mail = multipart(
        "mixed",
        "m",
        &[
            part(HTML, "C"),
            format!("Content-Type: message/rfc822\nContent-Disposition: inline\n\n{nested}\n"),
        ],
    );
    let message = Message::parse(mail).unwrap();
    let selection = message.selection();
    assert_eq!(lists(&selection)[..2], [["C"], ["C"]]);
    let [forwarded] = selection.attachments() else { panic!("one attachment") };
    let roles = selection.roles(*forwarded);
    assert!(roles.is_attachment() && roles.is_inline());
    assert!(!roles.is_text_body() && !roles.is_html_body() && !selection.has_attachment());
    assert_eq!(selection.leaves().len(), 2);

    let inner = Selection::of(forwarded.message().unwrap());
    assert_eq!(lists(&inner), [vec!["A"], vec!["A"], vec!["B"]]);
    // What is in the nested message has no role in the outer one, and the other way round.
    for part in message.parts() {
        let (outer, inside) = (selection.roles(part), inner.roles(part));
        let expected = match part.raw_body() {
            b"C" => (true, false),
            b"A" | b"B" => (false, true),
            _ => (part.message().is_some(), false),
        };
        let none = Default::default();
        assert_eq!((outer != none, inside != none), expected);
    }
    // A part alone is selected as if it were a message.
    let second = inner.attachments()[0];
    assert_eq!(lists(&Selection::of(second)), [vec![], vec![], vec!["B"]]);
    let alone = Selection::of(inner.text_body()[0]);
    assert_eq!(lists(&alone), [vec!["A"], vec!["A"], vec![]]);
}

/// What lies deeper than the limits is a leaf that the lists do not lose.
#[test]
fn parts_that_are_too_deep_are_an_attachment() {
    let deep = multipart("mixed", "a", &[multipart("mixed", "b", &[multipart("mixed", "c", &[])])]);
    let message = Message::parse_with(&deep, &Limits::DEFAULT.with_depth(2)).unwrap();
    let [text, html, attachments] = lists(&message.selection());
    assert_eq!((text.len(), html.len(), attachments), (0, 0, vec!["--c--"]));
}

#[test]
fn ten_thousand_levels_and_a_hundred_thousand_parts_are_selected_in_no_time() {
    let limits = Limits::DEFAULT.with_depth(20_000).with_parts(200_000).with_fields(200_000);
    let mut deep = String::new();
    for level in 0..10_000 {
        deep.push_str(&format!(
            "Content-Type: multipart/alternative; boundary=b{level}\n\n--b{level}\n"
        ));
    }
    deep.push_str("\nA");
    // A depth of ten thousand makes the search for delimiters slow, not the selection.
    let message = Message::parse_with(&deep, &limits).unwrap();
    assert_eq!(lists(&message.selection())[0], ["A"]);

    let parts = "--a\nContent-Type: text/html; name=x\n\nB\n".repeat(100_000);
    let wide = format!("Content-Type: multipart/mixed; boundary=a\n\n{parts}--a--\n");
    let message = Message::parse_with(&wide, &limits).unwrap();
    let selection = message.selection();
    assert_eq!((selection.html_body().len(), selection.attachments().len()), (1, 99_999));
    let roles = selection.leaves().filter(|(part, roles)| selection.roles(*part) == *roles);
    assert_eq!(roles.count(), 100_000);
}

/// Trees of parts of every kind.
fn tree() -> impl Strategy<Value = String> {
    let types = prop::sample::select(vec![
        "text/plain",
        "text/html",
        "TEXT/PLAIN",
        "image/png",
        "audio/x",
        "video/x",
        "text/css",
        "application/pdf",
        "message/rfc822",
        "",
    ]);
    let dispositions = prop::sample::select(vec!["", "inline", "attachment", "x-other"]);
    let leaf = (types, dispositions, prop::sample::select(vec!["", "; name=n", "; name=\"\""]));
    let leaf = leaf.prop_map(|(ty, disposition, name)| {
        let mut header = String::new();
        if !ty.is_empty() {
            header.push_str(&format!("Content-Type: {ty}{name}\n"));
        }
        if !disposition.is_empty() {
            header.push_str(&format!("Content-Disposition: {disposition}\n"));
        }
        format!("{header}\nX")
    });
    leaf.prop_recursive(5, 40, 5, |inner| {
        let kinds = vec!["mixed", "alternative", "alternative", "related", "digest", "Signed"];
        let parts = prop::collection::vec(inner, 0..5);
        (prop::sample::select(kinds), parts, any::<u64>())
            .prop_map(|(kind, parts, boundary)| multipart(kind, &format!("b{boundary}"), &parts))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The lists are those that the code of RFC 8621 makes; what it forgets is an attachment.
    #[test]
    fn the_lists_are_those_of_the_algorithm(mail in tree()) {
        let message = Message::parse(mail).unwrap();
        let selection = message.selection();
        let expected = recursive::select(message.root());
        let places = |parts: &[Part<'_>]| -> Vec<usize> {
            parts.iter().map(|part| part.header_span().start()).collect()
        };
        prop_assert_eq!(places(selection.text_body()), expected.text);
        prop_assert_eq!(places(selection.html_body()), expected.html);
        let mut attachments = places(selection.attachments());
        prop_assert!(attachments.is_sorted(), "depth-first");
        let forgotten = expected.forgotten;
        attachments.retain(|place| !forgotten.contains(place));
        prop_assert_eq!(attachments, expected.attachments);
        for (part, roles) in selection.leaves() {
            let within = |parts: &[Part<'_>]| places(parts).contains(&part.header_span().start());
            prop_assert_eq!(roles.is_text_body(), within(selection.text_body()));
            prop_assert_eq!(roles.is_html_body(), within(selection.html_body()));
            prop_assert_eq!(roles.is_attachment(), within(selection.attachments()));
            prop_assert!(roles.is_text_body() || roles.is_html_body() || roles.is_attachment());
        }
    }
}
