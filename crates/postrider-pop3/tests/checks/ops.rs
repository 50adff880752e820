//! What holds of a POP3 client for every sequence of calls, whatever a server says, and of both ends
//! together wherever their connection breaks: one outcome for each command, in order; one end for each
//! message that begins; what arrived whole is what was sent; and nothing is removed but what the client
//! marked, in a session that it ended.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use bytes::{Buf, Bytes};
use postrider_pop3::client::{self, Client, Event, Login, LoginBy, Pipelining};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{
    Error, Keyword, Language, LanguageRange, Limits, Maildrop, Reply, ResponseCode, UniqueId, Utf8,
};
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::scram::{Bounds, DeriveKey};
use postrider_sasl::server::{Config as Sasl, Credential, Kept};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, TlsInfo};

const PASSWORD: &str = "tanstaaftanstaaf";

/// The mails of the maildrop that both ends are held to.
const MAILS: [&[u8]; 3] =
    [b"Subject: one\r\n\r\n.\r\n..dots\r\n", b"\r\n", b"A: b\r\n\r\n1\r\n2\r\n.\r\n"];

/// The first two octets set both ends up, each further one is a call, or something that happens.
pub(crate) fn check(data: &[u8]) {
    let [first, second, calls @ ..] = data else { return };
    if first & 1 == 0 {
        against_anybody([*first, *second], calls);
    } else {
        against_a_server([*first, *second], calls);
    }
}

fn policy(knobs: [u8; 2]) -> Policy {
    [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs[0] >> 1) % 3]
}

fn client_of(knobs: [u8; 2]) -> Client {
    let limits = match knobs[1] & 3 {
        0 => Limits::client(),
        1 => Limits::client().with_in_flight(64),
        2 => Limits::client().with_listing(3).with_capabilities(2),
        _ => Limits::client().with_outbox(40).with_in_flight(1),
    };
    let pipelining = [Pipelining::Offered, Pipelining::Always, Pipelining::Never];
    let config = client::Config::new(Security::StartTls(policy(knobs)))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_limits(limits)
        .with_pipelining(pipelining[usize::from(knobs[1] >> 2) % 3]);
    Client::new(config)
}

fn login(knobs: [u8; 2]) -> Login {
    let password = Secret::new(String::from(PASSWORD));
    let credentials = match knobs[1] >> 6 {
        0 | 1 => Credentials::password("tim", password).unwrap().with_iterations(Bounds::new(1, 8)),
        2 => Credentials::token_on_demand("tim").unwrap(),
        _ => Credentials::external(),
    };
    let choice = Choice::default()
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow);
    let ways = [LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass];
    let skipped = usize::from(knobs[1] >> 4) & 3;
    let ways = ways.into_iter().enumerate().filter(|(n, _)| *n != skipped).map(|(_, way)| way);
    Login::new(credentials, [7; 32]).with_choice(choice).with_login_by(ways)
}

/// A command that has no outcome yet. Of a login, whichever half is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Login,
    Of(Keyword, Option<u32>),
}

/// What a client was asked, and what it told of that.
#[derive(Default)]
struct Told {
    asked: VecDeque<Asked>,
    /// A message that has begun: which, whether it is whole, and what came of it.
    begun: Option<(u32, Option<u32>, Vec<u8>)>,
    key: Option<DeriveKey>,
    token: bool,
    ended: bool,
    deleted: BTreeSet<u32>,
}

impl Told {
    fn ask(&mut self, asked: Asked, answer: Result<(), Error>) {
        if answer.is_ok() {
            self.asked.push_back(asked);
        }
    }

    fn cross_off(&mut self, command: Keyword, message: Option<u32>) {
        let own = self.ended && command == Keyword::Quit;
        match self.asked.pop_front() {
            Some(Asked::Login) => {
                let halves = [Keyword::Auth, Keyword::Apop, Keyword::User, Keyword::Pass];
                assert!(halves.contains(&command), "a login is due, not {command}");
            }
            Some(Asked::Of(asked, named)) => assert_eq!((asked, named), (command, message)),
            // A client that is shut down says it by itself.
            None => assert!(own, "{command} was not asked for"),
        }
    }

    fn end(&mut self) -> Option<(u32, Option<u32>, Vec<u8>)> {
        assert!(self.begun.is_some(), "the end of no message");
        self.begun.take()
    }

    /// Returns a message that came in whole.
    fn on_event(&mut self, event: Event) -> Option<(u32, Option<u32>, Vec<u8>)> {
        assert!(!format!("{event:?}").contains(PASSWORD));
        match event {
            Event::Refused { command, message, .. }
            | Event::Lost { command, message, .. }
            | Event::Done { command, message, .. } => self.cross_off(command, message),
            Event::Capabilities(_) => self.cross_off(Keyword::Capa, None),
            Event::DropListing(_) => self.cross_off(Keyword::Stat, None),
            Event::LangEnd => self.cross_off(Keyword::Lang, None),
            Event::LoggedIn(_) | Event::LoginFailed(_) => self.cross_off(Keyword::Auth, None),
            // Of one message or of all.
            Event::ListEnd | Event::UidlEnd => {
                let due = matches!(event, Event::ListEnd);
                let keyword = if due { Keyword::List } else { Keyword::Uidl };
                let asked = self.asked.pop_front();
                assert!(
                    matches!(asked, Some(Asked::Of(asked, _)) if asked == keyword),
                    "{asked:?}"
                );
            }
            Event::RetrieveBegin { message, lines, .. } => {
                let keyword = if lines.is_some() { Keyword::Top } else { Keyword::Retr };
                self.cross_off(keyword, Some(message));
                assert!(self.begun.is_none(), "one message at a time");
                self.begun = Some((message, lines, Vec::new()));
            }
            Event::Chunk(chunk) => {
                let (_, _, octets) = self.begun.as_mut().expect("a piece of no message");
                octets.extend_from_slice(&chunk);
            }
            Event::RetrieveEnd => return self.end(),
            Event::Aborted(_) => drop(self.end()),
            Event::DeriveKey(due) => self.key = Some(due),
            Event::NeedToken(_) => self.token = true,
            _ => {}
        }
        None
    }

    fn over(&self) {
        assert_eq!(self.asked, [], "commands without an outcome");
        assert!(self.begun.is_none(), "a message without an end");
    }

    /// A call of the embedder.
    fn call(&mut self, client: &mut Client, call: u8, knobs: [u8; 2]) {
        let n = u32::from(call >> 5) % 4;
        let some = (n > 0).then_some(n);
        let of = |keyword, message| Asked::Of(keyword, message);
        match call & 31 {
            0 => self.ask(of(Keyword::Capa, None), client.capa()),
            1 => self.ask(Asked::Login, client.login("tim", Secret::new(PASSWORD.into()))),
            2 => self.ask(Asked::Login, client.login_with(login(knobs))),
            3 => {
                if let Some(due) = self.key.take() {
                    let answer = client.key(due.derive());
                    // The login may have broken since.
                    assert!(matches!(answer, Ok(()) | Err(Error::Misuse(_))));
                }
            }
            4 => {
                let answer =
                    client.token(Secret::new(if n == 3 { "no token" } else { "token" }.into()));
                assert!(answer.is_err() || self.token, "nobody asked for it");
                self.token = false;
            }
            5 => client.decline(),
            6 => self.ask(of(Keyword::Utf8, None), client.utf8()),
            7 => {
                let range = some.map(|_| LanguageRange::Preferred);
                self.ask(of(Keyword::Lang, None), client.lang(range));
            }
            8 => self.ask(of(Keyword::Stat, None), client.stat()),
            9 => self.ask(of(Keyword::List, some), client.list(some)),
            10 => self.ask(of(Keyword::Uidl, some), client.uidl(some)),
            11 => self.ask(of(Keyword::Retr, Some(n)), client.retr(n)),
            12 => self.ask(of(Keyword::Top, Some(n)), client.top(n, n)),
            13 => _ = client.discard().map(|()| self.end()),
            14 => {
                let answer = client.dele(n);
                if answer.is_ok() {
                    self.deleted.insert(n);
                }
                self.ask(of(Keyword::Dele, Some(n)), answer);
            }
            15 => self.ask(of(Keyword::Noop, None), client.noop()),
            16 => self.ask(of(Keyword::Rset, None), client.rset()),
            17 => {
                let answer = client.quit();
                self.ended |= answer.is_ok();
                self.ask(of(Keyword::Quit, None), answer);
            }
            18 if n == 0 => {
                self.ended = true;
                client.shutdown();
            }
            19 if n == 0 => {
                if let Some(timer) = client.timers().first().copied() {
                    client.on_timeout(timer);
                }
            }
            _ => {}
        }
    }
}

/// What anybody may say.
const REPLIES: [&str; 24] = [
    "+OK\r\n",
    "-ERR no\r\n",
    "+OK <1896.697170952@dbc.mtview.ca.us>\r\n",
    "+OK 2 320\r\n",
    "+OK 1 120\r\n",
    "+OK 1 uid\r\n",
    "+OK 120 octets\r\n",
    "1 120\r\n",
    "2 200\r\n",
    "1 uid\r\n",
    ".\r\n",
    "..\r\n",
    "Subject: x\r\n",
    "\r\n",
    "a\n.\n\rb\0",
    "SASL SCRAM-SHA-256 OAUTHBEARER PLAIN EXTERNAL\r\n",
    "SASL LOGIN\r\n",
    "PIPELINING\r\n",
    "UTF8 USER\r\n",
    "en English\r\n",
    "+ \r\n",
    "+ cj0\r\n",
    "-ERR [SYS/TEMP] not now\r\n",
    "+ VXNlcm5hbWU6\r\n",
];

fn flush(machine: &mut impl Machine) -> Bytes {
    let n = machine.outbox().remaining();
    machine.outbox().copy_to_bytes(n)
}

fn against_anybody(knobs: [u8; 2], calls: &[u8]) {
    let mut client = client_of(knobs);
    let mut inbox = client.new_inbox();
    let mut told = Told::default();
    let step = |client: &mut Client, inbox: &mut Inbox, told: &mut Told| {
        for _ in 0..1000 {
            let progress = client.poll(inbox);
            match progress {
                Ok(Progress::Event(event)) => drop(told.on_event(event)),
                Ok(Progress::Wait { input, .. }) => {
                    assert!(!input || !inbox.is_full(), "wants input into a full inbox");
                    return false;
                }
                Ok(Progress::StartTls(token)) => {
                    let plain = std::mem::replace(inbox, Inbox::new(1));
                    match client.tls_established(token, TlsInfo::new(), plain) {
                        Ok(fresh) => *inbox = fresh,
                        Err(_) => continue,
                    }
                }
                Ok(Progress::Closed) => return true,
                Err(error) => {
                    assert_eq!(client.poll(inbox), Err(error), "an error is sticky");
                    return true;
                }
            }
        }
        panic!("events without end");
    };
    let mut over = false;
    for call in calls {
        match call {
            0..0xc0 => told.call(&mut client, *call, knobs),
            0xc0..0xd8 => _ = inbox.extend(REPLIES[usize::from(call - 0xc0)].as_bytes()),
            0xd8..0xf0 => drop(flush(&mut client)),
            0xf0..0xfe => {}
            _ => inbox.set_eof(),
        }
        assert!(!format!("{client:?}").contains(PASSWORD));
        over = step(&mut client, &mut inbox, &mut told);
        if over {
            break;
        }
    }
    // The server hangs up; whatever was asked has its outcome then.
    for _ in 0..100 {
        if over {
            break;
        }
        flush(&mut client);
        inbox.set_eof();
        client.decline();
        over = step(&mut client, &mut inbox, &mut told);
    }
    assert!(over, "a session without end");
    told.over();
}

fn server_of(knobs: [u8; 2]) -> Server {
    let auth = Sasl::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(2)
        .with_kept(Kept::Passwords)
        .with_clear_text(ClearTextLogin::Allow);
    let limits = match knobs[1] & 3 {
        0 => Limits::server(),
        1 => Limits::server().with_login_delay(Duration::ZERO, Duration::ZERO),
        _ => Limits::server().with_outbox(2048).with_inbox(255, 255),
    };
    let config = server::Config::new(Security::StartTls(policy(knobs)))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_limits(limits)
        .with_utf8(Utf8::MessagesAndLogins)
        .with_languages([Language::new("es", "Espa\u{f1}ol").unwrap()])
        .with_apop("foo.com", [4; 32]);
    // Where there is no `AUTH`, the client has to find another way.
    Server::new(if knobs[1] & 0x20 == 0 { config.with_auth(auth) } else { config })
}

/// Both ends, and what is on the road between them.
struct Both {
    client: Client,
    server: Server,
    at_client: Inbox,
    at_server: Inbox,
    told: Told,
    /// The message that the server's embedder is about to write.
    sending: Option<Bytes>,
    /// How it answers the next question.
    mood: u8,
    is_over: [bool; 2],
}

fn maildrop() -> Maildrop {
    let mut maildrop = Maildrop::new();
    for (n, mail) in MAILS.iter().enumerate() {
        maildrop.push(mail.len() as u64, UniqueId::new(&format!("uid-{n}")).unwrap());
    }
    maildrop
}

fn tls() -> TlsInfo {
    TlsInfo::new().with_exporter([9; 32]).with_peer("tim")
}

fn against_a_server(knobs: [u8; 2], calls: &[u8]) {
    let (client, server) = (client_of(knobs), server_of(knobs));
    let (at_client, at_server) = (client.new_inbox(), server.new_inbox());
    let (told, sending, is_over) = (Told::default(), None, [false; 2]);
    let mut both = Both { client, server, at_client, at_server, told, sending, mood: 0, is_over };
    both.run(usize::MAX);
    for call in calls {
        match call {
            0..0xc0 => both.told.call(&mut both.client, *call, knobs),
            0xc0..0xd0 => both.mood = *call & 15,
            0xd0..0xe0 => both.run(usize::from(call & 15)),
            0xe0..0xf0 => both.run(usize::MAX),
            0xf0..0xf4 => both.at_client.set_eof(),
            0xf4..0xf8 => both.at_server.set_eof(),
            0xf8..0xfa => both.server.shutdown(),
            0xfa => _ = both.sending.take().map(|_| both.server.abort()),
            _ => {
                if let Some(timer) = both.server.timers().first().copied() {
                    both.server.on_timeout(timer);
                }
            }
        }
        assert!(!format!("{:?} {:?}", both.client, both.server).contains(PASSWORD));
    }
    // Both hang up; whatever was asked has its outcome then.
    for _ in 0..100 {
        both.run(usize::MAX);
        both.client.decline();
        both.server.decline();
        both.at_client.set_eof();
        both.at_server.set_eof();
    }
    assert!(both.is_over[0], "a session without end");
    both.told.over();
}

impl Both {
    /// Goes on while something moves, and carries so many octets each way.
    fn run(&mut self, most: usize) {
        let mut left = [most; 2];
        for _ in 0..4000 {
            let moved = self.run_client() | self.run_server();
            let carried = carry(&mut self.client, &mut self.at_server, &mut left[0])
                | carry(&mut self.server, &mut self.at_client, &mut left[1]);
            if !moved && !carried {
                return;
            }
        }
        panic!("it goes on for ever");
    }

    fn run_client(&mut self) -> bool {
        match self.client.poll(&mut self.at_client) {
            Ok(Progress::Event(event)) => {
                let whole = self.told.on_event(event);
                if let Some((message, None, octets)) = whole {
                    assert_eq!(octets, MAILS[message as usize - 1], "{message}");
                }
                true
            }
            Ok(Progress::StartTls(token)) => {
                let plain = std::mem::replace(&mut self.at_client, Inbox::new(1));
                let fresh = self.client.tls_established(token, tls(), plain);
                self.at_client = fresh.unwrap_or_else(|_| self.client.new_inbox());
                true
            }
            Ok(Progress::Wait { input, .. }) => {
                assert!(!input || !self.at_client.is_full());
                false
            }
            Ok(Progress::Closed) | Err(_) => {
                self.at_server.set_eof();
                !std::mem::replace(&mut self.is_over[0], true)
            }
        }
    }

    fn run_server(&mut self) -> bool {
        match self.server.poll(&mut self.at_server) {
            Ok(Progress::Event(event)) => {
                self.answer(&event);
                true
            }
            Ok(Progress::StartTls(token)) => {
                let plain = std::mem::replace(&mut self.at_server, Inbox::new(1));
                let fresh = self.server.tls_established(token, tls(), plain);
                self.at_server = fresh.unwrap_or_else(|_| self.server.new_inbox());
                true
            }
            Ok(Progress::Wait { input, app }) => {
                assert!(!input || !self.at_server.is_full());
                app && self.write()
            }
            Ok(Progress::Closed) | Err(_) => {
                self.at_client.set_eof();
                !std::mem::replace(&mut self.is_over[1], true)
            }
        }
    }

    fn write(&mut self) -> bool {
        let Some(mail) = &mut self.sending else { return false };
        let written = self.server.write_payload(mail);
        if mail.is_empty() && self.server.finish_payload().is_ok() {
            self.sending = None;
            return true;
        }
        matches!(written, Ok(1..))
    }

    fn answer(&mut self, event: &server::Event) {
        assert!(!format!("{event:?}").contains(PASSWORD));
        let refusal = || Reply::err("no").unwrap().with_code(ResponseCode::InUse);
        let server = &mut self.server;
        let answer = match (self.mood, event) {
            (_, server::Event::Language(_)) => Ok(()),
            (1, _) => {
                server.decline();
                Ok(())
            }
            (2, _) => server.reject(refusal()),
            (3, server::Event::Login { .. } | server::Event::Authenticated { .. }) => {
                server.reject_after(refusal(), Duration::from_secs(9))
            }
            (4, server::Event::Credential(_)) => server.credential(Credential::Unknown),
            (5, server::Event::Credential(_)) => server.credential(Credential::Verified),
            (_, server::Event::Credential(request)) if request.takes_password() => {
                server.credential(Credential::Password(Secret::new(PASSWORD.into())))
            }
            (_, server::Event::Credential(_)) => server.credential(Credential::Verified),
            (_, server::Event::Apop { proof, .. }) => {
                assert!(proof.is_of(&Secret::new(PASSWORD.into())), "it is our client");
                server.accept_login(maildrop())
            }
            (_, server::Event::Login { .. } | server::Event::Authenticated { .. }) => {
                server.accept_login(maildrop())
            }
            (_, server::Event::Retrieve { message, .. }) => {
                self.sending = Some(Bytes::from_static(MAILS[*message as usize - 1]));
                server.accept()
            }
            (_, server::Event::Commit { deleted, .. }) => {
                assert!(self.told.ended, "a session that was not ended removes nothing");
                let marked = |n| self.told.deleted.contains(n);
                assert!(deleted.iter().all(marked), "{deleted:?}");
                server.accept()
            }
            (_, other) => panic!("{other:?}"),
        };
        answer.unwrap();
    }
}

fn carry<M: Machine>(from: &mut M, to: &mut Inbox, left: &mut usize) -> bool {
    let mut any = false;
    while from.outbox().has_remaining() && *left > 0 {
        // Behind its end, nothing arrives.
        let outbox = from.outbox();
        let chunk = outbox.chunk();
        let chunk = &chunk[..chunk.len().min(*left)];
        let n = if to.is_eof() { chunk.len() } else { to.extend(chunk) };
        if n == 0 {
            break;
        }
        outbox.advance(n);
        *left -= n;
        any = true;
    }
    any
}
