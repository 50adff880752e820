//! The mails themselves, as FETCH responses tell them.

use postrider::imap::{
    BodySection, Code, CommandName, FetchItem, FetchedMessage, PlainCode, Section, Status, Uid,
    client::{Client, Event, Handle, Selected},
};

use super::session::Session;
use postrider_net::program::{failure::Failure, imap as told};

/// Where the FETCH response stands that is being read, and how it went with those before.
#[derive(Debug, Default)]
pub(super) struct Mails {
    /// The UID that it tells. It may stand behind the octets.
    uid: Option<Uid>,
    /// The UID of the mail whose octets came, or come.
    current: Option<Uid>,
    /// Which number means which UID, once all is told.
    pub(super) selected: Option<Selected>,
    /// How many mails did not come. They may have gone meanwhile.
    pub(super) missing: usize,
}

impl Session<'_> {
    pub(super) fn mail(&mut self, client: &mut Client, event: Event) -> Result<(), Failure> {
        match event {
            Event::FetchItems { items, .. } => {
                for item in items {
                    match item {
                        FetchItem::Uid(uid) => self.mails.uid = Some(uid),
                        FetchItem::Unparsed(_) => self.unread = self.unread.saturating_add(1),
                        _ => {}
                    }
                }
            }
            // NIL, or not what was asked for: then the mail is missing.
            Event::BodyBegin {
                handle, message, section, origin: None, declared: Some(_), ..
            } if is_whole(&section) && self.mails.current.is_none() => {
                self.begin(message, handle)?;
            }
            Event::Chunk(octets) if self.intake.store.is_writing() => self.intake.write(&octets)?,
            Event::Aborted(_) if self.intake.store.is_writing() => {
                self.mails.current = None;
                self.intake.store.discard()?;
            }
            Event::FetchEnd { .. } => self.end()?,
            Event::Completed { handle, command: CommandName::Fetch, status, .. } => {
                self.answered(handle, &status);
                self.ask(client)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, message: FetchedMessage, handle: Option<Handle>) -> Result<(), Failure> {
        let uid = self.mails.uid.or_else(|| match message {
            FetchedMessage::Uid(uid) => Some(uid),
            // What is new was told with its UID before, and who asked for it is known otherwise.
            FetchedMessage::Number(number) => {
                let known = self.mails.selected.as_ref().and_then(|known| known.message(number));
                let asked = || handle.and_then(|handle| self.queue.asked_by(handle));
                known.map(|known| known.uid).or_else(asked)
            }
        });
        if let Some(uid) = uid
            && let Some(wanted) = self.queue.due(uid)?
        {
            self.mails.current = Some(uid);
            self.intake.store.begin(wanted)?;
        }
        Ok(())
    }

    /// The FETCH response is complete: now it is sure whose octets these were.
    fn end(&mut self) -> Result<(), Failure> {
        let told = self.mails.uid.take();
        let Some(uid) = self.mails.current.take() else { return Ok(()) };
        if told.is_some_and(|told| told != uid) {
            self.unread = self.unread.saturating_add(1);
            return self.intake.store.discard();
        }
        self.queue.came(uid);
        self.intake.store.end()?;
        if self.intake.store.is_due() {
            self.intake.commit()?;
        }
        Ok(())
    }

    fn answered(&mut self, handle: Handle, status: &Status) {
        let Some(asked) = self.queue.answered(handle).filter(|asked| !asked.came) else { return };
        self.mails.missing = self.mails.missing.saturating_add(1);
        // RFC 5530 §3: it was deleted by somebody else.
        if !status.is_ok() && status.code != Some(Code::Plain(PlainCode::ExpungeIssued)) {
            let failure = told::refusal(CommandName::Fetch, status);
            self.intake.note(failure.about(format_args!("the mail of UID {}", asked.uid)));
        }
    }
}

/// Whether these are all octets of a message.
fn is_whole(section: &BodySection) -> bool {
    match section {
        BodySection::Section(section) => *section == Section::all(),
        BodySection::Rfc822 => true,
        _ => false,
    }
}
