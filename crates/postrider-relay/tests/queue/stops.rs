//! Stops at every point: nothing is lost, and doubled only between a host's 250 and its record.

use std::collections::BTreeSet;

use postrider_relay::queue::QueueItem;
use proptest::prelude::*;

use crate::server::Server;
use crate::world::{Effect, Hosts, World, check, hosts, mail};

/// For whom the mail, or the bounce, may be doubled: those of the effect right before the stop, if a host
/// took it there. A connection that broke behind the mail may double it too (RFC 1047).
fn lost(hosts: &Hosts, item: &QueueItem) -> BTreeSet<String> {
    let is_lost = |server: &Server| matches!(server, Server::Lost { .. });
    if hosts.values().flatten().flatten().any(is_lost) {
        let all = item.recipients.iter().map(|one| one.path.mailbox().unwrap().to_string());
        return all.chain(["alice@a.example".to_owned()]).collect();
    }
    BTreeSet::new()
}

/// Runs once, and then once for each stop; and for two stops where there are few. Returns how many runs
/// had something twice.
fn exhaust(hosts: &Hosts, item: &QueueItem) -> (usize, usize) {
    let mut first = World::new(hosts.clone());
    first.submit(item);
    assert!(first.run().is_ok());
    check(&first, item, &lost(hosts, item));
    let (mut doubled, mut runs) = (0, 0);
    let total = first.effects.len();
    for stop in 0..total {
        let mut world = first.anew(hosts);
        world.submit(item);
        world.stop_at = Some(stop);
        assert!(world.run().is_err());
        let mut twice = lost(hosts, item);
        let taken = match world.effects.last() {
            Some(Effect::Taken(whom)) => whom.clone(),
            _ => Vec::new(),
        };
        twice.extend(taken.iter().cloned());
        // From the store alone: the machine starts anew, the clock and the hosts have gone on.
        world.stop_at = None;
        assert!(world.run().is_ok());
        check(&world, item, &twice);
        let over =
            world.arrived.iter().filter(|((id, _), times)| !id.contains("-n") && **times > 1);
        let over = over.count();
        let over = over + world.told.values().filter(|times| **times > 1).count();
        assert!(over == 0 || !twice.is_empty(), "twice without a reason, stop {stop}");
        if lost(hosts, item).is_empty() {
            assert!(over == 0 || !taken.is_empty(), "twice, and nobody had taken it right before");
        }
        doubled += usize::from(over > 0);
        runs += 1;
        if total <= 12 {
            let so_far = world.effects.len();
            for second in stop + 1..so_far {
                let mut world = first.anew(hosts);
                world.submit(item);
                world.stop_at = Some(stop);
                assert!(world.run().is_err());
                world.stop_at = Some(second);
                let mut twice = twice.clone();
                if world.run().is_err() {
                    if let Some(Effect::Taken(whom)) = world.effects.last() {
                        // Two stops in the one step, and it comes three times: not looked at here.
                        if whom.iter().any(|one| twice.contains(one)) {
                            continue;
                        }
                        twice.extend(whom.iter().cloned());
                    }
                    world.stop_at = None;
                    assert!(world.run().is_ok());
                }
                check(&world, item, &twice);
                runs += 1;
            }
        }
    }
    (doubled, runs)
}

#[test]
fn a_stop_doubles_a_mail_in_exactly_one_step() {
    let hosts = hosts(&[("b.example", vec![vec![Server::Takes]])]);
    // Taken, stored, removed: of three stops the one behind the first effect.
    let (doubled, _) = exhaust(&hosts, &mail(&["bob@b.example"]));
    assert_eq!(doubled, 1);
}

#[test]
fn each_transaction_has_one_such_step() {
    let takes = || vec![vec![Server::Takes]];
    let hosts = hosts(&[("b.example", takes()), ("c.example", takes()), ("d.example", takes())]);
    let recipients = ["bob@b.example", "bill@b.example", "carol@c.example", "dan@d.example"];
    assert_eq!(exhaust(&hosts, &mail(&recipients)).0, 3);
    // Two at a time to a host that takes one at a time.
    let hosts = crate::world::hosts(&[("b.example", vec![vec![Server::Most(1)]])]);
    assert_eq!(exhaust(&hosts, &mail(&["bob@b.example", "bill@b.example"])).0, 2);
}

#[test]
fn a_bounce_is_neither_lost_nor_doubled_but_in_its_own_step() {
    let hosts = hosts(&[("b.example", vec![vec![Server::Rcpt('b', "550 5.1.1 nobody")]])]);
    let (doubled, _) = exhaust(&hosts, &mail(&["bob@b.example"]));
    assert_eq!(doubled, 1);
}

#[test]
fn no_stop_loses_a_mail_whatever_the_hosts_do() {
    use Server::*;
    let worlds = [
        hosts(&[("b.example", vec![vec![Nobody], vec![Takes]])]),
        hosts(&[("b.example", vec![vec![Nobody, Nobody, Takes]])]),
        hosts(&[("b.example", vec![vec![Rcpt('b', "450 4.2.1 later"), Takes]])]),
        hosts(&[("b.example", vec![vec![Rcpt('c', "550 5.1.1 nobody")]])]),
        hosts(&[("b.example", vec![vec![Most(1)]])]),
        hosts(&[("b.example", vec![vec![Breaks, Takes]])]),
        hosts(&[("b.example", vec![vec![Verdict("451 4.3.0 later"), Verdict("554 5.6.0 no")]])]),
        hosts(&[("b.example", vec![vec![Greets("554 5.3.2 no mail here")], vec![Takes]])]),
        hosts(&[("b.example", vec![vec![Lost { taken: true }, Takes]])]),
        hosts(&[("b.example", vec![vec![Lost { taken: false }, Takes]])]),
        // The sender's own host is down for a while, too.
        hosts(&[
            ("b.example", vec![vec![Mail("550 5.7.1 not you")]]),
            ("a.example", vec![vec![Nobody, Rcpt('a', "451 later"), Takes]]),
        ]),
        // Nobody is ever there.
        hosts(&[("b.example", vec![vec![Nobody], vec![Data("421 4.3.2 busy")]])]),
    ];
    for (n, hosts) in worlds.iter().enumerate() {
        let (_, runs) =
            exhaust(hosts, &mail(&["bob@b.example", "carol@b.example", "dan@nowhere.example"]));
        assert!(runs > 3, "world {n}: {runs}");
    }
}

fn any_server() -> impl Strategy<Value = Server> {
    use Server::*;
    prop_oneof![
        3 => Just(Takes),
        1 => Just(Plain),
        2 => Just(Nobody),
        1 => Just(Greets("554 5.3.2 no")),
        1 => Just(Greets("421 4.3.2 busy")),
        1 => Just(Rcpt('b', "450 4.2.1 later")),
        1 => Just(Rcpt('c', "550 5.1.1 nobody")),
        1 => Just(Rcpt('d', "552 5.2.2 full")),
        1 => Just(Mail("452 4.3.1 full")),
        1 => Just(Mail("550 5.7.1 not you")),
        1 => Just(Data("451 4.3.0 later")),
        1 => Just(Verdict("554 5.6.0 no")),
        1 => (1usize..3).prop_map(Most),
        1 => Just(Breaks),
        1 => any::<bool>().prop_map(|taken| Lost { taken }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_stop_loses_a_mail_in_any_world(
        b in prop::collection::vec(prop::collection::vec(any_server(), 1..4), 1..4),
        c in prop::collection::vec(prop::collection::vec(any_server(), 1..3), 1..3),
    ) {
        let mut hosts = hosts(&[("b.example", b), ("c.example", c)]);
        for sessions in hosts.values_mut().flatten() {
            if matches!(sessions.last(), Some(Server::Lost { .. })) {
                sessions.push(Server::Takes);
            }
        }
        // The sender can be reached in the end, or nobody could be told.
        hosts.insert("a.example", vec![vec![Server::Takes]]);
        exhaust(&hosts, &mail(&["bob@b.example", "carol@b.example", "dan@same.example", "bert@c.example"]));
    }
}
