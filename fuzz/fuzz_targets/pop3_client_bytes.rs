//! A POP3 client against any server.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::pop3::client::{Client, Config, Event};
use postrider::wire::{ClearTextLogin, Machine, Policy, Secret, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let config = Config::new(Security::StartTls(policy))
        .with_clear_text_login(ClearTextLogin::Allow);
    let mut begun = 0_u32;
    postrider_fuzz::feed(Client::new(config), octets, |client, event| {
        match &event {
            Some(Event::RetrieveBegin { .. }) => begun += 1,
            Some(Event::RetrieveEnd | Event::Aborted(_)) => {
                assert_eq!(begun, 1, "one end for each beginning");
                begun = 0;
            }
            _ => {}
        }
        let _ = match event {
            Some(Event::Ready { .. }) => client.login("mrose", Secret::new("secret".into())),
            Some(Event::LoggedIn(_)) => client.capa(),
            Some(Event::Capabilities(_)) => client.stat(),
            Some(Event::DropListing(_)) => client.list(None),
            Some(Event::ListEnd) => client.uidl(None),
            Some(Event::UidlEnd) => client.retr(1),
            Some(Event::RetrieveEnd) => client.dele(1),
            Some(_) => Ok(()),
            None => {
                client.shutdown();
                Ok(())
            }
        };
    });
});
