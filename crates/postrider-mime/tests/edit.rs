//! What an edit of parts does and what it refuses.

use postrider_message::Text;
use postrider_mime::{
    Edit, EditError, Limits, Message, Part, Place, Strip,
    build::{BuildError, Entity},
};

const SEED: [u8; 32] = [5; 32];

fn parse(mail: &str) -> Message<&[u8]> {
    Message::parse(mail.as_bytes()).unwrap()
}

fn child<'m>(message: &'m Message<&[u8]>, number: usize) -> Part<'m> {
    message.root().children().nth(number).unwrap()
}

fn written(edit: &Edit<'_>) -> String {
    String::from_utf8(edit.to_vec()).unwrap()
}

/// RFC 2046 §5.1.1, the example, as far as the first part.
const SIMPLE: &str = "From: Nathaniel Borenstein <nsb@bellcore.com>\r\n\
    MIME-Version: 1.0\r\n\
    Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n\
    This is the preamble.  It is to be ignored, though it\r\n\
    is a handy place for composition agents to include an\r\n\
    explanatory note to non-MIME conformant readers.\r\n\r\n\
    --simple boundary\r\n\r\n\
    This is implicitly typed plain US-ASCII text.\r\n\
    It does NOT end with a linebreak.\r\n\
    --simple boundary\r\n\
    Content-type: text/plain; charset=us-ascii\r\n\r\n\
    This is explicitly typed plain US-ASCII text.\r\n\
    It DOES end with a linebreak.\r\n\r\n\
    --simple boundary--\r\n\r\n\
    This is the epilogue.  It is also to be ignored.\r\n";

#[test]
fn without_a_part_the_line_ends_of_the_others_are_theirs() {
    let message = parse(SIMPLE);
    let (first, second) = (child(&message, 0), child(&message, 1));
    for (gone, kept) in [(first, second), (second, first)] {
        let mut edit = Edit::of(&message);
        edit.remove(gone).unwrap();
        let edited = edit.to_vec();
        let edited = Message::parse(&edited[..]).unwrap();
        let only = child(&edited, 0);
        assert_eq!(edited.root().children().count(), 1);
        assert_eq!(only.span().of(edited.as_bytes()), kept.span().of(message.as_bytes()));
        assert_eq!(edited.root().preamble(), message.root().preamble());
        assert_eq!(edited.root().epilogue(), message.root().epilogue());
    }
}

/// "The body must then contain one or more body parts" (RFC 2046 §5.1).
#[test]
fn a_multipart_keeps_one_part_which_is_an_empty_text() {
    for subtype in ["mixed", "digest"] {
        let mail = SIMPLE.replace("multipart/mixed", &format!("multipart/{subtype}"));
        let message = parse(&mail);
        let mut edit = Edit::of(&message);
        message.root().children().for_each(|part| edit.remove(part).unwrap());
        let edited = edit.to_vec();
        let edited = Message::parse(&edited[..]).unwrap();
        assert_eq!(edited.parts().len(), 2);
        let only = child(&edited, 0);
        assert!(only.media_type().is("text", "plain"));
        assert_eq!((only.raw_body(), only.message()), (&b""[..], None));
        assert_eq!(edited.root().epilogue(), message.root().epilogue());

        // What is put in takes that place.
        edit.insert(Place::LastIn(message.root()), &Entity::text("new"), &SEED).unwrap();
        let edited = edit.to_vec();
        let edited = Message::parse(&edited[..]).unwrap();
        assert_eq!(child(&edited, 0).raw_body(), b"new");
        assert_eq!(edited.parts().len(), 2);
    }
}

#[test]
fn parts_stand_in_the_order_of_the_calls() {
    let message = parse(SIMPLE);
    let (first, second) = (child(&message, 0), child(&message, 1));
    let mut edit = Edit::of(&message);
    for (place, text) in [
        (Place::After(first), "4"),
        (Place::Before(first), "3"),
        (Place::FirstIn(message.root()), "1"),
        (Place::Before(second), "6"),
        (Place::LastIn(message.root()), "8"),
        (Place::After(second), "7"),
        (Place::FirstIn(message.root()), "2"),
        (Place::After(first), "5"),
        (Place::LastIn(message.root()), "9"),
    ] {
        edit.insert(place, &Entity::text(text), &SEED).unwrap();
    }
    edit.remove(first).unwrap();
    edit.remove(second).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let texts: Vec<_> = edited.root().children().map(|part| part.text().unwrap().value).collect();
    assert_eq!(texts, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn what_is_no_longer_there_is_not_edited() {
    let message = parse(SIMPLE);
    let other = parse(SIMPLE);
    let part = child(&message, 0);
    let mut edit = Edit::of(&message);
    assert_eq!(edit.remove(child(&other, 0)), Err(EditError::NotOfMessage));
    edit.remove(part).unwrap();
    assert_eq!(edit.remove(part), Err(EditError::Gone));
    assert_eq!(edit.headers(part).unwrap_err(), EditError::Gone);
    assert_eq!(edit.set_text(part, ""), Err(EditError::Gone));
    assert_eq!(edit.wrap(part, "mixed", &SEED), Err(EditError::Gone));
    assert_eq!(edit.insert_raw(Place::After(part), b"\n"), Err(EditError::Gone));

    let nested = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: message/rfc822\n\nSubject: inner\n\nHello\n--a--\n";
    let message = parse(nested);
    let inner = child(&message, 0).message().unwrap();
    let mut edit = Edit::of(&message);
    edit.replace(child(&message, 0), &Entity::text("gone"), &SEED).unwrap();
    assert_eq!(edit.headers(inner).unwrap_err(), EditError::Gone);
    assert_eq!(edit.headers(child(&message, 0)).unwrap_err(), EditError::Gone);
}

#[test]
fn what_has_no_place_is_refused() {
    let nested = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: message/rfc822\n\nSubject: inner\n\nHello\n--a--\n";
    let message = parse(nested);
    let part = child(&message, 0);
    let inner = part.message().unwrap();
    let mut edit = Edit::of(&message);
    for part in [message.root(), inner] {
        assert_eq!(edit.remove(part), Err(EditError::NotInMultipart));
        assert_eq!(edit.insert_raw(Place::Before(part), b"\n"), Err(EditError::NotInMultipart));
    }
    assert_eq!(edit.insert_raw(Place::LastIn(part), b"\n"), Err(EditError::NotMultipart));
    assert_eq!(edit.attach(part, &Entity::text(""), &SEED), Err(EditError::NotMessage));
    assert_eq!(edit.set_text(message.root(), ""), Err(EditError::NotText));
    assert_eq!(edit.unwrap(part), Err(EditError::NotMultipart));
    assert!(matches!(edit.wrap(part, "a b", &SEED), Err(EditError::Value(_))));
    assert_eq!(edit.to_vec(), nested.as_bytes());

    let message = parse("Content-Type: multipart/mixed\n\nHello\n");
    let mut edit = Edit::of(&message);
    let place = Place::LastIn(message.root());
    assert_eq!(edit.insert_raw(place, b"\n"), Err(EditError::NoBoundary));
    // It can be put into another one.
    edit.attach(message.root(), &Entity::text("new"), &SEED).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    assert_eq!(child(&edited, 0).raw_body(), b"Hello\n");
    assert_eq!(child(&edited, 1).raw_body(), b"new");
}

#[test]
fn delimiters_that_another_multipart_would_take_are_not_written() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: multipart/mixed; boundary=a\n\n--a\n\nHello\n";
    let message = parse(mail);
    let mut edit = Edit::of(&message);
    let refused = Err(EditError::SimilarBoundary);
    assert_eq!(edit.insert_raw(Place::LastIn(message.root()), b"\n\nnew"), refused);
    assert_eq!(edit.remove(child(&message, 0)), refused);
    assert_eq!(edit.to_vec(), mail.as_bytes());

    // Where the inner one is closed they are the outer one's.
    let closed = [mail, "--a--\n--a\n\nlast\n--a--\n"].concat();
    let message = parse(&closed);
    assert_eq!(message.root().children().count(), 2);
    let mut edit = Edit::of(&message);
    edit.remove(child(&message, 1)).unwrap();
    assert_eq!(written(&edit), [mail, "--a--\n--a--\n"].concat());
}

#[test]
fn octets_that_would_not_be_one_part_are_refused() {
    let message = parse("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nHello\n--a--\n");
    let mut edit = Edit::of(&message);
    for octets in [
        "--a\n",
        "\n--a\n",
        "\n--a-- \t\r\nnew",
        "\nnew\r",
        "Content-Type: multipart/mixed; boundary=a\n\nnew",
        "Content-Type: multipart/mixed; boundary=\"a--\"\n\nnew",
    ] {
        let place = Place::LastIn(message.root());
        let refused = EditError::NotOnePartInOctets;
        assert_eq!(edit.insert_raw(place, octets.as_bytes()), Err(refused.clone()), "{octets}");
        assert_eq!(edit.replace_raw(child(&message, 0), octets.as_bytes()), Err(refused));
        let entity = Entity::verbatim(octets.as_bytes());
        let refused = edit.insert(place, &entity, &SEED).unwrap_err();
        let by_build = [BuildError::Boundary, BuildError::Transport].map(EditError::Build);
        let known = refused == EditError::NotOnePartInOctets || by_build.contains(&refused);
        assert!(known, "{octets}: {refused}");
    }
    let octets = b"\n--ab\n-- a\n--a--b\n --a\nnew";
    edit.insert_raw(Place::LastIn(message.root()), octets).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    assert_eq!(child(&edited, 1).span().of(edited.as_bytes()), octets);
}

#[test]
fn a_multipart_that_is_not_closed_stays_so() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--a\n\nthree\n";
    let message = parse(mail);
    let inner = child(&message, 0);
    let mut edit = Edit::of(&message);
    edit.insert_raw(Place::LastIn(inner), b"\nnew").unwrap();
    edit.insert_raw(Place::LastIn(message.root()), b"\nlast").unwrap();
    let expected = mail.replace("two\n", "two\n--b\n\nnew\n") + "\n--a\n\nlast";
    assert_eq!(written(&edit), expected);

    let mut edit = Edit::of(&message);
    edit.remove(inner.children().last().unwrap()).unwrap();
    edit.remove(child(&message, 1)).unwrap();
    // The line end before the delimiter was the delimiter's.
    let expected = mail.replace("\n--b\n\ntwo", "").replace("\n--a\n\nthree\n", "");
    assert_eq!(written(&edit), expected);
}

#[test]
fn a_multipart_without_parts_gets_its_delimiters() {
    let message = parse("Content-Type: multipart/mixed; boundary=a\n\nHello\n");
    let mut edit = Edit::of(&message);
    edit.insert_raw(Place::LastIn(message.root()), b"\nnew").unwrap();
    let expected = "Content-Type: multipart/mixed; boundary=a\n\nHello\n\n--a\n\nnew\n--a--";
    assert_eq!(written(&edit), expected);
}

/// "the default Content-Type value for a body part is changed from "text/plain" to
/// "message/rfc822"" (RFC 2046 §5.1.5).
#[test]
fn what_a_digest_says_is_said_where_the_digest_does_not() {
    let mail =
        "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: one\n\nHello\n--a--\n";
    let message = parse(mail);
    let part = child(&message, 0);
    let mut edit = Edit::of(&message);
    edit.wrap(part, "mixed", &SEED).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let wrapped = child(&edited, 0).children().next().unwrap();
    assert_eq!(wrapped.raw_header(), b"Content-Type: message/rfc822\n\n");
    assert_eq!(wrapped.raw_body(), part.raw_body());

    let mut edit = Edit::of(&message);
    edit.unwrap(message.root()).unwrap();
    assert_eq!(written(&edit), "Content-Type: message/rfc822\n\nSubject: one\n\nHello");

    let mut edit = Edit::of(&message);
    edit.wrap(part, "digest", &SEED).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let wrapped = child(&edited, 0).children().next().unwrap();
    assert_eq!(wrapped.span().of(edited.as_bytes()), part.span().of(message.as_bytes()));

    let message = parse("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nHello\n--a--\n");
    let mut edit = Edit::of(&message);
    edit.wrap(child(&message, 0), "digest", &SEED).unwrap();
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let wrapped = child(&edited, 0).children().next().unwrap();
    assert_eq!(wrapped.raw_header(), b"Content-Type: text/plain\n\n");
}

#[test]
fn an_edit_inside_a_signed_multipart_is_told() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n\
        --b\n\nsigned\n--b\nContent-Type: application/pgp-signature\n\nxyz\n--b--\n\
        --a\n\nnot signed\n--a--\n";
    let message = parse(mail);
    let signed = child(&message, 0);
    let text = signed.children().next().unwrap();
    let value = Text::new("Words").unwrap();

    let mut edit = Edit::of(&message);
    edit.headers(message.root()).unwrap().append("Subject", &value).unwrap();
    edit.headers(signed).unwrap().append("X-Seen", &value).unwrap();
    edit.remove(child(&message, 1)).unwrap();
    edit.wrap(signed, "mixed", &SEED).unwrap();
    edit.attach(message.root(), &Entity::text("new"), &SEED).unwrap();
    assert!(!edit.breaks_signature());
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let same =
        |part: &Part<'_>| part.span().of(edited.as_bytes()) == text.span().of(mail.as_bytes());
    assert!(edited.parts().any(|part| same(&part)));

    type Change = fn(&mut Edit<'_>, Part<'_>, Part<'_>) -> Result<(), EditError>;
    let changes: [Change; 5] = [
        |edit, text, _| edit.set_text(text, "other"),
        |edit, text, _| edit.remove(text),
        |edit, text, _| edit.wrap(text, "mixed", &SEED),
        |edit, text, _| edit.insert_raw(Place::After(text), b"\n"),
        |edit, _, signed| edit.insert_raw(Place::LastIn(signed), b"\n"),
    ];
    for change in changes {
        let mut edit = Edit::of(&message);
        change(&mut edit, text, signed).unwrap();
        assert!(edit.breaks_signature());
    }
}

#[test]
fn a_message_has_the_fields_of_its_body_go_with_the_body() {
    let mail = "Received: by a.example\r\nContent-Type: text/html; charset=utf-8\r\n\
        Subject: Hi\r\nContent-Transfer-Encoding: base64\r\nX-Last: yes\r\n\r\nPGI+\r\n";
    let message = parse(mail);
    let mut edit = Edit::of(&message);
    edit.wrap(message.root(), "mixed", &SEED).unwrap();
    let text = written(&edit);
    let boundary = text.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let expected = format!(
        "Received: by a.example\r\n\
         Content-Type: multipart/mixed;\r\n boundary=\"{boundary}\"\r\n\
         Subject: Hi\r\nX-Last: yes\r\nMIME-Version: 1.0\r\n\r\n--{boundary}\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         PGI+\r\n\r\n--{boundary}--\r\n"
    );
    assert_eq!(text, expected);
    assert!(boundary.len() <= 70, "RFC 2046 §5.1.1");

    // And back, but for where the fields stand.
    let wrapped = parse(&text);
    let mut edit = Edit::of(&wrapped);
    edit.unwrap(wrapped.root()).unwrap();
    let expected = "Received: by a.example\r\nSubject: Hi\r\nX-Last: yes\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n";
    assert_eq!(written(&edit), expected);
}

#[test]
fn a_boundary_is_in_no_octet_that_it_delimits() {
    let message = parse("Subject: Hi\n\nHello\n");
    let mut text = String::from("Subject: Hi\n\nHello\n");
    for _ in 0..3 {
        let mut edit = Edit::of(&message);
        edit.wrap(message.root(), "mixed", &SEED).unwrap();
        let first = written(&edit);
        let boundary = first.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        text.push_str(&format!("--{boundary}\n--{boundary}--\n"));
        // The same seed again, and the text has the boundary that it makes.
        let hostile = parse(&text);
        let mut edit = Edit::of(&hostile);
        edit.wrap(hostile.root(), "mixed", &SEED).unwrap();
        let edited = written(&edit);
        let edited = parse(&edited);
        assert_eq!(edited.root().children().count(), 1);
        assert_eq!(child(&edited, 0).raw_body(), hostile.root().raw_body());
    }
}

#[test]
fn one_part_may_be_wrapped_again_after_the_edit_is_read() {
    let mut mail = String::from("Subject: Hi\n\nHello\n");
    for depth in 1..=20 {
        let message = parse(&mail);
        let mut edit = Edit::of(&message);
        edit.attach(message.root(), &Entity::text(depth.to_string()), &SEED).unwrap();
        let text = written(&edit);
        let edited = parse(&text);
        assert_eq!(edited.root().children().count(), 1 + depth);
        assert_eq!(child(&edited, 0).raw_body(), b"Hello\n");
        mail = text;
    }
}

#[test]
fn notes_tell_what_stood_in_their_place() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nHello\n\
        --a\nContent-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.png\n\
        Content-Transfer-Encoding: base64\n\naGVsbG8=\n\
        --a\nContent-Type: application/pdf\n\n%PDF\n--a--\n";
    let message = parse(mail);
    let mut edit = Edit::of(&message);
    let count = edit.strip_attachments(|part| match part.media_type().is_type("image") {
        true => Strip::Note,
        false => Strip::Remove,
    });
    assert_eq!(count, Ok(2));
    let edited = edit.to_vec();
    let edited = Message::parse(&edited[..]).unwrap();
    let parts: Vec<_> = edited.root().children().collect();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].raw_body(), b"Hello");
    assert_eq!(parts[1].text().unwrap().value, "Removed: ü.png (image/png, 5 octets)\n");
    assert_eq!(edited.attachments().count(), 0);

    let mut edit = Edit::of(&message);
    assert_eq!(edit.strip_attachments(|_| Strip::Keep), Ok(0));
    assert_eq!(edit.to_vec(), mail.as_bytes());
}

/// RFC 8621 §4.1.4 lists pictures between texts as body, and looks into no nested message.
#[test]
fn what_is_shown_in_its_place_is_stripped_and_what_goes_is_not_asked_about_again() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nLook:\n\
        --a\nContent-Type: image/png\nContent-Disposition: inline\n\nPNG\n\
        --a\nContent-Type: message/rfc822\n\nSubject: kept\nContent-Type: image/gif\n\nGIF\n\
        --a\nContent-Type: message/rfc822\n\nSubject: gone\n\nHello\n--a--\n";
    let message = parse(mail);
    let mut edit = Edit::of(&message);
    let mut asked = Vec::new();
    let count = edit.strip_parts(|part| {
        asked.push(part.media_type().to_string());
        match (part.media_type().is_type("image"), asked.len()) {
            (true, _) => Strip::Note,
            (_, 5) => Strip::Remove,
            _ => Strip::Keep,
        }
    });
    assert_eq!(count, Ok(3));
    let types = ["text/plain", "image/png", "message/rfc822", "image/gif", "message/rfc822"];
    assert_eq!(asked, types, "the text of the message that goes is not asked about");
    let edited = written(&edit);
    let edited = parse(&edited);
    let parts: Vec<_> = edited.root().children().collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[1].text().unwrap().value, "Removed: image/png, 3 octets\n");
    let nested = parts[2].message().unwrap();
    assert_eq!(nested.headers().subject().unwrap().value.to_string(), "kept");
    assert_eq!(nested.text().unwrap().value, "Removed: image/gif, 3 octets\n");
}

#[test]
fn at_the_limit_of_parts_none_comes_or_goes() {
    let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\n1\n--a\n\n2\n--a\n\n3\n--a--\n";
    let limits = Limits::DEFAULT.with_parts(3);
    let message = Message::parse_with(mail.as_bytes(), &limits).unwrap();
    assert_eq!(message.parts().len(), 3);
    let mut edit = Edit::of(&message);
    assert_eq!(edit.remove(child(&message, 0)), Err(EditError::Limit));
    assert_eq!(edit.insert_raw(Place::LastIn(message.root()), b"\n"), Err(EditError::Limit));
    assert_eq!(edit.to_vec(), mail.as_bytes());
}
