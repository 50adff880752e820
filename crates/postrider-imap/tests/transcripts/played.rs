//! The dialogues that RFCs print, played through the client: it says each command, and hears what the
//! server printed there.

use bytes::Buf;
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{
    AppendData, AppendMessage, AppendTarget, Atom, Command, CommandName, Limits, MailboxName,
    Quirks, Response, State, Status, StatusKind, TaggedCommand,
};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

use crate::printed::Printed;
use crate::served::mail::{Piece, pieces};
use crate::unit::{Side, Unit};

/// How many commands were played to their ends, and the others by reason.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) done: usize,
    /// No tagged response is printed.
    pub(crate) open: usize,
    /// STARTTLS, which is the machine's own.
    pub(crate) own: usize,
    /// AUTHENTICATE, whose words depend on nonces and keys: those of RFCs that do not are in
    /// `tests/login.rs`, and others are tried on real servers.
    pub(crate) logins: usize,
    /// CATENATE, which the client does not say.
    pub(crate) pieces: usize,
    /// What is printed is no command, or none that follows the grammar.
    pub(crate) broken: usize,
}

/// A client that somebody has logged in, and what it heard and said.
struct Session {
    client: Client,
    inbox: Inbox,
    events: Vec<Event>,
    said: Vec<u8>,
}

impl Session {
    fn new() -> Self {
        let client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
        let inbox = client.new_inbox();
        Self { client, inbox, events: Vec::new(), said: Vec::new() }
    }

    /// Hears these octets, and says what it has to.
    fn hear(&mut self, octets: &[u8]) {
        self.inbox.extend(octets);
        loop {
            match self.client.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => self.events.push(event),
                Ok(Progress::Wait { .. } | Progress::Closed) => break,
                other => panic!("{other:?} at {}", octets.escape_ascii()),
            }
        }
        let outbox = self.client.outbox();
        let len = outbox.remaining();
        self.said.extend_from_slice(&outbox.copy_to_bytes(len));
    }

    /// Hears what answers a command whose printed tag has so many octets, in the place of which ours
    /// stands. What answers another command, said in the same breath, is not for this one.
    fn hear_answers(&mut self, answers: &[&Unit], printed: usize, ours: &[u8]) {
        let (last, before) = answers.split_last().expect("a tagged response");
        for answer in before.iter().filter(|answer| matches!(answer.octets[0], b'*' | b'+')) {
            let told = self.events.len();
            self.hear(&answer.octets);
            let is_told = self.events.len() > told || answer.octets.starts_with(b"+");
            assert!(is_told, "{}: {}", answer.place, answer.shown());
        }
        self.hear(&[ours, &last.octets[printed..]].concat());
    }

    /// One outcome was told, and it is that of the tagged response.
    fn has_ended(&self, name: CommandName, last: &Unit, printed: usize, shown: &str) -> StatusKind {
        let end = [b"x", &last.octets[printed..]].concat();
        let (end, _) = Response::parse(&end, &Limits::new(), Quirks::tolerant()).expect(shown);
        let Response::Tagged(_, Status { kind, .. }) = end else { panic!("{shown}") };
        let outcome = self.events.iter().filter_map(|event| match event {
            Event::Completed { command, status, .. } => Some((*command, status.kind)),
            Event::Lost { .. } => panic!("{shown}: lost"),
            _ => None,
        });
        assert_eq!(outcome.collect::<Vec<_>>(), [(name, kind)], "{shown}");
        kind
    }

    fn enable(&mut self, name: &'static str) {
        let names = vec![Atom::new(name).expect("an atom")];
        self.client.send(Command::Enable(names)).expect("ready");
        let tag = self.command().tag;
        self.hear(format!("* ENABLED {name}\r\n{tag} OK done\r\n").as_bytes());
        self.events.clear();
    }

    /// The command that was said, with `+` wherever it waits.
    fn command(&mut self) -> TaggedCommand {
        self.hear(b"");
        for _ in 0..99 {
            if let Ok((command, _)) =
                TaggedCommand::parse(&self.said, &Limits::new(), Quirks::strict())
            {
                self.said.clear();
                return command;
            }
            self.hear(b"+ go ahead\r\n");
        }
        panic!("{}", self.said.escape_ascii());
    }
}

/// What the servers of the dialogues offer.
const OFFERS: &str = "IMAP4rev2 COMPRESS=DEFLATE IDLE MULTIAPPEND REPLACE BINARY";

/// A state in which the command may be said.
fn prepare(session: &mut Session, name: CommandName) {
    let begins = if name == CommandName::Login { "OK" } else { "PREAUTH" };
    session.hear(format!("* {begins} [CAPABILITY {OFFERS}] welcome\r\n").as_bytes());
    if !session.client.state().allows(name) {
        session.client.select(MailboxName::inbox()).expect("ready");
        let tag = session.command().tag;
        session.hear(format!("{tag} OK [READ-WRITE] selected\r\n").as_bytes());
        assert_eq!(session.client.state(), State::Selected);
    }
    session.events.clear();
}

/// The units of one file.
pub(crate) fn play(file: &Printed, played: &mut Played) {
    let units = &file.units;
    for (at, unit) in units.iter().enumerate().filter(|(_, unit)| unit.side == Side::Client) {
        let behind = &units[at + 1..];
        let parsed = TaggedCommand::parse(&unit.octets, &Limits::new(), Quirks::tolerant());
        let Ok((TaggedCommand { tag, command }, _)) = parsed else {
            let streams = crate::kinds::streams(&unit.name());
            match Mail::read(&unit.octets).filter(|_| streams) {
                Some(mail) => mail.play(unit, behind, played),
                None => *(if streams { &mut played.pieces } else { &mut played.broken }) += 1,
            }
            continue;
        };
        let name = CommandName::of(&command);
        match &command {
            Command::StartTls => played.own += 1,
            Command::Authenticate { .. } => played.logins += 1,
            Command::Idle => idle(unit, tag.as_bytes(), behind, file.done_behind(at), played),
            _ => match answers_to(tag.as_bytes(), behind) {
                Answers::None => played.open += 1,
                Answers::Broken => played.broken += 1,
                Answers::All(answers) => {
                    one(unit, &command, name, &answers, tag.as_bytes().len());
                    played.done += 1;
                }
            },
        }
    }
}

/// What stands behind a command, up to its tagged response.
enum Answers<'a> {
    All(Vec<&'a Unit>),
    /// No tagged response is printed before the client says something else.
    None,
    Broken,
}

fn answers_to<'a>(tag: &[u8], behind: &'a [Unit]) -> Answers<'a> {
    let tagged = [tag, b" "].concat();
    let answers: Vec<&Unit> = behind.iter().take_while(|unit| unit.side == Side::Server).collect();
    match answers.iter().position(|answer| answer.octets.starts_with(&tagged)) {
        None => Answers::None,
        Some(end) if !is_response(answers[end]) => Answers::Broken,
        Some(end) => Answers::All(answers[..=end].to_vec()),
    }
}

/// IDLE, what is told meanwhile, DONE, and the answer.
fn idle(unit: &Unit, tag: &[u8], behind: &[Unit], done: Option<usize>, played: &mut Played) {
    let shown = format!("{}: {}", unit.place, unit.shown());
    let Some((told, last)) = done.map(|done| behind.split_at(done)) else {
        played.open += 1;
        return;
    };
    let Answers::All(last) = answers_to(tag, last) else {
        played.open += 1;
        return;
    };
    let mut session = Session::new();
    prepare(&mut session, CommandName::Select);
    session.client.idle().expect(&shown);
    let said = session.command();
    for answer in told {
        session.hear(&answer.octets);
    }
    assert!(session.events.contains(&Event::IdleBegun), "{shown}");
    session.client.done().expect(&shown);
    session.hear(b"");
    assert_eq!(session.said, b"DONE\r\n", "{shown}");
    session.hear_answers(&last, tag.len(), said.tag.as_bytes());
    session.has_ended(CommandName::Idle, last[last.len() - 1], tag.len(), &shown);
    played.done += 1;
}

/// APPEND or REPLACE, as it stands on the wire.
struct Mail {
    tag: Vec<u8>,
    target: AppendTarget,
    messages: Vec<AppendMessage>,
    bodies: Vec<Vec<u8>>,
}

impl Mail {
    /// `None` for what is no such command, or comes in pieces.
    fn read(octets: &[u8]) -> Option<Self> {
        let mail = pieces(octets, Quirks::tolerant())?;
        let (mut messages, mut bodies) = (Vec::new(), Vec::<Vec<u8>>::new());
        for piece in mail.pieces {
            match piece {
                Piece::Message(message) => {
                    message.octets()?;
                    messages.push(message);
                    bodies.push(Vec::new());
                }
                Piece::Octets(octets) => *bodies.last_mut()? = octets,
                Piece::Url(_) => return None,
            }
        }
        Some(Self { tag: mail.tag, target: mail.target, messages, bodies })
    }

    fn play(&self, unit: &Unit, behind: &[Unit], played: &mut Played) {
        let shown = format!("{}: {}", unit.place, unit.shown());
        let answers = match answers_to(&self.tag, behind) {
            Answers::All(answers) => answers,
            Answers::None => {
                played.open += 1;
                return;
            }
            Answers::Broken => {
                played.broken += 1;
                return;
            }
        };
        let mut session = Session::new();
        let name = match &self.target {
            AppendTarget::Append(_) => CommandName::Append,
            AppendTarget::Replace { .. } => CommandName::Replace,
        };
        prepare(&mut session, name);
        if self.messages.iter().any(|message| matches!(message.data, AppendData::Utf8(_))) {
            // RFC 6855 §4
            session.enable("UTF8=ACCEPT");
        }
        let (client, messages) = (&mut session.client, self.messages.clone());
        let given = match &self.target {
            AppendTarget::Append(mailbox) => client.append(mailbox.clone(), messages),
            AppendTarget::Replace { uid, message, mailbox } => {
                client.replace(*uid, *message, mailbox.clone(), messages[0].clone())
            }
        };
        given.unwrap_or_else(|error| panic!("{shown}: {error}"));
        for body in &self.bodies {
            session.hear(b"");
            if !session.events.iter().any(|event| matches!(event, Event::AppendBegin { .. })) {
                session.hear(b"+ go ahead\r\n");
            }
            session.events.clear();
            session.client.write_payload(&mut body.clone().into()).expect(&shown);
            session.client.finish_payload().expect(&shown);
        }
        session.hear(b"");
        let again = Self::read(&session.said).expect(&shown);
        assert_eq!((&again.target, &again.bodies), (&self.target, &self.bodies), "{shown}");
        assert_eq!(again.messages, self.messages, "{shown}");
        session.hear_answers(&answers, self.tag.len(), &again.tag);
        session.has_ended(name, answers[answers.len() - 1], self.tag.len(), &shown);
        played.done += 1;
    }
}

fn is_response(unit: &Unit) -> bool {
    Response::parse(&unit.octets, &Limits::new(), Quirks::tolerant()).is_ok()
}

/// One command with what answers it; their tag has so many octets.
fn one(unit: &Unit, command: &Command, name: CommandName, answers: &[&Unit], tag: usize) {
    let shown = format!("{}: {}", unit.place, unit.shown());
    let mut session = Session::new();
    prepare(&mut session, name);
    session.client.send(command.clone()).unwrap_or_else(|error| panic!("{shown}: {error}"));
    let said = session.command();
    assert_eq!(said.command, *command, "{shown}");
    session.hear_answers(answers, tag, said.tag.as_bytes());
    let last = answers[answers.len() - 1];
    let kind = session.has_ended(name, last, tag, &shown);
    if name == CommandName::Logout && kind == StatusKind::Ok {
        assert_eq!(session.client.state(), State::Logout, "{shown}");
    }
}
