//! An SMTP client, in the middle of sending a mail, against any server.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postrider::smtp::client::{Client, Config, Event};
use postrider::smtp::{EhloName, ForwardPath, MailParameters, ReversePath, State};
use postrider::wire::{Machine, Policy, Security};

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let name = EhloName::parse("client.example").unwrap();
    let client = Client::new(Config::new(name, Security::StartTls(policy)));
    let in_chunks = knobs & 0x80 != 0;
    let (mut open, mut asked) = (0_u32, 0_u32);
    postrider_fuzz::feed(client, octets, |client, event| {
        let _ = match event {
            Some(Event::Ready { .. }) => {
                let sent = client.mail(ReversePath::null(), MailParameters::new().with_size(9));
                open += u32::from(sent.is_ok());
                sent
            }
            Some(Event::Mail(_)) => {
                let sent = client.rcpt(ForwardPath::postmaster());
                asked += u32::from(sent.is_ok());
                sent
            }
            Some(Event::Unanswered { .. }) => {
                asked -= 1;
                Ok(())
            }
            Some(Event::Rcpt { .. }) => {
                asked -= 1;
                // Where chunks are not offered, or nobody was accepted, that is refused.
                if in_chunks { client.bdat(4, false) } else { client.data() }
            }
            Some(Event::Bdat(_)) => client.bdat(0, true),
            Some(Event::DataBegin(_)) => client
                .write_payload(&mut Bytes::from_static(b".hello\r\n."))
                .and_then(|_| client.finish_payload()),
            Some(Event::End(_)) => {
                assert_eq!(open, 1, "one outcome for each transaction");
                assert_eq!(asked, 0, "one outcome for each recipient, before");
                open = 0;
                client.rset()
            }
            Some(_) => Ok(()),
            None if client.state() == State::Bdat => {
                let written = client.write_payload(&mut Bytes::from_static(b"Hi\r\n"));
                written.and_then(|_| client.finish_payload()).inspect_err(|_| client.shutdown())
            }
            None => {
                client.shutdown();
                Ok(())
            }
        };
    });
});
