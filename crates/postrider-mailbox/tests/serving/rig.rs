//! An account, its sessions, and tables of what is said and heard.

use bytes::Buf;
use postrider_imap::server::{Config, Event, Server};
use postrider_imap::{InternalDate, MailboxName};
use postrider_mailbox::memory::{Account, NewMessage, Service};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Security};

/// One row: who, what it says, and what it hears. Nothing said is a session that is looked at: what it
/// hears came of what others did. Human-readable texts are left out.
pub(crate) type Row = (char, &'static str, &'static [&'static str]);

pub(crate) struct Rig {
    pub(crate) account: Account,
    sessions: Vec<(char, Session)>,
}

pub(crate) struct Session {
    server: Server,
    service: Service,
    inbox: Inbox,
    heard: Vec<u8>,
}

pub(crate) fn now() -> InternalDate {
    InternalDate::from_unix(1_700_000_000, 0).expect("a date")
}

pub(crate) fn mail(n: u32) -> NewMessage {
    NewMessage::new(format!("Subject: mail {n}\r\n\r\nText {n}\r\n"), now())
}

impl Rig {
    /// An account whose INBOX has so many messages.
    pub(crate) fn new(messages: u32) -> Self {
        let mut account = Account::new(1000);
        for n in 1..=messages {
            account.deliver(&MailboxName::inbox(), mail(n)).expect("room");
        }
        Self { account, sessions: Vec::new() }
    }

    fn session(&mut self, name: char) -> &mut Session {
        if !self.sessions.iter().any(|(known, _)| *known == name) {
            let mut session = Session::new(&mut self.account);
            session.say("login LOGIN mrc secret\r\n", &mut self.account);
            session.heard.clear();
            self.sessions.push((name, session));
        }
        let found = self.sessions.iter_mut().find(|(known, _)| *known == name);
        &mut found.expect("made above").1
    }

    /// Plays rows. Each command gets a tag of its own, which stands as `x` in what is heard; literals
    /// of commands do not wait.
    pub(crate) fn play(&mut self, rows: &[Row]) {
        for (at, (who, said, expected)) in rows.iter().enumerate() {
            self.session(*who);
            let Self { account, sessions } = self;
            let (_, session) = sessions.iter_mut().find(|(name, _)| name == who).expect("made");
            let said = match *said {
                "" => String::new(),
                "DONE" => "DONE\r\n".to_owned(),
                said => format!("x {said}\r\n"),
            };
            session.say(&said, account);
            let heard = session.take();
            assert_eq!(heard, *expected, "row {at}: {who}: {said}");
        }
    }
}

impl Session {
    fn new(account: &mut Account) -> Self {
        let config = Config::new(Security::StartTls(Policy::Never))
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_features(Service::features());
        let server = Server::new(config);
        let inbox = server.new_inbox();
        let service = Service::new(account, now());
        Self { server, service, inbox, heard: Vec::new() }
    }

    fn say(&mut self, said: &str, account: &mut Account) {
        let mut coming = said.as_bytes();
        loop {
            let taken = self.inbox.extend(coming);
            coming = &coming[taken..];
            match self.server.poll(&mut self.inbox).expect("a sound session") {
                Progress::Event(Event::Login { .. }) => self.server.accept().expect("asked"),
                Progress::Event(event) => {
                    let other = self.service.on_event(&mut self.server, account, event);
                    assert_eq!(other.expect("asked"), None);
                }
                Progress::Wait { .. } => {
                    self.service.go_on(&mut self.server, account).expect("a sound session");
                    let len = self.server.outbox().len();
                    self.heard.extend_from_slice(&self.server.outbox().copy_to_bytes(len));
                    if len == 0 && coming.is_empty() {
                        return;
                    }
                }
                Progress::Closed => return,
                Progress::StartTls(_) => panic!("no TLS here"),
            }
        }
    }

    /// The lines heard, without texts for humans.
    fn take(&mut self) -> Vec<String> {
        let heard = String::from_utf8(std::mem::take(&mut self.heard)).expect("ASCII");
        heard.split_terminator("\r\n").map(without_text).collect()
    }
}

/// `x OK [COPYUID 1 2 3] done` without `done`.
fn without_text(line: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let (Some(front), Some(kind), rest) = (words.next(), words.next(), words.next()) else {
        return line.to_owned();
    };
    if !matches!(kind, "OK" | "NO" | "BAD" | "BYE") {
        return if front == "+" { "+".to_owned() } else { line.to_owned() };
    }
    let code = rest.filter(|rest| rest.starts_with('[')).and_then(|rest| rest.split_once(']'));
    match code {
        Some((code, _)) => format!("{front} {kind} {code}]"),
        None => format!("{front} {kind}"),
    }
}
