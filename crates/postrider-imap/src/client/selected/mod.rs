//! What a client knows of the mailbox it selected.

mod numbering;

use alloc::boxed::Box;

use numbering::{Numbering, Odd};

pub use numbering::KnownMessage;

use super::Event;
use crate::{
    Code, CommandName, FetchItem, FetchedMessage, FlagSet, Limits, MessageNumber, ModSeq,
    PlainCode, Response, Status, Uid, UidSet, UidValidity,
};

/// The mailbox that is selected, as far as the server told: how many messages there are, which UID a
/// number has, and what their flags and MODSEQs were when they were last told.
///
/// A server numbers messages anew whenever one goes, so a number means a message only together with
/// all that was told before. This keeps that account. Make one at [`Event::Selecting`], and give it
/// every event from there on, in order; those about other things do nothing. Ask it which message an
/// [`Event::Expunge`] is about before you give it that. Where another mailbox is selected still, servers
/// that know QRESYNC say `CLOSED` before they speak of the new one (RFC 7162 §3.2.11); with others, say
/// UNSELECT or CLOSE before.
///
/// ```
/// use postrider_imap::client::Selected;
/// use postrider_imap::{FetchItem, FlagSet, Limits, MessageNumber, Response, Uid};
///
/// let number = |number| MessageNumber::new(number);
/// let fetch = |number, uid| Response::Fetch {
///     number,
///     items: vec![FetchItem::Uid(uid), FetchItem::Flags(FlagSet::new())],
/// };
/// let mut selected = Selected::new(&Limits::new());
/// selected.on_response(&Response::Exists(4))?;
/// selected.on_response(&fetch(number(2)?, Uid::new(102)?))?;
/// selected.on_response(&fetch(number(3)?, Uid::new(109)?))?;
/// // Somebody deletes the first message: those behind it move up.
/// selected.on_response(&Response::Expunge(number(1)?))?;
/// assert_eq!(selected.exists(), 3);
/// assert_eq!(selected.message(number(1)?).unwrap().uid, Uid::new(102)?);
/// assert_eq!(selected.number_of(Uid::new(109)?), Some(number(2)?));
/// assert_eq!(selected.message(number(3)?), None, "its UID was not told");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// It knows a message once its UID was told by FETCH, with or without other items; `UID FETCH 1:*
/// (FLAGS)` makes it know all of them. It holds no more messages than [`Limits::ids`], each with its
/// flags, whatever a server claims: those above that stay unknown.
///
/// Where a server's account is seen to contradict itself, all that was known of messages is forgotten,
/// so that no number is taken for the wrong message: see [`Contradiction`].
#[derive(Clone, Debug)]
pub struct Selected {
    most: usize,
    messages: Numbering,
    mailbox: Box<Mailbox>,
    /// A FETCH response that is not complete.
    open: Option<Fetched>,
}

/// What was told of the mailbox itself.
#[derive(Clone, Debug, Default)]
struct Mailbox {
    recent: u32,
    flags: Option<FlagSet>,
    permanent: Option<FlagSet>,
    validity: Option<UidValidity>,
    uid_next: Option<Uid>,
    highest: Option<ModSeq>,
    no_mod_seq: bool,
    sticky: bool,
    read_only: Option<bool>,
}

/// What a FETCH response told so far.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    message: FetchedMessage,
    uid: Option<Uid>,
    /// Whether some of it could not be read: perhaps the UID.
    pub(super) broken: bool,
    pub(super) flags: Option<FlagSet>,
    pub(super) mod_seq: Option<ModSeq>,
}

impl Fetched {
    fn new(message: FetchedMessage) -> Self {
        Self { message, uid: None, broken: false, flags: None, mod_seq: None }
    }

    /// Takes the items that matter here.
    fn take(&mut self, items: &[FetchItem]) {
        for item in items {
            match item {
                FetchItem::Uid(uid) => self.uid = Some(*uid),
                FetchItem::Flags(flags) => self.flags = Some(flags.clone()),
                FetchItem::ModSeq(mod_seq) => self.mod_seq = Some(*mod_seq),
                FetchItem::Unparsed(_) => self.broken = true,
                _ => {}
            }
        }
    }

    /// The UID of the message, told here or before.
    pub(super) fn uid(&self, selected: &Selected) -> Option<Uid> {
        self.uid.or_else(|| match self.message {
            FetchedMessage::Uid(uid) => Some(uid),
            FetchedMessage::Number(number) => selected.message(number).map(|message| message.uid),
        })
    }
}

/// What a server told of the selected mailbox contradicts what it told before: a message that is not
/// there, a number with two UIDs, UIDs that do not ascend, fewer messages without one that went; or it
/// cannot be read where it may tell that some went.
///
/// The messages are unknown from there on; what is told of them anew is good again. A client that
/// acts by number should select the mailbox once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server's account of the mailbox contradicts itself")]
#[non_exhaustive]
pub struct Contradiction;

impl From<Odd> for Contradiction {
    fn from(_: Odd) -> Self {
        Self
    }
}

impl Selected {
    /// A mailbox of which nothing was told yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            most: limits.ids,
            messages: Numbering::default(),
            mailbox: Box::new(Mailbox { sticky: true, ..Mailbox::default() }),
            open: None,
        }
    }

    /// How many messages there are.
    #[must_use]
    pub fn exists(&self) -> u32 {
        self.messages.exists()
    }

    /// How many messages are known at most.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// How many of them are known by their UIDs.
    #[must_use]
    pub fn known(&self) -> usize {
        self.messages.known()
    }

    /// What is known of the message that has this number now.
    #[must_use]
    pub fn message(&self, number: MessageNumber) -> Option<&KnownMessage> {
        self.messages.get(number.get())
    }

    /// The number that the message of this UID has now, if that is known.
    #[must_use]
    pub fn number_of(&self, uid: Uid) -> Option<MessageNumber> {
        self.messages.number_of(uid.get()).and_then(|number| MessageNumber::new(number).ok())
    }

    /// The known messages with their numbers, in order.
    pub fn messages(&self) -> impl Iterator<Item = (MessageNumber, &KnownMessage)> {
        let numbered = |(number, message)| Some((MessageNumber::new(number).ok()?, message));
        self.messages.iter().filter_map(numbered)
    }

    /// How many messages are `\Recent`.
    #[must_use]
    pub fn recent(&self) -> u32 {
        self.mailbox.recent
    }

    /// The flags in use.
    #[must_use]
    pub fn flags(&self) -> Option<&FlagSet> {
        self.mailbox.flags.as_ref()
    }

    /// The flags that can be changed for good, by `PERMANENTFLAGS`. Where the server does not say, all
    /// of them can (RFC 3501 §6.3.1).
    #[must_use]
    pub fn permanent_flags(&self) -> Option<&FlagSet> {
        self.mailbox.permanent.as_ref()
    }

    /// What UIDs are good for: with another UIDVALIDITY they name other messages.
    #[must_use]
    pub fn validity(&self) -> Option<UidValidity> {
        self.mailbox.validity
    }

    /// The UID that the next message gets, or a later one.
    #[must_use]
    pub fn uid_next(&self) -> Option<Uid> {
        self.mailbox.uid_next
    }

    /// The highest MODSEQ of the mailbox (RFC 7162 §3.1.2.1), as response codes last told it; not that
    /// of single messages, which may come before others that are lower.
    #[must_use]
    pub fn highest_mod_seq(&self) -> Option<ModSeq> {
        self.mailbox.highest
    }

    /// Whether the server said that this mailbox has no MODSEQs (`NOMODSEQ`).
    #[must_use]
    pub fn has_no_mod_seq(&self) -> bool {
        self.mailbox.no_mod_seq
    }

    /// Whether UIDs outlast the session: not where the server says `UIDNOTSTICKY` (RFC 4315 §2).
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        self.mailbox.sticky
    }

    /// Whether it can only be read; `None` until the answer to SELECT or EXAMINE.
    #[must_use]
    pub fn is_read_only(&self) -> Option<bool> {
        self.mailbox.read_only
    }

    /// Takes an event of the client.
    ///
    /// # Errors
    ///
    /// [`Contradiction`]; the event was taken all the same, and the next may follow.
    pub fn on_event(&mut self, event: &Event) -> Result<(), Contradiction> {
        self.hear(event).1
    }

    /// Takes an event, and hands on the FETCH response that ended with it.
    pub(super) fn hear(&mut self, event: &Event) -> (Option<Fetched>, Result<(), Contradiction>) {
        let result = match event {
            Event::Exists(exists) => self.on_response(&Response::Exists(*exists)),
            Event::Expunge(number) => self.on_response(&Response::Expunge(*number)),
            Event::Recent(recent) => self.on_response(&Response::Recent(*recent)),
            Event::Flags(flags) => {
                self.mailbox.flags = Some(flags.clone());
                Ok(())
            }
            Event::FetchItems { message, items, .. } => {
                let open = self.open.get_or_insert_with(|| Fetched::new(*message));
                open.take(items);
                Ok(())
            }
            Event::FetchEnd { .. } => {
                let fetched = self.open.take();
                let result = fetched.as_ref().map_or(Ok(()), |fetched| self.on_fetched(fetched));
                return (fetched, result);
            }
            Event::Status { status, .. } | Event::Part { status, .. } => {
                self.on_status(status);
                Ok(())
            }
            Event::Completed { command, status, .. } => {
                self.on_completed(*command, status);
                Ok(())
            }
            Event::Data { response, .. } => self.on_response(response),
            // Perhaps it told that messages went.
            Event::Unparsed(line) | Event::Unknown(line) if super::may_renumber(line) => {
                self.forget();
                Err(Contradiction)
            }
            Event::TooLong { message: None, .. } => {
                self.forget();
                Err(Contradiction)
            }
            _ => Ok(()),
        };
        (None, result)
    }

    /// Takes a response as a reader tells it, for those who drive a
    /// [`ResponseReader`](crate::ResponseReader) of their own. What a tagged response says is the same
    /// for every command.
    ///
    /// # Errors
    ///
    /// As [`Selected::on_event`].
    pub fn on_response(&mut self, response: &Response) -> Result<(), Contradiction> {
        match response {
            Response::Exists(exists) => self.messages.set_exists(*exists)?,
            Response::Expunge(number) => self.on_expunge(*number)?,
            Response::Recent(recent) => self.mailbox.recent = *recent,
            Response::Flags(flags) => self.mailbox.flags = Some(flags.clone()),
            Response::Vanished { earlier: false, uids } => self.on_vanished(uids)?,
            Response::Fetch { number, items } => {
                self.on_items(FetchedMessage::Number(*number), items)?;
            }
            Response::UidFetch { uid, items } => {
                self.on_items(FetchedMessage::Uid(*uid), items)?;
            }
            Response::Status(status) | Response::Tagged(_, status) => self.on_status(status),
            _ => {}
        }
        Ok(())
    }

    /// These are the UIDs of all messages, ascending: if they are as many as there are, each has its
    /// number by that (RFC 9051 §2.3.1.2).
    pub(super) fn learn_all(&mut self, uids: &crate::NumberList) {
        if uids.len() != u64::from(self.exists()) || self.known() as u64 == uids.len() {
            return;
        }
        for (number, uid) in (1..).zip(uids.iter()).take(self.most) {
            let Ok(uid) = Uid::new(uid) else { return };
            if self.messages.learn(number, uid, self.most).is_err() {
                return self.forget();
            }
        }
    }

    fn on_items(
        &mut self,
        message: FetchedMessage,
        items: &[FetchItem],
    ) -> Result<(), Contradiction> {
        let mut fetched = Fetched::new(message);
        fetched.take(items);
        self.on_fetched(&fetched)
    }

    /// Forgets what is known of the messages, but not how many there are.
    fn forget(&mut self) {
        self.messages = Numbering::unknown(self.messages.exists());
    }

    fn on_expunge(&mut self, number: MessageNumber) -> Result<(), Contradiction> {
        if self.messages.expunge(number.get()).is_err() {
            self.forget();
            return Err(Contradiction);
        }
        Ok(())
    }

    fn on_vanished(&mut self, uids: &UidSet) -> Result<(), Contradiction> {
        let before = self.messages.exists();
        for range in uids.as_list().ranges() {
            if self.messages.vanish(range.first().get(), range.last().get()).is_err() {
                // As many as it says are gone, whichever they were.
                let gone = u32::try_from(uids.len()).unwrap_or(u32::MAX);
                self.messages = Numbering::unknown(before.saturating_sub(gone));
                return Err(Contradiction);
            }
        }
        Ok(())
    }

    fn on_fetched(&mut self, fetched: &Fetched) -> Result<(), Contradiction> {
        let learned = match (fetched.message, fetched.uid) {
            (FetchedMessage::Number(number), Some(uid)) => {
                self.messages.learn(number.get(), uid, self.most)
            }
            (FetchedMessage::Number(number), None) => Ok(self.messages.get_mut(number.get())),
            // RFC 9586 §3: a session without numbers.
            (FetchedMessage::Uid(uid), _) => {
                let number = self.messages.number_of(uid.get());
                Ok(number.and_then(|number| self.messages.get_mut(number)))
            }
        };
        match learned {
            Ok(Some(message)) => {
                if fetched.flags.is_some() {
                    message.flags.clone_from(&fetched.flags);
                }
                if fetched.mod_seq.is_some() {
                    message.mod_seq = fetched.mod_seq;
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(Odd) => {
                self.forget();
                Err(Contradiction)
            }
        }
    }

    fn on_status(&mut self, status: &Status) {
        let mailbox = &mut self.mailbox;
        match &status.code {
            Some(Code::PermanentFlags(flags)) => mailbox.permanent = Some(flags.clone()),
            Some(Code::UidNext(uid)) => mailbox.uid_next = Some(*uid),
            Some(Code::UidValidity(validity)) => {
                let before = mailbox.validity.replace(*validity);
                if before.is_some_and(|before| before != *validity) {
                    self.forget();
                }
            }
            Some(Code::HighestModSeq(mod_seq)) => mailbox.highest = Some(*mod_seq),
            Some(Code::Plain(PlainCode::NoModSeq)) => mailbox.no_mod_seq = true,
            Some(Code::Plain(PlainCode::UidNotSticky)) => mailbox.sticky = false,
            Some(Code::Plain(PlainCode::ReadOnly)) => mailbox.read_only = Some(true),
            Some(Code::Plain(PlainCode::ReadWrite)) => mailbox.read_only = Some(false),
            // RFC 7162 §3.2.11: what came before was about the mailbox that was selected before.
            Some(Code::Plain(PlainCode::Closed)) => {
                let most = self.most;
                *self = Self { most, ..Self::new(&Limits::new()) };
            }
            _ => {}
        }
    }

    fn on_completed(&mut self, command: CommandName, status: &Status) {
        self.on_status(status);
        if status.is_ok() && self.mailbox.read_only.is_none() {
            match command {
                // A server that does not say lets write after SELECT, and never after EXAMINE.
                CommandName::Select => self.mailbox.read_only = Some(false),
                CommandName::Examine => self.mailbox.read_only = Some(true),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
