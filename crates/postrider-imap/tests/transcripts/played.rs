//! The dialogues that RFCs print, played through the client: it says each command, and hears what the
//! server printed there.

use bytes::Buf;
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{
    Command, CommandName, Limits, MailboxName, Quirks, Response, State, Status, StatusKind,
    TaggedCommand,
};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

use crate::unit::{Side, Unit};

/// How many commands were played to their ends, and the others by reason.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) done: usize,
    /// No tagged response is printed.
    pub(crate) open: usize,
    /// The machine's own, and LOGIN: the session begins behind it.
    pub(crate) own: usize,
    /// Those of which more than one line is due, tried elsewhere: APPEND, REPLACE, IDLE, COMPRESS.
    pub(crate) longer: usize,
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

/// A state in which the command may be said.
fn prepare(session: &mut Session, name: CommandName) {
    session.hear(b"* PREAUTH [CAPABILITY IMAP4rev2 COMPRESS=DEFLATE IDLE] welcome\r\n");
    if !session.client.state().allows(name) {
        session.client.select(MailboxName::inbox()).expect("ready");
        let tag = session.command().tag;
        session.hear(format!("{tag} OK [READ-WRITE] selected\r\n").as_bytes());
        assert_eq!(session.client.state(), State::Selected);
    }
    session.events.clear();
}

/// The units of one file.
pub(crate) fn play(units: &[Unit], played: &mut Played) {
    for (at, unit) in units.iter().enumerate().filter(|(_, unit)| unit.side == Side::Client) {
        let parsed = TaggedCommand::parse(&unit.octets, &Limits::new(), Quirks::tolerant());
        let Ok((TaggedCommand { tag, command }, _)) = parsed else {
            let streams = crate::kinds::streams(&unit.name());
            *(if streams { &mut played.longer } else { &mut played.broken }) += 1;
            continue;
        };
        let name = CommandName::of(&command);
        let answers = units[at + 1..].iter().take_while(|unit| unit.side == Side::Server);
        let tagged = [tag.as_bytes(), b" "].concat();
        let answers: Vec<&Unit> = answers.collect();
        let end = answers.iter().position(|answer| answer.octets.starts_with(&tagged));
        match (&command, end) {
            (Command::StartTls | Command::Authenticate { .. } | Command::Login { .. }, _) => {
                played.own += 1;
            }
            (Command::Idle | Command::Compress(_), _) => played.longer += 1,
            (_, None) => played.open += 1,
            (_, Some(end)) if !is_response(answers[end]) => played.broken += 1,
            (_, Some(end)) => {
                one(unit, &command, name, &answers[..=end], tagged.len() - 1);
                played.done += 1;
            }
        }
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
    let (last, before) = answers.split_last().expect("a tagged response");
    let mut told = 0;
    // What answers another command, said in the same breath, is not for this one.
    for answer in before.iter().filter(|answer| matches!(answer.octets[0], b'*' | b'+')) {
        session.hear(&answer.octets);
        assert!(session.events.len() > told || answer.octets.starts_with(b"+"), "{shown}");
        told = session.events.len();
    }
    let ended = [said.tag.as_bytes(), &last.octets[tag..]].concat();
    session.hear(&ended);
    let (end, _) = Response::parse(&ended, &Limits::new(), Quirks::tolerant()).expect(&shown);
    let Response::Tagged(_, Status { kind, .. }) = end else { panic!("{shown}") };
    let outcome = session.events.iter().filter_map(|event| match event {
        Event::Completed { command, status, .. } => Some((*command, status.kind)),
        Event::Lost { .. } => panic!("{shown}: lost"),
        _ => None,
    });
    assert_eq!(outcome.collect::<Vec<_>>(), [(name, kind)], "{shown}");
    if name == CommandName::Logout && kind == StatusKind::Ok {
        assert_eq!(session.client.state(), State::Logout, "{shown}");
    }
}
