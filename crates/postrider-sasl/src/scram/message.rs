//! The messages (RFC 5802 §7).

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::binding::BindingKind;

/// Longest message of an exchange.
pub(crate) const MOST_MESSAGE: usize = 8192;

/// `gs2-cbind-flag`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// `n`: the client cannot bind.
    No,
    /// `y`: it could, and thinks that the server cannot.
    Unoffered,
    /// `p=`: it does.
    Bound(BindingKind),
}

/// ```text
/// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
/// ```
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServerFirst<'a> {
    pub(crate) nonce: &'a str,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: u32,
}

impl<'a> ServerFirst<'a> {
    pub(crate) fn parse(message: &'a str) -> Result<Self, Error> {
        let mut attributes = Attributes::of(message)?;
        let nonce = attributes.next_nonce()?;
        let salt = STANDARD.decode(attributes.next("s=")?).map_err(|_| Error::Base64)?;
        let count = attributes.next("i=")?;
        attributes.rest()?;
        // posit-number = %x31-39 *DIGIT
        let digits = count.bytes().all(|octet| octet.is_ascii_digit()) && !count.starts_with('0');
        let iterations = count.parse().ok().filter(|_| digits).ok_or(Error::Malformed)?;
        if salt.is_empty() {
            return Err(Error::Malformed);
        }
        Ok(Self { nonce, salt, iterations })
    }
}

/// ```text
/// server-final-message = (server-error / verifier) ["," extensions]
/// ```
pub(crate) fn server_signature(message: &str) -> Result<Vec<u8>, Error> {
    if message.starts_with("e=") {
        return Err(Error::Refused);
    }
    let mut attributes = Attributes::of(message)?;
    let signature = STANDARD.decode(attributes.next("v=")?).map_err(|_| Error::Base64)?;
    attributes.rest()?;
    Ok(signature)
}

/// The attributes of a message, in their order.
struct Attributes<'a>(core::str::Split<'a, char>);

impl<'a> Attributes<'a> {
    fn of(message: &'a str) -> Result<Self, Error> {
        // reserved-mext = "m=" 1*(value-char)
        if message.starts_with("m=") {
            return Err(Error::Extension);
        }
        Ok(Self(message.split(',')))
    }

    fn next(&mut self, name: &str) -> Result<&'a str, Error> {
        let value = self.0.next().and_then(|attribute| attribute.strip_prefix(name));
        value.ok_or(Error::Malformed)
    }

    /// ```text
    /// nonce     = "r=" c-nonce [s-nonce]
    /// c-nonce   = printable
    /// printable = %x21-2B / %x2D-7E
    /// ```
    fn next_nonce(&mut self) -> Result<&'a str, Error> {
        let nonce = self.next("r=")?;
        let printable = !nonce.is_empty() && nonce.bytes().all(|octet| octet.is_ascii_graphic());
        if printable { Ok(nonce) } else { Err(Error::Malformed) }
    }

    /// ```text
    /// extensions = attr-val *("," attr-val)
    /// attr-val   = ALPHA "=" value
    /// ```
    fn rest(self) -> Result<(), Error> {
        for extension in self.0 {
            match extension.as_bytes() {
                [b'm', b'=', ..] => return Err(Error::Extension),
                [name, b'=', _, ..] if name.is_ascii_alphabetic() => {}
                _ => return Err(Error::Malformed),
            }
        }
        Ok(())
    }
}

/// ```text
/// saslname = 1*(value-safe-char / "=2C" / "=3D")
/// ```
pub(crate) fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}
