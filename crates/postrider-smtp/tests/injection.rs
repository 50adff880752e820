//! Nothing that is put into a command breaks out of it: refused before an octet is written.

use crate::common;

use common::members;
use postrider_smtp::{
    Argument, Attribute, AttributeName, Attributes, AuthParameter, Command, EhloName, EnvelopeId,
    ExtensionKeyword, ForwardPath, MailParameters, Mailbox, MechanismName, OriginalRecipient,
    Parameter, RcptParameters, Reply, ReversePath, ValueError,
};
use postrider_testkit::read_shared;

/// What becomes of a vector.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// The constructors that could take such a text take this one, or none of them does.
    Taken,
    Refused,
    /// Another test plays it: POP3 `tests/injection.rs` of that crate.
    Pop3,
}

/// The names of a login are values of postrider-sasl.
fn user_is_refused(user: &str) -> bool {
    let password = || postrider_wire::Secret::new(String::from("tanstaaf"));
    postrider_sasl::client::Credentials::password(user, password()).is_err()
}

/// Gives a text to the constructors of its place.
fn fate(place: &str, value: &str) -> Fate {
    let refused = match place {
        // A `Received` field and a proxy are told names of this type, and addresses as numbers: see
        // `stamp.rs` of postrider-relay. No crate writes a `CONNECT` line.
        "EHLO name" | "Received HELO" | "HTTP proxy CONNECT host" => {
            EhloName::parse(value).is_err()
        }
        "MAIL path" => ReversePath::parse(value).is_err() && Mailbox::parse(value).is_err(),
        "RCPT path" => ForwardPath::parse(value).is_err() && Mailbox::parse(value).is_err(),
        // A size is a number; as text it is no parameter, and as a line no command.
        "MAIL SIZE value" => {
            let line = format!("MAIL FROM:<a@b> SIZE={value}");
            Parameter::new("SIZE", Some(value)).is_err() && Command::parse(line.as_bytes()).is_err()
        }
        "MAIL ENVID" => {
            EnvelopeId::parse(value).is_err() && Parameter::new("ENVID", Some(value)).is_err()
        }
        "RCPT ORCPT" => {
            let (kind, address) = value.split_once(';').unwrap();
            OriginalRecipient::parse(value).is_err()
                && OriginalRecipient::new(kind, address).is_err()
                && Parameter::new("ORCPT", Some(value)).is_err()
        }
        "MAIL AUTH" => {
            AuthParameter::parse(value).is_err() && Parameter::new("AUTH", Some(value)).is_err()
        }
        "XCLIENT NAME" => {
            let attribute = Attribute::Value(value.to_owned());
            Attributes::new().with(AttributeName::Name, attribute).is_err()
        }
        // Text of a reply, the one place for free text; a bounce made of it is written by
        // postrider-mime, which refuses it too (`report/delivery.rs`).
        "bounce text" => {
            assert_eq!(value, "value with CRLF from remote reply", "it is described, not given");
            Reply::new(550, "value\r\nfrom remote reply").is_err()
        }
        "AUTH PLAIN user" | "AUTH LOGIN user" => user_is_refused(value),
        "POP3 USER" | "POP3 PASS" | "POP3 APOP name" => return Fate::Pop3,
        other => panic!("a vector for {other}, which this test does not know"),
    };
    if refused { Fate::Refused } else { Fate::Taken }
}

/// Number, place and fate of each vector.
const VECTORS: [(usize, &str, Fate); 22] = [
    (1, "EHLO name", Fate::Refused),
    (2, "MAIL path", Fate::Refused),
    (3, "MAIL path", Fate::Refused),
    (4, "RCPT path", Fate::Refused),
    (5, "RCPT path", Fate::Refused),
    (6, "RCPT path", Fate::Refused),
    (7, "RCPT path", Fate::Refused),
    (8, "RCPT path", Fate::Refused),
    (9, "RCPT path", Fate::Refused),
    (10, "MAIL SIZE value", Fate::Refused),
    (11, "MAIL ENVID", Fate::Refused),
    (12, "RCPT ORCPT", Fate::Refused),
    (13, "MAIL AUTH", Fate::Refused),
    (14, "AUTH PLAIN user", Fate::Refused),
    (15, "AUTH LOGIN user", Fate::Refused),
    (16, "POP3 USER", Fate::Pop3),
    (17, "POP3 PASS", Fate::Pop3),
    (18, "POP3 APOP name", Fate::Pop3),
    (19, "XCLIENT NAME", Fate::Refused),
    (20, "bounce text", Fate::Refused),
    (21, "Received HELO", Fate::Refused),
    (22, "HTTP proxy CONNECT host", Fate::Refused),
];

#[test]
fn all_vectors_are_refused_at_construction() {
    let Some(json) = read_shared("vectors/smtp/argument-injection.json") else { return };
    let json = String::from_utf8(json).unwrap();
    let (places, values) = (members(&json, "where"), members(&json, "value"));
    let fates = places.iter().zip(&values).map(|(place, value)| (&place[..], fate(place, value)));
    let found: Vec<_> = (1..).zip(fates).map(|(n, (place, fate))| (n, place, fate)).collect();
    assert_eq!(found, VECTORS);
}

/// Every way in which a text of the embedder's gets into a line of the client or the server: the line
/// made of it, if it is taken.
fn lines_with(text: &str) -> Vec<(&'static str, String)> {
    let mail = |parameters| Command::Mail(ReversePath::null(), parameters).to_line();
    let rcpt = |parameters| Command::Rcpt(ForwardPath::postmaster(), parameters).to_line();
    let mut lines = Vec::new();
    let mut add = |place, line: Option<String>| lines.extend(line.map(|line| (place, line)));
    let name = EhloName::parse(text).ok();
    add("EHLO", name.clone().map(|name| Command::Ehlo(name).to_line()));
    add("HELO", name.clone().map(|name| Command::Helo(name).to_line()));
    add("LHLO", name.map(|name| Command::Lhlo(name).to_line()));
    let path = ReversePath::parse(text).ok();
    add("MAIL", path.map(|path| Command::Mail(path, MailParameters::new()).to_line()));
    let path = ForwardPath::parse(text).ok();
    add("RCPT", path.map(|path| Command::Rcpt(path, RcptParameters::new()).to_line()));
    for envid in [EnvelopeId::parse(text), EnvelopeId::encode(text)] {
        add("ENVID", envid.ok().map(|id| mail(MailParameters::new().with_envid(id))));
    }
    for auth in [AuthParameter::parse(text), AuthParameter::encode(text)] {
        add("AUTH=", auth.ok().map(|auth| mail(MailParameters::new().with_auth(auth))));
    }
    for kind in ["rfc822", "utf-8", text] {
        for orcpt in [
            OriginalRecipient::parse(&format!("{kind};{text}")),
            OriginalRecipient::new(kind, text),
        ] {
            add("ORCPT", orcpt.ok().map(|orcpt| rcpt(RcptParameters::new().with_orcpt(orcpt))));
        }
    }
    for other in [Parameter::new(text, None), Parameter::new("X", Some(text))] {
        let other = other.ok();
        add("MAIL X", other.clone().map(|other| mail(MailParameters::new().with_other(other))));
        add("RCPT X", other.map(|other| rcpt(RcptParameters::new().with_other(other))));
    }
    let argument = Argument::parse(text).ok();
    add("VRFY", argument.clone().map(|who| Command::Vrfy(who).to_line()));
    add("EXPN", argument.clone().map(|list| Command::Expn(list).to_line()));
    add("HELP", argument.clone().map(|topic| Command::Help(Some(topic)).to_line()));
    let etrn = ExtensionKeyword::parse("ETRN").unwrap();
    add(
        "ETRN",
        argument.map(|rest| Command::Extension { keyword: etrn, argument: Some(rest) }.to_line()),
    );
    let keyword = ExtensionKeyword::parse(text).ok();
    add("X", keyword.map(|keyword| Command::Extension { keyword, argument: None }.to_line()));
    let mechanism = MechanismName::parse(text).ok();
    add("AUTH", mechanism.map(|mechanism| Command::Auth { mechanism, initial: None }.to_line()));
    let told = |&name: &AttributeName| {
        Attributes::new().with(name, Attribute::Value(text.to_owned())).ok()
    };
    for attributes in AttributeName::of_xclient().iter().map(told) {
        add("XCLIENT", attributes.map(|told| Command::Xclient(told).to_line()));
    }
    for attributes in AttributeName::of_xforward().iter().map(told) {
        add("XFORWARD", attributes.map(|told| Command::Xforward(told).to_line()));
    }
    let reply = Reply::new(250, text).ok();
    add("reply", reply.map(|reply| format!("{reply}\r\n")));
    lines
}

#[test]
fn whatever_is_taken_stays_within_its_line() {
    let breaking = ['\r', '\n', '\0', '\x0b', '\x0c', '\x1b', '\x7f', '\u{85}', '\u{9b}'];
    let mut taken = 0;
    for c in breaking.into_iter().chain([' ', '\t', '>', '<', '"', '\\', '=', '+', ';', '\u{e9}']) {
        for text in [
            "{c}",
            "{c}a",
            "a{c}",
            "a{c}b",
            "a@b{c}",
            "a{c}@b",
            "\"{c}\"@b",
            "\"\\{c}\"@b",
            "a@[x:{c}]",
        ] {
            let text = text.replace("{c}", &c.to_string());
            for (place, line) in lines_with(&text) {
                taken += 1;
                let inside = line.strip_suffix("\r\n").unwrap();
                let is_tab = |c: char| c == '\t' && place == "reply";
                assert!(
                    !inside.contains(|c: char| c.is_control() && !is_tab(c)),
                    "{place} takes {text:?}: {line:?}"
                );
            }
        }
    }
    assert!(taken > 300, "most texts are fine somewhere: {taken}");
}

/// A word more in a line is a parameter more, or the end of a path.
#[test]
fn a_path_or_a_parameter_is_one_word_whatever_it_holds() {
    for text in ["a b", "a@b> X=1", "a@b>", "<a@b", "a=b", "a;b c", "\"a b\"@c", "\"a> b\"@c"] {
        for (place, line) in lines_with(text) {
            let again = Command::parse(line.trim_end().as_bytes());
            match place {
                "EHLO" | "HELO" | "LHLO" => panic!("{text} is no name"),
                "reply" | "VRFY" | "EXPN" | "HELP" | "ETRN" => {}
                _ => {
                    assert_eq!(again.map(|command| command.to_line()), Ok(line.clone()), "{place}")
                }
            }
            if let ("MAIL", Ok(Command::Mail(path, parameters))) =
                (place, Command::parse(line.trim_end().as_bytes()))
            {
                assert_eq!(path.mailbox().unwrap().as_str(), text);
                assert_eq!(parameters, MailParameters::new(), "{text} added a parameter");
            }
        }
    }
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

/// RFC 6531 §3.3 has them; they cannot leave unseen.
#[test]
fn what_is_beyond_ascii_is_told_by_its_value() {
    let mailbox = Mailbox::parse("k\u{f6}n@ex\u{e4}mple.com").unwrap();
    assert!(!mailbox.is_ascii());
    assert!(
        !ReversePath::from(mailbox.clone()).is_ascii() && !ForwardPath::from(mailbox).is_ascii()
    );
    assert!(!Argument::parse("k\u{f6}n").unwrap().is_ascii());
    // Address literals have none, nor does a quoted pair.
    assert!(Mailbox::parse("a@[x:\u{e9}]").is_err() && Mailbox::parse("\"\\\u{e9}\"@b").is_err());
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
