//! An IMAP client against any server.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::imap::client::{Client, Config, Event};
use postrider::imap::{CommandName, FetchAttributes, Flag, MailboxName, SequenceSet, StoreMode};
use postrider::wire::{ClearTextLogin, Machine, Policy, Secret, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let config =
        Config::new(Security::StartTls(policy)).with_clear_text_login(ClearTextLogin::Allow);
    let mut begun = 0_u32;
    postrider_fuzz::feed(Client::new(config), octets, |client, event| {
        match &event {
            Some(Event::BodyBegin { .. }) => begun += 1,
            Some(Event::BodyEnd | Event::Aborted(_)) => {
                assert_eq!(begun, 1, "one end for each beginning");
                begun = 0;
            }
            _ => {}
        }
        let _ = match event {
            Some(Event::Ready) => client.login("mrc", Secret::new("secret".into())).map(drop),
            Some(Event::Completed { command: CommandName::Login, .. }) => {
                client.select(MailboxName::inbox()).map(drop)
            }
            Some(Event::Completed { command: CommandName::Select, .. }) => {
                client.fetch(SequenceSet::all(), FetchAttributes::Full).map(drop)
            }
            Some(Event::Completed { command: CommandName::Fetch, .. }) => {
                client.store(SequenceSet::all(), StoreMode::Add, false, [Flag::Deleted]).map(drop)
            }
            Some(_) => Ok(()),
            None => {
                client.shutdown();
                Ok(())
            }
        };
    });
});
