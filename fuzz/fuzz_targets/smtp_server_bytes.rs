//! An SMTP server against any client.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::smtp::EhloName;
use postrider::smtp::server::{Config, EarlyTalkers, Event, Server};
use postrider::wire::dot::BareNewlines;
use postrider::wire::{Policy, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let bare = [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep];
    let name = EhloName::parse("mx.example").unwrap();
    let early = if knobs & 0x80 == 0 { EarlyTalkers::Allow } else { EarlyTalkers::Refuse };
    let config = Config::new(name, Security::StartTls(policy))
        .with_bare_newlines(bare[usize::from(knobs / 3 % 3)])
        .with_early_talkers(early);
    // Behind `DATA` and across all chunks, a mail has one beginning and one end.
    let mut open = false;
    postrider_fuzz::feed(Server::new(config), octets, |server, event| {
        match event {
            Some(Event::DataBegin) => {
                assert!(!open, "a mail within a mail");
                open = true;
            }
            Some(Event::DataEnd | Event::Aborted(_)) => {
                assert!(open, "an end of no mail");
                open = false;
            }
            Some(Event::Chunk(_)) => assert!(open, "octets of no mail"),
            _ => {}
        }
        // Notices need no verdict.
        let _ = server.accept();
    });
});
