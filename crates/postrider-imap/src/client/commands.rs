//! The commands that a client says, but for IDLE and APPEND.

use alloc::string::String;

use bytes::Bytes;
use postrider_wire::{ClearTextLogin, Secret};

use super::Client;
use crate::{
    Atom, Command, CommandName, Error, FetchAttributes, FetchModifiers, FlagSet, InvalidValue,
    MailboxName, MessageSet, Misuse, SelectParameters, StoreCommand, StoreMode, StoreValue,
};

impl Client {
    /// Asks what the server can do.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] when the client waits for something else; nothing is sent then. The same
    /// holds for all commands.
    pub fn capability(&mut self) -> Result<(), Error> {
        self.command(Command::Capability)
    }

    /// Lets the server tell what is new.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn noop(&mut self) -> Result<(), Error> {
        self.command(Command::Noop)
    }

    /// Logs in.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; [`Misuse::Login`] without TLS unless the configuration allows
    /// that, or when the server disabled LOGIN; a NUL in one of the strings.
    pub fn login(&mut self, user: &str, password: Secret<String>) -> Result<(), Error> {
        self.check(CommandName::Login)?;
        let clear = !self.chassis.tls.is_established();
        let disabled = self.can("LOGINDISABLED");
        if disabled || (clear && self.config.clear_text_login == ClearTextLogin::Refuse) {
            return Err(Misuse::Login.into());
        }
        let password = password.expose().as_bytes();
        if user.bytes().chain(password.iter().copied()).any(|octet| octet == 0) {
            return Err(InvalidValue::Octet.into());
        }
        let user = Bytes::copy_from_slice(user.as_bytes());
        self.command(Command::Login { user, password: Secret::new(password.to_vec()) })
    }

    /// Selects a mailbox.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn select(&mut self, mailbox: MailboxName) -> Result<(), Error> {
        self.command(Command::Select { mailbox, parameters: SelectParameters::default() })
    }

    /// Selects a mailbox for reading only.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn examine(&mut self, mailbox: MailboxName) -> Result<(), Error> {
        self.command(Command::Examine { mailbox, parameters: SelectParameters::default() })
    }

    /// Fetches from the messages with these numbers.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; an empty list of attributes.
    pub fn fetch(
        &mut self,
        set: impl Into<MessageSet>,
        attributes: impl Into<FetchAttributes>,
    ) -> Result<(), Error> {
        self.fetch_command(set.into(), attributes.into(), false)
    }

    /// Fetches from the messages with these UIDs.
    ///
    /// # Errors
    ///
    /// As [`Client::fetch`].
    pub fn uid_fetch(
        &mut self,
        set: impl Into<MessageSet>,
        attributes: impl Into<FetchAttributes>,
    ) -> Result<(), Error> {
        self.fetch_command(set.into(), attributes.into(), true)
    }

    /// Changes flags of the messages with these numbers. `silent`: the server need not tell the
    /// flags that come of it.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; a flag that no client may set.
    pub fn store(
        &mut self,
        set: impl Into<MessageSet>,
        mode: StoreMode,
        silent: bool,
        flags: impl Into<FlagSet>,
    ) -> Result<(), Error> {
        self.store_command(set.into(), mode, silent, flags.into(), false)
    }

    /// Changes flags of the messages with these UIDs.
    ///
    /// # Errors
    ///
    /// As [`Client::store`].
    pub fn uid_store(
        &mut self,
        set: impl Into<MessageSet>,
        mode: StoreMode,
        silent: bool,
        flags: impl Into<FlagSet>,
    ) -> Result<(), Error> {
        self.store_command(set.into(), mode, silent, flags.into(), true)
    }

    /// Ends the session. [`Progress::Closed`](postrider_wire::Progress::Closed) comes once the
    /// server agreed.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn logout(&mut self) -> Result<(), Error> {
        self.command(Command::Logout)
    }

    /// Compresses both directions from here on (RFC 4978).
    /// [`Event::Completed`](super::Event::Completed) tells whether.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; [`Misuse::NotOffered`] unless the server is known to offer
    /// `COMPRESS=DEFLATE`; [`Misuse::NotNow`] when the session is compressed already.
    pub fn compress(&mut self) -> Result<(), Error> {
        if self.inflater.is_some() {
            return Err(Misuse::NotNow.into());
        }
        self.offered("COMPRESS=DEFLATE")?;
        self.command(Command::Compress(Atom::from_static("DEFLATE")))
    }

    fn fetch_command(
        &mut self,
        set: MessageSet,
        attributes: FetchAttributes,
        uid: bool,
    ) -> Result<(), Error> {
        if matches!(&attributes, FetchAttributes::List(list) if list.is_empty()) {
            return Err(InvalidValue::Empty.into());
        }
        self.command(Command::Fetch { set, uid, attributes, modifiers: FetchModifiers::default() })
    }

    fn store_command(
        &mut self,
        set: MessageSet,
        mode: StoreMode,
        silent: bool,
        flags: FlagSet,
        uid: bool,
    ) -> Result<(), Error> {
        if !flags.is_storable() {
            return Err(InvalidValue::Combination.into());
        }
        let what = StoreValue::Flags(flags);
        self.command(Command::Store(StoreCommand {
            uid,
            silent,
            ..StoreCommand::new(set, mode, what)
        }))
    }
}
