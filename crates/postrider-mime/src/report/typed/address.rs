//! Addresses of recipients.

use alloc::borrow::Cow;
use core::fmt;

use postrider_message::{
    AddrSpec, AddressList, Defects, FieldValue, Folder, InvalidValue, RawValue, WriteValue,
};

use super::{UNKNOWN, display, made_type, read, write};
use crate::report::{
    text::{made, trimmed},
    unitext,
};

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

    /// What the ORCPT parameter of SMTP says, when its xtext was undone: `rfc822;joe@example.com` (RFC
    /// 3461 §4.2). Of the type `utf-8` unitext is undone too (RFC 6533 §3).
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

    pub(in crate::report) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, address) = read(raw, defects);
        let mut read = Self { ty, address };
        if read.is_utf8() {
            read.address = trimmed(unitext::decode(read.address));
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

display! { RecipientAddress address }
