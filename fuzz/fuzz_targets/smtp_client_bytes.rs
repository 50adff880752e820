//! An SMTP client, in the middle of logging in or of sending a mail, against any server.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postrider::smtp::client::{Client, Config, Content, Event, Login, Transaction};
use postrider::smtp::{EhloName, Error, ForwardPath, MailParameters, ReversePath, State};
use postrider::wire::{ClearTextLogin, Machine, Policy, Secret, Security};
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::scram::Bounds;

fuzz_target!(|data: &[u8]| {
    let Some((&knobs, octets)) = data.split_first() else { return };
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs % 3)];
    let name = EhloName::parse("client.example").unwrap();
    let config = Config::new(name, Security::StartTls(policy));
    if knobs & 0x40 != 0 {
        send(config, knobs, octets);
    } else {
        command_by_command(config, knobs & 0x80 != 0, octets);
    }
});

/// One transaction after the other, each with a report.
fn send(mut config: Config, knobs: u8, octets: &[u8]) {
    if knobs & 0x20 != 0 {
        config = config.with_lmtp();
    }
    if knobs & 0x10 != 0 {
        let choice = Choice::default()
            .with_clear_text(ClearTextLogin::Allow)
            .with_cram_md5(ClearTextLogin::Allow);
        let credentials = if knobs & 8 == 0 {
            let password = Secret::new(String::from("tanstaaftanstaaf"));
            Credentials::password("tim", password).unwrap().with_iterations(Bounds::new(1, 8))
        } else {
            Credentials::token_on_demand("tim").unwrap()
        };
        config = config.with_login(Login::new(credentials, [7; 32]).with_choice(choice));
    }
    let streamed = knobs & 0x80 != 0;
    let (mut sent, mut reports, mut due, mut tokens) = (0_u32, 0_u32, false, 0);
    let begin = move |client: &mut Client| {
        let content =
            if streamed { Content::streamed(None) } else { Content::whole(&b".hello\r\n"[..]) };
        let transaction = Transaction::new(ReversePath::null(), content)
            .to(ForwardPath::postmaster())
            .to(ForwardPath::parse("a@b.example").unwrap());
        client.send(transaction)
    };
    postrider_fuzz::feed(Client::new(config), octets, |client, event| {
        let _ = match event {
            Some(Event::Ready { .. }) => begin(client).inspect(|()| sent += 1),
            Some(Event::Sent(report)) => {
                reports += 1;
                due = false;
                assert_eq!(reports, sent, "one report for each");
                assert_eq!(report.recipients.len(), 2, "one outcome for each recipient");
                begin(client).inspect(|()| sent += 1)
            }
            Some(Event::Payload) => {
                due = true;
                Ok(())
            }
            Some(Event::DeriveKey(due)) => client.key(due.derive()),
            Some(Event::NeedToken(_)) if tokens < 3 => {
                tokens += 1;
                client.token(Secret::new(String::from("token")))
            }
            Some(_) => Ok(()),
            None if due => {
                due = false;
                client
                    .write_payload(&mut Bytes::from_static(b".hello\r\n"))
                    .and_then(|_| client.finish_payload())
            }
            None => {
                client.shutdown();
                Ok::<(), Error>(())
            }
        };
    });
}

fn command_by_command(config: Config, in_chunks: bool, octets: &[u8]) {
    let (mut open, mut asked) = (0_u32, 0_u32);
    postrider_fuzz::feed(Client::new(config), octets, |client, event| {
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
}
