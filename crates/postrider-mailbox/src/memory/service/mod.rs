//! An IMAP session over an account in memory: what an embedder of the server machine does.
//!
//! The machine asks, [`Service`] answers. Who may log in is for others to say; everything behind it is
//! here: [`Service::features`] tells what, and [`Service::on_event`] does it.

mod appending;
mod messages;
mod names;
mod replies;

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use postrider_imap::server::{Event, Feature, Features, Server};
use postrider_imap::{
    Command, Error, InternalDate, Misuse, Namespace, Namespaces, Response, Status,
};

use self::appending::Incoming;
use super::{Account, SessionId};
use crate::view::{Extension, Permit};
use crate::{Refused, Telling, Told};

/// One IMAP session of a user who is logged in.
///
/// ```
/// use bytes::Buf;
/// use postrider_imap::server::{Config, Event, Server};
/// use postrider_imap::{InternalDate, MailboxName};
/// use postrider_mailbox::memory::{Account, NewMessage, Service};
/// use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};
///
/// let mut account = Account::new(1_700_000_000);
/// let now = InternalDate::from_unix(1_700_000_000, 0)?;
/// account.deliver(&MailboxName::inbox(), NewMessage::new("Subject: one\r\n\r\nHello\r\n", now))?;
/// let mut service = Service::new(&mut account, now);
///
/// let config = Config::new(Security::StartTls(Policy::Never))
///     .with_clear_text_login(ClearTextLogin::Allow)
///     .with_features(Service::features());
/// let mut server = Server::new(config);
/// let mut inbox = server.new_inbox();
/// inbox.extend(b"a login mrc secret\r\nb select inbox\r\nc uid search subject ONE\r\nd logout\r\n");
/// let mut said = Vec::new();
/// loop {
///     match server.poll(&mut inbox)? {
///         Progress::Event(Event::Login { .. }) => server.accept()?,
///         Progress::Event(event) => {
///             let other = service.on_event(&mut server, &mut account, event)?;
///             assert_eq!(other, None, "not for an account to answer");
///         }
///         Progress::Closed => break,
///         _ => {
///             let len = server.outbox().len();
///             said.extend_from_slice(&server.outbox().copy_to_bytes(len));
///             // There is room again; and the client hears what is new, where it may.
///             service.go_on(&mut server, &mut account)?;
///         }
///     }
/// }
/// service.close(&mut account);
/// assert!(String::from_utf8_lossy(&said).contains("* SEARCH 1\r\nc OK "));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Service {
    session: SessionId,
    now: InternalDate,
    /// What is to be said, in order.
    work: VecDeque<Work>,
    /// PERMANENTFLAGS, which belong behind the FLAGS that were told.
    permanent: Option<Box<Status>>,
    incoming: Option<Incoming>,
}

/// Something that waits for room.
#[derive(Debug)]
enum Work {
    /// It answers the command.
    Answer(Response),
    /// FETCH.
    Fetch(Box<Telling>),
    /// What is new in the selected mailbox.
    News,
    /// The command ends.
    End(Status),
}

impl Service {
    /// A session of this account begins, at this time.
    #[must_use]
    pub fn new(account: &mut Account, now: InternalDate) -> Self {
        let session = account.open();
        Self { session, now, work: VecDeque::new(), permanent: None, incoming: None }
    }

    /// What a session can answer.
    #[must_use]
    pub fn features() -> Features {
        Features::from([
            Feature::AppendLimit,
            Feature::CreateSpecialUse,
            Feature::Esort,
            Feature::Id,
            Feature::Imap4Rev2,
            Feature::MultiAppend,
            Feature::ObjectId,
            Feature::Partial,
            Feature::Preview,
            Feature::Qresync,
            Feature::QuotaMailbox,
            Feature::QuotaMessage,
            Feature::QuotaStorage,
            Feature::Replace,
            Feature::SaveDate,
            Feature::SearchFuzzy,
            Feature::SortDisplay,
            Feature::ThreadOrderedSubject,
            Feature::ThreadReferences,
            Feature::UidOnly,
            Feature::Unauthenticate,
            Feature::Utf8Accept,
            Feature::Within,
        ])
    }

    /// What time it is: for messages that come without a date, and for OLDER and YOUNGER.
    pub const fn set_now(&mut self, now: InternalDate) {
        self.now = now;
    }

    /// The session of the account.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The session ends.
    pub fn close(self, account: &mut Account) {
        account.close(self.session);
    }

    /// Answers an event of the machine. Of logins nothing is known here: such an event comes back.
    ///
    /// # Errors
    ///
    /// What the machine says to a call that it takes no more, because the session is over.
    pub fn on_event(
        &mut self,
        server: &mut Server,
        account: &mut Account,
        event: Event,
    ) -> Result<Option<Event>, Error> {
        account.set_now(self.now);
        match event {
            Event::Command(command) => {
                if let Err(refused) = self.on_command(server, account, command) {
                    self.work.clear();
                    self.end(account, refused.into_status());
                }
            }
            Event::Enabled(feature) => self.enable(account, feature),
            Event::Append { target, .. } => self.on_append(server, account, target)?,
            Event::AppendBegin { message, .. } | Event::AppendNext { message, .. } => {
                self.begin_message(message);
            }
            Event::Chunk(octets) => self.on_chunk(&octets),
            Event::AppendEnd => self.on_append_end(server, account),
            Event::Aborted(_) => self.incoming = None,
            Event::IdleEnd => {}
            other => return Ok(Some(other)),
        }
        self.go_on(server, account)?;
        Ok(None)
    }

    /// Goes on where there was no room before, and tells what is new where that may be told: to be
    /// called when the driver has flushed, and when others have changed the account.
    ///
    /// # Errors
    ///
    /// As [`Service::on_event`].
    pub fn go_on(&mut self, server: &mut Server, account: &mut Account) -> Result<(), Error> {
        loop {
            match self.step(server, account) {
                Ok(true) => {}
                Ok(false) | Err(Error::Misuse(Misuse::Full)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether something waits for room.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.work.is_empty()
    }

    /// Whether there was room for one more piece of work, if there is one.
    fn step(&mut self, server: &mut Server, account: &mut Account) -> Result<bool, Error> {
        match self.work.front_mut() {
            None => {
                // Whoever waits for hours holds no memory meanwhile.
                self.work = VecDeque::new();
                // Where no command is in progress there may still be news: under IDLE.
                let told = server.tag().is_none() && server.may_update();
                if told {
                    self.tell_news(server, account)?;
                }
                return Ok(false);
            }
            Some(Work::Answer(response)) => server.respond(response)?,
            Some(Work::Fetch(telling)) => {
                if !Self::tell_fetch(telling, self.session, server, account)? {
                    return Ok(false);
                }
                let Some(Work::Fetch(telling)) = self.work.pop_front() else { return Ok(false) };
                let status = telling.status(server.completed());
                self.end(account, status);
                return Ok(true);
            }
            Some(Work::News) => {
                if !self.tell_news(server, account)? {
                    return Ok(false);
                }
            }
            Some(Work::End(_)) => {
                let Some(Work::End(status)) = self.work.pop_front() else { return Ok(false) };
                match status.is_ok() {
                    true => server.accept_with(status)?,
                    false => server.reject(status)?,
                }
                return Ok(true);
            }
        }
        self.work.pop_front();
        Ok(true)
    }

    /// Whether all was told.
    fn tell_fetch(
        telling: &mut Telling,
        session: SessionId,
        server: &mut Server,
        account: &mut Account,
    ) -> Result<bool, Error> {
        loop {
            let Ok(opened) = account.opened(session) else { return Ok(true) };
            let told = telling.tell(server, &opened.messages());
            match told {
                Ok(Told::All) => return Ok(true),
                Ok(Told::Some) => return Ok(false),
                Ok(Told::Seen(uid)) => {
                    // Where it cannot be noted, it is told as it is.
                    if account.seen(session, uid).is_err() {
                        continue;
                    }
                    let Ok(opened) = account.opened(session) else { return Ok(true) };
                    let tells = opened.view().tells().mod_seq;
                    let mod_seq = opened.mailbox().get(uid).and_then(|one| one.mod_seq);
                    let Ok(()) = telling.seen(&opened.messages(), mod_seq.filter(|_| tells));
                }
                Err(crate::TellingError::Server(error)) => return Err(error),
                Err(crate::TellingError::Store(never)) => match never {},
            }
        }
    }

    /// Tells the session what it has not been told. Whether there was room for all of it.
    fn tell_news(&mut self, server: &mut Server, account: &mut Account) -> Result<bool, Error> {
        if !server.may_update() {
            return Ok(true);
        }
        loop {
            if server.room() == 0 {
                return Ok(false);
            }
            if let Some(status) = self.permanent.take() {
                server.update(&Response::Status(*status))?;
                continue;
            }
            if let Some((flags, permanent)) = account.new_flags(self.session) {
                server.update(&Response::Flags(flags))?;
                self.permanent = Some(Box::new(replies::permanent_flags(permanent)));
                continue;
            }
            let permit = Permit::new(server.may_expunge());
            let Some(update) = account.tell(self.session, permit) else { return Ok(true) };
            let Ok(opened) = account.opened(self.session) else { return Ok(true) };
            let tells = opened.view().tells();
            let told = crate::flags::Tells::flags().as_session(tells);
            let items = |uid| account.news_of(self.session, uid, told).unwrap_or_default();
            if let Some(response) = update.response(items) {
                server.update(&response)?;
            }
        }
    }

    /// What the client has enabled changes what it is told.
    fn enable(&mut self, account: &mut Account, feature: Feature) {
        let extension = match feature {
            Feature::CondStore => Extension::CondStore,
            Feature::Qresync => Extension::Qresync,
            Feature::UidOnly => Extension::UidOnly,
            Feature::Imap4Rev2 => Extension::Imap4Rev2,
            _ => return,
        };
        account.enable(self.session, extension);
    }

    /// The command ends like this, behind what is new.
    fn end(&mut self, account: &Account, status: Status) {
        if account.opened(self.session).is_ok() {
            self.work.push_back(Work::News);
        }
        self.work.push_back(Work::End(status));
    }

    fn answer(&mut self, response: impl Into<Response>) {
        self.work.push_back(Work::Answer(response.into()));
    }

    fn on_command(
        &mut self,
        server: &mut Server,
        account: &mut Account,
        command: Command,
    ) -> Result<(), Refused> {
        match command {
            Command::Noop | Command::Check => self.end(account, server.completed()),
            Command::Idle => {
                self.work.clear();
                // What is new is told once it idles.
                let _ = server.accept();
            }
            Command::Id(_) => {
                let name = (b"name"[..].into(), Some(b"Postrider"[..].into()));
                self.answer(Response::Id(Some([name].into())));
                self.end(account, server.completed());
            }
            Command::Namespace => {
                let personal = Namespace::new("", Some(account.delimiter()));
                let all = Namespaces::new([personal].into(), [].into(), [].into());
                self.answer(all);
                self.end(account, server.completed());
            }
            Command::Unauthenticate => {
                account.close(self.session);
                self.session = account.open();
                self.work.push_back(Work::End(server.completed()));
            }
            command => {
                if let Some(command) = self.on_names(server, account, command)? {
                    return self.on_messages(server, account, command);
                }
            }
        }
        Ok(())
    }
}
