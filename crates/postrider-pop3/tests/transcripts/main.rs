//! Sessions that RFCs print and that a Dovecot was recorded in, and the answers of real servers that MailKit
//! is tested with, through both machines. Where they say something else than is written, `decisions.md` has
//! a row with the reason.

#[path = "../talk/mod.rs"]
mod talk;

mod mailkit;
mod on_client;
mod on_server;
mod turns;

use on_server::House;
use postrider_testkit::Ledger;
use turns::sessions;

/// Where a session is played, and in what house.
const PLACES: &[(&str, House)] = {
    const START: House = House { locked: false, logged_in: false, tls: false, languages: false };
    const IN: House = House { logged_in: true, ..START };
    const LOCKED: House = House { locked: true, ..START };
    const LANGUAGES: House = House { languages: true, ..START };
    &[
        ("rfc-sessions/rfc1734-01.txt", START),
        ("rfc-sessions/rfc1939-01.txt", START),
        ("rfc-sessions/rfc1939-02.txt", IN),
        ("rfc-sessions/rfc1939-04.txt", IN),
        ("rfc-sessions/rfc1939-05.txt", IN),
        ("rfc-sessions/rfc1939-08.txt", IN),
        ("rfc-sessions/rfc1939-13.txt", START),
        ("rfc-sessions/rfc1939-14.txt", LOCKED),
        ("rfc-sessions/rfc1939-15.txt", START),
        ("rfc-sessions/rfc1939-16.txt", START),
        ("rfc-sessions/rfc2449-01.txt", START),
        ("rfc-sessions/rfc2449-02.txt", LOCKED),
        ("rfc-sessions/rfc2595-03.txt", START),
        ("rfc-sessions/rfc2595-04.txt", House { tls: true, ..START }),
        ("rfc-sessions/rfc6856-01.txt", START),
        ("rfc-sessions/rfc6856-02.txt", LANGUAGES),
        ("rfc-sessions/rfc6856-03.txt", LANGUAGES),
        ("rfc-sessions/rfc6856-04.txt", IN),
        ("rfc-sessions/rfc6856-05.txt", LANGUAGES),
        ("rfc-sessions/rfc6856-06.txt", LANGUAGES),
        ("rfc-handwritten/rfc5034-4.txt", START),
        ("live/dovecot-2.3.19-pop3.txt", START),
        ("live/dovecot-2.3.19-pop3-in-use.txt", START),
        ("live/dovecot-2.3.19-pop3-pipelined.txt", START),
    ]
};

#[test]
fn printed_and_recorded_sessions_play_through_both_machines() {
    let mut ledger = Ledger::new(include_str!("../decisions.md"));
    let mut played = 0;
    for (path, house) in PLACES {
        let Some(all) = sessions(&format!("vectors/{path}")) else { return };
        let place = path.rsplit('/').next().unwrap().trim_end_matches(".txt");
        for (n, session) in all.iter().enumerate() {
            let place = if n == 0 { place.to_owned() } else { format!("{place} ({})", n + 1) };
            // The second session of that recording is the one that finds the maildrop locked.
            let house = House { locked: house.locked || place.contains("in-use ("), ..*house };
            on_client::play(&place, session, house.logged_in, &mut ledger);
            on_server::play(&place, session, house, &mut ledger);
            played += session.len() - 1;
        }
    }
    assert!(played >= 70, "{played}");
    ledger.settle(150);
}
