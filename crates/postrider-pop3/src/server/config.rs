//! What a server is told before the session.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::dot::OutgoingNewlines;
use postrider_wire::{ClearTextLogin, Security};

use crate::{
    ApopStamp, Capability, Expire, Language, Limits, LoginDelay, Reply, Status, Utf8, ValueError,
};

/// The settings of a [`super::Server`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected.
    pub security: Security,
    /// Whether `USER` and `PASS` are taken without TLS. Never under a policy that requires TLS.
    pub clear_text_login: ClearTextLogin,
    /// The bounds.
    pub limits: Limits,
    /// What happens to a bare CR or LF in a message: made CRLF, or a retrieval that fails.
    pub newlines: OutgoingNewlines,
    /// Whether `TOP` is there.
    pub top: TopCommand,
    /// Whether `USER` and `PASS` are there.
    pub user: UserCommand,
    /// What `AUTH` does (RFC 5034); without it there is none.
    pub auth: Option<Box<postrider_sasl::server::Config>>,
    /// What `UTF8` does (RFC 6856 §2); without it there is none.
    pub utf8: Option<Utf8>,
    pub(super) apop: Option<Box<ApopStamp>>,
    pub(super) greeting: Reply,
    pub(super) name: String,
    announced: Option<Box<Announced>>,
}

/// What few servers have: in one place, so that it costs the others nothing.
#[derive(Clone, Debug, Default)]
struct Announced {
    implementation: Option<Capability>,
    languages: Vec<Language>,
    login_delay: Option<LoginDelay>,
    expire: Option<Expire>,
}

/// Whether a server has the optional command `TOP` (RFC 1939 §7), and announces it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum TopCommand {
    /// It has. An embedder that answers [`super::Event::Retrieve`] needs to do nothing more.
    #[default]
    Offered,
    /// It has not: RFC 1939 §8 thinks of servers that remove what was retrieved.
    Withheld,
}

/// Whether a server has the commands `USER` and `PASS`, and announces them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum UserCommand {
    /// It has.
    #[default]
    Offered,
    /// It has not: logins take another way.
    Withheld,
}

impl Config {
    /// No login in clear text, limits for servers, bare newlines made CRLF.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            limits: Limits::server(),
            newlines: OutgoingNewlines::Normalize,
            top: TopCommand::Offered,
            user: UserCommand::Offered,
            auth: None,
            utf8: None,
            apop: None,
            greeting: Reply::own(Status::Ok, "POP3 server ready"),
            name: String::from("POP3 server"),
            announced: None,
        }
    }

    /// Sets whether `USER` and `PASS` are taken without TLS.
    #[must_use]
    pub fn with_clear_text_login(mut self, clear_text_login: ClearTextLogin) -> Self {
        self.clear_text_login = clear_text_login;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what happens to a bare CR or LF in a message.
    #[must_use]
    pub fn with_newlines(mut self, newlines: OutgoingNewlines) -> Self {
        self.newlines = newlines;
        self
    }

    /// Sets whether `TOP` is there.
    #[must_use]
    pub fn with_top(mut self, top: TopCommand) -> Self {
        self.top = top;
        self
    }

    /// Sets whether `USER` and `PASS` are there.
    #[must_use]
    pub fn with_user(mut self, user: UserCommand) -> Self {
        self.user = user;
        self
    }

    /// Sets what `AUTH` does, and what of it is announced with `SASL` on the connection as it is.
    #[must_use]
    pub fn with_auth(mut self, auth: postrider_sasl::server::Config) -> Self {
        self.auth = Some(Box::new(auth));
        self
    }

    /// Lets clients log in with `APOP` (RFC 1939 §7), which needs passwords that are kept as they are, and
    /// is weak (CVE-2007-1558). The entropy is to be new for each session, from a generator made for
    /// secrets; the timestamp that is made of it ends the greeting, whose own angle brackets become round.
    /// Of the host, letters, digits, `.` and `-` are used.
    #[must_use]
    pub fn with_apop(mut self, host: &str, entropy: [u8; 32]) -> Self {
        self.apop = Some(Box::new(ApopStamp::made(&entropy, host)));
        self
    }

    /// Sets what `UTF8` does.
    #[must_use]
    pub fn with_utf8(mut self, utf8: Utf8) -> Self {
        self.utf8 = Some(utf8);
        self
    }

    /// Sets the languages of `LANG`, the preferred one first. The words of this machine are English: under
    /// another language it says `+OK` and `-ERR` without any, and the embedder's own as they are.
    #[must_use]
    pub fn with_languages(mut self, languages: impl IntoIterator<Item = Language>) -> Self {
        self.announced_mut().languages = languages.into_iter().collect();
        self
    }

    /// Sets how often one may log in. It is announced (RFC 2449 §6.5); where it differs from user to user
    /// ([`crate::Scope::User`]), [`super::Server::announce_login_delay`] corrects it behind the login. A
    /// login that comes too early is the embedder's to refuse, with [`crate::ResponseCode::LoginDelay`].
    #[must_use]
    pub fn with_login_delay(mut self, delay: LoginDelay) -> Self {
        self.set_login_delay(delay);
        self
    }

    /// Sets how long mail is kept. It is announced (RFC 2449 §6.7); where it differs from user to user
    /// ([`crate::Scope::User`]), [`super::Server::announce_expire`] corrects it behind the login.
    #[must_use]
    pub fn with_expire(mut self, expire: Expire) -> Self {
        self.set_expire(expire);
        self
    }

    /// Sets the text of the greeting.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn with_greeting(mut self, text: &str) -> Result<Self, ValueError> {
        self.greeting = Reply::ok(text)?;
        Ok(self)
    }

    /// Sets the name that signs off, such as `dewey POP3 server`: at most 128 octets.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn with_name(mut self, name: &str) -> Result<Self, ValueError> {
        const MOST: usize = 128;
        if name.len() > MOST {
            return Err(ValueError::TooLong { most: MOST });
        }
        self.name = String::from(Reply::ok(name)?.text());
        Ok(self)
    }

    /// Sets what `IMPLEMENTATION` announces once the user is known (RFC 2449 §6.9).
    ///
    /// # Errors
    ///
    /// As [`Capability::new`].
    pub fn with_implementation(mut self, text: &str) -> Result<Self, ValueError> {
        let line = Capability::new("IMPLEMENTATION", text.split(' '))?;
        self.announced_mut().implementation = Some(line);
        Ok(self)
    }

    pub(super) fn set_login_delay(&mut self, delay: LoginDelay) {
        self.announced_mut().login_delay = Some(delay);
    }

    pub(super) fn set_expire(&mut self, expire: Expire) {
        self.announced_mut().expire = Some(expire);
    }

    fn announced_mut(&mut self) -> &mut Announced {
        self.announced.get_or_insert_default()
    }

    /// The languages of `LANG` (RFC 6856 §3), the preferred one first; without any there is none.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        self.announced.as_ref().map_or(&[], |announced| &announced.languages)
    }

    /// The lines of `CAPA` that the embedder gave.
    pub(super) fn announced(&self, logged_in: bool) -> impl Iterator<Item = Capability> {
        self.announced.iter().flat_map(move |announced| {
            let implementation = announced.implementation.clone().filter(|_| logged_in);
            let delay = announced.login_delay.map(Capability::from);
            [delay, announced.expire.map(Capability::from), implementation].into_iter().flatten()
        })
    }
}
