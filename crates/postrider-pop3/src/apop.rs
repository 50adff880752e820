//! `APOP` (RFC 1939 §7): a digest over the timestamp of the greeting, in the place of a password.
//!
//! MD5 has been broken for this purpose since 2007 (CVE-2007-1558): who stands between client and server
//! can choose timestamps, and learns the first characters of the password from which digests agree. Both
//! machines have it off until told, and both take no timestamp that is not a msg-id, which the attack
//! needs.

use alloc::format;
use alloc::string::String;
use core::fmt;

use md5::{Digest, Md5};
use postrider_wire::Secret;
use subtle::ConstantTimeEq;

use crate::ValueError;
use crate::command::breaks_lines;

/// Octets of a timestamp: with `+OK ` and CRLF within the 512 octets of a reply (RFC 2449 §4).
const MOST: usize = 506;

/// The timestamp of a greeting, angle brackets included: a msg-id of RFC 822 (RFC 1939 §7), in printable
/// ASCII alone.
///
/// ```
/// use postrider_pop3::ApopStamp;
/// use postrider_wire::Secret;
///
/// // RFC 1939 §7
/// let stamp = ApopStamp::parse("<1896.697170952@dbc.mtview.ca.us>")?;
/// let digest = stamp.digest(&Secret::new("tanstaaf".into()));
/// assert_eq!(digest.expose(), "c4c9334bac560ecc979e58001b3e22fb");
/// assert!(ApopStamp::parse("<@>").is_err());
/// # Ok::<(), postrider_pop3::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApopStamp(String);

impl ApopStamp {
    /// Takes a timestamp.
    ///
    /// ```text
    /// msg-id = "<" 1*VCHAR "@" 1*VCHAR ">"      ; no angle bracket within, one "@"
    /// ```
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not of that shape.
    pub fn parse(stamp: &str) -> Result<Self, ValueError> {
        if stamp.len() > MOST {
            return Err(ValueError::TooLong { most: MOST });
        }
        let forbidden = |c: char| !c.is_ascii_graphic();
        if let Some(at) = stamp.find(forbidden) {
            return Err(ValueError::Forbidden { at });
        }
        let inner = stamp.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let (left, right) =
            inner.and_then(|inner| inner.split_once('@')).ok_or(ValueError::Empty)?;
        if left.is_empty() || right.is_empty() {
            return Err(ValueError::Empty);
        }
        let brackets = |c: char| matches!(c, '<' | '>' | '@');
        if let Some(at) = right.find(brackets) {
            // Behind the bracket, what is left of `@`, and `@`.
            return Err(ValueError::Forbidden {
                at: left.len().saturating_add(2).saturating_add(at),
            });
        }
        if let Some(at) = left.find(brackets) {
            return Err(ValueError::Forbidden { at: at.saturating_add(1) });
        }
        Ok(Self(String::from(stamp)))
    }

    /// The first thing in angle brackets, if it is a timestamp. Nothing behind it is looked at, so that
    /// both ends agree.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let from = text.find('<')?;
        let rest = text.get(from..)?;
        let to = rest.find('>')?.saturating_add(1);
        Self::parse(rest.get(..to)?).ok()
    }

    /// A timestamp of our own, of entropy that cannot be told from it.
    pub(crate) fn made(entropy: &[u8; 32], host: &str) -> Self {
        let mut hash = Md5::new();
        hash.update(b"postrider apop timestamp");
        hash.update(entropy);
        let host =
            host.bytes().filter(|octet| octet.is_ascii_alphanumeric() || b".-".contains(octet));
        let host: String = host.take(128).map(char::from).collect();
        let host = if host.is_empty() { "localhost" } else { &host };
        Self(format!("<{}@{host}>", hexadecimal(&hash.finalize())))
    }

    /// The timestamp.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What proves a password: MD5 over timestamp and password, in hexadecimal digits of lower case.
    #[must_use]
    pub fn digest(&self, password: &Secret<String>) -> ApopDigest {
        let mut hash = Md5::new();
        hash.update(self.0.as_bytes());
        hash.update(password.expose().as_bytes());
        ApopDigest(Secret::new(hexadecimal(&hash.finalize())))
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    let halves = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    halves.filter_map(|half| digits.get(usize::from(half)).copied().map(char::from)).collect()
}

/// The name in `APOP`: 1 to 214 octets without spaces and control characters. A space would part it from
/// the digest (RFC 1939 §3: arguments are separated by a single space).
///
/// ```
/// use postrider_pop3::ApopName;
///
/// assert!(ApopName::new("mrose").is_ok());
/// assert!(ApopName::new("a b").is_err());
/// assert!(ApopName::new("a\r\nQUIT").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApopName(String);

impl ApopName {
    /// What fits between `APOP ` and the digest in the 255 octets of RFC 2449 §4.
    const MOST: usize = 214;

    /// Takes a name.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long, or holds a space or control character.
    pub fn new(name: impl Into<String>) -> Result<Self, ValueError> {
        let name = name.into();
        if name.is_empty() {
            return Err(ValueError::Empty);
        }
        if name.len() > Self::MOST {
            return Err(ValueError::TooLong { most: Self::MOST });
        }
        match name.find(|c: char| c == ' ' || breaks_lines(c)) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(name)),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The digest of `APOP`: 32 hexadecimal digits of lower case. Passwords can be tried against it, so it is
/// kept as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct ApopDigest(Secret<String>);

impl ApopDigest {
    /// Takes a digest, as a client sent it. RFC 1939 §7 has it in lower case; upper case is forgiven.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not 32 hexadecimal digits.
    pub fn parse(digest: &str) -> Result<Self, ValueError> {
        const DIGITS: usize = 32;
        if let Some(at) = digest.find(|c: char| !c.is_ascii_hexdigit()) {
            return Err(ValueError::Forbidden { at });
        }
        match digest.len() {
            0..DIGITS => Err(ValueError::Empty),
            DIGITS => Ok(Self(Secret::new(digest.to_ascii_lowercase()))),
            _ => Err(ValueError::TooLong { most: DIGITS }),
        }
    }

    /// The digits. Every use of this is a place where they could leak.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for ApopDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a client showed with `APOP`: its digest, and the timestamp that it is to be over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApopProof {
    stamp: ApopStamp,
    digest: ApopDigest,
}

impl ApopProof {
    pub(crate) fn new(stamp: ApopStamp, digest: ApopDigest) -> Self {
        Self { stamp, digest }
    }

    /// Whether it was made with this password. Compares in constant time.
    #[must_use]
    pub fn is_of(&self, password: &Secret<String>) -> bool {
        let ours = self.stamp.digest(password);
        ours.expose().as_bytes().ct_eq(self.digest.expose().as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_proof_is_of_one_password_and_one_timestamp() {
        let stamp = ApopStamp::parse("<1896.697170952@dbc.mtview.ca.us>").unwrap();
        let digest = ApopDigest::parse("C4C9334BAC560ECC979E58001B3E22FB").unwrap();
        let proof = ApopProof::new(stamp, digest.clone());
        assert!(proof.is_of(&Secret::new("tanstaaf".into())));
        assert!(!proof.is_of(&Secret::new("tanstaag".into())));
        let other = ApopStamp::parse("<1896.697170953@dbc.mtview.ca.us>").unwrap();
        assert!(!ApopProof::new(other, digest.clone()).is_of(&Secret::new("tanstaaf".into())));
        assert!(!format!("{proof:?} {digest:?}").contains("c4c9"));
    }

    #[test]
    fn a_timestamp_of_our_own_is_one_and_shows_no_entropy() {
        let stamp = ApopStamp::made(&[0x41; 32], "mail.example.org\r\n");
        assert_eq!(ApopStamp::parse(stamp.as_str()), Ok(stamp.clone()));
        assert!(stamp.as_str().ends_with("@mail.example.org>") && !stamp.as_str().contains("4141"));
        assert_ne!(stamp, ApopStamp::made(&[0x42; 32], "mail.example.org"));
        assert!(ApopStamp::made(&[0; 32], " ").as_str().ends_with("@localhost>"));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let fine = "c4c9334bac560ecc979e58001b3e22fb";
        assert!(ApopDigest::parse(fine).is_ok());
        for bad in ["", &fine[1..], "g4c9334bac560ecc979e58001b3e22fb", &format!("{fine}0")] {
            assert!(ApopDigest::parse(bad).is_err(), "{bad:?}");
        }
    }
}
