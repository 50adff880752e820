//! Law 7: what the client puts in, the server gives back.

use crate::common;

use common::{Sends, client, server, takes_mail};
use postrider_smtp::client::Outcome;
use postrider_testkit::{Outcome as End, Pair, PairEnd};
use postrider_wire::Policy;

const TO: &[&str] = &["Jones@foo.com", "Green@foo.com", "Postmaster"];

#[test]
fn mails_arrive_unharmed_however_they_are_cut() {
    let first = "Dear Bob\r\n.\r\n..and so on\r\n\r\n".repeat(300);
    let second = b".".to_vec();
    for (capacity, policy) in [(1, Policy::Required), (7, Policy::Never), (4096, Policy::Required)]
    {
        let mails = [first.clone().into_bytes(), second.clone(), Vec::new()];
        let make = move || {
            let mails: Vec<&[u8]> = mails.iter().map(|mail| &mail[..]).collect();
            (client(policy), Sends::new("Smith@bar.com", TO, &mails).boxed())
        };
        let pair = Pair::new(make, move || (server(policy), takes_mail())).capacity(capacity);
        for seed in 0..10 {
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!(run.server.payload(), format!("{first}.\r\n").into_bytes());
            assert_eq!(run.client.outcome(), &End::Closed);
            assert_eq!(run.server.outcome(), &End::Closed);
        }
    }
}

#[test]
fn bare_newlines_leave_the_client_as_crlf() {
    let make = || {
        let mail: &[u8] = b"a\nb\rc\r\n\n.\n";
        (client(Policy::Never), Sends::new("", TO, &[mail]).boxed())
    };
    let run = Pair::new(make, || (server(Policy::Never), takes_mail())).run(1);
    assert_eq!(run.server.payload(), b"a\r\nb\r\nc\r\n\r\n.\r\n");
}

#[test]
fn a_mail_that_is_too_large_is_refused_and_the_session_goes_on() {
    let log = std::rc::Rc::new(std::cell::RefCell::new(common::Log::default()));
    let kept = log.clone();
    let make = move || {
        let mut sends = Sends::new("Smith@bar.com", &["Jones@foo.com"], &[&[b'x'; 5000]]);
        sends.log = kept.clone();
        (client(Policy::Never), sends.boxed())
    };
    let small = || {
        let config = postrider_smtp::server::Config::new(
            common::name("foo.com"),
            postrider_wire::Security::StartTls(Policy::Never),
        );
        let limits = postrider_smtp::Limits::server().with_message(4000);
        (postrider_smtp::server::Server::new(config.with_limits(limits)), takes_mail())
    };
    let run = Pair::new(make, small).run(1);
    assert_eq!(run.client.outcome(), &End::Closed);
    assert_eq!(run.server.payload().len(), 4000);
    let outcomes = &log.borrow().outcomes;
    let [Outcome::Refused(reply)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(reply.to_string(), "552 5.3.4 mail exceeds the largest size");
}
