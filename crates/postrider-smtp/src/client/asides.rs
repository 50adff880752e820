//! Commands that tell the embedder something, or the server something about the session.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;

use super::{Client, Event, Sent};
use crate::{
    Argument, AttributeName, Attributes, Capabilities, Command, Error, Extension, ExtensionKeyword,
    Keyword, Misuse, Reply, State,
};

impl Client {
    /// Asks whether there is such a user (RFC 5321 §4.1.1.6). [`Event::Answer`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn vrfy(&mut self, who: Argument) -> Result<(), Error> {
        self.aside(&Command::Vrfy(who))
    }

    /// Asks who is on a list (RFC 5321 §4.1.1.7). [`Event::Answer`] answers.
    ///
    /// # Errors
    ///
    /// As [`Client::vrfy`].
    pub fn expn(&mut self, list: Argument) -> Result<(), Error> {
        self.aside(&Command::Expn(list))
    }

    /// Asks for help (RFC 5321 §4.1.1.8). [`Event::Answer`] answers.
    ///
    /// # Errors
    ///
    /// As [`Client::vrfy`].
    pub fn help(&mut self, topic: Option<Argument>) -> Result<(), Error> {
        self.aside(&Command::Help(topic))
    }

    /// Says a command of another extension, such as `ETRN` (RFC 1985), whose answer is one reply and
    /// which changes nothing about the session. [`Event::Answer`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn extension(
        &mut self,
        keyword: ExtensionKeyword,
        argument: Option<Argument>,
    ) -> Result<(), Error> {
        self.aside(&Command::Extension { keyword, argument })
    }

    /// Tells the server whom this session speaks for: what a trusted proxy says (Postfix,
    /// `XCLIENT_README`). The server then takes the session for a new one, so that `EHLO` follows by
    /// itself, and [`Event::Answer`] comes when that is answered. A login has to be told along
    /// (`LOGIN`), or is forgotten.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready and no transaction open, and where the server does
    /// not offer `XCLIENT` with each of these attributes.
    pub fn xclient(&mut self, told: Attributes) -> Result<(), Error> {
        self.tell(Extension::Xclient, told, Command::Xclient)
    }

    /// Tells the server where the next mail came from, for its log (Postfix, `XFORWARD_README`).
    /// [`Event::Answer`] answers.
    ///
    /// # Errors
    ///
    /// As [`Client::xclient`], where the server does not offer `XFORWARD`.
    pub fn xforward(&mut self, told: Attributes) -> Result<(), Error> {
        self.tell(Extension::Xforward, told, Command::Xforward)
    }

    fn tell(
        &mut self,
        extension: Extension,
        told: Attributes,
        command: impl FnOnce(Attributes) -> Command,
    ) -> Result<(), Error> {
        let offered = self.capabilities.parameters(extension.keyword());
        let offers = |name: AttributeName| {
            let mut names = offered.unwrap_or_default().split_ascii_whitespace();
            names.any(|offered| offered.eq_ignore_ascii_case(name.as_str()))
        };
        let all_offered = !told.is_empty() && told.iter().all(|(name, _)| offers(name));
        if self.state != State::Greeted || !all_offered {
            return Err(Misuse::NotNow.into());
        }
        self.aside(&command(told))
    }

    /// As `NOOP`, wherever that is allowed.
    fn aside(&mut self, command: &Command) -> Result<(), Error> {
        self.check(Keyword::Noop)?;
        self.say(command, Sent::Aside(command.keyword()))
    }

    pub(super) fn aside_answered(
        &mut self,
        keyword: Keyword,
        reply: Reply,
        offset: u64,
    ) -> Result<(), Error> {
        if reply.is_intermediate() {
            return Err(Error::Unexpected { offset });
        }
        if keyword == Keyword::Xclient && reply.is_positive() {
            self.state = State::Start;
            self.capabilities = Capabilities::default();
            (self.begun, self.domains) = (0, BTreeSet::new());
            self.say_hello_then(Sent::HelloAgain(Box::new(reply)));
            return Ok(());
        }
        self.events.push_back(Event::Answer { keyword, reply });
        Ok(())
    }

    /// The reply to `EHLO` behind `XCLIENT`.
    pub(super) fn hello_again_answered(
        &mut self,
        aside: Reply,
        reply: Reply,
        offset: u64,
    ) -> Result<(), Error> {
        self.step(Keyword::Ehlo, &reply, offset)?;
        let keyword = Keyword::Xclient;
        if reply.is_positive() {
            self.capabilities = Capabilities::from_reply(&reply);
            self.events.push_back(Event::Answer { keyword, reply: aside });
            return Ok(());
        }
        self.events.push_back(Event::Answer { keyword, reply: reply.clone() });
        self.refused(reply);
        Ok(())
    }
}
