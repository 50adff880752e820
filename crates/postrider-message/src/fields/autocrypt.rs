//! `Autocrypt` and `Autocrypt-Gossip` (Autocrypt Level 1 §2.1 and §2.3): an OpenPGP key.

use alloc::{borrow::Cow, format, vec::Vec};

use encodify::base64;
use memchr::memchr;

use super::url::strip_white;
use crate::{
    AddrSpec, Address, AddressList, Code, Defect, Defects, FieldValue, Folder, InvalidValue,
    Parsed, RawValue, WriteValue, code, text::lossy, unfold,
};

/// An attribute that Autocrypt Level 1 does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutocryptAttribute<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl AutocryptAttribute<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value as it stands, unfolded.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether who does not know it must ignore the whole field: its name has no underscore in
    /// front.
    pub fn is_critical(&self) -> bool {
        !self.name.starts_with('_')
    }
}

/// `Autocrypt: addr=a@b.example; [prefer-encrypt=mutual;] keydata=BASE64` (Autocrypt Level 1 §2.1)
///
/// ```
/// use postrider_message::{Autocrypt, FieldValue, RawValue, code};
/// let raw = RawValue::new(b"addr=alice@a.example; prefer-encrypt=mutual; _x=1;\r\n keydata=AA\r\n EC");
/// let field = Autocrypt::read(raw).value;
/// assert_eq!(field.addr().unwrap().local_part(), "alice");
/// assert!(field.is_valid() && field.prefers_encryption());
/// assert_eq!(field.key_data(), Some(&[0, 1, 2][..]));
///
/// let critical = Autocrypt::read(RawValue::new(b"addr=a@a.example; new=1; keydata=AAEC"));
/// assert!(!critical.value.is_valid() && critical.defects.has(&code::CRITICAL_ATTRIBUTE));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Autocrypt<'a> {
    addr: Option<AddrSpec<'a>>,
    mutual: bool,
    key_data: Option<Vec<u8>>,
    others: Vec<AutocryptAttribute<'a>>,
    /// An attribute is given twice, or is no attribute.
    broken: bool,
}

impl<'a> Autocrypt<'a> {
    /// The key of an address: an OpenPGP transferable public key, not empty. An address with a
    /// semicolon cannot have one, nor can one that would not be read from the field again.
    pub fn new(addr: AddrSpec<'a>, key_data: Vec<u8>) -> Result<Self, InvalidValue> {
        let text = format!("{addr}");
        let is_read =
            !text.contains(';') && address(RawValue::new(text.as_bytes())) == Some(addr.clone());
        if key_data.is_empty() || !is_read {
            return Err(InvalidValue::Grammar);
        }
        Ok(Self { addr: Some(addr), key_data: Some(key_data), ..Self::default() })
    }

    /// The same with `prefer-encrypt=mutual` or without.
    #[must_use]
    pub const fn with_mutual(mut self, mutual: bool) -> Self {
        self.mutual = mutual;
        self
    }

    /// `addr`: whose key it is. It counts only if it is the address of `From`.
    pub const fn addr(&self) -> Option<&AddrSpec<'a>> {
        self.addr.as_ref()
    }

    /// Whether `prefer-encrypt` is `mutual`; every other value is as none (§2.1).
    pub const fn prefers_encryption(&self) -> bool {
        self.mutual
    }

    /// `keydata`, decoded.
    pub fn key_data(&self) -> Option<&[u8]> {
        self.key_data.as_deref()
    }

    /// The attributes that are not known.
    pub fn others(&self) -> &[AutocryptAttribute<'a>] {
        &self.others
    }

    /// Whether the field counts: address and key are there, and no critical attribute is unknown
    /// (§2.1).
    pub fn is_valid(&self) -> bool {
        !self.broken
            && self.addr.is_some()
            && self.key_data.is_some()
            && !self.others.iter().any(AutocryptAttribute::is_critical)
    }

    fn attribute(&mut self, raw: RawValue<'a>, seen: &mut [bool; 3]) -> Option<&'static Code> {
        let Some(equals) = memchr(b'=', raw.bytes()) else {
            self.broken = true;
            return Some(&code::NOT_A_PARAMETER);
        };
        let name = raw.bytes().get(..equals).unwrap_or_default().trim_ascii();
        let value = raw.slice(equals.saturating_add(1)..raw.bytes().len());
        let known = [&b"addr"[..], b"prefer-encrypt", b"keydata"];
        let place = known.iter().position(|one| name.eq_ignore_ascii_case(one));
        if let Some(seen) = place.and_then(|place| seen.get_mut(place))
            && core::mem::replace(seen, true)
        {
            self.broken = true;
            return Some(&code::DUPLICATE_PARAMETER);
        }
        match place {
            Some(0) => {
                self.addr = address(value);
                self.addr.is_none().then_some(&code::NOT_AN_ADDRESS)
            }
            Some(1) => {
                self.mutual = value.bytes().trim_ascii().eq_ignore_ascii_case(b"mutual");
                None
            }
            Some(_) => {
                let octets = base64::STANDARD.decode(strip_white(value.bytes())).ok();
                self.key_data = octets.filter(|octets| !octets.is_empty());
                self.key_data.is_none().then_some(&code::NOT_KEY_DATA)
            }
            None => {
                let text = |octets: &'a [u8]| lossy(unfold(octets.trim_ascii()));
                let other = AutocryptAttribute { name: text(name), value: text(value.bytes()) };
                let critical = other.is_critical();
                self.others.push(other);
                critical.then_some(&code::CRITICAL_ATTRIBUTE)
            }
        }
    }
}

/// One bare address and nothing else.
fn address(raw: RawValue<'_>) -> Option<AddrSpec<'_>> {
    // A local part may look like an encoded word.
    let is_harmless = |one: &Defect| *one.code() == code::ENCODED_WORD_IN_ADDRESS;
    let read = AddressList::read(raw);
    match read.value.addresses() {
        [Address::Mailbox(mailbox)]
            if read.defects.iter().all(is_harmless) && mailbox.name().is_none() =>
        {
            Some(mailbox.addr_spec().clone())
        }
        _ => None,
    }
}

impl<'a> FieldValue<'a> for Autocrypt<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let mut field = Self::default();
        let mut seen = [false; 3];
        let last = raw.bytes().trim_ascii_end().len();
        let mut at = 0;
        while let Some(rest) = raw.bytes().get(at..last)
            && !rest.is_empty()
        {
            let end = memchr(b';', rest).map_or(last, |length| at.saturating_add(length));
            let piece = raw.slice(at..end);
            if field.others.len() >= raw.limits().parameters {
                defects.push(&code::TOO_MANY_PARAMETERS, piece.span());
                field.broken = true;
                break;
            }
            if let Some(code) = field.attribute(piece, &mut seen) {
                defects.push(code, piece.span());
            }
            at = end.saturating_add(1);
        }
        let [addr, _, key_data] = seen;
        if !(addr && key_data) {
            defects.push(&code::MISSING_ATTRIBUTE, raw.span());
        }
        Parsed::new(field, defects, raw.bytes())
    }
}

/// Octets of key data on a line.
const PIECE: usize = 76;

/// Refused where the field does not count: what made it invalid may not be among what was kept of
/// it, and the field that is written would count.
impl WriteValue for Autocrypt<'_> {
    fn write_value(&self, to: &mut Folder) {
        if !self.is_valid() {
            return to.refuse(InvalidValue::Grammar);
        }
        if let Some(addr) = &self.addr {
            to.token(&format!("addr={addr};")).blank();
        }
        if self.mutual {
            to.token("prefer-encrypt=mutual;").blank();
        }
        for other in &self.others {
            to.token(&format!("{}={};", other.name, other.value)).blank();
        }
        to.token("keydata=");
        let data = base64::STANDARD.encode(self.key_data().unwrap_or_default());
        for piece in data.as_bytes().chunks(PIECE) {
            to.blank().token(&lossy(Cow::Borrowed(piece)));
        }
    }
}
