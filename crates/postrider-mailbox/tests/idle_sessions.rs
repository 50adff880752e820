//! What ten thousand sessions hold that wait for their clients: the server machine with its inbox, and
//! their share of the account.

use bytes::Buf;
use postrider_imap::server::{Compression, Config, Event, Server};
use postrider_imap::{InternalDate, MailboxName};
use postrider_mailbox::memory::{Account, NewMessage, Service};
use postrider_sasl::Mechanism;
use postrider_sasl::server::Credential;
use postrider_wire::{Inbox, Machine, Progress, Secret, Security, TlsInfo};

const SESSIONS: usize = 10_000;
const MESSAGES: usize = 100;
/// Of one server machine and its inbox.
const MOST: usize = 2048;

#[test]
fn a_session_with_a_selected_mailbox_holds_two_kibibytes_while_nobody_speaks() {
    hold("selected", b"");
}

#[test]
fn a_session_in_idle_holds_two_kibibytes() {
    hold("idling", b"e IDLE\r\n");
}

fn hold(state: &str, last: &[u8]) {
    let mut account = Account::new(1_700_000_000);
    for number in 0..MESSAGES {
        let text = format!("Subject: {number}\r\n\r\nHello\r\n");
        account.deliver(&MailboxName::inbox(), NewMessage::new(text, now())).unwrap();
    }
    let mut machines: Vec<(Server, Inbox)> = Vec::with_capacity(SESSIONS);
    let mut services: Vec<Service> = Vec::with_capacity(SESSIONS);
    for _ in 0..SESSIONS {
        let mut server = Server::new(config());
        let mut inbox = server.new_inbox();
        let mut service = Service::new(&mut account, now());
        for said in [
            &b"a AUTHENTICATE PLAIN AGFsaWNlAHNlc2FtZQ==\r\n"[..],
            b"b ENABLE QRESYNC\r\nc SELECT INBOX\r\n",
            b"d FETCH 1:* (UID FLAGS RFC822.SIZE)\r\n",
            last,
        ] {
            inbox.extend(said);
            run(&mut server, &mut inbox, &mut service, &mut account);
        }
        assert_eq!(server.may_update(), !last.is_empty());
        machines.push((server, inbox));
        services.push(service);
    }
    // What is freed is what was held.
    let machine = freed(|| machines.clear()) + size_of::<Server>() + size_of::<Inbox>();
    let closed = || services.drain(..).for_each(|service| service.close(&mut account));
    let share = freed(closed) + size_of::<Service>();
    println!(
        "{state}: {machine} octets for the machine ({} of them Server, {} Inbox), {share} for the \
         service and its view",
        size_of::<Server>(),
        size_of::<Inbox>(),
    );
    assert!(machine <= MOST, "{machine}");
}

/// Octets of the heap that each session gives back.
fn freed(give: impl FnOnce()) -> usize {
    let info = allocation_counter::measure(give);
    usize::try_from(-info.bytes_current).unwrap() / SESSIONS
}

fn config() -> Config {
    let tls = TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256");
    let tls = tls.with_server_name("imap.a.example").with_exporter([7; 32]);
    let mechanisms = [Mechanism::Plain, Mechanism::ScramSha256, Mechanism::ScramSha256Plus];
    Config::new(Security::Implicit(tls))
        .with_auth(postrider_sasl::server::Config::new([7; 32]).with_mechanisms(mechanisms))
        .with_features(Service::features())
        .with_compression(Compression::Offer)
}

fn now() -> InternalDate {
    InternalDate::from_unix(1_700_000_000, 0).unwrap()
}

/// Until the client is to speak, and has read all.
fn run(server: &mut Server, inbox: &mut Inbox, service: &mut Service, account: &mut Account) {
    loop {
        match server.poll(inbox).unwrap() {
            Progress::Event(Event::Credential(_)) => {
                let password = Secret::new("sesame".into());
                server.credential(Credential::Password(password)).unwrap();
            }
            Progress::Event(Event::Authenticated { .. }) => server.accept().unwrap(),
            Progress::Event(event) => {
                assert_eq!(service.on_event(server, account, event).unwrap(), None);
            }
            Progress::Wait { .. } => {
                let written = server.outbox().len();
                server.outbox().advance(written);
                service.go_on(server, account).unwrap();
                if server.outbox().is_empty() && written == 0 {
                    return;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}
