//! APPEND and REPLACE, octet for octet.

use postrider_imap::server::Event;
use postrider_imap::{
    AppendData, AppendMessage, AppendTarget, CommandName, CommandPart, CommandReader, Limits,
    Quirks, Response,
};

use super::answer::{self, Said};
use super::session::{self, Session};
use super::{Answers, Outcome, Printing, answers_to};

/// Such a command, as it stands on the wire.
pub(crate) struct Mail {
    pub(crate) tag: Vec<u8>,
    pub(crate) target: AppendTarget,
    pub(crate) pieces: Vec<Piece>,
}

/// What stands in it, in order.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    Message(AppendMessage),
    Octets(Vec<u8>),
    Url(Vec<u8>),
}

/// What the reader tells of a command with messages. `None` for any other.
pub(crate) fn pieces(octets: &[u8], forgiven: Quirks) -> Option<Mail> {
    let mut reader = CommandReader::new(&Limits::new(), forgiven);
    let (mut begun, mut pieces, mut at) = (None, Vec::new(), 0);
    loop {
        let step = reader.read(&octets[at..]);
        if step.is_starved() {
            return None;
        }
        let consumed = &octets[at..at + step.octets];
        at += step.octets;
        match step.part {
            None | Some(CommandPart::LiteralEnd | CommandPart::MessageEnd) => {}
            Some(CommandPart::Literal(_)) => reader.accept(),
            Some(CommandPart::AppendBegin { tag, target, .. }) => begun = Some((tag, target)),
            Some(CommandPart::Message(message)) => pieces.push(Piece::Message(message)),
            Some(CommandPart::Chunk) => add(&mut pieces, consumed),
            Some(CommandPart::Url(url)) => pieces.push(Piece::Url(url.to_vec())),
            Some(CommandPart::AppendEnd) => break,
            Some(_) => return None,
        }
    }
    let (tag, target) = begun?;
    Some(Mail { tag: tag.as_bytes().to_vec(), target, pieces })
}

fn add(pieces: &mut Vec<Piece>, octets: &[u8]) {
    match pieces.last_mut() {
        Some(Piece::Octets(all)) => all.extend_from_slice(octets),
        _ => pieces.push(Piece::Octets(octets.to_vec())),
    }
}

impl Printing<'_> {
    pub(super) fn mail(&self, mail: &Mail) -> Outcome {
        let mut session = Session::new(session::config(session::features()));
        session.log_in();
        let is_utf8 = |piece: &Piece| {
            matches!(piece, Piece::Message(AppendMessage { data: AppendData::Utf8(_), .. }))
        };
        if mail.pieces.iter().any(is_utf8) {
            // RFC 6855 §4
            session.enable("UTF8=ACCEPT");
        }
        let answers = answers_to(&mail.tag, self.behind);
        let vanishes = |said: &Said| matches!(said, Said::Response(Response::Vanished { .. }));
        if answers.untagged.iter().any(vanishes) {
            session.enable("QRESYNC");
        }
        // News may come with it.
        session.select();
        let name = match &mail.target {
            AppendTarget::Append(_) => CommandName::Append,
            AppendTarget::Replace { .. } => CommandName::Replace,
        };
        session.hear_command(&self.unit.octets);
        let said = session.take();
        if !said.is_empty() {
            return Outcome::Differs("to be asked".to_owned(), said.escape_ascii().to_string());
        }
        let mut told = Vec::new();
        let events = std::mem::take(&mut session.events);
        let [Event::Append { target, .. }, parts @ .., Event::AppendEnd] = &events[..] else {
            return Outcome::Differs("APPEND".to_owned(), format!("{events:?}"));
        };
        assert_eq!(*target, mail.target, "{}", self.unit.shown());
        for part in parts {
            match part {
                Event::AppendBegin { message, .. } | Event::AppendNext { message, .. } => {
                    told.push(Piece::Message(message.clone()));
                }
                Event::Chunk(octets) => add(&mut told, octets),
                Event::AppendUrl(url) => told.push(Piece::Url(url.to_vec())),
                other => return Outcome::Differs("a message".to_owned(), format!("{other:?}")),
            }
        }
        assert_eq!(told, mail.pieces, "{}", self.unit.shown());
        let Answers { untagged, end: Some(end), whole: true, .. } = &answers else {
            return if answers.whole { Outcome::Open } else { Outcome::Misprint };
        };
        for said in untagged {
            if let Err(error) = session.give(said) {
                return Outcome::Differs(answer::name(said), error.to_string());
            }
        }
        session.end(end).expect("an end");
        let heard = answer::read(&session.take()).expect("what can be read");
        let mut printed = untagged.clone();
        printed.push(Said::Response(Response::Tagged(self.tag(), end.clone())));
        match answer::alike(name, &printed, &heard) {
            Ok(()) => Outcome::Mail,
            Err(ours) => Outcome::Differs(end.to_string(), ours),
        }
    }
}
