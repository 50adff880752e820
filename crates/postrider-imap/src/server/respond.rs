//! What is told beside the tagged response: answers to a command, and news.

use alloc::boxed::Box;

use super::{Asked, Feature, Phrase, Selecting, Server};
use crate::value::{EsearchItem, EsearchResponse, InProgress, ListKind, Status};
use crate::{Code, Response, StatusKind};
use crate::{CommandName, Error, Misuse, State};

/// What the client wants to hear of the selected mailbox while no command is in progress (RFC 5465).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Notified {
    /// Nothing: no NOTIFY holds.
    #[default]
    Nothing,
    /// Of other mailboxes alone.
    Others,
    /// All but that messages are gone: `SELECTED-DELAYED`.
    Delayed,
    /// All: `SELECTED`.
    Selected,
}

impl Server {
    /// Whether it may be told now that messages are gone, by EXPUNGE or VANISHED (RFC 9051 §7.5.1): to a
    /// client that idles, that wants to hear of it at once (NOTIFY with SELECTED), or that waits for the
    /// answer to a command which has no message numbers in the air. The view of a mailbox asks this
    /// before it is asked what is new.
    #[must_use]
    pub fn may_expunge(&self) -> bool {
        if self.state != State::Selected || self.in_payload() || self.next.is_some() {
            return false;
        }
        match &self.asked {
            Some(asked) => !asked.holds_numbers && tells_news(asked),
            None => self.is_idling() || self.notified == Notified::Selected,
        }
    }

    /// Whether there may be other news of the selected mailbox now: EXISTS, RECENT, FETCH of flags.
    #[must_use]
    pub fn may_update(&self) -> bool {
        if self.state != State::Selected || self.in_payload() || self.next.is_some() {
            return false;
        }
        match &self.asked {
            Some(asked) => tells_news(asked),
            None => self.is_idling() || self.is_notified(),
        }
    }

    /// Whether NOTIFY asks for news of the selected mailbox.
    pub(super) fn is_notified(&self) -> bool {
        matches!(self.notified, Notified::Selected | Notified::Delayed)
    }

    /// Tells news of the selected mailbox: EXISTS, RECENT, EXPUNGE, VANISHED, FETCH and UIDFETCH of
    /// flags, FLAGS, ESEARCH of a search that is followed; under NOTIFY also STATUS, LIST and METADATA
    /// of others; and OK or NO for the information of the client. RECENT is left out for clients of
    /// IMAP4rev2 (RFC 9051 Appendix E).
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing said: [`Misuse::NotNow`] where [`Server::may_expunge`] or
    /// [`Server::may_update`] says no, and for anything else than news; [`Misuse::Payload`] while a
    /// payload is open; and [`Misuse::Full`], which goes away when the driver has flushed.
    pub fn update(&mut self, news: &Response) -> Result<(), Error> {
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        let may = match news {
            Response::Expunge(_) | Response::Vanished { earlier: false, .. } => self.may_expunge(),
            Response::Exists(_)
            | Response::Recent(_)
            | Response::Flags(_)
            | Response::Fetch { .. }
            | Response::UidFetch { .. }
            | Response::Esearch(_) => self.may_update(),
            Response::MailboxStatus(_) | Response::List(_) | Response::Metadata(_) => {
                self.notified != Notified::Nothing && !self.held_by_select()
            }
            Response::Status(status) => self.may_inform(status),
            _ => false,
        };
        if !may || !self.fits_enabled(news) {
            return Err(Misuse::NotNow.into());
        }
        self.tell(news)
    }

    /// Tells what answers the command that waits for a verdict, such as LIST or SEARCH: as much as
    /// there is, until [`Misuse::Full`]. A SEARCH for a client of IMAP4rev2 is told as ESEARCH.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing said: [`Misuse::NothingPending`] when no command waits;
    /// [`Misuse::NotNow`] when this is no answer to it; [`Misuse::Payload`] while a payload is open; and
    /// [`Misuse::Full`], which goes away when the driver has flushed.
    pub fn respond(&mut self, response: &Response) -> Result<(), Error> {
        let asked = self.pending().ok_or(Misuse::NothingPending)?;
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        let selected = self.state == State::Selected || asked.selecting == Selecting::Told;
        let fits = (selected || !is_of_messages(response)) && self.fits_enabled(response);
        if !answers(asked, response) || !fits {
            return Err(Misuse::NotNow.into());
        }
        self.tell(response)
    }

    /// Tells that the command which waits for a verdict is still being carried out, and how far it is
    /// (RFC 9585).
    ///
    /// # Errors
    ///
    /// As [`Server::respond`], and [`Misuse::NotOffered`] without [`Feature::InProgress`].
    pub fn progress(&mut self, progress: Option<InProgress>) -> Result<(), Error> {
        if !self.config.features.contains(Feature::InProgress) {
            return Err(Misuse::NotOffered.into());
        }
        let tag = self.tag().cloned().ok_or(Misuse::NothingPending)?;
        let code = Code::InProgress { tag: Some(tag), progress };
        let status = Status::ok(self.words(Phrase::InProgress)).with_code(code);
        self.respond(&Response::Status(status))
    }

    /// Whether what the client has enabled knows such a response: UIDONLY has no message numbers, and
    /// VANISHED is for QRESYNC and UIDONLY. Under QRESYNC "the server MUST use the VANISHED response
    /// ... instead of the EXPUNGE response for all mailboxes that don't return NOMODSEQ" (RFC 7162
    /// §3.2.10.2).
    fn fits_enabled(&self, response: &Response) -> bool {
        let uid_only = self.enabled.contains(Feature::UidOnly);
        let qresync = self.enabled.contains(Feature::Qresync);
        match response {
            Response::Fetch { number, .. } => self.names_so((*number).into()),
            Response::UidFetch { uid, .. } => self.names_so((*uid).into()),
            Response::Expunge(_) => !(uid_only || (qresync && self.has_mod_seqs)),
            Response::Vanished { .. } => uid_only || qresync,
            _ => true,
        }
    }

    fn tell(&mut self, response: &Response) -> Result<(), Error> {
        if self.room() == 0 {
            return Err(Misuse::Full.into());
        }
        let rev2 = self.enabled.contains(Feature::Imap4Rev2);
        match response {
            Response::Recent(_) if rev2 => {}
            Response::Fetch { number, items } => return self.write_items(*number, items),
            Response::UidFetch { uid, items } => return self.write_items(*uid, items),
            Response::Search { numbers, mod_seq } if rev2 => {
                let all = (!numbers.is_empty()).then(|| EsearchItem::All(numbers.clone()));
                let items = all.into_iter().chain(mod_seq.map(EsearchItem::ModSeq));
                let mut found = EsearchResponse::new(items.collect());
                found.uid = self.pending().is_some_and(|asked| asked.uid);
                found.tag = self.tag().cloned().map(Into::into);
                self.close_fetch();
                self.say_response(&Response::Esearch(Box::new(found)));
            }
            response => {
                self.close_fetch();
                self.say_response(response);
            }
        }
        Ok(())
    }

    /// Whether a status for information may be told now.
    fn may_inform(&self, status: &Status) -> bool {
        let informs = matches!(status.kind, StatusKind::Ok | StatusKind::No | StatusKind::Bad);
        informs && (self.pending().is_some() || self.is_telling())
    }

    /// While a mailbox is being selected, nothing is told of another.
    fn held_by_select(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| super::verdicts::is_select(asked.name))
    }

    /// Whether news is told although no verdict waits.
    pub(super) fn is_telling(&self) -> bool {
        self.is_idling() || self.notified != Notified::Nothing
    }
}

/// Whether news of the selected mailbox may be told while this waits for its verdict: not where the
/// mailbox is being left.
fn tells_news(asked: &Asked) -> bool {
    use CommandName::{Authenticate, Close, Examine, Login, Select, Unauthenticate, Unselect};
    !matches!(
        asked.name,
        Select | Examine | Close | Unselect | Unauthenticate | Login | Authenticate
    )
}

/// Whether a response means the messages of the selected mailbox.
fn is_of_messages(response: &Response) -> bool {
    matches!(
        response,
        Response::Flags(_)
            | Response::Fetch { .. }
            | Response::UidFetch { .. }
            | Response::Expunge(_)
            | Response::Vanished { .. }
    )
}

/// Whether a response answers a command.
fn answers(asked: &Asked, response: &Response) -> bool {
    use CommandName as Name;
    match response {
        Response::Id(_) => asked.name == Name::Id,
        Response::Namespace(_) => asked.name == Name::Namespace,
        Response::JmapAccess(_) => asked.name == Name::GetJmapAccess,
        Response::Flags(_) => asked.selecting == Selecting::Told || tells_news(asked),
        Response::Fetch { .. } | Response::UidFetch { .. } => {
            let of_messages = [
                Name::Fetch,
                Name::Store,
                Name::Search,
                Name::Sort,
                Name::Copy,
                Name::Move,
                Name::Notify,
            ];
            of_messages.contains(&asked.name) || asked.selecting == Selecting::Told
        }
        Response::Vanished { earlier: true, .. } => {
            asked.name == Name::Fetch || asked.selecting == Selecting::Told
        }
        Response::Expunge(_) | Response::Vanished { earlier: false, .. } => {
            matches!(asked.name, Name::Expunge | Name::Move | Name::Replace)
        }
        // RFC 9051 §6.3.4: the name as it became; §6.3.9
        Response::List(list) if list.kind == ListKind::List => matches!(
            asked.name,
            Name::List | Name::Create | Name::Rename | Name::Delete | Name::Notify | Name::Append
        ),
        Response::List(list) if list.kind == ListKind::Lsub => asked.name == Name::Lsub,
        // RFC 5819, RFC 5465 §3.1
        Response::MailboxStatus(_) => {
            matches!(asked.name, Name::Status | Name::List | Name::Notify)
        }
        Response::Search { .. } => asked.name == Name::Search,
        Response::Sort { .. } => asked.name == Name::Sort,
        Response::Thread(_) => asked.name == Name::Thread,
        Response::Esearch(_) => {
            matches!(asked.name, Name::Search | Name::Sort | Name::Esearch)
        }
        Response::UidBatches { .. } => asked.name == Name::UidBatches,
        Response::Quota(_) => {
            matches!(asked.name, Name::GetQuota | Name::GetQuotaRoot | Name::SetQuota)
        }
        Response::QuotaRoot(_) => asked.name == Name::GetQuotaRoot,
        Response::Acl(_) => asked.name == Name::GetAcl,
        Response::ListRights(_) => asked.name == Name::ListRights,
        // RFC 8440
        Response::MyRights(_) => matches!(asked.name, Name::MyRights | Name::List),
        Response::Metadata(_) => matches!(asked.name, Name::GetMetadata | Name::List),
        Response::Status(status) => {
            matches!(status.kind, StatusKind::Ok | StatusKind::No | StatusKind::Bad)
        }
        _ => false,
    }
}
