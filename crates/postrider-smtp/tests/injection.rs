//! Nothing that is put into a command breaks out of it: refused before an octet is written.

mod common;

use common::members;
use postrider_smtp::{
    Argument, Attribute, AttributeName, Attributes, AuthParameter, Command, CommandFault, EhloName,
    EnvelopeId, ExtensionKeyword, ForwardPath, Mailbox, MechanismName, OriginalRecipient,
    Parameter, Reply, ReversePath, ValueError,
};
use postrider_testkit::read_shared;

/// Where a vector would go in this crate: the constructor that it must not pass. `None` where no
/// value of this crate takes such a text at all.
fn refused(place: &str, value: &str) -> Option<bool> {
    Some(match place {
        "EHLO name" | "Received HELO" | "HTTP proxy CONNECT host" => {
            EhloName::parse(value).is_err()
        }
        "MAIL path" => ReversePath::parse(value).is_err() && Mailbox::parse(value).is_err(),
        "RCPT path" => ForwardPath::parse(value).is_err() && Mailbox::parse(value).is_err(),
        // A size is a number; as a line it is no command.
        "MAIL SIZE value" => {
            let line = format!("MAIL FROM:<a@b> SIZE={value}");
            Command::parse(line.as_bytes()) == Err(CommandFault::Unrecognised)
        }
        // Text of a reply, the one place for free text.
        "bounce text" => Reply::new(550, "value\r\n250 OK").is_err(),
        "MAIL ENVID" | "RCPT ORCPT" | "MAIL AUTH" => return None,
        "AUTH PLAIN user" | "AUTH LOGIN user" | "XCLIENT NAME" => return None,
        "POP3 USER" | "POP3 PASS" | "POP3 APOP name" => return None,
        other => panic!("a vector for {other}, which this test does not know"),
    })
}

#[test]
fn all_vectors_are_refused_at_construction() {
    let Some(json) = read_shared("vectors/smtp/argument-injection.json") else { return };
    let json = String::from_utf8(json).unwrap();
    let (places, values) = (members(&json, "where"), members(&json, "value"));
    assert_eq!([places.len(), values.len()], [22; 2]);
    let verdicts: Vec<_> =
        places.iter().zip(&values).map(|(place, value)| (refused(place, value), place)).collect();
    for (verdict, place) in &verdicts {
        assert_ne!(*verdict, Some(false), "{place}");
    }
    // ENVID, ORCPT, AUTH (twice a user), XCLIENT and POP3 have no place here.
    assert_eq!(verdicts.iter().filter(|(verdict, _)| verdict.is_some()).count(), 13);
}

#[test]
fn no_character_that_breaks_a_line_stands_in_a_value() {
    let forbidden = (0..=0x1f).chain([0x7f, 0x80, 0x85, 0x2028]).filter_map(char::from_u32);
    for c in forbidden {
        for text in [format!("{c}a"), format!("a{c}"), format!("a{c}b")] {
            assert!(EhloName::parse(&text).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("{text}@b")).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("\"{text}\"@b")).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("\"\\{c}\"@b")).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("a@{text}")).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("a@[{text}]")).is_err(), "{c:?}");
            assert!(Mailbox::parse(&format!("a@[x:{text}]")).is_err(), "{c:?}");
            assert_eq!(Reply::new(250, &text).is_ok(), c == '\t', "{c:?}");
            assert!(Argument::parse(&text).is_err(), "{c:?}");
            assert!(MechanismName::parse(&text).is_err(), "{c:?}");
            assert!(ExtensionKeyword::parse(&text).is_err(), "{c:?}");
            assert!(Parameter::new("X", Some(&text)).is_err(), "{c:?}");
            assert!(Parameter::new(&text, None).is_err(), "{c:?}");
            assert!(EnvelopeId::encode(&text).is_err() && EnvelopeId::parse(&text).is_err());
            assert!(AuthParameter::encode(&text).is_err() && AuthParameter::parse(&text).is_err());
            for kind in ["rfc822", "utf-8"] {
                assert!(OriginalRecipient::new(kind, &text).is_err(), "{c:?}");
                assert!(OriginalRecipient::parse(&format!("{kind};{text}")).is_err(), "{c:?}");
            }
            for name in [AttributeName::Name, AttributeName::Login, AttributeName::Helo] {
                let told = Attributes::new().with(name, Attribute::Value(text.clone()));
                assert!(told.is_err(), "{c:?}");
            }
        }
    }
}

/// RFC 6531 §3.7.1: what a host calls itself is ASCII.
#[test]
fn letters_beyond_ascii_stand_in_paths_alone() {
    assert!(EhloName::parse("\u{e9}.example").is_err());
    assert!(Mailbox::parse("\u{e9}@\u{e9}.example").is_ok_and(|mailbox| !mailbox.is_ascii()));
}

#[test]
fn a_received_reply_cannot_break_a_log_or_a_bounce() {
    use common::{Sends, client};
    use postrider_smtp::client::{Event, Outcome};
    use postrider_testkit::{Role, Scenario};
    use postrider_wire::Policy;
    let make = || (client(Policy::Never), Sends::new("a@b", &["c@d"], &[b"x"]).boxed());
    let scenario = Scenario::new("reply", make).classify(|_| Role::Other).turn("220\r\n");
    let run = scenario.turn("250\r\n").turn("550 5.7.1 a\rb\x00c\x1b[2J\r\n").turn("221\r\n").run();
    let refused = run.events().find_map(|event| match event {
        Event::End(Outcome::Refused(reply)) => Some(reply),
        _ => None,
    });
    let text = refused.unwrap().to_string();
    assert_eq!(text, "550 5.7.1 a\u{fffd}b\u{fffd}c\u{fffd}[2J");
}

#[test]
fn errors_hold_no_octets_of_what_was_refused() {
    let error = Mailbox::parse("hunter2\r\n@b").unwrap_err();
    assert_eq!(error, ValueError::Syntax);
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
