//! `Authentication-Results` (RFC 8601) and `ARC-Authentication-Results` (RFC 8617 §4.1.1).

mod reader;

use alloc::{borrow::Cow, format, string::String, vec::Vec};

use super::grammar::{self, is_token};
use crate::{
    Folder, InvalidValue, WriteValue,
    write::{is_control, refuse_controls},
};

/// `propspec = ptype "." property "=" pvalue` (RFC 8601 §2.2): what of the message was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthProperty<'a> {
    ptype: Cow<'a, str>,
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl AuthProperty<'_> {
    /// Where it comes from: `smtp`, `header`, `body`, `policy` or another word. Empty where the
    /// field has none, as in `action=none`.
    pub fn ptype(&self) -> &str {
        &self.ptype
    }

    /// Which property of that, such as `mailfrom` or `d`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, quotation marks resolved.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// `resinfo = methodspec [ reasonspec ] [ 1*propspec ]` (RFC 8601 §2.2): one method and what it
/// found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthResult<'a> {
    method: Cow<'a, str>,
    version: Option<u32>,
    result: Cow<'a, str>,
    reason: Option<Cow<'a, str>>,
    properties: Vec<AuthProperty<'a>>,
    comments: Vec<Cow<'a, str>>,
}

impl<'a> AuthResult<'a> {
    /// A result such as `spf`, `pass`: each is letters, digits and hyphens.
    pub fn new(
        method: impl Into<Cow<'a, str>>,
        result: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (method, result) = (method.into(), result.into());
        if !is_keyword(&method) || !is_keyword(&result) {
            return Err(InvalidValue::Token);
        }
        let (properties, comments) = (Vec::new(), Vec::new());
        Ok(Self { method, version: None, result, reason: None, properties, comments })
    }

    /// The same result with a reason in words.
    pub fn with_reason(mut self, reason: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.reason = Some(checked(reason.into())?);
        Ok(self)
    }

    /// The same result with one more property, such as `header`, `d`, `example.com`.
    pub fn with_property(
        mut self,
        ptype: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (ptype, name) = (ptype.into(), name.into());
        if !is_keyword(&ptype) || !is_keyword(&name) {
            return Err(InvalidValue::Token);
        }
        self.properties.push(AuthProperty { ptype, name, value: checked(value.into())? });
        Ok(self)
    }

    /// The same result with one more comment, of ASCII.
    pub fn with_comment(mut self, text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.comments.push(grammar::comment_text(text.into())?);
        Ok(self)
    }

    /// The method, such as `dkim`. Methods are never refused: the registry grows.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The version of the method; 1 where it is not told.
    pub const fn version(&self) -> Option<u32> {
        self.version
    }

    /// What it found, such as `pass`, `fail`, `none`, `temperror`, in the case it was written in.
    pub fn result(&self) -> &str {
        &self.result
    }

    /// Whether the method is this one, in any case.
    pub fn is_method(&self, method: &str) -> bool {
        self.method.eq_ignore_ascii_case(method)
    }

    /// Whether it found this, in any case.
    pub fn is_result(&self, result: &str) -> bool {
        self.result.eq_ignore_ascii_case(result)
    }

    /// The reason in words.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The properties, in order.
    pub fn properties(&self) -> &[AuthProperty<'a>] {
        &self.properties
    }

    /// The value of the first property of this name, each in any case: `property("header", "d")`.
    pub fn property(&self, ptype: &str, name: &str) -> Option<&str> {
        let is = |one: &&AuthProperty<'_>| {
            one.ptype.eq_ignore_ascii_case(ptype) && one.name.eq_ignore_ascii_case(name)
        };
        self.properties.iter().find(is).map(AuthProperty::value)
    }

    /// The comments, in order. They are for people: nothing may be decided by them.
    pub fn comments(&self) -> &[Cow<'a, str>] {
        &self.comments
    }
}

/// `Authentication-Results` (RFC 8601 §2.2), without the comments outside results.
///
/// Only a field that one's own border wrote may be believed (RFC 8601 §1.6): compare
/// [`authserv_id`](Self::authserv_id) and the place of the field among the `Received` fields.
///
/// ```
/// use postrider_message::HeaderSection;
///
/// let section = HeaderSection::parse(
///     "Authentication-Results: example.com;\r\n \
///      dkim=pass reason=\"good signature\" header.i=@mail-router.example.net;\r\n \
///      dkim=fail (bad key) header.i=@newyork.example.com\r\n\r\n",
/// );
/// let field = section.headers().authentication_results().next().unwrap().value;
/// assert_eq!(field.authserv_id(), Some("example.com"));
/// let [good, bad] = field.results() else { panic!() };
/// assert_eq!((good.method(), good.result()), ("dkim", "pass"));
/// assert_eq!(good.reason(), Some("good signature"));
/// assert_eq!(good.property("header", "i"), Some("@mail-router.example.net"));
/// assert!(bad.is_result("fail") && bad.comments() == ["bad key"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationResults<'a> {
    authserv_id: Option<Cow<'a, str>>,
    version: Option<u32>,
    results: Vec<AuthResult<'a>>,
}

impl<'a> AuthenticationResults<'a> {
    /// A field by this service that has no results yet: what is written as `none`.
    pub fn new(authserv_id: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let authserv_id = Some(checked(authserv_id.into())?);
        Ok(Self { authserv_id, version: None, results: Vec::new() })
    }

    /// The same field with one more result.
    #[must_use]
    pub fn with_result(mut self, result: AuthResult<'a>) -> Self {
        self.results.push(result);
        self
    }

    /// Which service says so. `None` where the field names none, as some of Microsoft's do.
    pub fn authserv_id(&self) -> Option<&str> {
        self.authserv_id.as_deref()
    }

    /// The version of the field; 1 where it is not told.
    pub const fn version(&self) -> Option<u32> {
        self.version
    }

    /// The results, in order; none where no authentication was done.
    pub fn results(&self) -> &[AuthResult<'a>] {
        &self.results
    }

    /// The results of one method, in order.
    pub fn method<'s>(&'s self, method: &'s str) -> impl Iterator<Item = &'s AuthResult<'a>> {
        self.results.iter().filter(move |result| result.is_method(method))
    }
}

/// `arc-info = instance ";" authres-payload` (RFC 8617 §4.1.1)
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArcAuthenticationResults<'a> {
    instance: Option<u8>,
    results: AuthenticationResults<'a>,
}

impl<'a> ArcAuthenticationResults<'a> {
    /// The results of the set of this number, 1 to 50.
    pub fn new(instance: u8, results: AuthenticationResults<'a>) -> Result<Self, InvalidValue> {
        match instance {
            1..=50 => Ok(Self { instance: Some(instance), results }),
            _ => Err(InvalidValue::Grammar),
        }
    }

    /// Which set of the chain it belongs to, 1 to 50.
    pub const fn instance(&self) -> Option<u8> {
        self.instance
    }

    /// What the field says.
    pub const fn results(&self) -> &AuthenticationResults<'a> {
        &self.results
    }
}

/// `Keyword = Ldh-str` (RFC 5321 §4.1.2); underscores are seen in properties.
fn is_keyword(text: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    !text.is_empty() && text.bytes().all(plain)
}

fn checked(text: Cow<'_, str>) -> Result<Cow<'_, str>, InvalidValue> {
    refuse_controls(&text)?;
    Ok(text)
}

/// Refused where the field that was read does not name its service: whatever stands first in the
/// field would be read as the name.
impl WriteValue for AuthenticationResults<'_> {
    fn write_value(&self, to: &mut Folder) {
        let Some(authserv_id) = &self.authserv_id else {
            return to.refuse(InvalidValue::Grammar);
        };
        to.token(&grammar::value(authserv_id));
        if let Some(version) = self.version {
            to.blank().token(&format!("{version}"));
        }
        to.token(";").blank();
        for (number, result) in self.results.iter().enumerate() {
            if number > 0 {
                to.token(";").blank();
            }
            result.write_value(to);
        }
        if self.results.is_empty() {
            to.token("none");
        }
    }
}

/// Refused where the field that was read has no instance or does not name its service.
impl WriteValue for ArcAuthenticationResults<'_> {
    fn write_value(&self, to: &mut Folder) {
        let Some(instance) = self.instance else {
            return to.refuse(InvalidValue::Grammar);
        };
        to.token(&format!("i={instance};")).blank();
        self.results.write_value(to);
    }
}

impl WriteValue for AuthResult<'_> {
    fn write_value(&self, to: &mut Folder) {
        let version = self.version.map(|version| format!("/{version}"));
        let result = grammar::value(&self.result);
        to.token(&format!("{}{}={result}", self.method, version.unwrap_or_default()));
        for comment in &self.comments {
            to.blank().plain_comment(comment);
        }
        if let Some(reason) = &self.reason {
            to.blank().token(&format!("reason={}", grammar::value(reason)));
        }
        for AuthProperty { ptype, name, value } in &self.properties {
            let dot = if ptype.is_empty() { "" } else { "." };
            to.blank().token(&format!("{ptype}{dot}{name}={}", pvalue(value)));
        }
    }
}

/// `pvalue = value / [ [ local-part ] "@" ] domain-name`
fn pvalue(value: &str) -> Cow<'_, str> {
    let is_address = value.split_once('@').is_some_and(|(local, domain)| {
        (local.is_empty() || is_token(local.as_bytes())) && is_token(domain.as_bytes())
    });
    if is_address { Cow::Borrowed(value) } else { grammar::value(value) }
}

/// Text that was read, as it can be kept: controls could not be written again.
fn kept(text: Cow<'_, str>) -> Cow<'_, str> {
    if refuse_controls(&text).is_ok() {
        return text;
    }
    let plain = |character: char| if is_control(character) { ' ' } else { character };
    Cow::Owned(text.chars().map(plain).collect::<String>())
}
