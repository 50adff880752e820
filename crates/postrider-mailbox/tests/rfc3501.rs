//! The examples of RFC 3501: the sample session of §8, BODYSTRUCTURE of §7.4.2, sections of §6.4.5.

mod common;

use common::{read, structure, text};
use postrider_imap::{
    BodySection, FetchAttribute, FetchAttributes, Flag, InternalDate, Partial, Section,
    SectionText, Uid,
};
use postrider_mailbox::{Answer, Fetch, Form, Metadata, Source, body, envelope, section};
use postrider_message::HeaderSection;
use postrider_mime::Message;

/// What `a004 fetch 12 body[header]` prints, `{342}` octets.
const HEADER: &str = "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n\
    From: Terry Gray <gray@cac.washington.edu>\r\n\
    Subject: IMAP4rev1 WG mtg summary and minutes\r\n\
    To: imap@cac.washington.edu\r\n\
    cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n\
    Message-Id: <B27397-0100000@cac.washington.edu>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\
    \r\n";

/// What `a003 fetch 12 full` prints.
const FULL: &str = r#"FLAGS (\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700"
      RFC822.SIZE 4286 ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)"
      "IMAP4rev1 WG mtg summary and minutes"
      (("Terry Gray" NIL "gray" "cac.washington.edu"))
      (("Terry Gray" NIL "gray" "cac.washington.edu"))
      (("Terry Gray" NIL "gray" "cac.washington.edu"))
      ((NIL NIL "imap" "cac.washington.edu"))
      ((NIL NIL "minutes" "CNRI.Reston.VA.US")
      ("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL
      "<B27397-0100000@cac.washington.edu>")
       BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3028
       92)"#;

/// Metadata of the message in §8. Its printed size is not that of its printed parts.
fn metadata() -> Metadata {
    let date = InternalDate::new([1996, 7, 17], [2, 44, 25], -7 * 60).unwrap();
    Metadata::new(Uid::new(7).unwrap(), [Flag::Seen], date, 4286)
}

#[test]
fn fetch_full_of_section_8_is_what_the_session_prints() {
    let message = Message::parse(format!("{HEADER}{}", text(3028, 92))).unwrap();
    let fetch = Fetch::new(FetchAttributes::Full);
    let metadata = metadata();
    let answers = fetch.answer(&metadata, Source::message(&message)).unwrap();
    let expected: Vec<_> = read(FULL).into_iter().map(Answer::Item).collect();
    assert_eq!(expected.len(), 5);
    assert_eq!(answers.collect::<Vec<_>>(), expected);
}

#[test]
fn fetch_body_header_of_section_8_is_342_octets() {
    let message = Message::parse(format!("{HEADER}{}", text(3028, 92))).unwrap();
    let fetch = Fetch::new(FetchAttribute::body(Section::header()));
    let metadata = metadata();
    let answers: Vec<_> = fetch.answer(&metadata, Source::message(&message)).unwrap().collect();
    let [Answer::Body(answer)] = &answers[..] else { panic!("one body: {answers:?}") };
    assert_eq!(answer.name, BodySection::Section(Section::header()));
    assert_eq!(answer.origin, None);
    let octets = answer.octets.as_ref().unwrap();
    assert_eq!(octets.len(), 342);
    assert_eq!(octets.of(message.as_bytes()), HEADER.as_bytes());
}

#[test]
fn the_structures_of_section_7_4_2_are_those_of_such_messages() {
    let simple = format!("Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n{}", text(2279, 48));
    let expected = r#"("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 2279 48)"#;
    let message = Message::parse(simple).unwrap();
    assert_eq!(body(&message, Form::Body), structure(expected));

    let two = format!(
        "Content-Type: MULTIPART/MIXED; BOUNDARY=b\r\n\r\n\
         --b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n{}\r\n\
         --b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME=\"cc.diff\"\r\n\
         Content-ID: <960723163407.20117h@cac.washington.edu>\r\n\
         Content-Description: Compiler diff\r\n\
         Content-Transfer-Encoding: BASE64\r\n\r\n{}\r\n\
         --b--\r\n",
        text(1152, 23),
        text(4554, 73),
    );
    let expected = r#"(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1152
         23)("TEXT" "PLAIN" ("CHARSET" "US-ASCII" "NAME" "cc.diff")
         "<960723163407.20117h@cac.washington.edu>" "Compiler diff"
         "BASE64" 4554 73) "MIXED")"#;
    assert_eq!(body(&Message::parse(two).unwrap(), Form::Body), structure(expected));
}

/// The complex message of §6.4.5: each part holds its own number.
const COMPLEX: &str = "Subject: outer\r\n\
    Content-Type: multipart/mixed; boundary=a\r\n\
    \r\n\
    --a\r\n\r\n1\r\n\
    --a\r\nContent-Type: application/octet-stream\r\n\r\n2\r\n\
    --a\r\nContent-Type: message/rfc822\r\n\r\n\
    Subject: three\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
    --c\r\n\r\n3.1\r\n\
    --c\r\nContent-Type: application/octet-stream\r\n\r\n3.2\r\n--c--\r\n\r\n\
    --a\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n\
    --d\r\nContent-Type: image/gif\r\n\r\n4.1\r\n\
    --d\r\nContent-Type: message/rfc822\r\n\r\n\
    Subject: four two\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n\
    --e\r\n\r\n4.2.1\r\n\
    --e\r\nContent-Type: multipart/alternative; boundary=f\r\n\r\n\
    --f\r\n\r\n4.2.2.1\r\n\
    --f\r\nContent-Type: text/richtext\r\n\r\n4.2.2.2\r\n--f--\r\n--e--\r\n--d--\r\n--a--\r\n";

fn octets(mail: &str, number: &[u32], piece: Option<SectionText>) -> Option<String> {
    let message = Message::parse(mail).unwrap();
    let wanted = Section::new(number.to_vec(), piece).unwrap();
    let found = section(&message, &wanted)?;
    let octets = found.of(message.as_bytes());
    assert_eq!(found.len(), octets.len() as u64);
    Some(String::from_utf8(octets.to_vec()).unwrap())
}

#[test]
fn every_leaf_of_the_complex_message_has_the_number_that_section_6_4_5_gives_it() {
    let leaves: [&[u32]; 8] =
        [&[1], &[2], &[3, 1], &[3, 2], &[4, 1], &[4, 2, 1], &[4, 2, 2, 1], &[4, 2, 2, 2]];
    for number in leaves {
        let text = number.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        assert_eq!(octets(COMPLEX, number, None), Some(text));
    }
    for number in [&[5][..], &[1, 1], &[2, 1], &[3, 3], &[4, 2, 3], &[4, 2, 2, 3]] {
        assert_eq!(octets(COMPLEX, number, None), None, "{number:?}");
    }
}

#[test]
fn the_headers_and_texts_of_the_complex_message_are_those_of_its_messages() {
    let header = |number: &[u32]| octets(COMPLEX, number, Some(SectionText::Header));
    let text = |number: &[u32]| octets(COMPLEX, number, Some(SectionText::Text));
    let mime = |number: &[u32]| octets(COMPLEX, number, Some(SectionText::Mime)).unwrap();
    for (number, subject) in [(&[][..], "outer"), (&[3], "three"), (&[4, 2], "four two")] {
        assert!(header(number).unwrap().starts_with(&format!("Subject: {subject}\r\n")));
        assert!(header(number).unwrap().ends_with("\r\n\r\n"));
        assert!(text(number).unwrap().starts_with("--"));
        // The body of a message/rfc822 is the message.
        let whole = header(number).unwrap() + &text(number).unwrap();
        assert_eq!(octets(COMPLEX, number, None), Some(whole));
    }
    assert_eq!(mime(&[4, 1]), "Content-Type: image/gif\r\n\r\n");
    assert_eq!(mime(&[3]), "Content-Type: message/rfc822\r\n\r\n");
    assert_eq!(mime(&[1]), "\r\n");
    // HEADER and TEXT are of messages alone.
    for number in [&[1][..], &[4], &[4, 1], &[4, 2, 2]] {
        assert_eq!((header(number), text(number)), (None, None));
    }
}

#[test]
fn part_one_of_a_message_that_is_no_multipart_is_its_body() {
    let mail = "Subject: x\r\n\r\nbody\r\n";
    assert_eq!(octets(mail, &[1], None).unwrap(), "body\r\n");
    assert_eq!(octets(mail, &[1], Some(SectionText::Mime)).unwrap(), "Subject: x\r\n\r\n");
    assert_eq!(octets(mail, &[1, 1], None), None);
    assert_eq!(octets(mail, &[1], Some(SectionText::Text)), None);
}

fn names(names: &[&'static str]) -> Vec<postrider_imap::FieldName> {
    names.iter().map(|name| postrider_imap::FieldName::new(*name).unwrap()).collect()
}

#[test]
fn fields_are_chosen_without_regard_to_case_and_end_in_the_empty_line() {
    let chosen = |list| octets(HEADER, &[], Some(SectionText::HeaderFields(names(list)))).unwrap();
    let rest = |list| octets(HEADER, &[], Some(SectionText::HeaderFieldsNot(names(list)))).unwrap();
    assert_eq!(
        chosen(&["MIME-VERSION", "to", "x-none"]),
        "To: imap@cac.washington.edu\r\nMIME-Version: 1.0\r\n\r\n",
    );
    assert_eq!(chosen(&["x-none"]), "\r\n");
    assert_eq!(rest(&["x-none"]), HEADER);
    assert_eq!(
        rest(&["date", "from", "subject", "to", "cc", "message-id", "mime-version"]),
        "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n",
    );
    // The names are compared whole: `T` and `Tos` are not `To`.
    assert_eq!(chosen(&["T", "Tos"]), "\r\n");
    // A message without body and empty line has no empty line here either.
    let bare = octets("To: a@b.example\r\n", &[], Some(SectionText::HeaderFields(names(&["to"]))));
    assert_eq!(bare.unwrap(), "To: a@b.example\r\n");
}

#[test]
fn a_partial_is_cut_at_the_end_and_empty_behind_it() {
    let message = Message::parse(format!("\r\n{}", "x".repeat(1498))).unwrap();
    let cut = |origin, octets| {
        let partial = Some(Partial::new(origin, octets).unwrap());
        let attribute =
            FetchAttribute::BodySection { section: Section::all(), peek: true, partial };
        let fetch = Fetch::new(attribute);
        let metadata = metadata();
        match fetch.answer(&metadata, Source::message(&message)).unwrap().next() {
            Some(Answer::Body(body)) => (body.origin, body.octets.unwrap().len()),
            other => panic!("no body: {other:?}"),
        }
    };
    // The note of §6.4.5: BODY[]<0.2048> of a 1500-octet message is BODY[]<0> of 1500 octets.
    assert_eq!(cut(0, 2048), (Some(0), 1500));
    assert_eq!(cut(1490, 5), (Some(1490), 5));
    assert_eq!(cut(1499, 5), (Some(1499), 1));
    assert_eq!(cut(1500, 5), (Some(1500), 0));
    assert_eq!(cut(u64::MAX, u64::MAX), (Some(u64::MAX), 0));
}

#[test]
fn a_partial_of_chosen_fields_counts_in_what_was_chosen() {
    let message = Message::parse(HEADER).unwrap();
    let list = SectionText::HeaderFields(names(&["to"]));
    let found = section(&message, &Section::new(vec![], Some(list)).unwrap()).unwrap();
    let part = found.partial(Partial::new(4, 4).unwrap());
    assert_eq!(part.of(message.as_bytes()), b"imap");
}

#[test]
fn an_envelope_needs_no_body() {
    let section = HeaderSection::parse(HEADER);
    let message = Message::parse(HEADER).unwrap();
    assert_eq!(envelope(section.headers()), envelope(message.headers()));
}

#[test]
fn a_first_line_of_an_mbox_belongs_to_the_header_and_to_no_field() {
    let mail = "From a@b Mon Jan  1 00:00:00 2024\r\nTo: x\r\n\r\nbody\r\n";
    let (line, rest) = mail.split_at(35);
    assert_eq!(octets(mail, &[], None).unwrap(), mail);
    assert_eq!(
        octets(mail, &[], Some(SectionText::Header)).unwrap(),
        format!("{line}To: x\r\n\r\n")
    );
    let fields = Some(SectionText::HeaderFieldsNot(names(&["x"])));
    assert_eq!(octets(mail, &[], fields).unwrap(), "To: x\r\n\r\n");
    // The same in an attached message.
    let outer = format!("Content-Type: message/rfc822\r\n\r\n{mail}");
    let header = octets(&outer, &[1], Some(SectionText::Header)).unwrap();
    assert_eq!(header + &octets(&outer, &[1], Some(SectionText::Text)).unwrap(), mail);
    assert!(rest.starts_with("To"));
}

#[test]
fn no_field_is_lost_behind_the_limit_of_the_index() {
    let header = format!("{}\r\n", "X: y\r\n".repeat(20_000));
    let not = |list| octets(&header, &[], Some(SectionText::HeaderFieldsNot(names(list)))).unwrap();
    assert_eq!(not(&["to"]), header);
}
