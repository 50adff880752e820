//! `Return-Path` (RFC 5322 §3.6.7): where what cannot be delivered goes.

use alloc::format;

use crate::{
    AddrSpec, Address, AddressList, Defects, FieldValue, Folder, Lexer, Parsed, RawValue,
    WriteValue, address::only_in_brackets, code,
};

/// `path = ([CFWS] "<" ([CFWS] / addr-spec) ">" [CFWS]) / obs-path` (RFC 5322 §3.6.7). The host of
/// the last delivery writes it from `MAIL FROM` (RFC 5321 §4.4).
///
/// ```
/// use postrider_message::{FieldValue, RawValue, ReturnPath};
/// let read = |value| Option::<ReturnPath<'_>>::read(RawValue::new(value)).value;
/// assert_eq!(read(b" <> (a bounce)"), Some(ReturnPath::Null));
/// let Some(ReturnPath::Address(address)) = read(b"<fork-admin@xent.com>") else { panic!() };
/// assert_eq!(address.domain(), "xent.com");
/// assert_eq!(read(b"nobody"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 5322 §3.6.7 has these two")]
pub enum ReturnPath<'a> {
    /// `<>`: nowhere. The message is a report on another one, and must not be answered.
    Null,
    /// To this address.
    Address(AddrSpec<'a>),
}

/// No value where it is neither.
impl<'a> FieldValue<'a> for Option<ReturnPath<'a>> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        if let Some(addr) = only_in_brackets(raw) {
            let defects = Defects::with_limit(raw.limits().defects);
            return Parsed::new(Some(ReturnPath::Address(addr)), defects, raw.bytes());
        }
        let mut lexer = Lexer::new(raw);
        let open = lexer.next_solid();
        let close = lexer.next_solid();
        let bracket = open.is_some_and(|one| one.is(b'<'));
        if bracket && close.is_some_and(|one| one.is(b'>')) {
            if let Some(after) = lexer.next_solid() {
                lexer.defect(&code::AFTER_ADDRESS, after.start, raw.bytes().len());
            }
            return Parsed::new(Some(ReturnPath::Null), lexer.into_defects(), raw.bytes());
        }
        let Parsed { value, mut defects, .. } = AddressList::read(raw);
        // Of several addresses none is told apart as the path: nothing is chosen.
        let path = match value.addresses() {
            [Address::Mailbox(mailbox)] => Some(ReturnPath::Address(mailbox.addr_spec().clone())),
            _ => None,
        };
        match &path {
            None => defects.push(&code::NOT_A_PATH, raw.span()),
            Some(_) if !bracket => defects.push(&code::NO_ANGLE, raw.span()),
            Some(_) => {}
        }
        Parsed::new(path, defects, raw.bytes())
    }
}

impl WriteValue for ReturnPath<'_> {
    fn write_value(&self, to: &mut Folder) {
        match self {
            Self::Null => to.token("<>"),
            Self::Address(address) => to.token(&format!("<{address}>")),
        };
    }
}
