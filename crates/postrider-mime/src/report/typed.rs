//! Values of a `-type` subfield and text (RFC 3464 §2.1.2): names of MTAs, addresses, diagnostics.

use alloc::borrow::Cow;
use core::fmt;

use postrider_message::{
    AddrSpec, AddressList, Defects, FieldValue, Folder, InvalidValue, RawValue, WriteValue,
};

use super::{
    Status,
    text::{self, Commented, cut_comment, is_atom, made, made_comment, split_comment},
    unitext,
};
use crate::code;

/// The type where a field has none: "The value "unknown" should be used if the Reporting MTA cannot
/// determine the type" (RFC 3464 §2.3.1).
const UNKNOWN: &str = "unknown";

/// `type ";" text`
fn read<'a>(raw: RawValue<'a>, defects: &mut Defects) -> (Cow<'a, str>, Cow<'a, str>) {
    let octets = raw.bytes();
    let at = memchr::memchr(b';', octets);
    let ty = at.and_then(|at| core::str::from_utf8(octets.get(..at)?.trim_ascii()).ok());
    match (ty.filter(|ty| is_atom(ty)), at) {
        (Some(ty), Some(at)) => {
            let behind = raw.slice(at.saturating_add(1)..octets.len());
            (Cow::Borrowed(ty), text::text(behind))
        }
        _ => {
            defects.push(&code::NO_TYPE_SUBFIELD, raw.span());
            (Cow::Borrowed(UNKNOWN), text::text(raw))
        }
    }
}

fn made_type<'a>(ty: impl Into<Cow<'a, str>>) -> Result<Cow<'a, str>, InvalidValue> {
    let ty = ty.into();
    if is_atom(&ty) { Ok(ty) } else { Err(InvalidValue::Token) }
}

fn write(ty: &str, text: &str, comment: Option<&str>, to: &mut Folder) {
    to.token(ty).token(";").blank();
    Commented(text, comment).write_value(to);
}

/// `mta-name-type ";" mta-name` (RFC 3464 §2.2.2), with the comment that may stand behind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MtaName<'a> {
    ty: Cow<'a, str>,
    name: Cow<'a, str>,
    comment: Option<Cow<'a, str>>,
}

impl<'a> MtaName<'a> {
    /// A name of this type, such as `dns`, `x400` or `x-local-hostname`.
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (ty, name) = (made_type(ty)?, made(name)?);
        match split_comment(&name).1 {
            None => Ok(Self { ty, name, comment: None }),
            Some(_) => Err(InvalidValue::Grammar),
        }
    }

    /// The host of this domain: type `dns`.
    pub fn dns(domain: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        Self::new("dns", domain)
    }

    /// The same name with a comment: of a client of SMTP its network address, which "SHOULD be
    /// included as a comment enclosed in parentheses" (RFC 3464 §2.2.4).
    pub fn with_comment(mut self, comment: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.comment = Some(made_comment(comment)?);
        Ok(self)
    }

    /// The type, in the case it was written in; `unknown` where the field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The comment behind the name.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    pub(super) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, text) = read(raw, defects);
        let (name, comment) = cut_comment(text);
        Self { ty, name, comment }
    }
}

impl WriteValue for MtaName<'_> {
    fn write_value(&self, to: &mut Folder) {
        write(&self.ty, &self.name, self.comment.as_deref(), to);
    }
}

/// `address-type ";" generic-address` (RFC 3464 §2.3.1).
///
/// ```
/// use postrider_mime::report::RecipientAddress;
/// let address = RecipientAddress::rfc822("joe@example.com")?;
/// assert_eq!((address.ty(), address.address()), ("rfc822", "joe@example.com"));
/// assert_eq!(address.addr_spec().unwrap().domain(), "example.com");
/// assert!(RecipientAddress::rfc822("joe@example.com\r\nAction: delivered").is_err());
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecipientAddress<'a> {
    ty: Cow<'a, str>,
    address: Cow<'a, str>,
}

impl<'a> RecipientAddress<'a> {
    /// An address of this type, such as `rfc822`, `utf-8` (RFC 6533 §3) or `x400`.
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        address: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        Ok(Self { ty: made_type(ty)?, address: made(address)? })
    }

    /// An address of Internet mail: type `rfc822`, or `utf-8` where it is not ASCII.
    pub fn rfc822(address: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let address = address.into();
        Self::new(if address.is_ascii() { "rfc822" } else { "utf-8" }, address)
    }

    /// What the ORCPT parameter of SMTP says, its xtext undone: `rfc822;joe@example.com` (RFC 3461
    /// §4.2). Of the type `utf-8` unitext is undone too (RFC 6533 §3).
    pub fn from_orcpt(orcpt: &'a str) -> Result<Self, InvalidValue> {
        let (ty, address) = orcpt.split_once(';').ok_or(InvalidValue::Grammar)?;
        let mut address = Cow::Borrowed(address);
        if ty.eq_ignore_ascii_case("utf-8") {
            address = unitext::decode(address);
        }
        Self::new(ty, address)
    }

    /// The type, in the case it was written in; `unknown` where the field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// Whether it may be an address of Internet mail by its type: `rfc822`, `utf-8` or `unknown`.
    pub fn is_internet(&self) -> bool {
        let is = |ty| self.ty.eq_ignore_ascii_case(ty);
        is("rfc822") || is(UNKNOWN) || self.is_utf8()
    }

    fn is_utf8(&self) -> bool {
        self.ty.eq_ignore_ascii_case("utf-8")
    }

    /// The address as it stands: with angle brackets or comments where a sender put them. Of the
    /// type `utf-8` the unitext `\x{…}` is undone (RFC 6533 §3).
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The address, where its type is one of Internet mail and it is one.
    pub fn addr_spec(&self) -> Option<AddrSpec<'_>> {
        if !self.is_internet() {
            return None;
        }
        let list = AddressList::read(RawValue::new(self.address.as_bytes())).value;
        let mut mailboxes = list.mailboxes();
        let one = mailboxes.next()?.addr_spec().clone();
        if mailboxes.next().is_none() { Some(one) } else { None }
    }

    pub(super) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, address) = read(raw, defects);
        let mut read = Self { ty, address };
        if read.is_utf8() {
            read.address = unitext::decode(read.address);
        }
        read
    }
}

/// Of the type `utf-8` in the form of the report around it (RFC 6533 §3): as UTF-8 where that may
/// be, else as unitext.
impl WriteValue for RecipientAddress<'_> {
    fn write_value(&self, to: &mut Folder) {
        if self.is_utf8() {
            let address = unitext::encode(&self.address, to.is_utf8());
            write(&self.ty, &address, None, to);
        } else {
            write(&self.ty, &self.address, None, to);
        }
    }
}

/// `diagnostic-type ";" *text` (RFC 3464 §2.3.6): what the other side said.
///
/// ```
/// use postrider_mime::report::{DiagnosticCode, Status};
/// let said = DiagnosticCode::smtp("550 5.1.1 <joe@example.com>: user unknown")?;
/// assert_eq!(said.reply_code(), Some(550));
/// assert_eq!(said.status(), Some(Status::new(5, 1, 1)?));
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiagnosticCode<'a> {
    ty: Cow<'a, str>,
    text: Cow<'a, str>,
}

impl<'a> DiagnosticCode<'a> {
    /// A diagnostic of this type, such as `smtp`, `x400` or `x-local`.
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        text: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        Ok(Self { ty: made_type(ty)?, text: made(text)? })
    }

    /// A reply of SMTP, its lines joined by blanks: type `smtp`.
    pub fn smtp(reply: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        Self::new("smtp", reply)
    }

    /// The type, in the case it was written in; `unknown` where the field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// What was said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The code of three digits that the text begins with, as a reply of SMTP does (RFC 5321
    /// §4.2), whatever the type says: many who write `x-postfix` or nothing quote a reply.
    pub fn reply_code(&self) -> Option<u16> {
        self.split().map(|(code, _)| code)
    }

    /// The status behind the code (RFC 2034 §4), or that the text begins with.
    pub fn status(&self) -> Option<Status> {
        let behind = self.split().map_or(&*self.text, |(_, behind)| behind);
        let behind = behind.trim_start_matches(['#', '(', '[']);
        Status::at_start(behind).map(|(status, _)| status)
    }

    fn split(&self) -> Option<(u16, &str)> {
        let (code, behind) = self.text.split_at_checked(3)?;
        let code = Some(code).filter(|code| code.bytes().all(|digit| digit.is_ascii_digit()));
        let code: u16 = code?.parse().ok()?;
        let ends = behind.is_empty() || behind.starts_with([' ', '-', '\t']);
        let behind = behind.trim_start_matches([' ', '-', '\t']);
        Some((code, behind)).filter(|(code, _)| ends && (200..=599).contains(code))
    }

    pub(super) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, text) = read(raw, defects);
        Self { ty, text }
    }
}

impl WriteValue for DiagnosticCode<'_> {
    fn write_value(&self, to: &mut Folder) {
        write(&self.ty, &self.text, None, to);
    }
}

macro_rules! display {
    ($($name:ident $text:ident;)*) => {$(
        /// `type; text`, for people and logs.
        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}; {}", self.ty, self.$text)
            }
        }
    )*};
}

display! {
    MtaName name;
    RecipientAddress address;
    DiagnosticCode text;
}
