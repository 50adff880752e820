//! A POP3 server against any client.
#![no_main]

use core::time::Duration;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postrider::pop3::server::{Config, Event, Server};
use postrider::pop3::{Language, Maildrop, Reply, UniqueId, Utf8};
use postrider::wire::{ClearTextLogin, Machine, Policy, Secret, Security};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{Config as Sasl, Credential, Kept};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let auth = Sasl::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(2)
        .with_kept(Kept::Passwords)
        .with_clear_text(ClearTextLogin::Allow);
    let config =
        Config::new(Security::StartTls(policy)).with_clear_text_login(ClearTextLogin::Allow);
    let config = match knobs & 0x40 {
        0 => config,
        _ => config
            .with_auth(auth)
            .with_apop("foo.com", [4; 32])
            .with_utf8(Utf8::MessagesAndLogins)
            .with_languages([Language::new("es", "Espanol").unwrap()]),
    };
    let mail = Bytes::from_static(b".hello: a\r\n\r\n.\r\nb\r\n");
    let mut sending = None;
    postrider_fuzz::feed(Server::new(config), octets, |server, event| {
        let _ = match event {
            Some(Event::Login { password, .. }) if password.expose().len() % 5 == 4 => {
                server.reject_after(Reply::err("sorry").unwrap(), Duration::from_secs(9))
            }
            Some(Event::Login { password, .. }) if password.expose().len() % 5 == 3 => {
                server.decline();
                Ok(())
            }
            Some(Event::Credential(request)) if request.takes_password() => {
                server.credential(Credential::Password(Secret::new("secret".into())))
            }
            Some(Event::Credential(_)) => server.credential(Credential::Verified),
            Some(Event::Language(_)) => Ok(()),
            Some(Event::Login { .. } | Event::Authenticated { .. } | Event::Apop { .. }) => {
                let mut maildrop = Maildrop::new();
                maildrop.push(mail.len() as u64, UniqueId::new("one").unwrap());
                server.accept_login(maildrop)
            }
            Some(Event::Retrieve { .. }) => {
                sending = Some(mail.clone());
                server.accept()
            }
            Some(_) => server.accept(),
            None => match &mut sending {
                Some(rest) if !rest.is_empty() => server.write_payload(rest).map(drop),
                Some(_) => {
                    sending = None;
                    server.finish_payload()
                }
                None => {
                    server.shutdown();
                    Ok(())
                }
            },
        };
    });
});
