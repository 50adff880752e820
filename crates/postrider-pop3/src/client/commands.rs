//! What the embedder can ask for.

use alloc::string::String;

use postrider_wire::{ClearTextLogin, Policy, Secret, Security};

use super::{Client, Fate, InFlight, Lang, Overlap, Phase, Pipelining, Sent};
use crate::{Command, Error, LanguageRange, Misuse, Password, State, UserName};

/// Octets of the longest command of the TRANSACTION state that has a bound below that of RFC 2449 §4,
/// `TOP 4294967295 4294967295`.
const LONGEST: u64 = 27;

impl Client {
    /// Asks what the server can do. Answer: [`super::Event::Capabilities`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] when [`Client::is_ready`] says no, or when the command is not one of this
    /// state: in AUTHORIZATION one command at a time, in TRANSACTION several where pipelining is
    /// allowed, none behind `QUIT`. So for every command.
    pub fn capa(&mut self) -> Result<(), Error> {
        self.start(&Command::Capa, Sent::Capa)
    }

    /// Logs in with `USER` and `PASS`. Answer: [`super::Event::LoggedIn`]. The password is kept
    /// until the server accepted the name, and wiped then.
    ///
    /// # Errors
    ///
    /// [`Misuse::ClearText`] when it would cross the connection in the clear and the configuration
    /// does not allow that; [`Error::Value`] when name or password cannot stand in a command;
    /// [`Misuse::NotNow`].
    pub fn login(&mut self, user: &str, password: Secret<String>) -> Result<(), Error> {
        if !self.may_login() {
            return Err(Misuse::ClearText.into());
        }
        let user = UserName::new(user)?;
        let password = Password::from_text(password)?;
        self.start(&Command::User(user), Sent::User)?;
        self.password = Some(password);
        Ok(())
    }

    pub(super) fn may_login(&self) -> bool {
        self.chassis.tls.is_established()
            || (self.config.clear_text_login == ClearTextLogin::Allow
                && !matches!(self.config.security, Security::StartTls(Policy::Required)))
    }

    /// Asks for number and size of the messages. Answer: [`super::Event::DropListing`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn stat(&mut self) -> Result<(), Error> {
        self.start(&Command::Stat, Sent::Stat)
    }

    /// Asks for the sizes of all messages, or of one. Answer: [`super::Event::ScanListing`] for
    /// each, then [`super::Event::ListEnd`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn list(&mut self, message: Option<u32>) -> Result<(), Error> {
        self.start(&Command::List(message), Sent::List(message))
    }

    /// Asks for the unique-ids of all messages, or of one. Answer:
    /// [`super::Event::UniqueIdListing`] for each, then [`super::Event::UidlEnd`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn uidl(&mut self, message: Option<u32>) -> Result<(), Error> {
        self.start(&Command::Uidl(message), Sent::Uidl(message))
    }

    /// Asks for a message. Answer: [`super::Event::RetrieveBegin`], [`super::Event::Chunk`]s, then
    /// [`super::Event::RetrieveEnd`] or [`super::Event::Aborted`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn retr(&mut self, message: u32) -> Result<(), Error> {
        self.start(&Command::Retr(message), Sent::Retr(message))
    }

    /// Asks for the header section of a message and the first `lines` lines of its body (RFC 1939
    /// §7). Answer: as for [`Client::retr`]. Servers need not have it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn top(&mut self, message: u32, lines: u32) -> Result<(), Error> {
        self.start(&Command::Top(message, lines), Sent::Top(message, lines))
    }

    /// Swallows the rest of the message that is coming in: no chunk of it is told any more, nor its
    /// end. The commands behind it are answered as ever, once the server has sent it all.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no message is coming in.
    pub fn discard(&mut self) -> Result<(), Error> {
        match &mut self.phase {
            Phase::Payload(_, fate @ Fate::Told) => {
                *fate = Fate::Swallowed;
                Ok(())
            }
            _ => Err(Misuse::NothingPending.into()),
        }
    }

    /// Marks a message as deleted; it is removed at [`Client::quit`]. Answer:
    /// [`super::Event::Done`]. Say it, and above all `QUIT`, when the message is safe and not in
    /// the same breath as its `RETR`: the server goes on even if its mail does not arrive.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn dele(&mut self, message: u32) -> Result<(), Error> {
        self.start(&Command::Dele(message), Sent::Dele(message))
    }

    /// Keeps the session alive. Answer: [`super::Event::Done`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn noop(&mut self) -> Result<(), Error> {
        self.start(&Command::Noop, Sent::Noop)
    }

    /// Takes back all marks of deletion. Answer: [`super::Event::Done`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn rset(&mut self) -> Result<(), Error> {
        self.start(&Command::Rset, Sent::Rset)
    }

    /// Switches the session to UTF-8 mode, before the login: messages may then have UTF-8 in their headers
    /// (RFC 6856 §2.1). Answer: [`super::Event::Done`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn utf8(&mut self) -> Result<(), Error> {
        self.start(&Command::Utf8, Sent::Utf8)
    }

    /// Asks for replies in a language (RFC 6856 §3); which one was chosen tells [`crate::Reply::language`].
    /// Answer: [`super::Event::Done`]. Or, without a range, asks which languages there are. Answer:
    /// [`super::Event::LanguageListing`] for each, then [`super::Event::LangEnd`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn lang(&mut self, range: Option<LanguageRange>) -> Result<(), Error> {
        let lang = if range.is_some() { Lang::Choose } else { Lang::List };
        self.start(&Command::Lang(range), Sent::Lang(lang))
    }

    /// Ends the session; deleted messages are removed. Answer: [`super::Event::Done`], and then the
    /// session closes.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn quit(&mut self) -> Result<(), Error> {
        self.start(&Command::Quit, Sent::Quit)
    }

    fn start(&mut self, command: &Command, sent: Sent) -> Result<(), Error> {
        let state = self.state_ahead();
        // A language range can be long: it goes alone.
        let alone = matches!(sent, Sent::Lang(_)) && !self.in_flight.is_empty();
        if alone
            || !self.is_ready()
            || state.and_then(|state| state.row(command.keyword())).is_none()
        {
            return Err(Misuse::NotNow.into());
        }
        self.send(command, sent).map_err(|_| Misuse::NotNow.into())
    }

    /// The state behind all commands in flight, where that is clear.
    fn state_ahead(&self) -> Option<State> {
        match self.in_flight.back() {
            None => Some(self.state),
            Some(last) => self.state.behind(last.sent.keyword()),
        }
    }

    /// Whether another command may follow those that have no reply yet.
    pub(super) fn may_pipeline(&self) -> bool {
        let allowed = match self.config.pipelining {
            Pipelining::Never => false,
            Pipelining::Offered => self.overlap == Overlap::Offered,
            Pipelining::Always => true,
        };
        let unanswered = self.chassis.out.queued().saturating_sub(self.answered);
        let most = u64::try_from(self.config.limits.in_flight).unwrap_or(u64::MAX);
        allowed
            && self.state_ahead() == Some(State::Transaction)
            && (unanswered == 0 || unanswered.saturating_add(LONGEST) <= most)
            && self.chassis.out.room() > 0
    }

    /// Puts a command in flight. There is room: before login the reply to the one before came only
    /// when that one had left, and after it was looked at.
    pub(super) fn send(
        &mut self,
        command: &Command,
        sent: Sent,
    ) -> Result<(), postrider_wire::Full> {
        let (line, secret) = command.to_line();
        self.chassis.send_secret(line.expose(), secret.as_slice())?;
        self.in_flight.push_back(InFlight {
            sent,
            end: self.chassis.out.queued(),
            heard: self.heard,
        });
        if matches!(self.phase, Phase::Replies) && self.in_flight.len() == 1 {
            self.await_reply();
        }
        Ok(())
    }
}
