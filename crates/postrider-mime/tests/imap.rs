//! The views for IMAP: what RFC 3501 and RFC 9051 ask of them. Their examples are tested with the
//! values of the protocol, in `postrider-mailbox`.

use postrider_message::Limits as HeaderLimits;
use postrider_mime::{
    Limits, Message,
    imap::{Address, BodyStructure, BodyType, Envelope, FieldNames, SectionText},
};
use proptest::{prelude::*, sample::select};

fn names<'a>(names: &[&'a str]) -> FieldNames<'a> {
    names.iter().map(|name| name.as_bytes()).collect()
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

#[test]
fn an_envelope_tells_texts_as_they_stand() {
    let message = Message::parse(
        "Date: Wed, 17 Jul 1996\r\n 02:23:25 -0700 (PDT)\r\n\
         Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
         From: =?utf-8?q?=C3=BC?= <\"a b\"@x.example>\r\n\
         Sender:\r\nReply-To: \r\n\
         To: <@one.example,\r\n @two.example:c@d.example>\r\nIn-Reply-To: <1@x> and <2@x>\r\n\r\n",
    )
    .unwrap();
    let envelope = Envelope::of(message.headers());
    let date = envelope.date().unwrap();
    assert_eq!(text(&date), "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)");
    assert_eq!(text(&envelope.subject().unwrap()), "=?utf-8?q?Gr=C3=BC=C3=9Fe?=");
    assert_eq!(text(&envelope.in_reply_to().unwrap()), "<1@x> and <2@x>");
    assert_eq!(envelope.message_id(), None);
    let from = Address {
        name: Some(b"=?utf-8?q?=C3=BC?="[..].into()),
        mailbox: Some(b"a b"[..].into()),
        host: Some(b"x.example"),
        ..Address::default()
    };
    // "If the Sender or Reply-To header fields are absent in the [RFC5322] header, or are present
    // but empty, the server sets the corresponding member of the envelope to be the same value as
    // the from member" (RFC 9051 §7.5.2).
    let from = std::slice::from_ref(&from);
    assert_eq!(envelope.from().collect::<Vec<_>>(), from);
    assert_eq!(envelope.sender().collect::<Vec<_>>(), from);
    assert_eq!(envelope.reply_to().collect::<Vec<_>>(), from);
    let to = envelope.to().next().unwrap();
    assert_eq!(to.adl.as_deref(), Some(&b"@one.example,@two.example"[..]));
    assert_eq!((envelope.cc().count(), envelope.bcc().count()), (0, 0));
}

#[test]
fn a_body_tells_parameters_as_they_stand() {
    let message = Message::parse(
        "Content-Type: application/x-stuff; title*0*=us-ascii'en'This%20is;\r\n\
         \x20title*1=\"even \\\"more\\\"\r\n fun\"\r\n\
         Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=BC?=.txt\"\r\n\
         Content-Language: mi, en (or so)\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\
         Content-ID: <a@b>\r\nContent-Description: a\r\n b\r\nContent-Location: x/y\r\n\
         Content-Transfer-Encoding: (odd) Base64\r\n\r\nYWI=\r\n",
    )
    .unwrap();
    let structure = BodyStructure::of(&message);
    let body = structure.root();
    assert_eq!((body.media_type(), body.media_subtype()), ("application", "x-stuff"));
    let parameters: Vec<_> = body.parameters().map(|(n, v)| (n, text(&v).to_owned())).collect();
    assert_eq!(
        parameters,
        [
            ("title*0*", "us-ascii'en'This%20is".to_owned()),
            ("title*1", "even \"more\" fun".to_owned())
        ]
    );
    let disposition = body.disposition().unwrap();
    assert_eq!(disposition.ty(), "attachment");
    assert_eq!(text(&disposition.parameters().next().unwrap().1), "=?utf-8?q?=C3=BC?=.txt");
    assert_eq!(body.languages().collect::<Vec<_>>(), [&b"mi"[..], b"en"]);
    assert_eq!(text(&body.md5().unwrap()), "Q2hlY2sgSW50ZWdyaXR5IQ==");
    assert_eq!(text(&body.id().unwrap()), "<a@b>");
    assert_eq!(text(&body.description().unwrap()), "a b");
    assert_eq!(text(&body.location().unwrap()), "x/y");
    assert_eq!(text(body.encoding()), "Base64");
    assert_eq!((body.octets(), body.lines()), (6, None));
}

#[test]
fn what_is_not_read_is_told_as_octets() {
    let of = |head: &str| {
        let text = format!("{head}\r\n\r\nx\r\n");
        let message = Message::parse_with(text, &Limits::DEFAULT.with_depth(0)).unwrap();
        let structure = BodyStructure::of(&message);
        let body = structure.root();
        (body.body_type(), format!("{}/{}", body.media_type(), body.media_subtype()))
    };
    let octets = (BodyType::Basic, "APPLICATION/OCTET-STREAM".to_owned());
    assert_eq!(of("Content-Type: multipart/mixed; boundary=a"), octets);
    assert_eq!(of("Content-Type: message/rfc822"), octets);
    // RFC 9051 §9 `body-type-basic`: 'MESSAGE subtype MUST NOT be "RFC822" or "GLOBAL"'.
    assert_eq!(of("Content-Type: message/global"), octets);
    assert_eq!(of("Content-Type: message/partial").1, "message/partial");
}

#[test]
fn a_message_global_has_parts_as_a_message_rfc822_has() {
    // RFC 9051 §6.4.5.1: "refers to a part of type MESSAGE/RFC822 or MESSAGE/GLOBAL".
    let message =
        Message::parse("Content-Type: message/global\r\n\r\nSubject: x\r\n\r\na\r\nb\r\n").unwrap();
    let structure = BodyStructure::of(&message);
    let body = structure.root();
    assert_eq!((body.body_type(), body.lines()), (BodyType::Message, Some(4)));
    let nested = body.message().unwrap();
    assert_eq!(nested.envelope().subject().as_deref(), Some(&b"x"[..]));
    assert_eq!((nested.body_type(), nested.lines()), (BodyType::Text, Some(2)));
    let text = message.section(&[1, 1], SectionText::Whole).unwrap();
    assert_eq!(&text.of(message.as_bytes())[..], b"a\r\nb\r\n");
}

#[test]
fn fields_that_are_not_indexed_have_no_name() {
    let limits = Limits::DEFAULT.with_headers(HeaderLimits::DEFAULT.with_fields(2));
    let mail = "A: 1\nB: 2\nTo: c\nD: 4\n\nbody\n";
    let message = Message::parse_with(mail, &limits).unwrap();
    let names = names(&["to", "a"]);
    let of = |text| message.section(&[], text).unwrap().of(mail.as_bytes()).into_owned();
    assert_eq!(text(&of(SectionText::HeaderFields(&names))), "A: 1\n\n");
    assert_eq!(text(&of(SectionText::HeaderFieldsNot(&names))), "B: 2\nTo: c\nD: 4\n\n");
}

#[test]
fn binary_is_of_leaves_in_known_encodings() {
    let message = Message::parse(
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n\
         --a\r\nContent-Transfer-Encoding: x-odd\r\n\r\nab\r\n\
         --a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=00=\r\nb\r\n\
         --a\r\nContent-Type: message/rfc822\r\n\r\n\r\nab\r\n--a--\r\n",
    )
    .unwrap();
    assert!(message.binary(&[1]).unwrap().size().is_err());
    assert!(message.binary(&[1]).unwrap().decoded().is_err());
    let second = message.binary(&[2]).unwrap();
    assert_eq!(&second.decoded().unwrap().value[..], b"\0b");
    assert_eq!(second.size(), Ok(2));
    assert!(message.binary(&[3]).is_none());
    assert_eq!(message.binary(&[3, 1]).unwrap().size(), Ok(2));
    assert!(message.binary(&[]).is_none());
}

#[test]
fn an_empty_section_lies_somewhere() {
    let message = Message::parse("A: 1\n\n").unwrap();
    let section = message.section(&[], SectionText::Text).unwrap();
    assert_eq!((section.clone().next(), section.clone().count()), (Some(6..6), 1));
    assert_eq!(section.octets(), 0);
}

proptest! {
    /// RFC 3516 §4.3: the size "MUST match the size of the <nstring> or <literal8> that will be
    /// returned by the corresponding FETCH BINARY request".
    #[test]
    fn a_binary_size_is_that_of_what_is_decoded(
        encoding in select(vec!["7bit", "base64", "quoted-printable", "x-uuencode"]),
        body in prop::collection::vec(select(vec![
            "QUJD", "=", "=3D", "\r\n", "=\n", "*", "begin 644 a\n", "#86)C\n", "`\nend\n", " ",
        ]), 0..30),
    ) {
        let mail = format!("Content-Transfer-Encoding: {encoding}\n\n{}", body.concat());
        let message = Message::parse(mail).unwrap();
        let binary = message.binary(&[1]).unwrap();
        let decoded = binary.decoded().unwrap().value;
        prop_assert_eq!(binary.size().unwrap(), decoded.len() as u64);
    }

    /// Lines are counted in one pass for all bodies, and are those of each (RFC 9051 §7.5.2).
    #[test]
    fn lines_are_those_of_each_body(
        lines in prop::collection::vec(select(vec![
            "Content-Type: multipart/mixed; boundary=a\n", "Content-Type: message/rfc822\n",
            "Content-Type: multipart/digest; boundary=b\n", "Content-Type: image/gif\n",
            "\n", "\r\n", "text\n", "text", "--a\n", "--b\n", "--a--\n", "--b--\r\n",
        ]), 0..60),
    ) {
        let message = Message::parse(lines.concat()).unwrap();
        let structure = BodyStructure::of(&message);
        let (mut todo, mut count) = (vec![structure.root()], 0);
        while let Some(body) = todo.pop() {
            count += 1;
            let counted = matches!(body.body_type(), BodyType::Text | BodyType::Message);
            prop_assert_eq!(body.lines(), counted.then(|| body.part().lines() as u64));
            prop_assert_eq!(body.octets(), body.part().raw_body().len() as u64);
            todo.extend(body.children());
            todo.extend(body.message());
        }
        prop_assert_eq!(count, message.parts().len());
    }

    /// A partial is that part of all octets, whatever ranges they lie in (RFC 3501 §6.4.5).
    #[test]
    fn a_partial_is_a_slice_of_all(
        fields in prop::collection::vec(select(vec![
            "A: 1\r\n", "B: 2\n", "a: x\r\n y\r\n", "no colon\n", "C:\n", "From x\n",
        ]), 0..12),
        rest in select(vec!["", "\n", "\r\n", "\nbody", "\r\nbody\r\n"]),
        wanted: bool,
        origin in 0_usize..80,
        octets in 1_usize..80,
    ) {
        let mail = fields.concat() + rest;
        let message = Message::parse(mail.as_bytes()).unwrap();
        let names = names(&["a", "C"]);
        let text = match wanted {
            true => SectionText::HeaderFields(&names),
            false => SectionText::HeaderFieldsNot(&names),
        };
        let all = message.section(&[], text).unwrap();
        let ranges: Vec<_> = all.clone().collect();
        for pair in ranges.windows(2) {
            prop_assert!(pair[0].end < pair[1].start);
        }
        prop_assert!(ranges.iter().all(|range| !range.is_empty()));
        let whole = all.clone().of(mail.as_bytes());
        prop_assert_eq!(all.octets(), whole.len() as u64);
        let slice = &whole[origin.min(whole.len())..];
        let slice = &slice[..octets.min(slice.len())];
        let part = all.partial(origin as u64, octets as u64);
        prop_assert_eq!(part.octets(), slice.len() as u64);
        prop_assert_eq!(&part.clone().of(mail.as_bytes())[..], slice);
        // A part of a part counts in that.
        let inner = part.partial(1, 3).of(mail.as_bytes());
        let slice = slice.get(1..).unwrap_or_default();
        prop_assert_eq!(&inner[..], &slice[..slice.len().min(3)]);
    }
}
