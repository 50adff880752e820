//! What goes with `MAIL` and `RCPT` besides the path.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::syntax::parameter as grammar;
use crate::{
    AuthParameter, CommandFault, EnvelopeId, ExtensionKeyword, Notify, OriginalRecipient, Ret,
    ValueError,
};

/// Most parameters of extensions that are not known here.
const OTHERS: usize = 32;
/// Longest value of such a parameter.
const VALUE: usize = 998;

/// What goes with `MAIL` besides the path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MailParameters {
    /// `SIZE`: how many octets the mail will have, as far as is known (RFC 1870 §5).
    pub size: Option<u64>,
    /// `BODY`: which octets it holds (RFC 6152, RFC 3030).
    pub body: Option<Body>,
    /// `AUTH`: who submitted it (RFC 4954 §5). A server that does not trust the client, or to which it
    /// has not logged in, "MUST behave as if the AUTH=<> parameter was supplied".
    pub auth: Option<AuthParameter>,
    /// `RET`: how much of it comes back in a bounce (RFC 3461 §4.3).
    pub ret: Option<Ret>,
    /// `ENVID`: what the sender calls this sending (RFC 3461 §4.4).
    pub envid: Option<EnvelopeId>,
    /// `SMTPUTF8`: addresses or header fields hold UTF-8 (RFC 6531 §3.4).
    pub smtp_utf8: bool,
    /// `REQUIRETLS`: the mail goes over verified TLS or not at all (RFC 8689 §2).
    pub require_tls: bool,
    /// The rest, as it came: `BY`, `HOLDFOR`, `HOLDUNTIL`, `MT-PRIORITY`, and what is not known. At most
    /// 32, none twice.
    pub others: Vec<Parameter>,
}

impl MailParameters {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares the size in octets, every line end counted as two, dots not doubled.
    #[must_use]
    pub fn with_size(mut self, octets: u64) -> Self {
        self.size = Some(octets);
        self
    }

    /// Declares which octets the body holds.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// Tells who submitted the mail.
    #[must_use]
    pub fn with_auth(mut self, auth: AuthParameter) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Asks for how much of the mail comes back in a bounce.
    #[must_use]
    pub fn with_ret(mut self, ret: Ret) -> Self {
        self.ret = Some(ret);
        self
    }

    /// Names this sending.
    #[must_use]
    pub fn with_envid(mut self, envid: EnvelopeId) -> Self {
        self.envid = Some(envid);
        self
    }

    /// Says whether addresses or header fields hold UTF-8.
    #[must_use]
    pub fn with_smtp_utf8(mut self, needed: bool) -> Self {
        self.smtp_utf8 = needed;
        self
    }

    /// Says whether the mail may go over verified TLS alone.
    #[must_use]
    pub fn with_require_tls(mut self, required: bool) -> Self {
        self.require_tls = required;
        self
    }

    /// Adds a parameter of another extension.
    #[must_use]
    pub fn with_other(mut self, parameter: Parameter) -> Self {
        self.others.push(parameter);
        self
    }

    pub(crate) fn add(&mut self, parameter: grammar::Parameter<'_>) -> Result<(), CommandFault> {
        let value = parameter.value();
        match Known::of_mail(parameter.keyword()) {
            Some(Known::Size) => once(&mut self.size, value.and_then(size_value)),
            Some(Known::Body) => {
                let value = value.ok_or(CommandFault::Arguments)?;
                let body = Body::from_wire(value).ok_or(CommandFault::ParameterValue)?;
                once(&mut self.body, Some(body))
            }
            Some(Known::Auth) => {
                once(&mut self.auth, value.and_then(|value| AuthParameter::parse(value).ok()))
            }
            Some(Known::Ret) => once(&mut self.ret, value.and_then(Ret::from_wire)),
            Some(Known::EnvId) => {
                once(&mut self.envid, value.and_then(|value| EnvelopeId::parse(value).ok()))
            }
            Some(Known::SmtpUtf8) => flag(&mut self.smtp_utf8, value),
            Some(Known::RequireTls) => flag(&mut self.require_tls, value),
            _ => other(&mut self.others, parameter),
        }
    }
}

impl fmt::Display for MailParameters {
    /// As they stand behind the path, each with its blank.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(size) = self.size {
            write!(f, " SIZE={size}")?;
        }
        if let Some(body) = self.body {
            write!(f, " BODY={}", body.as_str())?;
        }
        if let Some(auth) = &self.auth {
            write!(f, " AUTH={auth}")?;
        }
        if let Some(ret) = self.ret {
            write!(f, " RET={}", ret.as_str())?;
        }
        if let Some(envid) = &self.envid {
            write!(f, " ENVID={envid}")?;
        }
        if self.smtp_utf8 {
            f.write_str(" SMTPUTF8")?;
        }
        if self.require_tls {
            f.write_str(" REQUIRETLS")?;
        }
        self.others.iter().try_for_each(|other| write!(f, " {other}"))
    }
}

/// What goes with `RCPT` besides the path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RcptParameters {
    /// `NOTIFY`: when this recipient's fate is to be told (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// `ORCPT`: whom the sender wrote to (RFC 3461 §4.2).
    pub orcpt: Option<OriginalRecipient>,
    /// The rest, as it came: `RRVS`, and what is not known. At most 32, none twice.
    pub others: Vec<Parameter>,
}

impl RcptParameters {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for notifications.
    #[must_use]
    pub fn with_notify(mut self, notify: Notify) -> Self {
        self.notify = Some(notify);
        self
    }

    /// Tells whom the sender wrote to.
    #[must_use]
    pub fn with_orcpt(mut self, recipient: OriginalRecipient) -> Self {
        self.orcpt = Some(recipient);
        self
    }

    /// Adds a parameter of another extension.
    #[must_use]
    pub fn with_other(mut self, parameter: Parameter) -> Self {
        self.others.push(parameter);
        self
    }

    pub(crate) fn add(&mut self, parameter: grammar::Parameter<'_>) -> Result<(), CommandFault> {
        let value = parameter.value();
        match Known::of_rcpt(parameter.keyword()) {
            Some(Known::Notify) => once(&mut self.notify, value.and_then(Notify::from_wire)),
            Some(Known::Orcpt) => {
                once(&mut self.orcpt, value.and_then(|value| OriginalRecipient::parse(value).ok()))
            }
            _ => other(&mut self.others, parameter),
        }
    }
}

impl fmt::Display for RcptParameters {
    /// As they stand behind the path, each with its blank.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(notify) = self.notify {
            write!(f, " NOTIFY={notify}")?;
        }
        if let Some(orcpt) = &self.orcpt {
            write!(f, " ORCPT={orcpt}")?;
        }
        self.others.iter().try_for_each(|other| write!(f, " {other}"))
    }
}

/// The parameters that have a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Size,
    Body,
    Auth,
    Ret,
    EnvId,
    SmtpUtf8,
    RequireTls,
    Notify,
    Orcpt,
}

const OF_MAIL: &[(&str, Known)] = &[
    ("SIZE", Known::Size),
    ("BODY", Known::Body),
    ("AUTH", Known::Auth),
    ("RET", Known::Ret),
    ("ENVID", Known::EnvId),
    ("SMTPUTF8", Known::SmtpUtf8),
    ("REQUIRETLS", Known::RequireTls),
];
const OF_RCPT: &[(&str, Known)] = &[("NOTIFY", Known::Notify), ("ORCPT", Known::Orcpt)];

impl Known {
    fn of_mail(keyword: &str) -> Option<Self> {
        Self::find(OF_MAIL, keyword)
    }

    fn of_rcpt(keyword: &str) -> Option<Self> {
        Self::find(OF_RCPT, keyword)
    }

    fn has_field(keyword: &str) -> bool {
        Self::of_mail(keyword).is_some() || Self::of_rcpt(keyword).is_some()
    }

    fn find(table: &[(&str, Self)], keyword: &str) -> Option<Self> {
        let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(keyword));
        found.map(|(_, known)| *known)
    }
}

/// A parameter of an extension that has no type here: a keyword, and perhaps a value.
///
/// ```
/// use postrider_smtp::Parameter;
///
/// assert_eq!(Parameter::new("mt-priority", Some("3"))?.to_string(), "MT-PRIORITY=3");
/// assert!(Parameter::new("BY", Some("120 R")).is_err());
/// assert!(Parameter::new("SIZE", Some("1")).is_err(), "that has a type");
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    keyword: ExtensionKeyword,
    value: Option<String>,
}

impl Parameter {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the keyword or the value is not in the grammar or too long, or when the
    /// parameter has a field of its own in [`MailParameters`] or [`RcptParameters`].
    ///
    /// ```text
    /// esmtp-value = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)
    /// ```
    pub fn new(keyword: &str, value: Option<&str>) -> Result<Self, ValueError> {
        if Known::has_field(keyword) {
            return Err(ValueError::Syntax);
        }
        let keyword = ExtensionKeyword::of_parameter(keyword)?;
        if let Some(value) = value {
            if value.is_empty() {
                return Err(ValueError::Empty);
            }
            if value.len() > VALUE {
                return Err(ValueError::TooLong { most: VALUE });
            }
            let stands = |c: char| grammar::is_value_char(c);
            if let Some((at, _)) = value.char_indices().find(|(_, c)| !stands(*c)) {
                return Err(ValueError::Forbidden { at });
            }
        }
        Ok(Self { keyword, value: value.map(String::from) })
    }

    /// The keyword, in upper case.
    #[must_use]
    pub fn keyword(&self) -> &str {
        self.keyword.as_str()
    }

    /// The value, if it has one.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.keyword),
            None => write!(f, "{}", self.keyword),
        }
    }
}

/// Which octets the body of a mail holds (RFC 6152 §3, RFC 3030 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Body {
    /// `7BIT`: US-ASCII alone.
    SevenBit,
    /// `8BITMIME`: any octets, in lines.
    EightBitMime,
    /// `BINARYMIME`: any octets, not in lines; they go in chunks (RFC 3030 §3).
    BinaryMime,
}

impl Body {
    /// As it stands behind `BODY=`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7BIT",
            Self::EightBitMime => "8BITMIME",
            Self::BinaryMime => "BINARYMIME",
        }
    }

    pub(crate) fn from_wire(value: &str) -> Option<Self> {
        let known = [Self::SevenBit, Self::EightBitMime, Self::BinaryMime];
        known.into_iter().find(|body| body.as_str().eq_ignore_ascii_case(value))
    }
}

/// A parameter that is malformed, or stands twice, is a fault in the arguments.
fn once<T>(field: &mut Option<T>, value: Option<T>) -> Result<(), CommandFault> {
    let value = value.ok_or(CommandFault::Arguments)?;
    if field.replace(value).is_some() { Err(CommandFault::Arguments) } else { Ok(()) }
}

fn flag(field: &mut bool, value: Option<&str>) -> Result<(), CommandFault> {
    let twice = core::mem::replace(field, true);
    if twice || value.is_some() { Err(CommandFault::Arguments) } else { Ok(()) }
}

fn other(
    others: &mut Vec<Parameter>,
    parameter: grammar::Parameter<'_>,
) -> Result<(), CommandFault> {
    if Known::has_field(parameter.keyword()) {
        // `NOTIFY` of `MAIL`, `SIZE` of `RCPT`.
        return Err(CommandFault::Parameter);
    }
    let parameter = Parameter::new(parameter.keyword(), parameter.value())
        .map_err(|_| CommandFault::Arguments)?;
    let twice = others.iter().any(|other| other.keyword == parameter.keyword);
    if twice || others.len() >= OTHERS {
        return Err(CommandFault::Arguments);
    }
    others.push(parameter);
    Ok(())
}

/// ```text
/// size-value = 1*20DIGIT
/// ```
///
/// More than any number of octets that we can count is as good as the largest.
fn size_value(digits: &str) -> Option<u64> {
    let digital = digits.bytes().all(|octet| octet.is_ascii_digit());
    let fits = (1..=20).contains(&digits.len());
    (digital && fits).then(|| digits.parse().unwrap_or(u64::MAX))
}
