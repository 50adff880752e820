//! Every kind of entity, by its octets.

use postrider_message::{ContentMd5, DateTime, LanguageTags, MessageId, Text, Url, Zone};
use postrider_mime::{
    ContentType, Disposition, Message,
    build::{BuildError, Entity, MessageBuilder, Options},
    encoding::Lines,
    flowed::Writer,
};

use super::{SEED, STEM, subject, written, written_with};

#[test]
fn text_says_the_charset_it_has() {
    assert_eq!(
        written(&Entity::html("<p>\n")),
        "Content-Type: text/html; charset=us-ascii\r\n\r\n<p>\r\n"
    );
    assert_eq!(
        written(&Entity::text("A café, please")),
        "Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\nA caf=C3=A9, please"
    );
    let ty = ContentType::new("text", "csv").unwrap();
    assert_eq!(
        written(&Entity::new(ty.clone(), b"a\xe9,b\n").unwrap()),
        "Content-Type: text/csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         a=E9,b\r\n"
    );
    let latin = ty.with("charset", "iso-8859-1").unwrap();
    assert_eq!(
        written(&Entity::new(latin, b"a\xe9,b\n").unwrap()),
        "Content-Type: text/csv; charset=iso-8859-1\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\na=E9,b\r\n"
    );
}

/// In UTF-16 an octet 0x0A is no line end.
#[test]
fn text_in_sixteen_bits_is_octets() {
    let ty = ContentType::new("text", "plain").unwrap().with("charset", "UTF-16BE").unwrap();
    let octets: Vec<u8> = "ਊa\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let entity = Entity::new(ty, octets.clone()).unwrap();
    let message = Message::parse(written(&entity)).unwrap();
    assert_eq!(message.root().decoded().value, octets);
    assert_eq!(message.root().text().unwrap().value, "ਊa\n");
}

#[test]
fn every_field_of_a_part_is_read_again() {
    let id = MessageId::new("1@example.org").unwrap();
    let date = DateTime::from_unix(880_127_706, Zone::east(-360).unwrap()).unwrap();
    let disposition = Disposition::inline().with_file_name("日本語.txt").unwrap();
    let disposition = disposition.with_size(4).unwrap().with_modification_date(&date).unwrap();
    let disposition = disposition.with_creation_date(&date).unwrap().with_read_date(&date).unwrap();
    let entity = Entity::text("a\n")
        .with_parameter("name", "日本語.txt")
        .unwrap()
        .with_disposition(disposition)
        .unwrap()
        .with_content_id(&id)
        .unwrap()
        .with_description("früher")
        .unwrap()
        .with_description("später")
        .unwrap()
        .with_language(&LanguageTags::new(["de", "en"]).unwrap())
        .unwrap()
        .with_location(&Url::new("http://example.org/a").unwrap())
        .unwrap()
        .with_md5(ContentMd5::new([0; 16]))
        .unwrap()
        .with_field("Content-Features", &Text::new("(color=4)").unwrap())
        .unwrap();
    let message = Message::parse(written(&entity)).unwrap();
    assert!(message.all_defects().is_empty());
    let part = message.root();
    let headers = part.headers();
    let names: Vec<_> = headers.fields().map(|field| field.name().to_owned()).collect();
    assert_eq!(names.len(), 8, "{names:?}");
    assert_eq!(part.content_type().value.parameters().text("name").unwrap(), "日本語.txt");
    let read = part.disposition().unwrap().value;
    assert!(read.is_inline());
    let parameters = read.parameters();
    assert_eq!(parameters.text("filename").unwrap(), "日本語.txt");
    assert_eq!(parameters.text("size").unwrap(), "4");
    for name in ["creation-date", "modification-date", "read-date"] {
        assert_eq!(parameters.text(name).unwrap(), "Fri, 21 Nov 1997 09:55:06 -0600");
    }
    assert_eq!(headers.content_id().unwrap().value.ids(), [id]);
    assert_eq!(headers.content_description().unwrap().value.as_str(), "später");
    assert_eq!(headers.content_language().unwrap().value.tags(), ["de", "en"]);
    assert_eq!(headers.content_location().unwrap().value.as_str(), "http://example.org/a");
    assert_eq!(headers.content_md5().unwrap().value.unwrap().digest(), &[0; 16]);
}

/// RFC 2387 §5.1 is `multipart/related` of an `Application/X-FixedRecord` with `start` and `start-info`.
#[test]
fn what_is_related_tells_the_type_of_its_root() {
    let ty = ContentType::new("Application", "X-FixedRecord").unwrap();
    let id = MessageId::new("950120.aaCC@XIson.com").unwrap();
    let root = Entity::new(ty, "25\r\n10\r\n").unwrap().with_content_id(&id).unwrap();
    let other = Entity::octets("Old MacDonald").with_disposition(Disposition::inline()).unwrap();
    let entity = Entity::related(root, [other]).unwrap();
    let entity = entity.with_parameter("start", "<950120.aaCC@XIson.com>").unwrap();
    let entity = entity.with_parameter("start-info", "-o ps").unwrap();
    let text = written(&entity);
    let message = Message::parse(&text).unwrap();
    let read = message.root().content_type().value;
    assert_eq!(read.parameters().text("type").unwrap(), "Application/X-FixedRecord");
    assert_eq!(read.parameters().text("start").unwrap(), "<950120.aaCC@XIson.com>");
    assert_eq!(read.parameters().text("start-info").unwrap(), "-o ps");
    assert!(
        message
            .root()
            .children()
            .next()
            .unwrap()
            .content_type()
            .value
            .is("application", "x-fixedrecord")
    );
}

#[test]
fn a_report_has_three_parts_and_tells_its_type() {
    let status = ContentType::new("message", "delivery-status").unwrap();
    let status = Entity::new(status, "Reporting-MTA: dns; a.example\n\nAction: failed\n").unwrap();
    let about = Entity::message_headers("Subject: Hello\r\n");
    let text = Entity::text("Sorry.\n");
    let report = Entity::report("delivery-status", text, status, Some(about)).unwrap();
    assert_eq!(
        written(&report),
        "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"STEM00000000\"\r\n\r\n\
         --STEM00000000\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nSorry.\r\n\r\n\
         --STEM00000000\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; a.example\r\n\r\nAction: failed\r\n\r\n\
         --STEM00000000\r\nContent-Type: text/rfc822-headers; charset=us-ascii\r\n\r\n\
         Subject: Hello\r\n\r\n--STEM00000000--"
            .replace("STEM", STEM)
    );
}

#[test]
fn what_was_signed_is_written_octet_by_octet() {
    let text = "From here  \nto there\t\nGrüße\n";
    let entity = Entity::mixed([Entity::text(text), Entity::octets(b"\0\n\r")]).unwrap();
    let signed = written_with(&entity, &Options::for_signing()).unwrap();
    assert!(signed.is_ascii());
    for line in signed.split("\r\n").filter(|line| !line.starts_with("Content-")) {
        assert!(!line.ends_with([' ', '\t']) && !line.starts_with("From "), "{line:?}");
    }
    let signature = Entity::pgp_signature("-----BEGIN PGP SIGNATURE-----\n\nabc=\n");
    let entity = Entity::signed(signed.as_bytes(), signature, "pgp-sha256").unwrap();
    // Even with the same seed.
    let octets = written(&entity);
    let message = Message::parse(&octets).unwrap();
    assert!(message.all_defects().is_empty(), "{:?}", message.all_defects());
    let ty = message.root().content_type().value;
    assert_eq!(ty.parameters().text("protocol").unwrap(), "application/pgp-signature");
    assert_eq!(ty.parameters().text("micalg").unwrap(), "pgp-sha256");
    let parts: Vec<_> = message.root().children().collect();
    assert_eq!([parts[0].raw_header(), parts[0].raw_body()].concat(), signed.as_bytes());
    let texts: Vec<_> = parts[0].children().map(|part| part.decoded().value.into_owned()).collect();
    assert_eq!(texts[0], text.replace('\n', "\r\n").as_bytes());
    assert_eq!(texts[1], b"\0\n\r");
    assert_eq!(parts[1].raw_body(), b"-----BEGIN PGP SIGNATURE-----\r\n\r\nabc=\r\n");
}

/// RFC 3156 §4 has these two parts.
#[test]
fn what_is_encrypted_by_openpgp_has_a_version_and_octets() {
    let armour = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkBA/w=\n";
    let octets = written(&Entity::pgp_encrypted(armour).unwrap());
    let message = Message::parse(&octets).unwrap();
    let ty = message.root().content_type().value;
    assert!(ty.is("multipart", "encrypted"));
    assert_eq!(ty.parameters().text("protocol").unwrap(), "application/pgp-encrypted");
    let parts: Vec<_> = message.root().children().collect();
    assert!(parts[0].media_type().is("application", "pgp-encrypted"));
    assert_eq!(parts[0].raw_body(), b"Version: 1\r\n");
    assert!(parts[1].media_type().is("application", "octet-stream"));
    assert_eq!(parts[1].raw_body(), armour.replace('\n', "\r\n").as_bytes());
}

/// The header fields of RFC 8551 §3.3, but for their order.
#[test]
fn what_is_encrypted_by_smime_has_the_names_that_its_readers_look_for() {
    let text = written(&Entity::pkcs7_mime("enveloped-data", &[0xff; 3]).unwrap());
    assert_eq!(
        text,
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n name=smime.p7m\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=smime.p7m\r\n\r\n////"
    );
    let text = written(&Entity::pkcs7_signature(&[0xff; 3]).unwrap());
    assert_eq!(
        text,
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=smime.p7s\r\n\r\n////"
    );
}

#[test]
fn an_invitation_is_an_alternative_and_an_attachment() {
    let object = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
    let invitation = || Entity::calendar("REQUEST", object).unwrap();
    let message = MessageBuilder::new(subject("Meeting"))
        .text("Come!")
        .alternative(invitation())
        .attach(invitation().attached_as("invite.ics").unwrap());
    let octets = message.to_vec(&Options::new(), &SEED).unwrap();
    let message = Message::parse(&octets).unwrap();
    let types: Vec<_> = message.parts().map(|part| part.content_type().value.to_string()).collect();
    let calendar = "text/calendar; method=REQUEST; charset=utf-8";
    assert_eq!(types[3], calendar);
    assert_eq!(types[4], calendar);
    let attached: Vec<_> = message.attachments().collect();
    assert_eq!(attached.len(), 2, "{types:?}");
    assert_eq!(attached[1].safe_file_name().unwrap(), "invite.ics");
}

#[test]
fn flowed_text_with_delsp_says_so() {
    let mut writer = Writer::new().with_width(20).with_delsp(true);
    writer.paragraph(0, "日本語日本語日本語日本語日本語");
    let text = written(&Entity::flowed(writer).unwrap());
    let message = Message::parse(text).unwrap();
    let ty = message.root().content_type().value;
    assert_eq!(ty.to_string(), "text/plain; format=flowed; delsp=yes; charset=utf-8");
    let text = message.root().text().unwrap().value;
    let read: Vec<_> = postrider_mime::flowed::read(&text, true).collect();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].text(), "日本語日本語日本語日本語日本語");
}

#[test]
fn a_raw_message_needs_a_transport_that_carries_it() {
    let raw = |octets: &'static [u8]| Entity::raw_message(octets);
    let text = written(&raw(b"Subject: a\n\nb\n"));
    assert_eq!(text, "Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nb\r\n");
    let wide = raw(b"Subject: a\n\n\xe9\n");
    assert_eq!(wide.to_vec(&Options::new(), &SEED), Err(BuildError::Transport));
    let eight = Options::new().with_transport(postrider_mime::encoding::Transport::EightBit);
    let outer = Entity::mixed([wide]).unwrap().to_vec(&eight, &SEED).unwrap();
    let message = Message::parse(&outer).unwrap();
    assert_eq!(message.root().transfer_encoding().name(), "8bit");
    assert_eq!(message.root().children().next().unwrap().transfer_encoding().name(), "8bit");
    let binary = raw(b"Subject: a\n\n\0");
    assert_eq!(binary.to_vec(&eight, &SEED), Err(BuildError::Transport));
}

#[test]
fn what_is_of_another_kind_is_refused() {
    let kind = BuildError::Kind;
    let ty = |ty, subtype| ContentType::new(ty, subtype).unwrap();
    assert_eq!(Entity::new(ty("multipart", "mixed"), "").unwrap_err(), kind);
    assert_eq!(Entity::multipart(ty("text", "plain"), [Entity::text("")]).unwrap_err(), kind);
    assert_eq!(Entity::mixed([]).unwrap_err(), BuildError::NoParts);
    assert_eq!(Entity::verbatim("A: b\r\n\r\n").with_description("a").unwrap_err(), kind);
    assert_eq!(Entity::verbatim("A: b\r\n\r\n").attached_as("a").unwrap_err(), kind);
    assert_eq!(Entity::verbatim("A: b\r\n\r\n").with_parameter("a", "b").unwrap_err(), kind);
}

#[test]
fn octets_are_kept_where_they_are_not_said_to_be_lines() {
    let json = || Entity::new(ContentType::new("application", "json").unwrap(), "{\n}\n").unwrap();
    let decoded =
        |entity| Message::parse(written(&entity)).unwrap().root().decoded().value.into_owned();
    assert_eq!(decoded(json()), b"{\n}\n");
    assert_eq!(decoded(json().with_lines(Lines::Text)), b"{\r\n}\r\n");
}
