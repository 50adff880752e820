//! What a server offers follows from its settings, and what was not offered is refused.

use crate::serving;

use std::time::Duration;

use postrider_smtp::server::{Config, Event, Server, Verification};
use postrider_smtp::{
    Argument, AttributeName, Body, EhloName, Error, ExtensionKeyword, Limits, Notify, Reply, Ret,
    State,
};
use postrider_testkit::{Declines, Embedder, Scenario, embedder, laws};
use postrider_wire::{ErrorKind, Machine, MachineError, Policy, Security, TimerKind};
use serving::{Session, TIM, accepts, auth, clear, name, offers, role, tls};

fn config() -> Config {
    Config::new(name(), clear())
}

fn greeted(config: Config) -> Session {
    let mut session = Session::new(config);
    assert!(session.say("EHLO b\r\n").starts_with("250-foo.com greets b\r\n"));
    session
}

fn keyword(text: &str) -> ExtensionKeyword {
    ExtensionKeyword::parse(text).unwrap()
}

#[test]
fn the_keywords_follow_from_the_settings_alone() {
    let plain = ["PIPELINING", "SIZE 104857600", "8BITMIME", "CHUNKING", "ENHANCEDSTATUSCODES"];
    let with = |config: Config| {
        let said = Session::new(config).say("EHLO b\r\n");
        let more = offers(&said).into_iter().map(String::from);
        more.filter(|line| !plain.contains(&line.as_str())).collect::<Vec<_>>()
    };
    assert!(with(config()).is_empty());
    assert_eq!(with(config().with_dsn(true)), ["DSN"]);
    assert_eq!(with(config().with_smtp_utf8(true)), ["SMTPUTF8"]);
    assert_eq!(with(config().with_binary_mime(true)), ["BINARYMIME"]);
    // RFC 3030 §3: not without CHUNKING.
    assert!(with(config().with_binary_mime(true).with_chunking(false)).is_empty());
    assert_eq!(with(config().with_expn(true)), ["EXPN"]);
    assert_eq!(with(config().with_help(true)), ["HELP"]);
    assert_eq!(with(config().with_vrfy(Verification::Ask)), ["VRFY"]);
    assert!(with(config().with_vrfy(Verification::Disabled)).is_empty());
    let limits = Limits::server().with_recipients(7);
    assert_eq!(with(config().with_limits(limits).with_limits_keyword(true)), ["LIMITS RCPTMAX=7"]);
    // RFC 9422 §4.2: six digits at most, and no zero.
    for (recipients, line) in [(2_000_000, Some("LIMITS RCPTMAX=999999")), (0, None)] {
        let limits = Limits::server().with_recipients(recipients);
        let said = with(config().with_limits(limits).with_limits_keyword(true));
        assert_eq!(said.first().map(|said| &**said), line);
    }
    let proxy = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";
    assert_eq!(with(config().with_xclient(true)), [proxy]);
    let filter = "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE";
    assert_eq!(with(config().with_xforward(true)), [filter]);
    let burl = config().with_extension(keyword("burl"), Some("imap".parse().unwrap()));
    assert_eq!(with(burl.with_extension(keyword("ETRN"), None)), ["BURL imap", "ETRN"]);
    // RFC 8689 §2: in TLS alone.
    assert!(with(config().with_require_tls(true)).is_empty());
    let implicit = Config::new(name(), Security::Implicit(tls()));
    assert_eq!(with(implicit.with_require_tls(true)), ["REQUIRETLS"]);
    // Where nothing is taken before TLS, nothing that is taken is offered.
    let required = Config::new(name(), Security::StartTls(Policy::Required));
    let all = required.with_auth(auth()).with_expn(true).with_help(true).with_xclient(true);
    let all = all.with_xforward(true).with_extension(keyword("ETRN"), None);
    assert_eq!(with(all.with_vrfy(Verification::Ask)), ["STARTTLS"]);
}

#[test]
fn parameters_that_were_not_offered_are_555() {
    let mail = ["AUTH=<>", "RET=HDRS", "ENVID=x", "SMTPUTF8", "REQUIRETLS", "BY=9;R", "X=1"];
    let rcpt = ["NOTIFY=NEVER", "ORCPT=rfc822;a@b", "RRVS=2014-04-03T23:01:00Z", "X"];
    let mut session = greeted(config());
    for parameter in mail {
        let said = session.say(format!("MAIL FROM:<a@b> {parameter}\r\n"));
        assert_eq!(said, "555 5.5.4 parameter not recognised\r\n", "{parameter}");
    }
    let mut session = greeted(config());
    session.say("MAIL FROM:<a@b>\r\n");
    for parameter in rcpt {
        let said = session.say(format!("RCPT TO:<a@b> {parameter}\r\n"));
        assert_eq!(said, "555 5.5.4 parameter not recognised\r\n", "{parameter}");
    }
    assert!(session.say("MAIL FROM:<a@b> BODY=BINARYMIME\r\n").starts_with("503 "));
    session.say("RSET\r\n");
    let said = session.say("MAIL FROM:<a@b> BODY=BINARYMIME\r\n");
    assert_eq!(said, "504 5.5.4 parameter value not implemented\r\n");
    let neither = config().with_eight_bit_mime(false);
    let said = greeted(neither.clone()).say("MAIL FROM:<a@b> BODY=BINARYMIME\r\n");
    assert!(said.starts_with("555 "), "{said}");
    let mut binary = greeted(neither.with_binary_mime(true));
    assert!(binary.say("MAIL FROM:<a@b> BODY=8BITMIME\r\n").starts_with("504 "));
    assert!(binary.say("MAIL FROM:<a@b> BODY=7BIT\r\n").starts_with("250 "));
}

#[test]
fn parameters_that_were_offered_reach_the_embedder() {
    let config = config().with_dsn(true).with_mail_parameter(keyword("by"));
    let mut session = greeted(config.with_rcpt_parameter(keyword("RRVS")));
    // RFC 3461 §10 has such lines.
    let said = session.say("MAIL FROM:<Alice@Example.ORG> RET=HDRS ENVID=QQ314159 BY=120;R\r\n");
    assert!(said.starts_with("250 2.1.0 "), "{said}");
    let Some(Event::Mail { parameters, .. }) = session.events.last() else { panic!() };
    assert_eq!(parameters.ret, Some(Ret::Headers));
    assert_eq!(parameters.envid.as_ref().unwrap().decoded(), "QQ314159");
    let other = &parameters.others[0];
    assert_eq!((other.keyword(), other.value()), ("BY", Some("120;R")));
    let said = session.say(
        "RCPT TO:<Bob@Example.COM> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bob@Example.COM \
         RRVS=2014-04-03T23:01:00Z\r\n",
    );
    assert!(said.starts_with("250 2.1.5 "), "{said}");
    let Some(Event::Rcpt { parameters, .. }) = session.events.last() else { panic!() };
    assert_eq!(parameters.notify, Some(Notify::new(true, true, false).unwrap()));
    assert_eq!(parameters.orcpt.as_ref().unwrap().decoded(), "Bob@Example.COM");
    assert_eq!(parameters.others[0].keyword(), "RRVS");
    // One is of MAIL, the other of RCPT.
    assert!(session.say("RCPT TO:<a@b> BY=1;R\r\n").starts_with("555 "));
    session.say("RSET\r\n");
    assert!(session.say("MAIL FROM:<a@b> RRVS=x\r\n").starts_with("555 "));
}

#[test]
fn an_address_of_utf8_needs_smtputf8() {
    let (from, to) = ("MAIL FROM:<J\u{f6}rg@bar.com>", "RCPT TO:<Gr\u{fc}n@foo.com>");
    // Not offered: no address at all.
    let mut session = greeted(config());
    assert!(session.say(format!("{from}\r\n")).starts_with("501 5.1.7 "));
    assert!(session.say(format!("{from} SMTPUTF8\r\n")).starts_with("555 5.5.4 "));
    session.say("MAIL FROM:<>\r\n");
    assert!(session.say(format!("{to}\r\n")).starts_with("501 5.1.3 "));
    // RFC 6531 §3.5: 550 to MAIL, 553 to RCPT.
    let utf8 = config().with_smtp_utf8(true).with_dsn(true);
    let mut session = greeted(utf8);
    assert!(session.say(format!("{from}\r\n")).starts_with("550 5.6.7 "));
    session.say("MAIL FROM:<>\r\n");
    assert!(session.say(format!("{to}\r\n")).starts_with("553 5.6.7 "));
    session.say("RSET\r\n");
    assert!(session.say(format!("{from} SMTPUTF8\r\n")).starts_with("250 "));
    assert!(session.say(format!("{to} ORCPT=utf-8;Gr\u{fc}n@foo.com\r\n")).starts_with("250 "));
    let Some(Event::Rcpt { path, .. }) = session.events.last() else { panic!() };
    assert_eq!(path.to_string(), "<Gr\u{fc}n@foo.com>");
    // It is over with the transaction.
    session.say("RSET\r\nMAIL FROM:<>\r\n");
    assert!(session.say(format!("{to}\r\n")).starts_with("553 5.6.7 "));
    // RFC 6531 §3.7.1: EHLO says its name in ASCII.
    assert!(session.say("EHLO b\u{fc}ro.example\r\n").starts_with("501 "));
}

#[test]
fn binary_mail_comes_in_chunks_and_nothing_in_it_offends() {
    let mut session = greeted(config().with_binary_mime(true));
    session.say("MAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<a@foo.com>\r\n");
    let Some(Event::Mail { parameters, .. }) = session.events.first().map(|_| &session.events[1])
    else {
        panic!("{:?}", session.events)
    };
    assert_eq!(parameters.body, Some(Body::BinaryMime));
    // RFC 3030 §3.
    assert!(session.say("DATA\r\n").starts_with("503 5.5.1 "));
    let said = session.say(b"BDAT 9 LAST\r\na\nb\rc\0\r\r\n");
    assert_eq!(said, "250 2.0.0 OK\r\n");
    let mail: Vec<u8> = session
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Chunk(octets) => Some(octets.to_vec()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(mail, b"a\nb\rc\0\r\r\n");
    // The next mail is a mail like any other.
    session.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@foo.com>\r\n");
    assert!(session.say("BDAT 2 LAST\r\na\n").starts_with("550 5.5.2 "));
    session.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@foo.com>\r\n");
    assert!(session.say("DATA\r\n").starts_with("354 "));
}

#[test]
fn requiretls_means_nothing_in_clear_text() {
    let security = Security::StartTls(Policy::Opportunistic);
    let mut session = greeted(Config::new(name(), security).with_require_tls(true));
    assert!(session.say("MAIL FROM:<a@b> REQUIRETLS\r\n").starts_with("530 5.7.10 "));
    session.say("STARTTLS\r\n");
    session.say("EHLO b\r\n");
    assert!(session.say("MAIL FROM:<a@b> REQUIRETLS\r\n").starts_with("250 "));
    let Some(Event::Mail { parameters, .. }) = session.events.last() else { panic!() };
    assert!(parameters.require_tls);
}

#[test]
fn vrfy_expn_and_help_are_answered_as_policy_has_it() {
    let mut session = Session::new(config());
    // RFC 5321 §4.1.4: also before EHLO.
    assert!(session.say("VRFY Smith\r\n").starts_with("252 2.5.0 "));
    for command in ["EXPN list", "HELP", "HELP MAIL"] {
        assert_eq!(session.say(format!("{command}\r\n")), "502 5.5.1 command not implemented\r\n");
    }
    assert!(session.say("VRFY\r\n").starts_with("501 5.5.4 "));
    let disabled = config().with_vrfy(Verification::Disabled);
    assert!(Session::new(disabled).say("VRFY Smith\r\n").starts_with("502 5.5.1 "));

    let asks = config().with_vrfy(Verification::Ask).with_expn(true).with_help(true);
    let mut session = Session::new(asks.clone());
    assert!(session.say("VRFY Smith\r\n").starts_with("252 2.5.0 "), "accepted without words");
    assert!(session.say("EXPN list\r\n").starts_with("252 2.5.0 "));
    assert!(session.say("HELP\r\n").starts_with("214 2.0.0 "));
    let mut session = Session::new(asks).on(|server, event| {
        let reply = |code, text| Reply::new(code, text).unwrap();
        match event {
            // RFC 5321 §3.5.1, Appendix D.
            Event::Vrfy(who) if who.as_str() == "Crispin" => {
                server.accept_with(reply(250, "Mark Crispin <Admin.MRC@foo.com>")).unwrap();
            }
            Event::Vrfy(_) => server.reject(reply(550, "String does not match anything.")).unwrap(),
            Event::Expn(list) if list.as_str() == "Example-People" => {
                let all = reply(250, "Jon Postel <Postel@isi.edu>");
                let all = all.with_line("Fred Fonebone <Fonebone@physics.foo-u.edu>").unwrap();
                server
                    .accept_with(
                        all.with_line("Sam Q. Smith <SQSmith@specific.generic.com>").unwrap(),
                    )
                    .unwrap();
            }
            Event::Expn(_) => server.defer().unwrap(),
            Event::Help(topic) => {
                let topic = topic.as_ref().map_or("nothing", |topic| topic.as_str());
                server.accept_with(reply(214, &format!("about {topic}"))).unwrap();
            }
            _ => accepts(server, event),
        }
    });
    assert_eq!(session.say("VRFY Crispin\r\n"), "250 2.0.0 Mark Crispin <Admin.MRC@foo.com>\r\n");
    assert_eq!(session.say("VRFY x\r\n"), "550 5.0.0 String does not match anything.\r\n");
    let said = session.say("EXPN Example-People\r\n");
    assert!(said.starts_with("250-2.0.0 Jon Postel <Postel@isi.edu>\r\n250-2.0.0 Fred "), "{said}");
    assert_eq!(said.lines().count(), 3);
    assert!(session.say("EXPN Executive-Washroom-List\r\n").starts_with("451 4.3.0 "));
    assert_eq!(session.say("HELP\r\n"), "214 2.0.0 about nothing\r\n");
    session.say("EHLO b\r\nMAIL FROM:<>\r\nRCPT TO:<a@foo.com>\r\n");
    assert_eq!(session.say("HELP RCPT\r\n"), "214 2.0.0 about RCPT\r\n");
    assert_eq!(session.server.state(), State::Rcpt, "amid a transaction, too");
}

#[test]
fn further_commands_are_the_embedders() {
    let config = config().with_extension(keyword("ETRN"), None);
    let mut session = greeted(config).on(|server, event| match event {
        Event::Extension { keyword, argument, .. } => {
            assert_eq!(keyword.as_str(), "ETRN");
            // RFC 1985 §5.3.
            let text = format!("OK, messages for node {} started", argument.as_ref().unwrap());
            server.accept_with(Reply::new(252, &text).unwrap()).unwrap();
        }
        _ => accepts(server, event),
    });
    assert_eq!(
        session.say("etrn xyz.com\r\n"),
        "252 2.0.0 OK, messages for node xyz.com started\r\n"
    );
    assert_eq!(session.say("BURL imap://x LAST\r\n"), "500 5.5.2 command not recognised\r\n");
    assert_eq!(
        Session::new(Config::new(name(), clear()).with_extension(keyword("ETRN"), None))
            .say("ETRN xyz.com\r\n"),
        "503 5.5.1 bad sequence of commands\r\n",
        "EHLO is due"
    );
}

#[test]
fn replies_are_in_utf8_for_those_who_asked_for_it() {
    let asks = config().with_smtp_utf8(true).with_vrfy(Verification::Ask).with_expn(true);
    let mut session = greeted(asks).on(|server, event| {
        let moved = |code| Reply::new(code, "now <J\u{f6}rg@bar.com>").unwrap();
        match event {
            Event::Rcpt { path, .. } if path.to_string() == "<a@foo.com>" => {
                server.accept_with(moved(251)).unwrap();
            }
            Event::Rcpt { .. } => server.reject(moved(551)).unwrap(),
            Event::DataEnd | Event::Vrfy(_) => server.accept_with(moved(250)).unwrap(),
            Event::Expn(_) => server.reject(moved(550)).unwrap(),
            _ => accepts(server, event),
        }
    });
    // RFC 6531 §3.7.4.1: 251 and 551 tell a mailbox, 250 and 550 do not.
    session.say("MAIL FROM:<>\r\n");
    assert_eq!(session.say("RCPT TO:<a@foo.com>\r\n"), "250 2.0.0 now <J?rg@bar.com>\r\n");
    assert_eq!(session.say("RCPT TO:<b@foo.com>\r\n"), "550 5.0.0 now <J?rg@bar.com>\r\n");
    session.say("DATA\r\n");
    assert_eq!(session.say(".\r\n"), "250 2.0.0 now <J?rg@bar.com>\r\n");
    session.say("MAIL FROM:<> SMTPUTF8\r\n");
    assert_eq!(session.say("RCPT TO:<a@foo.com>\r\n"), "251 2.0.0 now <J\u{f6}rg@bar.com>\r\n");
    assert_eq!(session.say("RCPT TO:<b@foo.com>\r\n"), "551 5.0.0 now <J\u{f6}rg@bar.com>\r\n");
    session.say("DATA\r\n");
    assert_eq!(session.say(".\r\n"), "250 2.0.0 now <J\u{f6}rg@bar.com>\r\n");
    // RFC 6531 §3.7.4.2: these ask for themselves.
    assert_eq!(session.say("VRFY J\r\n"), "250 2.0.0 now <J?rg@bar.com>\r\n");
    let said = session.say("VRFY J\u{f6}rg smtputf8\r\n");
    assert_eq!(said, "250 2.0.0 now <J\u{f6}rg@bar.com>\r\n");
    let Some(Event::Vrfy(who)) = session.events.last() else { panic!() };
    assert_eq!(who.as_str(), "J\u{f6}rg");
    assert_eq!(session.say("EXPN J SMTPUTF8\r\n"), "550 5.0.0 now <J\u{f6}rg@bar.com>\r\n");
    assert!(session.say("VRFY J\u{f6}rg\r\n").starts_with("501 5.5.4 "));
    assert!(session.say("EXPN J\u{f6}rg\r\n").starts_with("501 5.5.4 "));
}

/// The example of Postfix' XCLIENT_README, in our words.
#[test]
fn xclient_begins_the_session_anew() {
    let mut session = greeted(config().with_xclient(true).with_auth(auth()));
    let told = "XCLIENT NAME=spike.porcupine.org ADDR=168.100.189.2 PROTO=ESMTP\r\n";
    assert_eq!(session.say(told), "220 foo.com ESMTP service ready\r\n");
    assert_eq!((session.server.state(), session.server.client_name()), (State::Start, None));
    let xclient = session.server.xclient().unwrap();
    assert_eq!(xclient.value(AttributeName::Addr), Some("168.100.189.2"));
    assert!(session.say("MAIL FROM:<>\r\n").starts_with("503 5.5.1 "), "EHLO is due");
    // More of it adds up, and what was told last counts.
    let told = "XCLIENT LOGIN=wietse+40porcupine.org NAME=[UNAVAILABLE]\r\n";
    assert!(session.say(told).starts_with("220 "));
    let xclient = session.server.xclient().unwrap();
    assert_eq!(xclient.value(AttributeName::Name), None);
    assert_eq!(xclient.value(AttributeName::Addr), Some("168.100.189.2"));
    let login = session.server.authenticated().unwrap();
    assert_eq!(login.authcid, "wietse@porcupine.org");
    assert!(!session.say("EHLO spike.porcupine.org\r\n").contains("AUTH"));
    assert!(session.say(format!("AUTH PLAIN {TIM}\r\n")).starts_with("503 5.5.1 "));
    // Not amid a transaction.
    session.say("MAIL FROM:<>\r\n");
    assert!(session.say("XCLIENT ADDR=10.0.0.1\r\n").starts_with("503 5.5.1 "));
    session.say("RSET\r\n");
    assert!(session.say("XCLIENT LOGIN=[UNAVAILABLE]\r\n").starts_with("220 "));
    assert_eq!(session.server.authenticated(), None);
    for bad in
        ["XCLIENT", "XCLIENT ADDR", "XCLIENT IDENT=x", "XCLIENT ADDR=+0D", "XCLIENT NAME=a NAME=b"]
    {
        assert!(session.say(format!("{bad}\r\n")).starts_with("501 5.5.4 "), "{bad}");
    }
}

#[test]
fn xclient_is_for_those_who_are_trusted() {
    let mut session = greeted(config());
    for command in ["XCLIENT ADDR=10.0.0.1", "XFORWARD ADDR=10.0.0.1"] {
        let said = session.say(format!("{command}\r\n"));
        assert_eq!(said, "550 5.7.0 insufficient authorization\r\n");
    }
    assert!(session.server.xclient().is_none() && session.server.xforward().is_none());
    // The embedder may say no to what is told.
    let mut session = greeted(config().with_xclient(true)).on(|server, event| match event {
        Event::Xclient(_) => server.reject(Reply::new(421, "unable to proceed").unwrap()).unwrap(),
        _ => accepts(server, event),
    });
    assert_eq!(session.say("XCLIENT ADDR=10.0.0.1\r\n"), "421 4.0.0 unable to proceed\r\n");
    assert!(session.closed && session.server.xclient().is_none());
    let mut session = greeted(config().with_xclient(true)).on(|server, event| match event {
        Event::Xclient(_) => server.decline(),
        _ => accepts(server, event),
    });
    assert!(session.say("XCLIENT ADDR=10.0.0.1\r\n").starts_with("502 5.5.1 "));
    assert!(session.server.xclient().is_none());
    assert_eq!(session.server.state(), State::Greeted);
}

/// The example of Postfix' XFORWARD_README, in our words.
#[test]
fn xforward_lasts_as_long_as_the_transaction() {
    let mut session = greeted(config().with_xforward(true));
    let told = "XFORWARD NAME=spike.porcupine.org ADDR=168.100.189.2 PROTO=ESMTP\r\n";
    assert_eq!(session.say(told), "250 2.0.0 OK\r\n");
    assert_eq!(
        session.say("XFORWARD HELO=spike.porcupine.org ADDR=10.0.0.1\r\n"),
        "250 2.0.0 OK\r\n"
    );
    session.say("MAIL FROM:<wietse@porcupine.org>\r\nRCPT TO:<user@foo.com>\r\nDATA\r\n");
    let told = session.server.xforward().unwrap();
    assert_eq!(
        told.to_string(),
        " HELO=spike.porcupine.org ADDR=10.0.0.1 NAME=spike.porcupine.org PROTO=ESMTP"
    );
    assert!(session.say("Hi\r\n.\r\n").starts_with("250 "));
    assert_eq!(session.server.xforward(), None);
    session.say("XFORWARD ADDR=10.0.0.2\r\n");
    assert!(session.server.xforward().is_some());
    session.say("RSET\r\n");
    assert_eq!(session.server.xforward(), None);
    session.say("MAIL FROM:<>\r\n");
    assert!(session.say("XFORWARD ADDR=10.0.0.2\r\n").starts_with("503 5.5.1 "));
    session.say("RSET\r\n");
    // Its note 1: "After xtext decoding, attribute values must not contain control characters, […] whitespace".
    for bad in ["LOGIN=x", "IDENT=a+20b", "IDENT=a+0Ab", "HELO=a+20b", "IDENT="] {
        assert!(session.say(format!("XFORWARD {bad}\r\n")).starts_with("501 5.5.4 "), "{bad}");
    }
    assert_eq!(session.server.xforward(), None);
}

#[test]
fn tls_forgets_what_a_trusted_peer_told() {
    let security = Security::StartTls(Policy::Opportunistic);
    let config = Config::new(name(), security).with_xclient(true).with_xforward(true);
    let mut session = greeted(config);
    session.say("XCLIENT LOGIN=tim ADDR=10.0.0.1\r\nEHLO b\r\nXFORWARD ADDR=10.0.0.2\r\n");
    assert!(session.server.xclient().is_some() && session.server.xforward().is_some());
    session.say("STARTTLS\r\n");
    assert!(session.server.tls().is_some());
    assert!(session.server.xclient().is_none() && session.server.xforward().is_none());
    assert_eq!(session.server.authenticated(), None);
}

/// The examples of `proxy-protocol.txt` §2.1 and §2.2.
const V1: &[u8] = b"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\xa8\0\x01\xc0\xa8\0\x0b\xdc\x04\x01\xbb";

#[test]
fn a_proxy_header_comes_before_the_greeting() {
    let security = Security::StartTls(Policy::Opportunistic);
    for header in [V1, V2] {
        let config = Config::new(name(), security.clone()).with_proxy(true);
        let mut session = Session::silent(config, accepts);
        assert_eq!(session.say(""), "", "nothing before it");
        assert_eq!(session.say(&header[..9]), "");
        let kinds: Vec<_> = session.server.timers().iter().map(|t| (t.kind, t.after)).collect();
        assert_eq!(kinds, [(TimerKind::Idle, Duration::from_secs(10))]);
        assert_eq!(session.say(&header[9..]), "220 foo.com ESMTP service ready\r\n");
        let source = Some("192.168.0.1:56324".parse().unwrap());
        assert_eq!(session.server.proxied().unwrap().source(), source);
        let Some(Event::Proxied(told)) = session.events.first() else { panic!() };
        assert_eq!(told.destination(), Some("192.168.0.11:443".parse().unwrap()));
        // It was told of the connection, so TLS does not change it.
        session.say("EHLO b\r\n");
        session.say("STARTTLS\r\n");
        assert!(session.server.tls().is_some());
        assert_eq!(session.server.proxied().unwrap().source(), source);
        // A second one is a command that there is not.
        assert!(session.say("PROXY UNKNOWN\r\n").starts_with("500 5.5.2 "));
    }
    assert_eq!(Session::new(config()).server.proxied(), None);
}

#[test]
fn a_connection_that_begins_otherwise_is_closed_without_a_word() {
    let silent = || Session::silent(config().with_proxy(true), accepts);
    for other in [&b"EHLO b\r\n"[..], b"PROXY TCP4 1 2 3 4\r\n", b"\r\n\r\n\0\r\nQUIT\n\x31", b"\0"]
    {
        let mut session = silent();
        assert_eq!(session.say(other), "");
        let error = session.error.expect("it is fatal");
        assert!(matches!(error, Error::ProxyHeader { offset: 0, .. }), "{error}");
        assert_eq!(error.kind(), ErrorKind::Peer);
    }
    let mut session = silent();
    session.say(&V2[..20]);
    assert_eq!(session.fire(TimerKind::Idle), "");
    assert_eq!(session.error, Some(Error::Timeout));
    let mut session = silent();
    session.say(&V2[..20]);
    session.end();
    assert!(matches!(session.error, Some(Error::Eof { .. })), "{:?}", session.error);
    // Somebody looked whether the port is open.
    let mut session = silent();
    assert_eq!(session.end(), "");
    assert!(session.closed);
    let mut session = silent();
    session.say(&V1[..20]);
    session.server.shutdown();
    assert_eq!(session.go_on(), "");
    assert!(session.closed);
}

#[test]
fn the_laws_hold_behind_a_proxy() {
    let limits = Limits::server().with_line(80).with_inbox(128);
    let config = config().with_proxy(true).with_limits(limits);
    let scenario = move |title: &str| {
        let config = config.clone();
        let make = move || (Server::new(config.clone()), embedder(accepts, |_: &mut Server| false));
        Scenario::new(title, make)
            .classify(role)
            .state_limit(16 * 1024)
            .debug()
            .tap(|server: &mut Server, tap| server.set_tap(tap))
    };
    let mail = "MAIL FROM:<>\r\nRCPT TO:<a@foo.com>\r\nDATA\r\nHi\r\n.\r\nQUIT\r\n";
    for header in [V1, V2] {
        let together = [header, b"HELO b\r\nNOOP\r\n"].concat();
        laws::all(&scenario("proxied").turn(header).turn("HELO b\r\n").turn(mail));
        laws::all(&scenario("together").turn(together).turn(mail));
    }
    laws::all(&scenario("invalid").turn("PROXY TCP4 a\r\nQUIT\r\n"));
}

fn everything() -> Config {
    let config = config().with_auth(auth()).with_dsn(true).with_smtp_utf8(true);
    let config = config.with_binary_mime(true).with_expn(true).with_help(true).with_xclient(true);
    let config = config.with_xforward(true).with_vrfy(Verification::Ask).with_limits_keyword(true);
    config.with_extension(keyword("ETRN"), None).with_mail_parameter(keyword("BY"))
}

const SESSION: &str = "EHLO b\r\nVRFY a\r\nEXPN b\r\nHELP\r\nETRN c\r\nXFORWARD ADDR=1.2.3.4\r\nMAIL FROM:<> BY=1;R \
                       RET=FULL BODY=BINARYMIME SMTPUTF8\r\nRCPT TO:<a@foo.com> NOTIFY=NEVER\r\nHELP x\r\nDATA\r\n\
                       BDAT 3\r\na\nbBDAT 0 LAST\r\nXCLIENT ADDR=1.2.3.4 LOGIN=tim\r\nEHLO c\r\nQUIT\r\n";

#[test]
fn the_laws_hold_with_everything_offered() {
    let make = || (Server::new(everything()), embedder(accepts, |_: &mut Server| false));
    let scenario = Scenario::new("everything", make)
        .classify(role)
        .state_limit(24 * 1024)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap));
    laws::all(&scenario.turn(SESSION));
    let make = || (Server::new(everything()), Box::new(Declines) as Box<dyn Embedder<Server>>);
    laws::all(&Scenario::new("declined", make).turn(SESSION));
}

#[test]
fn the_longest_greeting_and_the_most_offers_fit() {
    let long = format!("{}.example", "a".repeat(60));
    let parameters: Argument = "x".repeat(400).parse().unwrap();
    let mut all = Config::new(EhloName::parse(&long).unwrap(), Security::Implicit(tls()));
    all = all.with_auth(auth()).with_dsn(true).with_xclient(true).with_xforward(true);
    for nth in 0..20 {
        all = all.with_extension(keyword(&format!("X-{nth}")), Some(parameters.clone()));
    }
    let said = Session::silent(all, accepts).say("EHLO b\r\n");
    assert!(said.contains("250-X-0 xxx") && said.contains("250 X-19 xxx"), "{said}");
    assert!(said.lines().all(|line| line.len() <= 510));
}
