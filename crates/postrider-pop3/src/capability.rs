//! What a server can do (RFC 2449 §5 and §6).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ValueError;

/// Octets of one capability line without CRLF (RFC 2449 §5).
const LINE: usize = 510;

/// One line of a `CAPA` reply: a tag and its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capability {
    tag: String,
    params: Vec<String>,
}

impl Capability {
    /// A capability. Tags are case-insensitive and kept in upper case.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when tag or a parameter is empty or not printable ASCII, the tag begins with
    /// a dot, or the line has more than 510 octets.
    pub fn new<'a>(
        tag: &str,
        params: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ValueError> {
        check(tag)?;
        if tag.starts_with('.') {
            return Err(ValueError::Forbidden { at: 0 });
        }
        let mut length = tag.len();
        let mut owned = Vec::new();
        for param in params {
            check(param)?;
            length = length.saturating_add(param.len()).saturating_add(1);
            owned.push(String::from(param));
        }
        if length > LINE {
            return Err(ValueError::TooLong { most: LINE });
        }
        Ok(Self { tag: tag.to_ascii_uppercase(), params: owned })
    }

    /// The tag, in upper case.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The parameters.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.params.iter().map(String::as_str)
    }

    /// Which one it is, if it is one of those that have a name here.
    #[must_use]
    pub fn extension(&self) -> Option<Extension> {
        Extension::from_tag(&self.tag)
    }

    /// The line, CRLF included.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = Vec::from(self.tag.as_bytes());
        for param in &self.params {
            line.push(b' ');
            line.extend_from_slice(param.as_bytes());
        }
        line.extend_from_slice(b"\r\n");
        line
    }
}

fn check(word: &str) -> Result<(), ValueError> {
    if word.is_empty() {
        return Err(ValueError::Empty);
    }
    word.find(|c: char| !c.is_ascii_graphic())
        .map_or(Ok(()), |at| Err(ValueError::Forbidden { at }))
}

/// All that a server announced, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, capability: Capability) {
        self.0.push(capability);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `tag` was announced, in whatever case.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        self.find(tag).is_some()
    }

    /// The first capability of this tag.
    #[must_use]
    pub fn find(&self, tag: &str) -> Option<&Capability> {
        self.0.iter().find(|capability| capability.tag.eq_ignore_ascii_case(tag))
    }

    /// Whether this one was announced.
    #[must_use]
    pub fn offers(&self, extension: Extension) -> bool {
        self.find(extension.tag()).is_some()
    }

    /// The SASL mechanisms by name, in the order of the server (RFC 5034 §3).
    pub fn sasl(&self) -> impl Iterator<Item = &str> {
        let lines = self.0.iter().filter(|line| line.extension() == Some(Extension::Sasl));
        lines.flat_map(Capability::params)
    }

    /// How often one may log in, if the server says so in a way that can be read.
    #[must_use]
    pub fn login_delay(&self) -> Option<LoginDelay> {
        LoginDelay::read(self.find(Extension::LoginDelay.tag())?)
    }

    /// How long mail is kept, if the server says so in a way that can be read.
    #[must_use]
    pub fn expire(&self) -> Option<Expire> {
        Expire::read(self.find(Extension::Expire.tag())?)
    }

    /// What the server calls itself. Not to be trusted.
    #[must_use]
    pub fn implementation(&self) -> Option<String> {
        let params: Vec<&str> = self.find(Extension::Implementation.tag())?.params().collect();
        Some(params.join(" "))
    }

    /// What the server does with UTF-8.
    #[must_use]
    pub fn utf8(&self) -> Option<Utf8> {
        let user = has_user(self.find(Extension::Utf8.tag())?);
        Some(if user { Utf8::MessagesAndLogins } else { Utf8::Messages })
    }

    /// All, in the order of the server.
    pub fn iter(&self) -> impl Iterator<Item = &Capability> {
        self.0.iter()
    }
}

/// The capabilities of the registry (RFC 2449 §6 and those that came later).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Extension {
    /// `TOP`: the command (RFC 2449 §6.1).
    Top,
    /// `USER`: `USER` and `PASS` (RFC 2449 §6.2).
    User,
    /// `SASL`: `AUTH` with these mechanisms (RFC 5034 §3).
    Sasl,
    /// `RESP-CODES`: what stands in brackets is a response code (RFC 2449 §6.4).
    RespCodes,
    /// `AUTH-RESP-CODE`: what is wrong with credentials is told with `[AUTH]` (RFC 3206 §5).
    AuthRespCode,
    /// `LOGIN-DELAY` (RFC 2449 §6.5).
    LoginDelay,
    /// `PIPELINING` (RFC 2449 §6.6).
    Pipelining,
    /// `EXPIRE` (RFC 2449 §6.7).
    Expire,
    /// `UIDL`: the command (RFC 2449 §6.8).
    Uidl,
    /// `IMPLEMENTATION` (RFC 2449 §6.9).
    Implementation,
    /// `STLS`: the command (RFC 2595 §4).
    Stls,
    /// `UTF8`: the command (RFC 6856 §2).
    Utf8,
    /// `LANG`: the command (RFC 6856 §3).
    Lang,
}

impl Extension {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Top,
        Self::User,
        Self::Sasl,
        Self::RespCodes,
        Self::AuthRespCode,
        Self::LoginDelay,
        Self::Pipelining,
        Self::Expire,
        Self::Uidl,
        Self::Implementation,
        Self::Stls,
        Self::Utf8,
        Self::Lang,
    ];

    /// The tag of its line.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Top => "TOP",
            Self::User => "USER",
            Self::Sasl => "SASL",
            Self::RespCodes => "RESP-CODES",
            Self::AuthRespCode => "AUTH-RESP-CODE",
            Self::LoginDelay => "LOGIN-DELAY",
            Self::Pipelining => "PIPELINING",
            Self::Expire => "EXPIRE",
            Self::Uidl => "UIDL",
            Self::Implementation => "IMPLEMENTATION",
            Self::Stls => "STLS",
            Self::Utf8 => "UTF8",
            Self::Lang => "LANG",
        }
    }

    /// The one of this tag, in any case.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(tag))
    }
}

/// For whom a number of a capability holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the word USER is there or not")]
pub enum Scope {
    /// For everybody, or, once logged in, for this user.
    #[default]
    All,
    /// It is different from user to user, and this is the strictest of them: ask again after the login.
    /// The word `USER` on the wire.
    User,
}

/// `LOGIN-DELAY` (RFC 2449 §6.5): how much time there must be between two logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LoginDelay {
    /// In seconds.
    pub seconds: u32,
    /// For whom.
    pub scope: Scope,
}

impl LoginDelay {
    /// So many seconds, for everybody.
    #[must_use]
    pub fn new(seconds: u32) -> Self {
        Self { seconds, scope: Scope::All }
    }

    /// Sets for whom.
    #[must_use]
    pub fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    fn read(line: &Capability) -> Option<Self> {
        let seconds = line.params().next()?.parse().ok()?;
        Some(Self { seconds, scope: scope_of(line) })
    }
}

/// `EXPIRE` (RFC 2449 §6.7): how long mail may stay on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Expire {
    /// In days; 0 removes what was retrieved; none is `NEVER`.
    pub days: Option<u32>,
    /// For whom.
    pub scope: Scope,
}

impl Expire {
    /// After so many days, for everybody.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self { days: Some(days), scope: Scope::All }
    }

    /// Never, for everybody.
    #[must_use]
    pub fn never() -> Self {
        Self { days: None, scope: Scope::All }
    }

    /// Sets for whom.
    #[must_use]
    pub fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    fn read(line: &Capability) -> Option<Self> {
        let word = line.params().next()?;
        let days = if word.eq_ignore_ascii_case("NEVER") { None } else { Some(word.parse().ok()?) };
        Some(Self { days, scope: scope_of(line) })
    }
}

/// What a server does with UTF-8 (RFC 6856 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Utf8 {
    /// Messages have it once the client said `UTF8`.
    Messages,
    /// Names and passwords may have it, too: in `USER`, `PASS` and `APOP`, before `UTF8` was said.
    MessagesAndLogins,
}

fn has_user(line: &Capability) -> bool {
    line.params().any(|param| param.eq_ignore_ascii_case("USER"))
}

fn scope_of(line: &Capability) -> Scope {
    if has_user(line) { Scope::User } else { Scope::All }
}

impl From<LoginDelay> for Capability {
    fn from(delay: LoginDelay) -> Self {
        numbered(Extension::LoginDelay, format!("{}", delay.seconds), delay.scope)
    }
}

impl From<Expire> for Capability {
    fn from(expire: Expire) -> Self {
        let days = expire.days.map_or_else(|| String::from("NEVER"), |days| format!("{days}"));
        numbered(Extension::Expire, days, expire.scope)
    }
}

impl From<Utf8> for Capability {
    fn from(utf8: Utf8) -> Self {
        let params = match utf8 {
            Utf8::Messages => Vec::new(),
            Utf8::MessagesAndLogins => Vec::from([String::from("USER")]),
        };
        Self { tag: String::from(Extension::Utf8.tag()), params }
    }
}

impl From<Extension> for Capability {
    /// Without parameters.
    fn from(extension: Extension) -> Self {
        Self { tag: String::from(extension.tag()), params: Vec::new() }
    }
}

fn numbered(extension: Extension, number: String, scope: Scope) -> Capability {
    let mut params = Vec::from([number]);
    if scope == Scope::User {
        params.push(String::from("USER"));
    }
    Capability { tag: String::from(extension.tag()), params }
}
