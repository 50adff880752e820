//! What a sender is told.

use postrider_relay::queue::{Config, QueueItem, RecipientState};
use postrider_smtp::{ForwardPath, Notify, OriginalRecipient, RcptParameters, ReversePath};

use crate::attempts::run;
use crate::server::Server::{self, *};
use crate::world::{BEGIN, mail};

fn asking(notify: Option<Notify>) -> QueueItem {
    let mut parameters = RcptParameters::new();
    parameters.notify = notify;
    QueueItem::new("Q1", ReversePath::parse("alice@a.example").unwrap(), BEGIN)
        .with_recipient(ForwardPath::parse("bob@b.example").unwrap(), parameters)
}

/// RFC 3461 §4.1, §5.2.2; without `NOTIFY` as RFC 3461 §5.2.6 has it: failures are told, and delays may be.
#[test]
fn a_sender_is_told_what_was_asked_for() {
    let on = |success, failure, delay| Some(Notify::new(success, failure, delay).unwrap());
    let no = || vec![vec![Rcpt('b', "550 5.1.1 nobody")]];
    // There again after 6.5 hours, and late after four.
    let late = || vec![vec![Nobody, Nobody, Nobody, Nobody, Takes]];
    let (plain, dsn) = (|| vec![vec![Plain]], || vec![vec![Takes]]);
    type Row = (Option<Notify>, [&'static str; 4]);
    let rows: [Row; 6] = [
        (None, ["Failed", "Delayed", "", ""]),
        (Some(Notify::never()), ["", "", "", ""]),
        (on(true, false, false), ["", "", "Relayed", ""]),
        (on(false, true, false), ["Failed", "", "", ""]),
        (on(false, false, true), ["", "Delayed", "", ""]),
        (on(true, true, true), ["Failed", "Delayed", "Relayed", ""]),
    ];
    for (notify, expected) in rows {
        let worlds: [Vec<Vec<Server>>; 4] = [no(), late(), plain(), dsn()];
        for (b, kind) in worlds.into_iter().zip(expected) {
            let world = run(b.clone(), &asking(notify), Config::new());
            let told: Vec<&str> = world.told.keys().map(|(_, kind, _)| kind.as_str()).collect();
            assert_eq!(told.concat(), kind, "{notify:?} {b:?}");
            assert!(world.told.values().all(|times| *times == 1));
        }
    }
}

/// RFC 5321 §6.1: "if this address is null ("<>"), the receiver-SMTP MUST NOT send a notification".
#[test]
fn nobody_is_told_nothing_and_the_record_says_what_became_of_it() {
    for b in [vec![vec![Rcpt('b', "550 5.1.1 nobody")]], vec![vec![Nobody]]] {
        let mut item = mail(&["bob@b.example"]);
        item.sender = ReversePath::null();
        let world = run(b, &item, Config::new());
        assert_eq!(world.made, []);
        let state = &world.ended[0].recipients[0].state;
        assert!(matches!(state, RecipientState::Failed { to_tell: false, .. }), "{state:?}");
    }
}

#[test]
fn a_notice_is_held_until_the_mail_has_it_in_its_record() {
    use postrider_relay::queue::{Delivery, Step};
    let mut delivery = Delivery::new(mail(&["bob@b.example"]), Config::new(), [7; 32]);
    let Step::Route(_) = delivery.step(BEGIN) else { panic!() };
    delivery.routed(Err(postrider_relay::route::NoRoute::NoName), BEGIN).unwrap();
    assert_eq!(delivery.step(BEGIN), Step::Save);
    delivery.saved().unwrap();
    let Step::Bounce(bounce) = delivery.step(BEGIN) else { panic!() };
    let mut notice = QueueItem::new(bounce.id.clone(), ReversePath::null(), BEGIN)
        .to(ForwardPath::parse("alice@a.example").unwrap());
    assert!(!notice.is_held(Some(delivery.item())), "no notice at all");
    notice.notice_of = Some(bounce.notice_of.clone());
    assert!(notice.is_held(Some(delivery.item())));
    // After a stop the same notice has the same name.
    let mut again = Delivery::new(delivery.item().clone(), Config::new(), [8; 32]);
    assert_eq!(again.step(BEGIN), Step::Bounce(bounce));
    delivery.bounced().unwrap();
    assert_eq!(delivery.step(BEGIN), Step::Save);
    assert!(!notice.is_held(Some(delivery.item())), "this is what is saved");
    assert!(!notice.is_held(None), "the mail had its end");
}

#[test]
fn recipients_that_failed_in_one_attempt_are_in_one_notice() {
    let item = mail(&["bob@b.example", "bill@b.example", "dan@nowhere.example", "carol@b.example"]);
    let world = run(vec![vec![Rcpt('b', "550 5.1.1 nobody")]], &item, Config::new());
    assert_eq!(world.made.len(), 1);
    let told: Vec<_> = world.made[0]
        .recipients
        .iter()
        .map(|one| (one.path.to_string(), one.status.to_string(), one.remote_mta.as_deref()))
        .collect();
    let mx = Some("mx0.b.example");
    let expected = [
        ("<bob@b.example>".to_owned(), "5.1.1".to_owned(), mx),
        ("<bill@b.example>".into(), "5.1.1".into(), mx),
        // RFC 3463 §3.2, X.1.2: "Bad destination system address".
        ("<dan@nowhere.example>".into(), "5.1.2".into(), None),
    ];
    assert_eq!(told, expected);
    assert_eq!(world.made[0].recipients[0].diagnostic.as_deref(), Some("550 5.1.1 nobody"));
}

#[test]
fn a_notice_says_whom_the_sender_wrote_to() {
    let orcpt = OriginalRecipient::parse("rfc822;Bob@list.example").unwrap();
    let item = mail(&[]).with_recipient(
        ForwardPath::parse("bob@b.example").unwrap(),
        RcptParameters::new().with_orcpt(orcpt.clone()),
    );
    let world = run(vec![vec![Rcpt('b', "550 5.1.1 nobody")]], &item, Config::new());
    assert_eq!(world.made[0].recipients[0].original, Some(orcpt));
}

#[test]
fn lateness_is_told_once_and_when_it_was_promised() {
    let item = mail(&["bob@b.example"]);
    let world = run(vec![vec![Nobody]], &item, Config::new());
    let kinds: Vec<_> =
        world.told.iter().map(|((_, kind, _), times)| (kind.as_str(), *times)).collect();
    assert_eq!(kinds, [("Delayed", 1), ("Failed", 1)]);
    let off = Config::new().schedule.with_warning(None);
    let world = run(vec![vec![Nobody]], &item, Config::new().with_schedule(off));
    assert_eq!(world.made.len(), 1);
    // The warning comes at four hours, between two attempts.
    let late = world_with_times();
    assert!(late.contains(&(4 * 3600)), "{late:?}");
}

/// When the sender's host was connected to.
fn world_with_times() -> Vec<i64> {
    let world = run(vec![vec![Nobody]], &mail(&["bob@b.example"]), Config::new());
    let to_a = world.connections.iter().filter(|(_, host)| host.ends_with(".a.example"));
    to_a.map(|(at, _)| at - BEGIN).collect()
}
