//! An SMTP client, in the middle of sending a mail, against any server.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postrider::smtp::client::{Client, Config, Event};
use postrider::smtp::{EhloName, ForwardPath, MailParameters, ReversePath};
use postrider::wire::{Machine, Policy, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let name = EhloName::parse("client.example").unwrap();
    let client = Client::new(Config::new(name, Security::StartTls(policy)));
    let mut open = 0_u32;
    postrider_fuzz::feed(client, octets, |client, event| {
        let _ = match event {
            Some(Event::Ready { .. }) => {
                let sent = client.mail(ReversePath::null(), MailParameters::new().with_size(9));
                open += u32::from(sent.is_ok());
                sent
            }
            Some(Event::Mail(_)) => client.rcpt(ForwardPath::postmaster()),
            Some(Event::Rcpt { .. }) => client.data(),
            Some(Event::DataBegin(_)) => client
                .write_payload(&mut Bytes::from_static(b".hello\r\n."))
                .and_then(|_| client.finish_payload()),
            Some(Event::End(_)) => {
                assert_eq!(open, 1, "one outcome for each transaction");
                open = 0;
                client.rset()
            }
            Some(_) => Ok(()),
            None => {
                client.shutdown();
                Ok(())
            }
        };
    });
});
