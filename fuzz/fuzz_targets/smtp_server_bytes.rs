//! An SMTP server against any client.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::smtp::EhloName;
use postrider::smtp::server::{Config, Server};
use postrider::wire::dot::BareNewlines;
use postrider::wire::{Policy, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let bare = [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep];
    let name = EhloName::parse("mx.example").unwrap();
    let config = Config::new(name, Security::StartTls(policy))
        .with_bare_newlines(bare[usize::from(knobs / 3 % 3)]);
    postrider_fuzz::feed(Server::new(config), octets, |server, event| {
        // Notices need no verdict.
        if event.is_some() {
            let _ = server.accept();
        }
    });
});
