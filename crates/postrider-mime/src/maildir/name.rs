//! The name of the file of a message.

use alloc::{borrow::Cow, vec::Vec};

use memchr::{memchr, memrchr};

use super::Flags;

/// The name of a file in `new` or `cur`: what makes it unique, sizes, and flags. Any octets are
/// one.
///
/// ```
/// use postrider_mime::maildir::{Flag, Name};
///
/// let name = Name::new(b"1354372861.M90253P12345.host,S=4216,W=4321:2,RSa");
/// assert_eq!(name.unique(), b"1354372861.M90253P12345.host");
/// assert_eq!((name.time(), name.size(), name.lines_size()), (Some(1354372861), Some(4216), Some(4321)));
/// assert!(name.flags().has(Flag::Replied) && name.flags().has(Flag::Keyword(0)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    base: &'a [u8],
    info: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Name<'a> {
    /// The parts of a name with a colon before the flags.
    pub fn new(name: &'a [u8]) -> Self {
        Self::with_separator(name, b':')
    }

    /// The parts of a name with another octet before the flags: `;` or `!` on file systems whose
    /// names have no colon.
    pub fn with_separator(name: &'a [u8], separator: u8) -> Self {
        let found = memrchr(separator, name).and_then(|at| name.split_at_checked(at));
        match found {
            Some((base, info)) => Self { base, info: info.get(1..), separator },
            None => Self { base: name, info: None, separator },
        }
    }

    /// The name without flags, which the file keeps wherever it is moved.
    pub const fn base(self) -> &'a [u8] {
        self.base
    }

    /// The base without sizes.
    pub fn unique(self) -> &'a [u8] {
        let end = memchr(b',', self.base).unwrap_or(self.base.len());
        self.base.get(..end).unwrap_or(self.base)
    }

    /// When the message was delivered, in seconds since 1970: the number before the first full
    /// stop.
    pub fn time(self) -> Option<u64> {
        let unique = self.unique();
        number(unique.get(..memchr(b'.', unique)?)?)
    }

    /// The host that delivered it: what stands behind the second full stop, `\057` and `\072` read
    /// as slash and colon.
    pub fn host(self) -> Option<Cow<'a, [u8]>> {
        let host = self.unique().splitn(3, |&octet| octet == b'.').nth(2)?;
        if memchr(b'\\', host).is_none() {
            return Some(Cow::Borrowed(host));
        }
        let (mut octets, mut rest) = (Vec::with_capacity(host.len()), host);
        while let Some((&octet, behind)) = rest.split_first() {
            let escape = [(&b"\\057"[..], b'/'), (b"\\072", b':')];
            match escape.iter().find_map(|(text, octet)| Some((rest.strip_prefix(*text)?, octet))) {
                Some((behind, octet)) => {
                    octets.push(*octet);
                    rest = behind;
                }
                None => {
                    octets.push(octet);
                    rest = behind;
                }
            }
        }
        Some(Cow::Owned(octets))
    }

    /// `S=`: octets of the file (Maildir++).
    pub fn size(self) -> Option<u64> {
        self.field(b"S=")
    }

    /// `W=`: octets of the file where its lines end with CRLF, as IMAP counts them (Dovecot).
    pub fn lines_size(self) -> Option<u64> {
        self.field(b"W=")
    }

    /// What stands behind the separator: `2,` and flags, or what a later version may have.
    pub const fn info(self) -> Option<&'a [u8]> {
        self.info
    }

    /// The flags; none where the info is not of version 2. Behind a second comma are others'
    /// fields.
    pub fn flags(self) -> Flags {
        let letters = self.info.and_then(|info| info.strip_prefix(b"2,")).unwrap_or_default();
        let end = memchr(b',', letters).unwrap_or(letters.len());
        Flags::of_letters(letters.get(..end).unwrap_or_default())
    }

    /// The name of the same file with these flags, in `cur`.
    pub fn with_flags(self, flags: Flags) -> Vec<u8> {
        let mut name = self.base.to_vec();
        name.push(self.separator);
        name.extend_from_slice(b"2,");
        name.extend(flags.letters());
        // What stands behind another comma is not ours to drop.
        let old = self.info.and_then(|info| info.strip_prefix(b"2,")).unwrap_or_default();
        name.extend_from_slice(memchr(b',', old).and_then(|at| old.get(at..)).unwrap_or_default());
        name
    }

    /// A number in the base behind a comma and these octets.
    fn field(self, key: &[u8]) -> Option<u64> {
        let mut fields = self.base.split(|&octet| octet == b',').skip(1);
        fields.find_map(|field| number(field.strip_prefix(key)?))
    }
}

/// Decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()
}
