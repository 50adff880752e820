//! Which hosts are tried, when, and for whom at once.

use postrider_relay::queue::{Config, QueueItem, RecipientState};
use postrider_smtp::{Body, ForwardPath, MailParameters, ReversePath};

use crate::server::Server::{self, *};
use crate::world::{BEGIN, World, check, hosts, mail};

/// What became of a mail whose domain `b.example` has these hosts.
pub(crate) fn run(b: Vec<Vec<Server>>, item: &QueueItem, config: Config) -> World {
    let mut world = World::new(hosts(&[("b.example", b)]));
    world.config = config;
    world.submit(item);
    assert!(world.run().is_ok());
    world
}

fn to_b(world: &World) -> Vec<(i64, &str)> {
    let all = world.connections.iter().filter(|(_, host)| host.ends_with(".b.example"));
    all.map(|(at, host)| (*at - BEGIN, host.as_str())).collect()
}

/// How many were in each transaction with `b.example`.
fn sizes(world: &World) -> Vec<usize> {
    let of_b = |paths: &&Vec<String>| !paths.iter().any(|path| path.contains("alice"));
    world.transactions.iter().filter(of_b).map(Vec::len).collect()
}

/// The codes in the notices of a kind, by recipient.
fn codes(world: &World) -> Vec<(String, String)> {
    let all = world.made.iter().flat_map(|notice| &notice.recipients);
    all.map(|one| (one.path.to_string(), one.status.to_string())).collect()
}

fn many(n: usize) -> QueueItem {
    let paths: Vec<String> = (0..n).map(|n| format!("r{n}@b.example")).collect();
    mail(&paths.iter().map(String::as_str).collect::<Vec<_>>())
}

/// RFC 5321 §5.1: "the SMTP client MUST be able to try (and retry) each of the relevant addresses in this
/// list in order, until a delivery attempt succeeds".
#[test]
fn hosts_are_tried_in_order_until_one_takes_the_mail() {
    let first = [
        Nobody,
        Greets("554 5.3.2 no mail here"),
        Greets("421 4.3.2 busy"),
        Mail("451 4.3.0 later"),
        Rcpt('b', "450 4.2.1 busy"),
        Data("451 4.3.0 later"),
        Verdict("451 4.3.0 later"),
        Breaks,
    ];
    for server in first {
        let item = mail(&["bob@b.example"]);
        let world = run(vec![vec![server.clone()], vec![Takes], vec![Takes]], &item, Config::new());
        check(&world, &item, &Default::default());
        assert_eq!(to_b(&world), [(0, "mx0.b.example"), (0, "mx1.b.example")], "{server:?}");
        assert_eq!(world.made, [], "{server:?}");
    }
}

/// RFC 5321 §5.1: "there MAY also be a configurable limit on the number of alternate addresses that can be
/// tried. In any case, the SMTP client SHOULD try at least two addresses."
#[test]
fn an_attempt_has_its_bounds() {
    let first = |world: &World| to_b(world).iter().filter(|(at, _)| *at == 0).count();
    let busy = || vec![Mail("451 4.3.0 later"), Takes];
    let item = mail(&["bob@b.example"]);
    let world = run((0..6).map(|_| busy()).collect(), &item, Config::new());
    assert_eq!(first(&world), 4);
    let nobody = || vec![Nobody, Takes];
    let world = run((0..6).map(|_| nobody()).collect(), &item, Config::new());
    assert_eq!(first(&world), 6);
    let world = run((0..6).map(|_| nobody()).collect(), &item, Config::new().with_targets(2));
    assert_eq!(first(&world), 2);
}

#[test]
fn only_those_who_were_put_off_go_to_the_next_host() {
    let b = vec![vec![Rcpt('b', "450 4.2.1 busy")], vec![Takes]];
    let world = run(b, &mail(&["bob@b.example", "carol@b.example"]), Config::new());
    assert_eq!(
        world.transactions,
        [vec!["<bob@b.example>", "<carol@b.example>"], vec!["<bob@b.example>"]]
    );
}

#[test]
fn a_host_that_refuses_for_good_has_the_last_word() {
    let b = vec![vec![Rcpt('b', "550 5.1.1 nobody")], vec![Takes]];
    let world = run(b, &mail(&["bob@b.example"]), Config::new());
    assert_eq!(to_b(&world), [(0, "mx0.b.example")]);
    assert_eq!(codes(&world), [("<bob@b.example>".into(), "5.1.1".into())]);
}

/// RFC 7504 §3: a host that takes no mail at all says so for itself alone.
#[test]
fn a_refused_session_is_for_good_only_where_all_hosts_refuse() {
    let no = || vec![Greets("521 mx.b.example does not accept mail")];
    let world = run(vec![no(), no()], &mail(&["bob@b.example"]), Config::new());
    assert_eq!(to_b(&world), [(0, "mx0.b.example"), (0, "mx1.b.example")]);
    assert_eq!(codes(&world), [("<bob@b.example>".into(), "5.3.2".into())]);
    // One of them could not be asked.
    let world = run(vec![no(), vec![Nobody, Takes]], &mail(&["bob@b.example"]), Config::new());
    assert_eq!(to_b(&world).len(), 4);
    assert_eq!(world.made, []);
    // RFC 8689 §4.2.1, for one: "repeat steps 2-5 with each host".
    let config = Config::new().with_sessions(1);
    let full = || vec![Offers("SIZE 5")];
    let world = run(vec![full(), vec![Takes]], &mail(&["bob@b.example"]), config);
    assert_eq!(to_b(&world), [(0, "mx0.b.example"), (0, "mx1.b.example")]);
    assert_eq!(world.made, []);
}

/// RFC 5321 §4.5.4.1: "The sender MUST delay retrying a particular destination after one attempt has
/// failed. In general, the retry interval SHOULD be at least 30 minutes".
#[test]
fn a_destination_is_left_alone_for_half_an_hour_and_given_up_after_five_days() {
    let world =
        run(vec![vec![Nobody]], &mail(&["bob@b.example", "carol@b.example"]), Config::new());
    let times: Vec<i64> = to_b(&world).into_iter().map(|(at, _)| at).collect();
    let last = times.len() - 1;
    assert!(times[..last].windows(2).all(|pair| pair[1] - pair[0] >= 1800), "{times:?}");
    assert_eq!(times[last], 5 * 86_400);
    // RFC 3463 §3.5, X.4.7: "Delivery time expired".
    let of = |path: &str, code: &str| (path.to_owned(), code.to_owned());
    let expected = [
        of("<bob@b.example>", "4.4.1"),
        of("<carol@b.example>", "4.4.1"),
        of("<bob@b.example>", "4.4.7"),
        of("<carol@b.example>", "4.4.7"),
    ];
    assert_eq!(codes(&world), expected);
    assert!(world.made[1].recipients[0].diagnostic.as_ref().unwrap().contains("refused"));
    assert_eq!(world.made[1].recipients[0].remote_mta, None, "no host said anything");
}

#[test]
fn a_notice_has_a_schedule_of_its_own_where_it_is_given_one() {
    let mut item = mail(&["bob@b.example"]);
    let short = Config::new().schedule.with_lifetime(7200);
    let config = Config::new().with_notice_schedule(short);
    let world = run(vec![vec![Nobody]], &item, config.clone());
    assert_eq!(to_b(&world).last().unwrap().0, 5 * 86_400);
    item.sender = ReversePath::null();
    let world = run(vec![vec![Nobody]], &item, config);
    assert_eq!(to_b(&world).last().unwrap().0, 7200);
}

#[test]
fn those_who_were_put_off_together_come_back_together() {
    let all = || mail(&["bob@b.example", "carol@b.example", "dan@same.example"]);
    for config in [Config::new(), Config::new().with_recipients(1)] {
        let world = run(vec![vec![Mail("451 4.3.0 later"), Takes]], &all(), config);
        let times: Vec<i64> = to_b(&world).into_iter().map(|(at, _)| at).collect();
        assert_eq!(times.len(), 2, "{times:?}");
        assert!((1800..=2025).contains(&times[1]));
    }
    // One transaction came to an end that nobody knows, the others were never begun.
    let config = Config::new().with_recipients(1);
    let world = run(vec![vec![Lost { taken: false }, Takes]], &all(), config);
    assert_eq!(to_b(&world).len(), 2, "{:?}", to_b(&world));
}

#[test]
fn domains_with_the_same_hosts_go_together() {
    let item = mail(&["bob@b.example", "dan@same.example", "carol@B.EXAMPLE", "eve@same2.example"]);
    let world = run(vec![vec![Takes]], &item, Config::new());
    assert_eq!(to_b(&world), [(0, "mx0.b.example")]);
    assert_eq!(sizes(&world), [4]);
}

/// RFC 5321 §4.5.3.1.8: "The minimum total number of recipients that MUST be buffered is 100 recipients."
#[test]
fn a_transaction_has_a_hundred_recipients_at_most() {
    let world = run(vec![vec![Takes]], &many(250), Config::new());
    assert_eq!(sizes(&world), [100, 100, 50]);
    assert_eq!(to_b(&world).len(), 1, "all in one session");
}

/// RFC 5321 §4.5.3.1.10: "When the client attempts retransmission of those addresses that received 452
/// responses, at least 100 of these will be able to fit in the SMTP server's recipients buffer."
#[test]
fn those_for_whom_there_was_no_room_follow_at_once() {
    let world = run(vec![vec![Most(100)]], &many(250), Config::new().with_recipients(1000));
    assert_eq!(sizes(&world), [250, 150, 50]);
    assert_eq!(to_b(&world), [(0, "mx0.b.example")]);
    // Where there is never room for anybody nothing is tried twice in an attempt.
    let item = mail(&["bob@b.example"]);
    let world = run(vec![vec![Rcpt('b', "452 4.5.3 too many"), Takes]], &item, Config::new());
    assert_eq!(to_b(&world).len(), 2);
    assert!(to_b(&world)[1].0 >= 1800);
}

#[test]
fn what_a_server_cannot_take_is_tried_elsewhere_and_then_returned() {
    let plain = MailParameters::new;
    // RFC 6152 §3, RFC 6531 §3.5, RFC 3463 §3.4, RFC 8689 §4.2.1.
    let table = [
        ("PIPELINING", plain().with_body(Body::EightBitMime), "5.6.3"),
        ("PIPELINING", plain().with_body(Body::BinaryMime), "5.6.3"),
        ("8BITMIME", plain().with_smtp_utf8(true), "5.6.7"),
        ("SIZE 5", plain(), "5.3.4"),
        ("REQUIRETLS", plain().with_require_tls(true), "5.7.30"),
    ];
    for (offers, parameters, code) in table {
        let item = mail(&["bob@b.example"]).with_parameters(parameters);
        let b = || vec![Offers(offers)];
        let world = run(vec![b(), b()], &item, Config::new());
        assert_eq!(to_b(&world), [(0, "mx0.b.example"), (0, "mx1.b.example")], "{code}");
        assert_eq!(codes(&world), [("<bob@b.example>".into(), code.to_owned())]);
        assert_eq!(world.transactions.len(), 1, "only the notice");
    }
    let item = mail(&["bob@b.example"]).with_parameters(plain().with_smtp_utf8(true));
    let world = run(vec![vec![Plain], vec![Takes]], &item, Config::new());
    check(&world, &item, &Default::default());
    assert_eq!(world.made, []);
}

#[test]
fn an_address_in_utf8_does_not_keep_the_mail_from_the_others() {
    let item = mail(&["bob@b.example", "k\u{f6}n@b.example", "carol@b.example"]);
    let world = run(vec![vec![Plain]], &item, Config::new());
    check(&world, &item, &Default::default());
    assert_eq!(codes(&world), [("<k\u{f6}n@b.example>".into(), "5.6.7".into())]);
    assert_eq!(sizes(&world), [2]);
    // Another host may take it.
    let world = run(vec![vec![Plain], vec![Takes]], &item, Config::new());
    assert_eq!(sizes(&world), [2, 1]);
    assert_eq!(world.made, []);
}

/// RFC 8689 §5: a bounce is not to be lost over REQUIRETLS.
#[test]
fn a_notice_goes_without_requiretls_where_it_must() {
    let mut item =
        mail(&["bob@b.example"]).with_parameters(MailParameters::new().with_require_tls(true));
    item.sender = ReversePath::null();
    let world = run(vec![vec![Plain]], &item, Config::new());
    assert!(matches!(world.ended[0].recipients[0].state, RecipientState::Delivered { .. }));
}

/// RFC 9422 §4.
#[test]
fn the_limits_of_a_server_are_kept() {
    let three = mail(&["bob@b.example", "carol@b.example", "dan@b.example"]);
    let world = run(vec![vec![Offers("LIMITS RCPTMAX=2")]], &three, Config::new());
    assert_eq!((sizes(&world), to_b(&world).len()), (vec![2, 1], 1));
    let one = Config::new().with_recipients(1);
    let world = run(vec![vec![Offers("LIMITS MAILMAX=1")]], &three, one);
    assert_eq!((sizes(&world), to_b(&world)), (vec![1, 1, 1], vec![(0, "mx0.b.example"); 3]));
    let mixed = mail(&["bob@b.example", "x@same.example", "carol@b.example", "y@same.example"]);
    let world = run(vec![vec![Offers("LIMITS RCPTDOMAINMAX=1")]], &mixed, Config::new());
    assert_eq!((sizes(&world), to_b(&world)), (vec![2, 2], vec![(0, "mx0.b.example"); 2]));
}

#[test]
fn a_session_that_was_too_short_is_no_reason_to_ask_the_same_again() {
    let three = mail(&["bob@b.example", "carol@b.example", "dan@b.example"]);
    let one = Config::new().with_recipients(1);
    let fussy = Fussy("LIMITS MAILMAX=1", 'b', "450 4.2.1 busy");
    let world = run(vec![vec![fussy.clone(), fussy.clone(), fussy, Takes]], &three, one);
    let paths: Vec<&str> = world.transactions.iter().map(|paths| paths[0].as_str()).collect();
    let expected = ["<bob@b.example>", "<carol@b.example>", "<dan@b.example>", "<bob@b.example>"];
    assert_eq!(paths, expected);
    let times: Vec<i64> = to_b(&world).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times[..3], [0, 0, 0]);
    assert!(times[3] >= 1800, "{times:?}");
}

/// RFC 5321 §4.1.1.3: the postmaster without a domain is one of this host; there is no way to him.
#[test]
fn the_postmaster_of_nowhere_is_not_looked_for_in_the_net() {
    let item = QueueItem::new("Q1", ReversePath::parse("alice@a.example").unwrap(), BEGIN)
        .to(ForwardPath::postmaster());
    let world = run(vec![vec![Takes]], &item, Config::new());
    assert_eq!(codes(&world), [("<Postmaster>".into(), "5.1.3".into())]);
}

/// A host that was not asked may be of another mind: nobody is told that the mail does not arrive.
#[test]
fn a_mail_is_not_returned_while_a_host_was_not_asked() {
    let item = mail(&["bob@b.example"]);
    let refuses = || vec![Greets("554 5.3.2 no mail here")];
    let config = || Config::new().with_targets(1);
    let world = run(vec![refuses(), refuses()], &item, config());
    let failed = world.made.iter().flat_map(|notice| &notice.recipients);
    // For five days, and then because its time is over (RFC 3463 §3.5).
    assert_eq!(failed.last().map(|one| one.status.to_string()).as_deref(), Some("4.4.7"));
    let world = run(vec![refuses()], &item, config());
    assert_eq!(codes(&world), [("<bob@b.example>".to_owned(), "5.3.2".to_owned())]);
}

/// A host that has room for one recipient at a time is not sent the mail for each of a thousand.
#[test]
fn a_host_without_room_has_its_bound_in_an_attempt() {
    let item = many(60);
    let world = run(vec![vec![Most(1)]], &item, Config::new());
    check(&world, &item, &Default::default());
    // One transaction for all, and at most 32 more, until the next attempt half an hour later.
    let first = to_b(&world).iter().filter(|(at, _)| *at == 0).count();
    assert_eq!(first, 1);
    assert!(to_b(&world).len() > 1);
    assert_eq!(sizes(&world).len(), 60);
}
