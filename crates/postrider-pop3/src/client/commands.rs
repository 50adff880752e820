//! What the embedder can ask for.

use alloc::string::String;

use postrider_wire::{ClearTextLogin, Policy, Secret, Security, TimerKind};

use super::{Client, Fate, Phase, Sent};
use crate::{Command, Error, Misuse, Password, UserName};

impl Client {
    /// Asks what the server can do. Answer: [`super::Event::Capabilities`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] before [`super::Event::Ready`], while a command is in flight, and after
    /// the end. So for every command.
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
        let password = Password::new(password)?;
        self.start(&Command::User(user), Sent::User)?;
        self.password = Some(password);
        Ok(())
    }

    fn may_login(&self) -> bool {
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
        let sent = if message.is_some() { Sent::ListOne } else { Sent::List };
        self.start(&Command::List(message), sent)
    }

    /// Asks for the unique-ids of all messages, or of one. Answer:
    /// [`super::Event::UniqueIdListing`] for each, then [`super::Event::UidlEnd`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn uidl(&mut self, message: Option<u32>) -> Result<(), Error> {
        let sent = if message.is_some() { Sent::UidlOne } else { Sent::Uidl };
        self.start(&Command::Uidl(message), sent)
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

    /// Swallows the rest of the message that is coming in: no chunk of it is told any more, nor its
    /// end. The next command is taken when the server has sent it all.
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
    /// [`super::Event::Done`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn dele(&mut self, message: u32) -> Result<(), Error> {
        self.start(&Command::Dele(message), Sent::Dele)
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
        if !self.is_ready() || self.state.row(command.keyword()).is_none() {
            return Err(Misuse::NotNow.into());
        }
        self.send(command, sent).map_err(|_| Misuse::NotNow.into())
    }

    /// Puts a command in flight. There is room: the reply to the one before came only when that one
    /// had left.
    pub(super) fn send(
        &mut self,
        command: &Command,
        sent: Sent,
    ) -> Result<(), postrider_wire::Full> {
        let (line, secret) = command.to_line();
        self.chassis.send_secret(line.expose(), secret.as_slice())?;
        self.chassis.timers.start(TimerKind::Reply, self.config.limits.reply_time);
        self.phase = Phase::Reply(sent);
        Ok(())
    }
}
