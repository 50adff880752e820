//! What an answer means.

use postrider_relay::dns::{Answer, MxRecord, Need, Told};
use postrider_relay::queue::{
    Class, Config, Delivery, QueueItem, RecipientState, Send, Step, Trouble,
};
use postrider_relay::route::{NoRoute, Router};
use postrider_smtp::client::Report;
use postrider_smtp::{EnhancedStatusCode, ForwardPath, Reply, ReversePath};
use proptest::prelude::*;

use crate::server::Server::{self, *};
use crate::server::{Session, Talk};

/// The one host of any domain, at 192.0.2.1.
fn one_host(need: &Need) -> Told {
    match need {
        Need::Mx(name) => Told::Mx(Answer::records([MxRecord::new(0, format!("mx0.{name}"))], 60)),
        Need::Addresses(_) => Told::Addresses(Answer::records(["192.0.2.1".parse().unwrap()], 60)),
        other => other.nothing(),
    }
}

/// A delivery whose next step is to send to these.
fn about_to_send(recipients: &[&str]) -> (Delivery, Send) {
    let sender = ReversePath::parse("alice@a.example").unwrap();
    let item = recipients.iter().fold(QueueItem::new("Q1", sender, 0), |item, recipient| {
        item.to(ForwardPath::parse(recipient).unwrap())
    });
    let mut delivery = Delivery::new(item, Config::new(), [7; 32]);
    loop {
        match delivery.step(0) {
            Step::Route(ask) => {
                delivery.routed(ask.route(&Router::new()).resolve(one_host), 0).unwrap();
            }
            Step::Connect(_) => delivery.connected().unwrap(),
            Step::Send(send) => return (delivery, send),
            other => panic!("{other:?}"),
        }
    }
}

fn report(server: &Server, send: &Send) -> Report {
    match Session::open(server).unwrap_or_else(|why| panic!("{why:?}")).send(send) {
        (Talk::Report(report), _) => report,
        (Talk::Unsendable(why), _) => panic!("{why}"),
        (Talk::Unreached(why), _) => panic!("{why:?}"),
    }
}

#[test]
fn each_answer_has_its_class_and_its_code() {
    // RFC 5321 §4.2.1: the first digit decides, so a code of another class is not believed.
    let table = [
        (Takes, "Delivered", ""),
        (Plain, "Delivered", ""),
        (Rcpt('b', "450 4.2.1 mailbox busy"), "NextHost", "4.2.1"),
        (Rcpt('b', "450 mailbox busy"), "NextHost", "4.0.0"),
        (Rcpt('b', "450 5.1.1 odd"), "NextHost", "4.0.0"),
        (Rcpt('b', "550 5.1.1 nobody"), "Failed", "5.1.1"),
        (Rcpt('b', "550 nobody"), "Failed", "5.0.0"),
        (Rcpt('b', "550 4.1.1 odd"), "Failed", "5.0.0"),
        (Rcpt('b', "556 no mail there"), "Failed", "5.1.10"),
        // RFC 5321 §3.8: "the SMTP server sends 421 and closes".
        (Rcpt('b', "421 4.3.2 closing"), "NextHost", "4.3.2"),
        (Rcpt('b', "421 closing"), "NextHost", "4.3.2"),
        // RFC 5321 §4.5.3.1.10: "The correct reply code for this condition is 452. Clients SHOULD treat a
        // 552 code in this case as a temporary, rather than permanent, failure"; "it MAY instead use a 5yz
        // response code".
        (Rcpt('b', "452 4.5.3 too many"), "Again", "4.5.3"),
        (Rcpt('b', "452 too many"), "Again", "4.3.1"),
        (Rcpt('b', "451 4.5.3 too many"), "Again", "4.5.3"),
        (Rcpt('b', "552 5.5.3 too many"), "Again", "4.5.3"),
        (Rcpt('b', "552 too many"), "Again", "4.0.0"),
        (Rcpt('b', "550 5.5.3 never so many"), "Failed", "5.5.3"),
        (Mail("451 4.3.0 later"), "NextHost", "4.3.0"),
        (Mail("452 4.3.1 disk full"), "NextHost", "4.3.1"),
        (Mail("550 5.7.1 not you"), "Failed", "5.7.1"),
        (Mail("552 5.3.4 too large"), "Failed", "5.3.4"),
        (Data("451 4.3.0 later"), "NextHost", "4.3.0"),
        (Data("554 5.5.1 no"), "Failed", "5.5.1"),
        (Verdict("452 4.3.1 disk full"), "NextHost", "4.3.1"),
        (Verdict("554 5.6.0 no"), "Failed", "5.6.0"),
        (Verdict("552 5.2.2 over quota"), "Failed", "5.2.2"),
        (Breaks, "NextHost", "4.4.2"),
        // RFC 1047: perhaps the host has it.
        (Lost { taken: true }, "Later", "4.4.2"),
        (Lost { taken: false }, "Later", "4.4.2"),
    ];
    let (_, send) = about_to_send(&["bob@b.example"]);
    for (server, class, code) in table {
        let report = report(&server, &send);
        let found = match Class::of(&report.recipients[0].outcome, 17) {
            Class::Delivered => ("Delivered", String::new()),
            Class::Failed(trouble) => ("Failed", trouble.status.to_string()),
            Class::NextHost(trouble) => ("NextHost", trouble.status.to_string()),
            Class::Again(trouble) => ("Again", trouble.status.to_string()),
            Class::Later(trouble) => ("Later", trouble.status.to_string()),
            other => panic!("{other:?}"),
        };
        assert_eq!(found, (class, code.to_owned()), "{server:?}");
    }
}

#[test]
fn the_words_are_those_of_the_host_where_it_said_any() {
    let (_, send) = about_to_send(&["bob@b.example"]);
    let refused = report(&Rcpt('b', "550 5.1.1 nobody"), &send);
    let Class::Failed(trouble) = Class::of(&refused.recipients[0].outcome, 17) else { panic!() };
    assert_eq!(
        (trouble.words.as_str(), trouble.is_reply, trouble.at),
        ("550 5.1.1 nobody", true, 17)
    );
    let broken = report(&Breaks, &send);
    let Class::NextHost(trouble) = Class::of(&broken.recipients[0].outcome, 17) else { panic!() };
    assert!(!trouble.is_reply && !trouble.words.is_empty());
}

#[test]
fn the_report_of_another_transaction_is_no_answer() {
    let (mut delivery, send) = about_to_send(&["bob@b.example", "carol@b.example"]);
    for others in
        [&["bob@b.example"][..], &["carol@b.example", "bob@b.example"], &["x@b.example"; 2]]
    {
        let (_, other) = about_to_send(others);
        assert!(delivery.sent(&report(&Takes, &other), 0).is_err(), "{others:?}");
        assert_eq!(delivery.step(0), Step::Send(send.clone()));
    }
    delivery.sent(&report(&Takes, &send), 0).unwrap();
    assert_eq!(delivery.step(0), Step::Save);
    assert!(delivery.sent(&report(&Takes, &send), 0).is_err(), "it was told already");
}

#[test]
fn what_is_no_route_for_good_is_a_trouble_for_good() {
    let all = [
        NoRoute::NullMx,
        NoRoute::NoSuchDomain,
        NoRoute::NoName,
        NoRoute::LookupFailed,
        NoRoute::LoopsBack,
        NoRoute::NoHost,
        NoRoute::NoAddress,
        NoRoute::NotPublic,
        NoRoute::Policy,
        NoRoute::RequireTls,
    ];
    for why in all {
        let trouble = Trouble::of_no_route(why, 0);
        assert_eq!(trouble.is_permanent(), !why.is_temporary(), "{why}");
    }
    // RFC 5321 §5.1: "If a temporary error is returned, the message MUST be queued and retried later".
    assert!(!Trouble::of_no_route(NoRoute::LookupFailed, 0).is_permanent());
}

/// One disturbed handshake, then a host that takes no mail in clear text (RFC 3207 §4): not for good. A host
/// that refuses the recipient is believed all the same.
#[test]
fn a_refusal_for_want_of_tls_is_tried_again_where_tls_failed() {
    let table = [
        (Mail("530 5.7.0 Must issue a STARTTLS command first"), true),
        (Mail("550 5.7.10 encryption needed"), true),
        (Rcpt('b', "550 5.7.11 encryption required"), true),
        (Rcpt('b', "550 5.1.1 nobody"), false),
    ];
    for (server, waits) in table {
        for in_clear in [true, false] {
            let sender = ReversePath::parse("alice@a.example").unwrap();
            let item =
                QueueItem::new("Q1", sender, 0).to(ForwardPath::parse("bob@b.example").unwrap());
            let mut delivery = Delivery::new(item, Config::new(), [7; 32]);
            let Step::Route(ask) = delivery.step(0) else { panic!() };
            delivery.routed(ask.route(&Router::new()).resolve(one_host), 0).unwrap();
            if in_clear { delivery.connected_in_clear() } else { delivery.connected() }.unwrap();
            let Step::Send(send) = delivery.step(0) else { panic!() };
            delivery.sent(&report(&server, &send), 0).unwrap();
            let state = &delivery.item().recipients[0].state;
            let is_waiting = matches!(state, RecipientState::Waiting { .. });
            assert_eq!(is_waiting, in_clear && waits, "{server:?}: {state:?}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_said_is_kept_as_one_printable_line(text: String, long in "\\PC{600,700}") {
        for text in [text.clone(), long.clone(), format!("{text}\r\nBcc: x\r\n\u{2028}{long}")] {
            let trouble = Trouble::new(EnhancedStatusCode::EXPIRED, &text, 0).with_host(&text);
            for line in [&trouble.words, trouble.host.as_ref().unwrap()] {
                prop_assert!(line.chars().count() <= 512);
                let breaks = |c: char| c.is_control() || c == '\u{2028}';
                prop_assert!(!line.contains(breaks));
            }
        }
    }

    #[test]
    fn the_first_digit_of_a_reply_decides(code in 400u16..600, subject in 0u16..8, detail in 0u16..30) {
        let class = u8::try_from(code / 100).unwrap();
        let enhanced = EnhancedStatusCode::new(class, subject, detail).unwrap();
        let reply = Reply::new(code, "x").unwrap();
        prop_assert_eq!(Trouble::of_reply(&reply, 0).status.class(), class);
        let reply = reply.with_enhanced(enhanced).unwrap();
        prop_assert_eq!(Trouble::of_reply(&reply, 0).status, enhanced);
    }
}
