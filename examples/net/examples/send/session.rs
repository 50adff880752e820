//! One connection: the mails go over it one behind the other.

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use indicatif::ProgressBar;
use postrider::{
    drive::{DriveError, Next, blocking::Driver},
    smtp::{
        Error,
        client::{Client, Content, Event, Transaction},
    },
    wire::Machine,
};
use postrider_net::Handshake;

use super::{letter::Letter, plan::Plan, told};
use postrider_net::program::{
    failure::{Code, Failure, broken},
    progress::bar,
    road::{self, Stream},
};

/// Mails up to this size are handed over whole, so that one can go along with its envelope in a single
/// write; larger ones are read as they go.
const WHOLE: u64 = 1024 * 1024;

/// Sends the mails, and returns the first failure. Each is told as it comes.
pub(crate) fn run(
    plan: &Plan,
    handshake: Option<&Handshake>,
    client: Client,
    stream: Stream,
    files: &[PathBuf],
) -> Result<(), Code> {
    let mut driver = Driver::new(client, stream);
    let mut session = Session {
        plan,
        files: files.iter().collect(),
        current: None,
        first: None,
        began: false,
        is_told: false,
    };
    loop {
        match driver.next() {
            Ok(Next::StartTls(token)) => {
                let upgraded = driver.upgrade(token, road::upgrade(handshake));
                match upgraded {
                    Ok(upgraded) => driver = upgraded,
                    Err(error) => return Err(session.ended(&error)),
                }
            }
            Ok(Next::Event(event)) => session.event(driver.machine(), event),
            Ok(Next::App) => session.write(driver.machine()),
            Ok(Next::Closed) => return session.closed(),
            Err(error) => return Err(session.ended(&error)),
        }
    }
}

struct Session<'a> {
    plan: &'a Plan,
    /// Those that were not sent yet.
    files: VecDeque<&'a PathBuf>,
    current: Option<Current<'a>>,
    first: Option<Code>,
    /// The session served for a mail, or an attempt at one.
    began: bool,
    /// Why the session ended was told, with a mail.
    is_told: bool,
}

/// The mail that is on its way.
struct Current<'a> {
    file: &'a PathBuf,
    letter: Letter,
    /// Its payload is due, and this is what was read of it and not written.
    piece: Option<Bytes>,
    bar: ProgressBar,
}

impl<'a> Session<'a> {
    fn event(&mut self, client: &mut Client, event: Event) {
        match event {
            Event::Ready { .. } => self.next_mail(client),
            Event::DeriveKey(due) => {
                // It takes a moment, and there is nothing else to do. The key is due.
                let _ = client.key(due.derive());
            }
            // There is no other: the login fails.
            Event::NeedToken(_) => client.decline(),
            Event::Payload => {
                if let Some(current) = &mut self.current {
                    current.piece = Some(Bytes::new());
                }
            }
            Event::Sent(report) => {
                if let Some(current) = self.current.take() {
                    current.bar.finish_and_clear();
                    self.is_told |= report.failures().any(|(_, why)| why.reply.is_none());
                    self.note(told::report(current.file, &report));
                }
                self.next_mail(client);
            }
            Event::Refused(reply) => self.failed(&told::refusal(&reply)),
            Event::LoginFailed { failure, fault, .. } => {
                self.failed(&told::no_login(&failure, &fault));
            }
            _ => {}
        }
    }

    /// Begins with the next mail that can be sent; says goodbye behind the last.
    fn next_mail(&mut self, client: &mut Client) {
        // Else the session is over: what is left is told at its end.
        while client.is_ready()
            && let Some(file) = self.files.pop_front()
        {
            self.began = true;
            match self.begin(client, file) {
                Ok(current) => {
                    self.current = Some(current);
                    return;
                }
                Err(failure) => self.failed(&failure),
            }
        }
        client.shutdown();
    }

    fn begin(&self, client: &mut Client, file: &'a PathBuf) -> Result<Current<'a>, Failure> {
        let unreadable = |error| unreadable(file, &error);
        let mut letter = Letter::open(file, self.plan.is_binary()).map_err(unreadable)?;
        let octets = letter.facts.octets;
        let content = if octets <= WHOLE {
            Content::whole(letter.whole().map_err(unreadable)?)
        } else {
            Content::streamed(Some(octets))
        };
        let transaction = Transaction::new(self.plan.from.clone(), content)
            .with_parameters(self.plan.parameters(&letter.facts));
        let to = self.plan.to.iter().cloned();
        let transaction =
            to.fold(transaction, |mail, (path, with)| mail.with_recipient(path, with));
        client.send(transaction).map_err(|error| told::unsendable(file, &error))?;
        Ok(Current { file, bar: bar(octets, !self.plan.verbose), letter, piece: None })
    }

    /// Gives the machine what it takes.
    fn write(&mut self, client: &mut Client) {
        let Some(current) = &mut self.current else { return };
        let Some(piece) = &mut current.piece else { return };
        if piece.is_empty() {
            match current.letter.next() {
                Ok(Some(next)) => *piece = next,
                Ok(None) => {
                    current.piece = None;
                    // Fewer octets than were announced: the file shrank.
                    if client.finish_payload().is_err() {
                        let _ = client.abort();
                    }
                    return;
                }
                Err(error) => {
                    let failure = unreadable(current.file, &error);
                    current.piece = None;
                    let _ = client.abort();
                    return self.failed(&failure);
                }
            }
        }
        match client.write_payload(piece) {
            Ok(written) => current.bar.inc(written as u64),
            // It tells what became of the mail by itself.
            Err(_) => current.piece = None,
        }
    }

    fn failed(&mut self, failure: &Failure) {
        self.note(Err(told::failure(failure)));
    }

    fn note(&mut self, outcome: Result<(), Code>) {
        if let Err(code) = outcome {
            self.first.get_or_insert(code);
        }
    }

    /// The session ended in order.
    fn closed(mut self) -> Result<(), Code> {
        self.tell_rest();
        self.first.map_or(Ok(()), Err)
    }

    /// Mails that nobody tried to send.
    fn tell_rest(&mut self) {
        let rest = self.files.len();
        if self.began && rest > 0 {
            let text = format!("the session is over, and {rest} mails were not sent");
            self.failed(&Failure::new(Code::TempFail, text));
        }
    }

    /// The session broke off. What became of each mail was told before.
    fn ended(&mut self, error: &DriveError<Error>) -> Code {
        let failure = broken(error);
        if !self.is_told {
            self.failed(&failure);
        }
        self.tell_rest();
        self.first.unwrap_or(failure.code)
    }
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(Code::NoInput, format!("{}: {error}", file.display()))
}
