//! What holds of an SMTP client for every sequence of calls, whatever a server says, and of both ends
//! together wherever their connection breaks: one report for each mail that is sent, one outcome for each
//! recipient, and nothing that is called accepted and is lost, or called not sent and is there.

use bytes::{Buf, Bytes};
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::scram::{Bounds, DeriveKey};
use postrider_smtp::client::{
    Chunking, Client, Config, Content, Delivery, Event, Login, Partial, RecipientOutcome, Report,
    Transaction,
};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{
    Argument, Body, EhloName, ForwardPath, Limits, MailParameters, Reply, ReversePath,
};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, TlsInfo};

/// The first two octets set the client up, each further one is a call, or something that happens.
pub(crate) fn check(data: &[u8]) {
    let [first, second, calls @ ..] = data else { return };
    if first & 1 == 0 {
        against_anybody([*first, *second], calls);
    } else {
        against_a_server([*first, *second], calls);
    }
}

fn config(knobs: [u8; 2]) -> Config {
    let policy = [Policy::Never, Policy::Opportunistic, Policy::Required];
    let policy = policy[usize::from(knobs[0] >> 1) % 3];
    let config =
        Config::new(EhloName::parse("client.example").unwrap(), Security::StartTls(policy));
    let partial = [Partial::Deliver, Partial::AllOrNothing][usize::from(knobs[0] >> 7)];
    let chunking = [Chunking::WhenUseful, Chunking::Always, Chunking::Never];
    let limits = Limits::client().with_reply(8, 500);
    let limits = match knobs[1] & 3 {
        0 => limits,
        1 => limits.with_in_flight(64),
        2 => limits.with_outbox(48),
        _ => limits.with_outbox(100).with_in_flight(1),
    };
    config
        .with_limits(limits)
        .with_partial(partial)
        .with_chunking(chunking[usize::from(knobs[1] >> 2) % 3])
        .with_pipelining(knobs[1] & 0x10 == 0)
}

fn login(knobs: [u8; 2]) -> Option<Login> {
    let password = Secret::new(String::from("tanstaaftanstaaf"));
    let credentials = match knobs[1] >> 5 {
        0 => Credentials::password("tim", password).unwrap().with_iterations(Bounds::new(1, 8)),
        1 => Credentials::token_on_demand("tim").unwrap(),
        2 => Credentials::external(),
        _ => return None,
    };
    let choice = Choice::default()
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow);
    Some(Login::new(credentials, [7; 32]).with_choice(choice))
}

/// The mails that a client was given, and what it told of them.
#[derive(Default)]
struct Told {
    sent: Vec<Vec<u8>>,
    recipients: Vec<usize>,
    reports: Vec<Report>,
    /// What is left of the mail that is to be written.
    payload: Option<Bytes>,
    key: Option<DeriveKey>,
    /// Raw transactions that are open.
    raw: usize,
}

impl Told {
    /// A mail like no other before.
    fn send(&mut self, client: &mut Client, call: u8) {
        let nth = self.sent.len();
        let mail = match call & 3 {
            0 => format!("mail {nth}\r\n"),
            1 => format!("mail {nth}\r\n.\r\n..\r\n{}\r\n", "x".repeat(100)),
            2 => format!("mail {nth}\r\nwithout an end"),
            _ => format!("mail {nth}\n\u{e9}\r"),
        };
        let content = match call & 0xc {
            0 => Content::streamed(None),
            4 => Content::streamed(Some(mail.len() as u64)),
            _ => Content::whole(mail.clone().into_bytes()),
        };
        let mut parameters = MailParameters::new();
        if call & 0x80 != 0 {
            parameters = parameters.with_body(Body::BinaryMime);
        }
        let transaction = Transaction::new(ReversePath::parse("a@b.example").unwrap(), content);
        let mut transaction = transaction.with_parameters(parameters);
        for nth in 0..usize::from(call >> 4 & 7) {
            let to = ["a@c.example", "refused@c.example", "Postmaster"][nth % 3];
            transaction = transaction.to(ForwardPath::parse(to).unwrap());
        }
        let recipients = transaction.recipients.len();
        if client.send(transaction).is_ok() {
            self.sent.push(mail.into_bytes());
            self.recipients.push(recipients);
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Payload => self.payload = self.sent.last().cloned().map(Bytes::from),
            Event::DeriveKey(due) => self.key = Some(due),
            Event::Sent(report) => {
                self.payload = None;
                assert_eq!(report.recipients.len(), self.recipients[self.reports.len()]);
                for one in &report.recipients {
                    match &one.outcome {
                        RecipientOutcome::Accepted(reply) => assert!(reply.is_positive()),
                        RecipientOutcome::Failed(failure) => {
                            assert_ne!(failure.delivery, Delivery::Accepted);
                        }
                        other => panic!("{other:?}"),
                    }
                }
                self.reports.push(report);
                assert!(self.reports.len() <= self.sent.len(), "a report of nothing");
            }
            Event::Mail(_) => {}
            Event::End(_) => {
                assert_eq!(self.raw, 1, "one outcome for each transaction");
                self.raw = 0;
            }
            _ => {}
        }
    }

    fn write(&mut self, client: &mut Client, most: usize) {
        let Some(payload) = &mut self.payload else {
            let written = client.write_payload(&mut Bytes::from_static(b"raw\r\n"));
            let _ = written.and_then(|_| client.finish_payload());
            return;
        };
        let mut piece = payload.split_to(most.min(payload.len()));
        if client.write_payload(&mut piece).is_err() {
            return;
        }
        // What was not taken comes again.
        *payload = Bytes::from([&piece[..], &payload[..]].concat());
        if payload.is_empty() {
            let _ = client.finish_payload();
        }
    }

    fn raw(&mut self, client: &mut Client, call: u8) {
        let path = ForwardPath::parse("c@d.example").unwrap();
        let _ = match call {
            0 => client.mail(ReversePath::null(), MailParameters::new()).inspect(|()| self.raw = 1),
            1 => client.rcpt(path),
            2 => client.data(),
            3 => client.bdat(5, true),
            4 => client.rset(),
            5 => client.noop(),
            6 => client.vrfy(Argument::parse("x").unwrap()),
            _ => client.quit(),
        };
    }

    fn answer(&mut self, client: &mut Client) {
        if let Some(due) = self.key.take() {
            let _ = client.key(due.derive());
        } else {
            let _ = client.token(Secret::new(String::from("token")));
        }
    }

    fn is_complete(&self) {
        assert_eq!(self.reports.len(), self.sent.len(), "one report for each mail");
        assert_eq!(self.raw, 0, "one end for each transaction");
    }
}

/// Polls until nothing is told any more; whether the session goes on.
fn poll<M: Machine>(
    machine: &mut M,
    inbox: &mut Inbox,
    mut on_event: impl FnMut(&mut M, M::Event),
) -> bool {
    for _ in 0..100_000 {
        match machine.poll(inbox) {
            Ok(Progress::Event(event)) => on_event(machine, event),
            Ok(Progress::Wait { input, app }) => {
                assert!(
                    !input || !(inbox.is_full() || inbox.is_eof()),
                    "waits for what cannot come"
                );
                let quiet = machine.outbox().is_empty() && machine.timers().is_empty();
                assert!(input || app || !quiet, "waits for nothing");
                return true;
            }
            Ok(Progress::StartTls(token)) => {
                assert!(machine.outbox().is_empty());
                let plain = std::mem::replace(inbox, Inbox::new(1));
                match machine.tls_established(token, TlsInfo::new(), plain) {
                    Ok(fresh) => *inbox = fresh,
                    Err(_) => return false,
                }
            }
            Ok(Progress::Closed) => {
                assert!(machine.outbox().is_empty());
                return false;
            }
            Err(error) => {
                assert_eq!(machine.poll(inbox), Err(error), "an error stays");
                return false;
            }
        }
    }
    panic!("polled without end");
}

fn fire<M: Machine>(machine: &mut M, nth: u8) {
    let timers = machine.timers();
    if let Some(&timer) = timers.get(usize::from(nth) % timers.len().max(1)) {
        machine.on_timeout(timer);
    }
}

fn flush<M: Machine>(machine: &mut M, most: usize) {
    let n = machine.outbox().remaining().min(most);
    machine.outbox().advance(n);
}

// --- against anybody ---

const LINES: &[&str] = &[
    "220 foo\r\n",
    "250-foo\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-8BITMIME\r\n250 AUTH PLAIN \
     SCRAM-SHA-1 XOAUTH2 EXTERNAL\r\n",
    "250-foo\r\n250-STARTTLS\r\n250-SIZE 100\r\n250 LIMITS RCPTMAX=3 MAILMAX=2 RCPTDOMAINMAX=1\r\n",
    "250 OK\r\n",
    "250 OK\r\n250 OK\r\n250 OK\r\n354 go\r\n",
    "250-",
    "354 go\r\n",
    "421 bye\r\n",
    "451 later\r\n",
    "500 what\r\n",
    "550 5.1.1 no\r\n",
    "235 in\r\n",
    "334 \r\n",
    "334 cj1hYmMscz1NREV5TXc9PSxpPTg=\r\n",
    "535 no\r\n",
    "\0\r\n",
];

fn against_anybody(knobs: [u8; 2], calls: &[u8]) {
    let mut config = config(knobs);
    if knobs[0] & 0x40 != 0 {
        config = config.with_lmtp();
    }
    if let Some(login) = login(knobs) {
        config = config.with_login(login);
    }
    let mut client = Client::new(config);
    let mut inbox = client.new_inbox();
    let mut told = Told::default();
    let mut calls = calls.iter();
    while let Some(&call) = calls.next() {
        match call {
            0x00..=0x5f => {
                flush(&mut client, usize::MAX);
                if !inbox.is_eof() {
                    inbox.extend(LINES[usize::from(call % 16)].as_bytes());
                }
            }
            0x60..=0x7f => told.send(&mut client, calls.next().copied().unwrap_or(0x10)),
            0x80..=0x8f => told.write(&mut client, usize::from(call & 15) * 9),
            0x90..=0x97 => told.raw(&mut client, call & 7),
            0x98..=0x9f => told.answer(&mut client),
            0xa0..=0xbf => flush(&mut client, usize::from(call & 31)),
            0xc0..=0xc3 => fire(&mut client, call),
            0xc4 => client.shutdown(),
            0xc5 => client.decline(),
            0xc6 => _ = client.abort(),
            0xc7 => client.outbox().abandon(),
            0xc8 => inbox.set_eof(),
            _ if !inbox.is_eof() => _ = inbox.extend(&[call & 0x7f]),
            _ => {}
        }
        if !poll(&mut client, &mut inbox, |_, event| told.on_event(event)) {
            return told.is_complete();
        }
    }
    inbox.set_eof();
    for _ in 0..10_000 {
        if !poll(&mut client, &mut inbox, |_, event| told.on_event(event)) {
            return told.is_complete();
        }
        flush(&mut client, usize::MAX);
        client.shutdown();
        if client.outbox().is_empty() {
            fire(&mut client, 0);
        }
    }
    panic!("the session does not end");
}

// --- against our server ---

#[derive(Default)]
struct Taken {
    mail: Vec<u8>,
    to: Vec<String>,
    taken: Vec<(Vec<u8>, Vec<String>)>,
    /// The next mail is refused.
    refuses: bool,
    lmtp: bool,
}

impl Taken {
    fn on_event(&mut self, server: &mut Server, event: server::Event) {
        let refusal = || Reply::new(550, "no").unwrap();
        let _ = match event {
            server::Event::Mail { .. } => {
                self.to.clear();
                server.accept()
            }
            server::Event::Rcpt { path, .. } if path.to_string().contains("refused") => {
                server.reject(refusal())
            }
            server::Event::Rcpt { path, .. } => {
                self.to.push(path.to_string());
                server.accept()
            }
            server::Event::Chunk(octets) => {
                self.mail.extend_from_slice(&octets);
                Ok(())
            }
            server::Event::Aborted(_) | server::Event::Reset => {
                self.mail.clear();
                Ok(())
            }
            server::Event::DataEnd if self.lmtp => server.accept(),
            server::Event::Deliver { .. } if self.refuses => server.reject(refusal()),
            server::Event::Deliver { path, .. } => {
                self.taken.push((self.mail.clone(), Vec::from([path.to_string()])));
                server.accept()
            }
            server::Event::DataBegin => {
                self.mail.clear();
                server.accept()
            }
            server::Event::DataEnd if self.refuses => {
                self.mail.clear();
                server.reject(refusal())
            }
            server::Event::DataEnd => {
                self.taken.push((std::mem::take(&mut self.mail), std::mem::take(&mut self.to)));
                server.accept()
            }
            _ => server.accept(),
        };
    }
}

fn against_a_server(knobs: [u8; 2], calls: &[u8]) {
    let (mut config, lmtp) = (config(knobs), knobs[0] & 0x40 != 0);
    let security = config.security.clone();
    let name = EhloName::parse("server.example").unwrap();
    let serves = if lmtp {
        config = config.with_lmtp();
        server::Config::lmtp(name, security)
    } else {
        server::Config::new(name, security)
    };
    let mut client = Client::new(config);
    let mut server = Server::new(serves.with_binary_mime(knobs[1] & 0x80 != 0));
    let (mut down, mut up) = (client.new_inbox(), server.new_inbox());
    let (mut told, mut taken) = (Told::default(), Taken { lmtp, ..Taken::default() });
    let mut calls = calls.iter();
    let mut alive = [true; 2];
    while let (Some(&call), [true, true]) = (calls.next(), alive) {
        match call {
            0x00..=0x3f => carry(&mut client, &mut up, usize::from(call) * 4),
            0x40..=0x7f => carry(&mut server, &mut down, usize::from(call & 63) * 4),
            0x80..=0xaf => told.send(&mut client, calls.next().copied().unwrap_or(0x10)),
            0xb0..=0xdf => told.write(&mut client, usize::from(call & 15) * 9),
            0xe0 => client.shutdown(),
            0xe1 => server.shutdown(),
            0xe2 => _ = client.abort(),
            0xe3 => fire(&mut client, 0),
            0xe4 => fire(&mut server, 0),
            0xe5..=0xe7 => taken.refuses = !taken.refuses,
            0xe8 => break,
            _ => {
                carry(&mut client, &mut up, usize::MAX);
                carry(&mut server, &mut down, usize::MAX);
            }
        }
        // Octets must not pass the upgrade to TLS, which both ends come to together.
        alive = [
            poll(&mut client, &mut down, |_, event| told.on_event(event)),
            poll(&mut server, &mut up, |server, event| taken.on_event(server, event)),
        ];
    }
    // The connection breaks, and with it goes what was not sent.
    client.outbox().abandon();
    server.outbox().abandon();
    down.set_eof();
    up.set_eof();
    for _ in 0..100 {
        alive[0] = alive[0] && poll(&mut client, &mut down, |_, event| told.on_event(event));
        alive[1] =
            alive[1] && poll(&mut server, &mut up, |server, event| taken.on_event(server, event));
        client.outbox().abandon();
        server.outbox().abandon();
        client.shutdown();
        fire(&mut client, 0);
        fire(&mut server, 0);
    }
    assert_eq!(alive, [false; 2], "both sessions end");
    told.is_complete();
    for (mail, report) in told.sent.iter().zip(&told.reports) {
        for one in &report.recipients {
            let is_here = taken.taken.iter().any(|(content, to)| {
                first_line(content) == first_line(mail) && to.contains(&one.path.to_string())
            });
            match one.outcome.delivery() {
                Delivery::Accepted => assert!(is_here, "it was lost"),
                Delivery::NotSent if !one.path.to_string().contains("refused") => {
                    assert!(!is_here, "it would be sent twice");
                }
                _ => {}
            }
        }
    }
}

fn carry<M: Machine>(from: &mut M, to: &mut Inbox, most: usize) {
    let mut left = most;
    while from.outbox().has_remaining() && left > 0 {
        let outbox = from.outbox();
        let piece = outbox.chunk()[..outbox.chunk().len().min(left)].to_vec();
        let n = to.extend(&piece);
        from.outbox().advance(n);
        left -= n;
        if n < piece.len() {
            return;
        }
    }
}

fn first_line(mail: &[u8]) -> Option<&[u8]> {
    mail.split(|octet| matches!(octet, b'\r' | b'\n')).next()
}
