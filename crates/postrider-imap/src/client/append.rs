//! APPEND (RFC 3501 §6.3.11), MULTIAPPEND (RFC 3502) and REPLACE (RFC 8508): payload on its way out.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{Direction, Full, TimerKind, Unit};

use super::pending::Task;
use super::rules::Claim;
use super::{Client, Event, Handle};
use crate::{
    AppendData, AppendMessage, AppendTarget, AppendWriter, InvalidValue, Literals, MailboxName,
    SequenceNumber,
};
use crate::{CommandName, Error, Misuse};

/// The most octets that need no permission where the server offers LITERAL- (RFC 7888 §5).
const SMALL: u64 = 4096;

/// Messages to be appended.
#[derive(Debug)]
pub(super) struct Appending {
    target: AppendTarget,
    messages: VecDeque<AppendMessage>,
}

impl Appending {
    pub(super) fn target(&self) -> &AppendTarget {
        &self.target
    }

    /// Those of all messages.
    pub(super) fn octets(&self) -> u64 {
        let octets = self.messages.iter().filter_map(AppendMessage::octets);
        octets.fold(0, u64::saturating_add)
    }

    pub(super) fn name(&self) -> CommandName {
        match self.target {
            AppendTarget::Append(_) => CommandName::Append,
            AppendTarget::Replace { .. } => CommandName::Replace,
        }
    }
}

/// Messages that are being appended.
#[derive(Debug)]
pub(super) struct Upload {
    handle: Handle,
    /// Those that were not announced yet.
    rest: VecDeque<AppendMessage>,
    /// Which one is announced, counted from 0.
    index: usize,
    step: Step,
    writer: AppendWriter,
    /// As the writer has it, whatever the server says it can do in the meantime.
    literals: Literals,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A message of so many octets is announced, or about to be.
    Announced { octets: u64, waits: bool },
    /// So many octets of it are due.
    Writing { left: u64 },
    /// What comes behind it waits for room in the outbox.
    Between,
}

impl Client {
    /// Puts messages into a mailbox: all or none of them. [`Event::AppendBegin`] comes when the
    /// octets of each are due, for [`Client::write_payload`] and, behind the last,
    /// [`Client::finish_payload`]; [`Event::Completed`] ends it. Nothing else is said meanwhile.
    ///
    /// Where the server offers LITERAL+ (or LITERAL-, up to 4096 octets) that is at once, and
    /// elsewhere once the server agreed; it may refuse instead, and then no octet was sent in vain.
    /// A server that refuses inside a message cannot be told that the rest of it will not come, so
    /// the session is closed behind [`Event::Completed`]. When all octets of the message were
    /// written, it goes on.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use postrider_imap::client::{Client, Event};
    /// # use postrider_imap::{AppendMessage, MailboxName, client::Config};
    /// # use postrider_wire::{Machine, Progress, Security, TlsInfo};
    ///
    /// /// What an embedder does when [`Event::AppendBegin`] came, and again after each flush: `false`
    /// /// once the message is whole.
    /// fn write(client: &mut Client, mail: &mut Bytes) -> Result<bool, postrider_imap::Error> {
    ///     // It takes what there is room for: perhaps nothing, until the outbox was written.
    ///     client.write_payload(mail)?;
    ///     if !mail.is_empty() {
    ///         return Ok(true);
    ///     }
    ///     client.finish_payload()?;
    ///     Ok(false)
    /// }
    /// # let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    /// # let mut inbox = client.new_inbox();
    /// # inbox.extend(b"* PREAUTH [CAPABILITY LITERAL+] ready\r\n");
    /// # while let Progress::Event(_) = client.poll(&mut inbox)? {}
    /// # let mut mail = Bytes::from(vec![b'x'; 200_000]);
    /// # client.append(MailboxName::inbox(), vec![AppendMessage::new(200_000)])?;
    /// # while let Progress::Event(_) = client.poll(&mut inbox)? {}
    /// # while write(&mut client, &mut mail)? {
    /// #     let n = client.outbox().len();
    /// #     bytes::Buf::advance(client.outbox(), n);
    /// # }
    /// # Ok::<(), postrider_imap::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`Misuse::NotOffered`] for more than one message unless the server is known
    /// to offer MULTIAPPEND, for [`AppendData::Literal8`] unless it offers BINARY, for
    /// [`AppendData::Utf8`] unless `UTF8=ACCEPT` is enabled, and for [`AppendData::Catenate`]; no
    /// message; a flag that no client may set.
    pub fn append(
        &mut self,
        mailbox: MailboxName,
        messages: Vec<AppendMessage>,
    ) -> Result<Handle, Error> {
        if messages.len() > 1 {
            self.check(CommandName::Append)?;
            self.offered("MULTIAPPEND")?;
        }
        self.give_messages(AppendTarget::Append(mailbox), messages)
    }

    /// Puts a message into a mailbox and removes another one from the selected mailbox, or does neither
    /// (RFC 8508): with `uid`, the number is a UID. Its octets go as those of [`Client::append`].
    ///
    /// # Errors
    ///
    /// As [`Client::append`]; [`Misuse::NotOffered`] unless the server is known to offer REPLACE.
    pub fn replace(
        &mut self,
        uid: bool,
        message: SequenceNumber,
        mailbox: MailboxName,
        by: AppendMessage,
    ) -> Result<Handle, Error> {
        self.check(CommandName::Replace)?;
        self.offered("REPLACE")?;
        self.give_messages(AppendTarget::Replace { uid, message, mailbox }, [by].into())
    }

    fn give_messages(
        &mut self,
        target: AppendTarget,
        messages: Vec<AppendMessage>,
    ) -> Result<Handle, Error> {
        let appending = Appending { target, messages: messages.into() };
        self.check(appending.name())?;
        if appending.messages.is_empty() {
            return Err(InvalidValue::Empty.into());
        }
        for message in &appending.messages {
            if !message.flags.is_storable() {
                return Err(InvalidValue::Combination.into());
            }
            match message.data {
                AppendData::Literal(_) => {}
                AppendData::Literal8(_) => self.offered("BINARY")?,
                AppendData::Utf8(_) if self.write_options().utf8 => {}
                _ => return Err(Misuse::NotOffered.into()),
            }
        }
        self.give(Task::Append(appending))
    }

    /// Says APPEND or REPLACE up to its first literal.
    pub(super) fn begin_append(
        &mut self,
        handle: Handle,
        name: CommandName,
        claim: Claim,
        appending: Appending,
    ) -> Result<(), Full> {
        let Appending { target, messages: mut rest } = appending;
        // There is one, with octets that can be counted: that was asked.
        let Some(first) = rest.pop_front() else { return Ok(()) };
        let Some(octets) = first.octets() else { return Ok(()) };
        let options = self.write_options();
        let mut writer = None;
        self.launch(Some(handle), name, claim, |tag| {
            let mut begun = AppendWriter::new(tag, &target, options);
            let head = begun.message(&first);
            writer = Some(begun);
            head
        })?;
        if let Some(writer) = writer {
            let literals = options.literals;
            let step = Step::Announced { octets, waits: waits_for(literals, octets) };
            let upload = Upload { handle, rest, index: 0, step, writer, literals };
            self.upload = Some(Box::new(upload));
            self.announced();
        }
        Ok(())
    }

    /// Moves from `payload` into the outbox what fits, and returns how many octets that were: 0 where
    /// the outbox has to be flushed before.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due; [`Misuse::Size`] when it is longer than
    /// what is left of the declared size, and then nothing is taken.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let left = self.left().ok_or(Misuse::NothingPending)?;
        if payload.len() as u64 > left {
            return Err(Misuse::Size.into());
        }
        let n = self.chassis.send_payload(payload);
        self.set_step(Step::Writing { left: left.saturating_sub(n as u64) });
        Ok(n)
    }

    /// Ends one message. What comes behind it leaves as soon as there is room for it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due; [`Misuse::Size`] when it is not whole yet.
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        match self.left() {
            None => Err(Misuse::NothingPending.into()),
            Some(0) => {
                self.chassis.show(Direction::Out, Unit::PayloadEnd);
                self.set_step(Step::Between);
                self.go_on();
                Ok(())
            }
            Some(_) => Err(Misuse::Size.into()),
        }
    }

    /// Gives up on APPEND. A literal cannot be cut short, so the connection is closed:
    /// [`Event::Lost`] comes, then [`postrider_wire::Progress::Closed`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due.
    pub fn abort(&mut self) -> Result<(), Error> {
        self.left().ok_or(Misuse::NothingPending)?;
        self.over();
        Ok(())
    }

    /// How many octets of the message are due.
    pub(super) fn left(&self) -> Option<u64> {
        match self.upload.as_ref()?.step {
            Step::Writing { left } if self.doom.is_none() => Some(left),
            _ => None,
        }
    }

    /// Whether the next move is the embedder's or the outbox's, and not the server's.
    pub(super) fn is_uploading(&self) -> bool {
        let step = self.upload.as_ref().map(|upload| upload.step);
        matches!(step, Some(Step::Writing { .. } | Step::Between))
    }

    fn set_step(&mut self, step: Step) {
        if let Some(upload) = &mut self.upload {
            upload.step = step;
        }
    }

    /// A piece of the command left. Whether the server has to agree before the octets follow.
    pub(super) fn announced(&mut self) {
        let step = self.upload.as_ref().map(|upload| upload.step);
        let free = matches!(step, Some(Step::Announced { waits: false, .. }));
        if free && self.sending.is_none() {
            self.begin_payload();
        }
    }

    /// The octets of the announced message are due. Whether one was announced.
    pub(super) fn begin_payload(&mut self) -> bool {
        let Some(upload) = &mut self.upload else { return false };
        let Step::Announced { octets, .. } = upload.step else { return false };
        upload.step = Step::Writing { left: octets };
        let (handle, index) = (upload.handle, upload.index);
        self.events.push_back(Event::AppendBegin { handle, index, octets });
        self.chassis.timers.stop(TimerKind::Reply);
        true
    }

    /// Says what comes behind a message: the announcement of the next, or the line end. Whether
    /// there was something to say, and room for it.
    pub(super) fn go_on(&mut self) -> bool {
        let room = self.chassis.out.room() > 0 && self.doom.is_none();
        let Some(upload) = &mut self.upload else { return false };
        if upload.step != Step::Between || !room {
            return false;
        }
        let next = upload.rest.pop_front();
        let (literals, handle) = (upload.literals, upload.handle);
        let (piece, octets) = match &next {
            Some(message) => (upload.writer.message(message), message.octets()),
            None => (upload.writer.finish(), None),
        };
        upload.index = upload.index.saturating_add(1);
        match octets {
            Some(octets) => {
                self.set_step(Step::Announced { octets, waits: waits_for(literals, octets) });
            }
            // All is said: the answer is due.
            None => self.upload = None,
        }
        // There is room. An extension may have literals of its own.
        self.send_more(handle, piece);
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        self.announced();
        true
    }

    /// Whether some of the messages of this command are still to be said.
    pub(super) fn is_uploading_for(&self, handle: Option<Handle>) -> bool {
        self.upload.as_ref().is_some_and(|upload| Some(upload.handle) == handle)
    }

    /// The tagged answer came. Whether the session can go on: not when the server still waits for
    /// octets that it has refused.
    pub(super) fn end_upload(&mut self, handle: Option<Handle>) -> bool {
        let Some(upload) = self.upload.take_if(|upload| Some(upload.handle) == handle) else {
            return true;
        };
        self.chassis.timers.stop(TimerKind::Progress);
        match upload.step {
            Step::Announced { .. } => true,
            Step::Writing { left } => {
                self.chassis.show(Direction::Out, Unit::PayloadEnd);
                left == 0 && self.chassis.send(b"\r\n").is_ok()
            }
            Step::Between => self.chassis.send(b"\r\n").is_ok(),
        }
    }

    /// The upload will not be whole.
    pub(super) fn break_upload(&mut self) {
        if let Some(upload) = self.upload.take()
            && let Step::Writing { .. } = upload.step
        {
            self.chassis.show(Direction::Out, Unit::PayloadEnd);
        }
    }

    /// The timer runs while octets wait to leave, and starts anew when some did.
    pub(super) fn watch_upload(&mut self) {
        if !self.is_uploading() || self.reading.in_payload() {
            return;
        }
        self.chassis.watch_flush(self.config.progress);
    }
}

/// Whether a message of so many octets waits for the server.
fn waits_for(literals: Literals, octets: u64) -> bool {
    match literals {
        Literals::Plus => false,
        Literals::Minus => octets > SMALL,
        Literals::Wait => true,
    }
}
