//! What a `Content-Type` shows, and what its parameters say.

use postrider_message::{FieldValue, RawValue};
use postrider_mime::{ContentType, Disposition, MediaType};
use proptest::prelude::*;

fn read(value: &str) -> ContentType<'_> {
    ContentType::read(RawValue::new(value.as_bytes())).value
}

#[test]
fn a_type_is_shown_on_one_line_with_quotation_marks_where_they_are_needed() {
    for (value, shown) in [
        ("text/plain ; charset = us-ascii (Plain text)", "text/plain; charset=us-ascii"),
        ("Text/HTML;charset=\"us-ascii\"", "Text/HTML; charset=us-ascii"),
        ("a/b; x=\"c d\"; y=\"\"", "a/b; x=\"c d\"; y=\"\""),
        ("a/b; x=\"c\\\\d\\\"e\"", "a/b; x=\"c\\\\d\\\"e\""),
        ("a/b; x=\"c\rd\u{1b}[2J\u{85}\"", "a/b; x=\"c\\rd\\u{1b}[2J\\u{85}\""),
        ("a/b; x=\"c\r\n d\"", "a/b; x=\"c d\""),
        ("a/b; x=é", "a/b; x=\"é\""),
        ("garbage", "text/plain; charset=us-ascii"),
    ] {
        assert_eq!(read(value).to_string(), shown, "{value:?}");
    }
    let disposition = Disposition::read(RawValue::new(b"attachment; filename=\"a b.txt\""));
    assert_eq!(disposition.value.to_string(), "attachment; filename=\"a b.txt\"");
}

#[test]
fn a_parameter_is_debugged_as_text_where_it_is_text_and_as_octets_where_not() {
    let ty = read("a/b; x=\"c\r\td\"");
    assert_eq!(format!("{:?}", ty.parameters().iter().next().unwrap()), r#"x="c\r\td""#);
    let ty = ContentType::read(RawValue::new(b"a/b; x=\xff"));
    let parameter = format!("{:?}", ty.value.parameters().iter().next().unwrap());
    assert_eq!(parameter, r#"x=b"\xff""#);
}

#[test]
fn the_folding_of_a_value_without_quotation_marks_is_not_of_the_value() {
    for value in ["a/b; name=one\r\n two.txt; c=d", "a/b; name=one\n two.txt\r\n ; c=d"] {
        let ty = read(value);
        assert_eq!(ty.parameters().get("name"), Some(&b"one two.txt"[..]));
        assert_eq!(ty.parameters().get("c"), Some(&b"d"[..]));
    }
}

proptest! {
    #[test]
    fn a_type_that_is_shown_reads_as_the_same_type(name in "[a-z]{1,5}", value in "[ -~é€]{0,12}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("text/plain; {name}=\"{quoted}\"; last=x");
        let ty = read(&text);
        prop_assert_eq!(ty.parameters().get(&name), Some(value.as_bytes()));
        let shown = ty.to_string();
        prop_assert_eq!(&read(&shown), &ty, "{}", shown);
    }
}

/// Mutt wrote boundary and charset of this one by RFC 2231.
#[test]
fn a_multipart_of_mutt_has_the_parts_its_delimiters_show() {
    let path = "corpora/python-test-email/msg_33.txt";
    let Some(mail) = postrider_testkit::read_shared(path) else { return };
    let message = postrider_mime::Message::parse(mail).unwrap();
    let ty = message.root().content_type().value;
    assert_eq!(ty.boundary().as_deref(), Some(&b"EeQfGwPcQSOJBaQU"[..]));
    let texts: Vec<_> = message.root().children().map(|part| part.text().unwrap().value).collect();
    assert_eq!(texts, ["part 1\n", "part 2\n"]);
    let first = message.root().children().next().unwrap().content_type().value;
    assert_eq!(first.charset().as_deref(), Some(&b"us-ascii"[..]));
}

#[test]
fn the_media_type_is_what_the_content_type_begins_with() {
    for value in [
        "text/plain",
        " (c) Text / (d) HTML ; charset=x",
        "text/",
        "text",
        "/plain",
        "\"text\"/plain",
        "t\u{e9}xt/plain",
        "image/png name=x",
        "",
    ] {
        let whole = read(value);
        let ty = MediaType::of(RawValue::new(value.as_bytes()));
        let shown = ty.unwrap_or(MediaType::TEXT_PLAIN);
        assert_eq!((shown.ty(), shown.subtype()), (whole.ty(), whole.subtype()), "{value:?}");
        let cost = allocation_counter::measure(|| {
            let _ = MediaType::of(RawValue::new(value.as_bytes()));
        });
        assert_eq!(cost.count_total, 0, "{value:?}");
    }
}

#[test]
fn a_type_with_few_parameters_costs_one_allocation() {
    for value in ["text/plain; charset=utf-8; format=flowed; delsp=yes", "text/plain; a=b"] {
        let cost = allocation_counter::measure(|| drop(read(value)));
        assert_eq!(cost.count_total, 1, "{value}");
    }
    let cost = allocation_counter::measure(|| drop(read("text/plain")));
    assert_eq!(cost.count_total, 0);
    let cost = allocation_counter::measure(|| drop(ContentType::text_plain()));
    assert_eq!(cost.count_total, 1);
}

/// RFC 2183 §2: the type comes first. Some senders leave it out; what they say is not lost.
#[test]
fn a_disposition_without_its_type_has_its_parameters() {
    for (value, ty, codes) in [
        ("attachment; filename=a.txt", "attachment", &[][..]),
        (" (c) Attachment ; filename=a.txt", "Attachment", &[]),
        ("; filename=a.txt", "", &[]),
        ("filename=a.txt", "", &["no-disposition-type"]),
        ("filename =\"a.txt\"; size=1", "", &["no-disposition-type"]),
        ("\"attachment\"; filename=a.txt", "", &[]),
        ("attachment filename=a.txt", "attachment", &["missing-semicolon"]),
    ] {
        let read = Disposition::read(RawValue::new(value.as_bytes()));
        assert_eq!(read.value.ty(), ty, "{value}");
        assert_eq!(read.value.is_attachment(), ty.eq_ignore_ascii_case("attachment"), "{value}");
        assert_eq!(read.value.parameters().text("filename").unwrap(), "a.txt", "{value}");
        let found: Vec<_> = read.defects.iter().map(|one| one.code().name()).collect();
        assert_eq!(found, codes, "{value}");
    }
    let read = Disposition::read(RawValue::new(b"INLINE"));
    assert!(read.value.is_inline() && read.value.parameters().is_empty());
}
