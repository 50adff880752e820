//! FETCH through a server machine: message by message, as much as there is room for.

use alloc::borrow::Cow;
use alloc::vec::{self, Vec};

use bytes::Bytes;
use postrider_imap::server::Server;
use postrider_imap::{FetchedMessage, MessageNumber, Misuse, ModSeq, PlainCode, Status, Uid};
use postrider_message::HeaderSection;
use postrider_mime::Message;

use super::{Answer, Answers, Body, Fetch};
use crate::{Messages, Metadata, Need, Octets, Refused, Source};

/// The answers to one FETCH, written into the server machine that asked for them.
///
/// Call [`tell`](Self::tell) until it says [`Told::All`], and then end the command with
/// [`status`](Self::status). In between, the driver flushes where there is no room, and the store marks
/// messages as read where that is due.
///
/// ```
/// use bytes::Buf;
/// use postrider_imap::server::{Config, Event, SelectData, Server};
/// use postrider_imap::{Command, InternalDate, MailboxName, MessageSet};
/// use postrider_mailbox::memory::{Account, NewMessage};
/// use postrider_mailbox::view::Access;
/// use postrider_mailbox::{Fetch, Telling, Told};
/// use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};
///
/// let mut account = Account::new(1);
/// let mail = NewMessage::new("Subject: one\r\n\r\nHello\r\n", InternalDate::from_unix(0, 0)?);
/// account.deliver(&MailboxName::inbox(), mail)?;
/// let session = account.open();
/// account.select(session, &MailboxName::inbox(), Access::ReadOnly, None)?;
///
/// let config = Config::new(Security::StartTls(Policy::Never))
///     .with_clear_text_login(ClearTextLogin::Allow);
/// let mut server = Server::new(config);
/// let mut inbox = server.new_inbox();
/// inbox.extend(b"a login mrc secret\r\nb examine inbox\r\nc fetch 1 (rfc822.size body[])\r\n");
/// let mut said = Vec::new();
/// loop {
///     match server.poll(&mut inbox)? {
///         Progress::Event(Event::Command(Command::Fetch { set, uid, attributes, .. })) => {
///             let opened = account.opened(session)?;
///             let named: Vec<_> = opened.view().messages(&set, uid)?.collect();
///             let mut telling = Telling::new(Fetch::new(attributes).read_only(), named);
///             while telling.tell(&mut server, &opened.messages())? != Told::All {}
///             server.accept_with(telling.status(server.completed()))?;
///         }
///         Progress::Event(Event::Command(Command::Examine { .. })) => {
///             server.accept_select(&SelectData::new(1))?;
///         }
///         Progress::Event(_) => server.accept()?,
///         Progress::Wait { .. } if server.outbox().is_empty() => break,
///         _ => {
///             let len = server.outbox().len();
///             said.extend_from_slice(&server.outbox().copy_to_bytes(len));
///         }
///     }
/// }
/// let said = String::from_utf8_lossy(&said);
/// assert!(said.contains("* 1 FETCH (RFC822.SIZE 23 BODY[] {23}\r\nSubject: one\r\n\r\nHello\r\n)\r\nc OK "));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Telling {
    fetch: Fetch,
    named: vec::IntoIter<(MessageNumber, Uid)>,
    /// UIDFETCH is told, in the place of FETCH (RFC 9586).
    uid_only: bool,
    /// The message whose turn it is, as it was before it was marked as read.
    current: Option<Current>,
    /// What is still to be told of it.
    answers: vec::IntoIter<Answer>,
    message: Option<FetchedMessage>,
    octets: Bytes,
    payload: Option<Bytes>,
    refused: Option<Refused>,
    gone: bool,
}

#[derive(Debug)]
struct Current {
    number: MessageNumber,
    metadata: Metadata,
    /// At which MODSEQ it became `\Seen`, where the session hears of that.
    mod_seq: Option<ModSeq>,
    /// How many attributes were answered already.
    answered: usize,
}

/// Octets that answers hold which were put together; there are no more until they are told.
const AT_ONCE: u64 = 64 * 1024;

/// What came of telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who leaves one out tells nothing more")]
pub enum Told {
    /// All of it.
    All,
    /// What there was room for. Goes on once the driver has flushed.
    Some,
    /// What was told so far; this message becomes `\Seen`, which the store is to note before the answer
    /// is given: [`Telling::seen`].
    Seen(Uid),
}

/// Why no more can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TellingError<E> {
    /// The server takes no answers to FETCH: the session is over, or another command is in progress.
    #[error(transparent)]
    Server(postrider_imap::Error),
    /// What went wrong in the store.
    #[error("the store failed")]
    Store(E),
}

impl Telling {
    /// These messages, which the set of the command names.
    pub fn new(fetch: Fetch, mut named: Vec<(MessageNumber, Uid)>) -> Self {
        let places = fetch.places(u32::try_from(named.len()).unwrap_or(u32::MAX));
        let at = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        named.truncate(at(places.end));
        named.drain(..at(places.start).min(named.len()));
        Self {
            fetch,
            named: named.into_iter(),
            uid_only: false,
            current: None,
            answers: Vec::new().into_iter(),
            message: None,
            octets: Bytes::new(),
            payload: None,
            refused: None,
            gone: false,
        }
    }

    /// Names messages by their UIDs, as a session wants that has UIDONLY enabled (RFC 9586).
    #[must_use]
    pub const fn with_uid_only(mut self, uid_only: bool) -> Self {
        self.uid_only = uid_only;
        self
    }

    /// Tells what there is room for.
    ///
    /// # Errors
    ///
    /// [`TellingError`]
    pub fn tell<S: Messages>(
        &mut self,
        server: &mut Server,
        store: &S,
    ) -> Result<Told, TellingError<S::Error>> {
        loop {
            if !self.write(server).map_err(TellingError::Server)? {
                return Ok(Told::Some);
            }
            if self.current.is_some() {
                self.answer(store)?;
                continue;
            }
            let Some((number, uid)) = self.named.next() else { return Ok(Told::All) };
            let Some(metadata) = store.metadata(uid).map_err(TellingError::Store)? else {
                self.gone = true;
                continue;
            };
            match self.fetch.is_wanted(&metadata) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    self.refused = Some(error.into());
                    return Ok(Told::All);
                }
            }
            let becomes_seen = self.fetch.becomes_seen(&metadata);
            let metadata = Cow::into_owned(metadata);
            self.current = Some(Current { number, metadata, mod_seq: None, answered: 0 });
            if becomes_seen {
                return Ok(Told::Seen(uid));
            }
        }
    }

    /// The store has noted that the message is `\Seen`, at this MODSEQ if the session hears of those.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    pub fn seen<S: Messages>(
        &mut self,
        store: &S,
        mod_seq: Option<ModSeq>,
    ) -> Result<(), S::Error> {
        if let Some(current) = &mut self.current {
            current.mod_seq = mod_seq;
        }
        match self.answer(store) {
            Err(TellingError::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// How the command ends: as `completed` says, which is [`Server::completed`]; or NO where a message
    /// is gone whose number the client gave (RFC 2180 §4.1.3), or a part cannot be decoded.
    #[must_use]
    pub fn status(self, completed: Status) -> Status {
        match self.refused {
            Some(refused) => refused.into_status(),
            None if self.gone && !self.fetch.is_by_uid() => {
                Status::no("Some of the messages no longer exist.")
                    .with_code(PlainCode::ExpungeIssued.into())
            }
            None => completed,
        }
    }

    /// Makes the next answers for the message whose turn it is.
    fn answer<S: Messages>(&mut self, store: &S) -> Result<(), TellingError<S::Error>> {
        let Some(current) = self.current.take() else { return Ok(()) };
        let Current { number, metadata, mod_seq, mut answered } = current;
        self.message = Some(match self.uid_only {
            true => metadata.uid.into(),
            false => number.into(),
        });
        let size = metadata.size;
        let mut more = false;
        let seen = |answers: Answers<'_>| -> Vec<Answer> {
            let answers = match mod_seq {
                Some(mod_seq) => answers.seen_at(mod_seq),
                None => answers,
            };
            let (all, left) = some_of(answers.behind(answered), size);
            more = left.is_some();
            answered = left.unwrap_or(answered);
            all
        };
        let found = match self.fetch.need() {
            Need::Metadata if !self.fetch.tells_octets() => {
                self.fetch.answer(&metadata, Source::metadata()).map(seen)
            }
            Need::Header if !self.fetch.tells_octets() => {
                let header = store.header(metadata.uid).map_err(TellingError::Store)?;
                let Some(header) = header else {
                    self.gone = true;
                    return Ok(());
                };
                let section = HeaderSection::parse(header);
                self.fetch.answer(&metadata, Source::header(section.headers())).map(seen)
            }
            need => {
                let octets = store.octets(metadata.uid).map_err(TellingError::Store)?;
                let Some(octets) = octets else {
                    self.gone = true;
                    return Ok(());
                };
                self.octets = octets.clone();
                match need {
                    Need::Message => match Message::parse(octets) {
                        Ok(message) => {
                            self.fetch.answer(&metadata, Source::message(&message)).map(seen)
                        }
                        Err(_) => {
                            // Of 4 GiB and more there is no tree.
                            let status = Status::no("The message is too large for that.");
                            let status = status.with_code(PlainCode::Limit.into());
                            self.refused = Some(status.into());
                            Ok(Vec::new())
                        }
                    },
                    // The octets as a whole, of which nothing is to be known.
                    Need::Metadata => self.fetch.answer(&metadata, Source::metadata()).map(seen),
                    _ => {
                        let section = HeaderSection::parse(octets);
                        self.fetch.answer(&metadata, Source::header(section.headers())).map(seen)
                    }
                }
            }
        };
        match found {
            Ok(answers) => self.answers = answers.into_iter(),
            Err(error) => self.refused = Some(error.into()),
        }
        self.current = more.then_some(Current { number, metadata, mod_seq, answered });
        Ok(())
    }

    /// Writes what is ready. Whether there was room for all of it.
    fn write(&mut self, server: &mut Server) -> Result<bool, postrider_imap::Error> {
        let Some(message) = self.message else { return Ok(true) };
        loop {
            if let Some(payload) = &mut self.payload {
                server.write_payload(payload)?;
                if !payload.is_empty() {
                    return Ok(false);
                }
                server.finish_payload()?;
                self.payload = None;
            }
            if server.room() == 0 {
                return Ok(false);
            }
            let told = match self.answers.next() {
                None => return Ok(true),
                Some(Answer::Item(item)) => server.fetch_items(message, &[item]),
                Some(Answer::Body(body)) => self.begin(server, message, body),
            };
            match told {
                // There is room.
                Err(postrider_imap::Error::Misuse(Misuse::Full)) => return Ok(false),
                told => told?,
            }
        }
    }

    fn begin(
        &mut self,
        server: &mut Server,
        message: FetchedMessage,
        body: Body,
    ) -> Result<(), postrider_imap::Error> {
        let Some(octets) = &body.octets else {
            return server.body_nil(message, &body.name, body.origin);
        };
        let octets = match octets {
            Octets::Stored(range) => {
                let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
                let end = at(range.end).min(self.octets.len());
                self.octets.slice(at(range.start).min(end)..end)
            }
            Octets::Assembled(octets) => octets.clone(),
        };
        let len = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        if body.is_literal8(&octets) {
            server.binary_begin(message, &body.name, body.origin, len)?;
        } else {
            server.body_begin(message, &body.name, body.origin, len)?;
        }
        self.payload = Some(octets);
        Ok(())
    }
}

/// Answers up to a weight, and behind how many attributes it goes on, if it does.
fn some_of(mut answers: Answers<'_>, size: u64) -> (Vec<Answer>, Option<usize>) {
    let (mut some, mut weight) = (Vec::new(), 0_u64);
    while let Some(answer) = answers.next() {
        if let Answer::Body(Body { octets: Some(Octets::Assembled(_)), .. }) = &answer {
            // Of a piece the whole is held.
            weight = weight.saturating_add(size);
        }
        some.push(answer);
        if weight >= AT_ONCE && answers.left() > 0 {
            return (some, Some(answers.answered()));
        }
    }
    (some, None)
}
