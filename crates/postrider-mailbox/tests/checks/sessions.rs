//! What holds of two IMAP sessions of one account in memory, whatever their clients do and however slowly
//! they read: each client can follow what it is told, every command has its answer, and behind a NOOP the
//! client knows the mailbox as it is.

use std::collections::VecDeque;

use bytes::Buf;
use postrider_imap::server::{Config, Event, Server};
use postrider_imap::{
    Code, FetchItem, FetchedMessage, Flag, FlagSet, InternalDate, Limits, MailboxName, PlainCode,
    Quirks, Response, ResponsePart, ResponseReader, UidValidity,
};
use postrider_mailbox::memory::{Account, NewMessage, Service};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

/// The first octet sets the sessions up. Of each further one the lowest bit tells which session, the
/// others what its client does.
pub(crate) fn check(data: &[u8]) {
    let [knobs, happenings @ ..] = data else { return };
    let now = InternalDate::from_unix(1_700_000_000, 0).expect("a date");
    let mut account = Account::new(1_700_000_000);
    for flags in [FlagSet::new(), [Flag::Seen].into(), [Flag::Deleted].into()] {
        let message = NewMessage::new(MAIL, now).with_flags(flags);
        account.deliver(&MailboxName::inbox(), message).expect("there is INBOX");
    }
    let mut sessions = [0, 1].map(|at| Session::new(&mut account, now, *knobs >> (4 * at)));
    for session in &mut sessions {
        for line in ["login a b", ["noop", "enable qresync"][usize::from(session.qresync)]] {
            session.send(line, After::Nothing);
        }
        session.send("create a", After::Nothing);
        session.send("select inbox", After::Selected("INBOX"));
        session.settle(&mut account);
    }
    for happening in happenings.iter().take(400) {
        let session = &mut sessions[usize::from(happening & 1)];
        match happening >> 1 {
            kind @ 0..0x40 => session.command(kind),
            0x40..0x50 => session.turn(&mut account),
            0x50..0x58 => session.drain(7),
            0x58..0x60 => session.drain(100),
            0x60..0x70 => session.drain(usize::MAX),
            _ => session.settle(&mut account),
        }
    }
    settle(&mut sessions, &mut account);
    for session in &mut sessions {
        session.end_idle();
    }
    settle(&mut sessions, &mut account);
    for session in &mut sessions {
        session.send("noop", After::Nothing);
    }
    settle(&mut sessions, &mut account);
    for session in sessions {
        session.compare(&account);
        session.service.close(&mut account);
    }
}

/// Until neither has anything to do: what one does is news for the other.
fn settle(sessions: &mut [Session; 2], account: &mut Account) {
    for _ in 0..2 {
        for session in &mut *sessions {
            session.settle(account);
        }
    }
}

const MAIL: &[u8] = b"Subject: one\r\n\r\nHello\r\n";

/// What a client does. `@` is one of the first numbers, or all.
const COMMANDS: &[&str] = &[
    "noop",
    "noop",
    "check",
    "fetch @ (uid flags)",
    "fetch 1:* (uid flags)",
    "uid fetch @ (flags body[])",
    "fetch @ (body.peek[] rfc822.size envelope)",
    "store @ +flags (\\deleted)",
    "store @ +flags (\\deleted)",
    "store @ flags (\\seen x)",
    "store @ -flags.silent (\\deleted)",
    "uid store @ +flags.silent (\\flagged)",
    "uid store @ -flags (\\seen)",
    "expunge",
    "expunge",
    "uid expunge @",
    "append inbox (\\seen) {23+}\r\nSubject: one\r\n\r\nHello\r\n",
    "append inbox {23+}\r\nSubject: one\r\n\r\nHello\r\n {1+}\r\nx",
    "append a {23+}\r\nSubject: one\r\n\r\nHello\r\n",
    "copy @ inbox",
    "copy @ a",
    "uid copy @ a",
    "move @ a",
    "uid move @ a",
    "uid move @ inbox",
    "search deleted",
    "uid search return (all save) unseen",
    "uid sort (arrival) utf-8 all",
    "fetch $ flags",
    "replace 1 inbox {1+}\r\nx",
    "uid replace 2 a {1+}\r\nx",
    "status inbox (messages uidnext)",
    "status a (messages unseen)",
    "list \"\" *",
    "create a",
];

/// What is rarely done.
const RARE: &[&str] = &["delete a", "rename a b", "rename inbox c", "enable condstore"];

/// What the client is where a command has succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Nothing,
    Selected(&'static str),
    Left,
    Idled,
}

/// A message as the client knows it.
#[derive(Clone, Debug, Default)]
struct Known {
    uid: Option<u32>,
    flags: Option<FlagSet>,
}

struct Session {
    server: Server,
    inbox: Inbox,
    service: Service,
    qresync: bool,
    /// What the client says and the server has no room for.
    saying: VecDeque<u8>,
    tags: u32,
    /// The commands without an answer.
    open: VecDeque<(String, After)>,
    idling: bool,
    reader: ResponseReader,
    heard: Vec<u8>,
    selected: Option<&'static str>,
    validity: Option<UidValidity>,
    messages: Option<Vec<Known>>,
    /// Whether it changed flags and did not want to be told.
    silent: bool,
    over: bool,
}

impl Session {
    fn new(account: &mut Account, now: InternalDate, knobs: u8) -> Self {
        let outbox = [64 * 1024, 1, 64, 300][usize::from(knobs & 3)];
        let limits = Limits::new().with_outbox(outbox).with_bad_commands(1000, 1000);
        let config = Config::new(Security::Implicit(TlsInfo::new()))
            .with_features(Service::features())
            .with_limits(limits);
        let server = Server::new(config);
        Self {
            inbox: server.new_inbox(),
            server,
            service: Service::new(account, now),
            qresync: knobs & 4 != 0,
            saying: VecDeque::new(),
            tags: 0,
            open: VecDeque::new(),
            idling: false,
            reader: ResponseReader::new(&Limits::new(), Quirks::strict()),
            heard: Vec::new(),
            selected: None,
            validity: None,
            messages: None,
            silent: false,
            over: false,
        }
    }

    fn send(&mut self, line: &str, after: After) {
        self.tags += 1;
        let tag = format!("t{}", self.tags);
        self.silent |= line.contains("silent");
        self.saying.extend(format!("{tag} {line}\r\n").bytes());
        self.open.push_back((tag, after));
        self.idling = after == After::Idled;
    }

    fn end_idle(&mut self) {
        if std::mem::replace(&mut self.idling, false) {
            self.saying.extend(b"DONE\r\n");
        }
    }

    fn command(&mut self, kind: u8) {
        self.end_idle();
        let set = ["1", "2", "1:*", "2:3", "*", "4:5"][self.tags as usize % 6];
        match kind {
            0x38 => self.send("select inbox", After::Selected("INBOX")),
            0x39 => self.send("examine inbox", After::Selected("INBOX")),
            0x3a => self.send("select a", After::Selected("a")),
            0x3b => self.send("close", After::Left),
            0x3c => self.send("unselect", After::Left),
            0x3d | 0x3e => self.send("idle", After::Idled),
            0x3f => self.send(RARE[self.tags as usize % RARE.len()], After::Nothing),
            kind => {
                let line = COMMANDS[usize::from(kind) % COMMANDS.len()];
                self.send(&line.replace('@', set), After::Nothing);
            }
        }
    }

    /// As much as there is to do without the client.
    fn turn(&mut self, account: &mut Account) {
        loop {
            let (front, _) = self.saying.as_slices();
            let taken = self.inbox.extend(front);
            self.saying.drain(..taken);
            match self.server.poll(&mut self.inbox).expect("nobody did anything wrong") {
                Progress::Event(Event::Login { .. }) => self.server.accept().expect("it was asked"),
                Progress::Event(event) => {
                    let other = self.service.on_event(&mut self.server, account, event);
                    assert_eq!(other, Ok(None));
                }
                Progress::Wait { input, .. } => {
                    self.service.go_on(&mut self.server, account).expect("it goes on");
                    if !input || self.saying.is_empty() || self.inbox.is_full() {
                        return;
                    }
                }
                Progress::Closed => {
                    self.over = true;
                    return;
                }
                Progress::StartTls(_) => unreachable!("there is TLS"),
            }
        }
    }

    fn settle(&mut self, account: &mut Account) {
        for _ in 0..100_000 {
            self.turn(account);
            // A verdict may have let it go on.
            self.turn(account);
            if self.server.outbox().is_empty() {
                assert!(!self.service.is_busy(), "it waits for nothing");
                return;
            }
            self.drain(usize::MAX);
        }
        unreachable!("it does not come to an end");
    }

    fn drain(&mut self, most: usize) {
        let outbox = self.server.outbox();
        let octets = outbox.copy_to_bytes(outbox.len().min(most));
        self.heard.extend_from_slice(&octets);
        let mut at = 0;
        loop {
            let step = self.reader.read(&self.heard[at..]);
            if step.is_starved() {
                break;
            }
            let unit = &self.heard[at..at + step.octets];
            at += step.octets;
            match step.part {
                Some(ResponsePart::Response(response)) => self.on_response(response),
                Some(ResponsePart::FetchItems { message, items, .. }) => {
                    self.on_fetch(message, items);
                }
                Some(
                    ResponsePart::Unparsed(_)
                    | ResponsePart::TooLong { .. }
                    | ResponsePart::Endless,
                ) => panic!("{}", unit.escape_ascii()),
                _ => {}
            }
        }
        self.heard.drain(..at);
    }

    fn on_response(&mut self, response: Response) {
        match response {
            Response::Tagged(tag, status) => {
                let (open, after) = self.open.pop_front().expect("it was asked");
                assert_eq!(open.as_bytes(), tag.as_bytes(), "in the order of the commands");
                match after {
                    After::Selected(name) if status.is_ok() => self.selected = Some(name),
                    After::Selected(_) if status.kind == postrider_imap::StatusKind::No => {
                        self.left();
                    }
                    After::Left if status.is_ok() => self.left(),
                    _ => {}
                }
            }
            Response::Status(status) => match status.code {
                Some(Code::Plain(PlainCode::Closed)) => self.left(),
                Some(Code::UidValidity(validity)) => self.validity = Some(validity),
                _ => {}
            },
            Response::Exists(exists) => {
                let exists = exists as usize;
                let messages = self.messages.get_or_insert_default();
                assert!(messages.len() <= exists, "fewer messages without EXPUNGE");
                messages.resize(exists, Known::default());
            }
            Response::Expunge(number) => {
                let messages = self.messages.as_mut().expect("of a mailbox");
                let at = number.get() as usize - 1;
                assert!(at < messages.len(), "no such message: {number}");
                messages.remove(at);
            }
            Response::Fetch { number, items } => self.on_fetch(number.into(), items),
            Response::Vanished { earlier: false, uids } => self.on_vanished(&uids),
            _ => {}
        }
    }

    fn left(&mut self) {
        (self.selected, self.messages, self.validity) = (None, None, None);
    }

    fn on_vanished(&mut self, uids: &postrider_imap::UidSet) {
        assert!(self.qresync);
        let messages = self.messages.as_mut().expect("of a mailbox");
        for uid in uids.iter() {
            let known = messages.iter().position(|one| one.uid == Some(uid.get()));
            // Of which the client has not asked yet: it is one of those.
            let unknown = || messages.iter().position(|one| one.uid.is_none());
            let at = known.or_else(unknown).expect("one that the client was told of");
            messages.remove(at);
            if known.is_none() {
                messages[at..].fill(Known::default());
            }
        }
    }

    fn on_fetch(&mut self, message: FetchedMessage, items: Vec<FetchItem>) {
        let FetchedMessage::Number(number) = message else { unreachable!("no UIDONLY") };
        let messages = self.messages.as_mut().expect("of a mailbox");
        let at = number.get() as usize - 1;
        let message = messages.get_mut(at).expect("one that there is");
        for item in items {
            match item {
                FetchItem::Uid(uid) => {
                    assert!(message.uid.is_none_or(|known| known == uid.get()), "another UID");
                    message.uid = Some(uid.get());
                }
                FetchItem::Flags(flags) => message.flags = Some(flags),
                _ => {}
            }
        }
    }

    /// Behind NOOP, with nothing under way.
    fn compare(&self, account: &Account) {
        assert!(self.open.is_empty(), "not answered: {:?}", self.open);
        let (Some(name), Some(known)) = (self.selected, &self.messages) else { return };
        let name = MailboxName::new(name).expect("a name");
        let mailbox = account.mailbox(&name);
        // It may have been deleted or renamed.
        let Some(mailbox) = mailbox.filter(|one| Some(one.uid_validity()) == self.validity) else {
            return;
        };
        assert_eq!(known.len(), mailbox.len() as usize, "{known:?}");
        for (known, message) in known.iter().zip(mailbox.iter()) {
            assert!(known.uid.is_none_or(|uid| uid == message.uid.get()), "{known:?} {message:?}");
            if let Some(flags) = known.flags.as_ref().filter(|_| !self.silent) {
                let kept = |flags: &FlagSet| {
                    let flags = flags.iter().filter(|flag| *flag != Flag::Recent);
                    flags.collect::<FlagSet>()
                };
                assert_eq!(kept(flags), kept(&message.flags), "{known:?} {message:?}");
            }
        }
    }
}
