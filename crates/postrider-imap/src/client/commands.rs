//! The commands that a client says, but for IDLE and APPEND.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{ClearTextLogin, Secret};

use super::pending::Task;
use super::{Client, Handle};
use crate::{
    Atom, Command, CommandName, Error, FetchAttributes, FetchModifiers, FlagSet, InvalidValue,
    MailboxName, MessageSet, Misuse, SelectParameters, StoreCommand, StoreMode, StoreValue,
};

impl Client {
    /// Says any command of the language, as soon as it may be said: at once, or when those before it
    /// have been answered that it must not overtake or be confused with (RFC 9051 §5.5). Commands are
    /// said in the order in which they are given. What the server tells of it comes as events with
    /// this handle, lists and results as [`Event::Data`](super::Event::Data), before its one outcome:
    /// - [`Event::Completed`](super::Event::Completed): the server's answer;
    /// - [`Event::Lost`](super::Event::Lost): it was said, and the session ended before the answer;
    /// - [`Event::Unsent`](super::Event::Unsent): it was not said.
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
    /// let mailbox = MailboxName::encode("Entwürfe", client.mailbox_encoding())?;
    /// client.send(Command::Status { mailbox, items: vec![StatusItem::Messages] })?;
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], and nothing is said then: [`Misuse::NotNow`] where the session is not ready, or
    /// would not be in a state that allows the command if all before it went well; [`Misuse::Full`] when
    /// [`Limits::pending`](crate::Limits::pending) commands have no outcome yet. [`Misuse::NotNow`] also
    /// for STARTTLS and AUTHENTICATE, which are the machine's own, for UNAUTHENTICATE when the session is compressed, and for a [`Command::Other`]
    /// of a name that is not unknown. [`Misuse::Value`] for a FETCH, STATUS or ENABLE of nothing, and to
    /// store a flag that no client may set. Whether the server offers an extension is asked only by those
    /// methods that say so: others are answered by BAD.
    pub fn send(&mut self, command: impl Into<Command>) -> Result<Handle, Error> {
        match command.into() {
            Command::Login { user, password } => self.say_login(user, password),
            Command::Idle => self.idle(),
            Command::Compress(mechanism) if mechanism.is("DEFLATE") => self.compress(),
            Command::StartTls | Command::Authenticate { .. } | Command::Compress(_) => {
                Err(Misuse::NotNow.into())
            }
            // The compression would have to end with it (RFC 8437 §4.1).
            Command::Unauthenticate if self.will_be_compressed() => Err(Misuse::NotNow.into()),
            // By another way it would be the same command, and the machine would not know.
            Command::Other { name, .. } if CommandName::written(&name).is_some() => {
                Err(Misuse::NotNow.into())
            }
            command => self.valid_command(command),
        }
    }

    fn give_command(&mut self, command: Command) -> Result<Handle, Error> {
        self.give(Task::Say(command))
    }

    /// Says a command if a server could read it.
    fn valid_command(&mut self, command: Command) -> Result<Handle, Error> {
        match &command {
            Command::Fetch { attributes: FetchAttributes::List(list), .. } if list.is_empty() => {
                Err(InvalidValue::Empty.into())
            }
            Command::Status { items, .. } if items.is_empty() => Err(InvalidValue::Empty.into()),
            Command::Enable(names) if names.is_empty() => Err(InvalidValue::Empty.into()),
            Command::Store(StoreCommand { what: StoreValue::Flags(flags), .. })
                if !flags.is_storable() =>
            {
                Err(InvalidValue::Combination.into())
            }
            _ => self.give(Task::Say(command)),
        }
    }

    /// Asks what the server can do.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn capability(&mut self) -> Result<Handle, Error> {
        self.give_command(Command::Capability)
    }

    /// Lets the server tell what is new.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn noop(&mut self) -> Result<Handle, Error> {
        self.give_command(Command::Noop)
    }

    /// Logs in.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`Misuse::Login`] without TLS unless the configuration allows
    /// that, or when the server disabled LOGIN; a NUL in one of the strings.
    pub fn login(&mut self, user: &str, password: Secret<String>) -> Result<Handle, Error> {
        let user = Bytes::copy_from_slice(user.as_bytes());
        self.say_login(user, Secret::new(password.expose().as_bytes().to_vec()))
    }

    fn say_login(&mut self, user: Bytes, password: Secret<Vec<u8>>) -> Result<Handle, Error> {
        self.check(CommandName::Login)?;
        let clear = !self.chassis.tls.is_established();
        let disabled = self.can("LOGINDISABLED");
        if disabled || (clear && self.config.clear_text_login == ClearTextLogin::Refuse) {
            return Err(Misuse::Login.into());
        }
        if user.iter().chain(password.expose()).any(|octet| *octet == 0) {
            return Err(InvalidValue::Octet.into());
        }
        self.give_command(Command::Login { user, password })
    }

    /// Selects a mailbox.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn select(&mut self, mailbox: MailboxName) -> Result<Handle, Error> {
        self.give_command(Command::Select { mailbox, parameters: SelectParameters::default() })
    }

    /// Selects a mailbox for reading only.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn examine(&mut self, mailbox: MailboxName) -> Result<Handle, Error> {
        self.give_command(Command::Examine { mailbox, parameters: SelectParameters::default() })
    }

    /// Fetches from the messages with these numbers.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; an empty list of attributes.
    pub fn fetch(
        &mut self,
        set: impl Into<MessageSet>,
        attributes: impl Into<FetchAttributes>,
    ) -> Result<Handle, Error> {
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
    ) -> Result<Handle, Error> {
        self.fetch_command(set.into(), attributes.into(), true)
    }

    /// Changes flags of the messages with these numbers. `silent`: the server need not tell the
    /// flags that come of it.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; a flag that no client may set.
    pub fn store(
        &mut self,
        set: impl Into<MessageSet>,
        mode: StoreMode,
        silent: bool,
        flags: impl Into<FlagSet>,
    ) -> Result<Handle, Error> {
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
    ) -> Result<Handle, Error> {
        self.store_command(set.into(), mode, silent, flags.into(), true)
    }

    /// Ends the session. [`Progress::Closed`](postrider_wire::Progress::Closed) comes once the
    /// server agreed.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn logout(&mut self) -> Result<Handle, Error> {
        self.give_command(Command::Logout)
    }

    /// Compresses both directions from here on (RFC 4978).
    /// [`Event::Completed`](super::Event::Completed) tells whether.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`Misuse::NotOffered`] unless the server is known to offer
    /// `COMPRESS=DEFLATE`; [`Misuse::NotNow`] when the session is compressed already.
    pub fn compress(&mut self) -> Result<Handle, Error> {
        if self.will_be_compressed() {
            return Err(Misuse::NotNow.into());
        }
        self.offered("COMPRESS=DEFLATE")?;
        self.give_command(Command::Compress(Atom::from_static("DEFLATE")))
    }

    /// Whether it is, or will be once what is pending went well.
    fn will_be_compressed(&self) -> bool {
        let said = self.flights.iter().map(|flight| flight.name);
        let mut all = said.chain(self.waiting.iter().map(|waiting| waiting.name));
        self.inflater.is_some() || all.any(|name| name == CommandName::Compress)
    }

    fn fetch_command(
        &mut self,
        set: MessageSet,
        attributes: FetchAttributes,
        uid: bool,
    ) -> Result<Handle, Error> {
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
    ) -> Result<Handle, Error> {
        let what = StoreValue::Flags(flags);
        self.valid_command(Command::Store(StoreCommand {
            uid,
            silent,
            ..StoreCommand::new(set, mode, what)
        }))
    }
}
