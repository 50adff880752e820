//! How structures are made by hand, and what cannot be made.

use postrider_imap::{
    Address, BodyStructureBuilder, EnvelopeFields, ExtensionFields, FetchItem, InvalidValue,
    MultipartFields, PartFields, PartKind, Response,
};

use super::strict_body;

const TEXT: PartFields<'static> = PartFields {
    media_type: b"TEXT",
    subtype: b"PLAIN",
    parameters: &[],
    id: None,
    description: None,
    encoding: b"7BIT",
    octets: 12,
    lines: Some(1),
    extension: None,
};

#[test]
fn a_structure_is_one_tree() {
    let finish = |build: fn(&mut BodyStructureBuilder)| {
        let mut builder = BodyStructureBuilder::new();
        build(&mut builder);
        builder.finish().map(|_| ())
    };
    let mixed = MultipartFields { subtype: b"MIXED", parameters: &[], extension: None };
    assert_eq!(finish(|_| {}), Err(InvalidValue::Empty));
    assert_eq!(finish(|b| b.part(&TEXT)), Ok(()));
    let two = |b: &mut BodyStructureBuilder| {
        b.part(&TEXT);
        b.part(&TEXT);
    };
    assert_eq!(finish(two), Err(InvalidValue::Combination));
    assert_eq!(finish(|b| b.begin_multipart()), Err(InvalidValue::Combination));
    let mut empty = BodyStructureBuilder::new();
    empty.begin_multipart();
    empty.end_multipart(&mixed);
    assert_eq!(empty.finish().map(|_| ()), Err(InvalidValue::Empty));
    let mut two = BodyStructureBuilder::new();
    two.begin_message(&TEXT, &EnvelopeFields::default());
    two.part(&TEXT);
    two.part(&TEXT);
    two.end_message();
    assert_eq!(two.finish().map(|_| ()), Err(InvalidValue::Combination));
    let mut crossed = BodyStructureBuilder::new();
    crossed.begin_multipart();
    crossed.part(&TEXT);
    crossed.end_message();
    assert_eq!(crossed.finish().map(|_| ()), Err(InvalidValue::Combination));
    let mut unopened = BodyStructureBuilder::new();
    unopened.part(&TEXT);
    unopened.end_multipart(&mixed);
    assert_eq!(unopened.finish().map(|_| ()), Err(InvalidValue::Combination));
}

#[test]
fn what_is_built_is_what_is_read() {
    let mut builder = BodyStructureBuilder::new();
    builder.begin_multipart();
    let charset = [(&b"charset"[..], &b"utf-8"[..])];
    let name = [(&b"filename"[..], &b"say \"hi\".png"[..])];
    let extension = ExtensionFields {
        disposition: Some((b"attachment", &name)),
        language: &[b"de", b"en"],
        ..ExtensionFields::default()
    };
    builder.part(&PartFields { parameters: &charset, extension: Some(extension), ..TEXT });
    let fred = [Address::mailbox(Some(b"Fred"), b"fred", b"example.com")];
    let envelope = EnvelopeFields { from: &fred, ..EnvelopeFields::default() };
    builder.begin_message(
        &PartFields { lines: Some(7), ..PartFields::new(b"MESSAGE", b"RFC822", b"7BIT", 90) },
        &envelope,
    );
    builder.part(&PartFields::new(b"IMAGE", b"GIF", b"BASE64", 3));
    builder.end_message();
    builder.end_multipart(&MultipartFields::new(b"MIXED"));
    let built = builder.finish().expect("a tree");
    let text = "((\"TEXT\" \"PLAIN\" (\"charset\" \"utf-8\") NIL NIL \"7BIT\" 12 1 NIL \
        (\"attachment\" (\"filename\" \"say \\\"hi\\\".png\")) (\"de\" \"en\") NIL)\
        (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 90 \
        (NIL NIL ((\"Fred\" NIL \"fred\" \"example.com\")) NIL NIL NIL NIL NIL NIL NIL) \
        (\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 3) 7) \"MIXED\")";
    assert_eq!(built, strict_body(text));
    let mut written = Vec::new();
    built.write(&mut written);
    assert_eq!(written, text.as_bytes());

    let parts: Vec<_> = built.walk().map(|(depth, part)| (depth, part.kind())).collect();
    let expected = [
        (0, PartKind::Multipart),
        (1, PartKind::Text),
        (1, PartKind::Message),
        (2, PartKind::Basic),
    ];
    assert_eq!(parts, expected);
    let text = built.root().parts().next().expect("a text");
    assert_eq!(text.parameters().collect::<Vec<_>>(), charset);
    let disposition = text.disposition().expect("it has one");
    assert_eq!(disposition.parameters.collect::<Vec<_>>(), name);
    assert_eq!(text.language().collect::<Vec<_>>(), [b"de", b"en"]);
    let message = built.root().parts().nth(1).expect("a message");
    assert_eq!(message.envelope().expect("it has one").from().collect::<Vec<_>>(), fred);
    assert_eq!(message.parts().next().map(|image| image.octets()), Some(3));
}

#[test]
fn extension_data_is_not_written_with_body() {
    let text = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 NIL (\"inline\" NIL) \"en\" NIL)";
    let number = 1.try_into().expect("not zero");
    let items = vec![FetchItem::Body(strict_body(text))];
    let mut out = Vec::new();
    Response::Fetch { number, items }.write(&mut out);
    assert_eq!(out, b"* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1))\r\n");
}
