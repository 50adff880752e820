//! The commands that a client says, but for IDLE and APPEND.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{ClearTextLogin, Secret};

use super::Client;
use crate::{
    Atom, Command, CommandName, Error, FetchAttributes, FetchModifiers, FlagSet, InvalidValue,
    MailboxName, MessageSet, Misuse, SelectParameters, StoreCommand, StoreMode, StoreValue,
};

impl Client {
    /// Says any command of the language. What the server tells of it comes as events before
    /// [`Event::Completed`](super::Event::Completed): lists and results as
    /// [`Event::Data`](super::Event::Data).
    ///
    /// Those that have a method of their own, such as LOGIN and IDLE, do what that does.
    ///
    /// ```
    /// use postrider_imap::client::{Client, Config};
    /// use postrider_imap::{Command, ListCommand, MailboxName, StatusItem};
    /// # use postrider_wire::{Policy, Security, Machine, Progress};
    /// # let mut client = Client::new(Config::new(Security::StartTls(Policy::Never)));
    /// # let mut inbox = client.new_inbox();
    /// # inbox.extend(b"* PREAUTH ready\r\n");
    /// # while let Progress::Event(_) = client.poll(&mut inbox)? {}
    /// // The session is ready, and somebody is logged in.
    /// let mailbox = MailboxName::new("Entwürfe")?;
    /// client.send(Command::Status { mailbox, items: vec![StatusItem::Messages] })?;
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]. [`Misuse::NotNow`] also for STARTTLS and AUTHENTICATE, which are the
    /// machine's own, for UNAUTHENTICATE when the session is compressed, and for a [`Command::Other`]
    /// of a name that is not unknown. [`Misuse::Value`] for a FETCH of nothing, and to store a flag that
    /// no client may set.
    pub fn send(&mut self, command: impl Into<Command>) -> Result<(), Error> {
        match command.into() {
            Command::Login { user, password } => self.say_login(user, password),
            Command::Idle => self.idle(),
            Command::Compress(mechanism) if mechanism.is("DEFLATE") => self.compress(),
            Command::StartTls | Command::Authenticate { .. } | Command::Compress(_) => {
                Err(Misuse::NotNow.into())
            }
            // The compression would have to end with it (RFC 8437 §4.1).
            Command::Unauthenticate if self.inflater.is_some() => Err(Misuse::NotNow.into()),
            // By another way it would be the same command, and the machine would not know.
            Command::Other { name, .. } if CommandName::written(&name).is_some() => {
                Err(Misuse::NotNow.into())
            }
            command => self.valid_command(command),
        }
    }

    /// Says a command if a server could read it.
    fn valid_command(&mut self, command: Command) -> Result<(), Error> {
        match &command {
            Command::Fetch { attributes: FetchAttributes::List(list), .. } if list.is_empty() => {
                Err(InvalidValue::Empty.into())
            }
            Command::Store(StoreCommand { what: StoreValue::Flags(flags), .. })
                if !flags.is_storable() =>
            {
                Err(InvalidValue::Combination.into())
            }
            _ => self.command(command),
        }
    }

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
        let user = Bytes::copy_from_slice(user.as_bytes());
        self.say_login(user, Secret::new(password.expose().as_bytes().to_vec()))
    }

    fn say_login(&mut self, user: Bytes, password: Secret<Vec<u8>>) -> Result<(), Error> {
        self.check(CommandName::Login)?;
        let clear = !self.chassis.tls.is_established();
        let disabled = self.can("LOGINDISABLED");
        if disabled || (clear && self.config.clear_text_login == ClearTextLogin::Refuse) {
            return Err(Misuse::Login.into());
        }
        if user.iter().chain(password.expose()).any(|octet| *octet == 0) {
            return Err(InvalidValue::Octet.into());
        }
        self.command(Command::Login { user, password })
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
        let modifiers = FetchModifiers::default();
        self.valid_command(Command::Fetch { set, uid, attributes, modifiers })
    }

    fn store_command(
        &mut self,
        set: MessageSet,
        mode: StoreMode,
        silent: bool,
        flags: FlagSet,
        uid: bool,
    ) -> Result<(), Error> {
        let what = StoreValue::Flags(flags);
        self.valid_command(Command::Store(StoreCommand {
            uid,
            silent,
            ..StoreCommand::new(set, mode, what)
        }))
    }
}
