//! The messages (RFC 5802 §7), read.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, one_of, satisfy};
use nom::combinator::{all_consuming, map, not, opt, recognize, verify};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use super::{Fault, MOST_MESSAGE, ServerError};
use crate::saslname;

type Parsed<'a, T> = IResult<&'a str, T>;

/// `gs2-cbind-flag`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag<'a> {
    /// `n`: the client cannot bind.
    Unsupported,
    /// `y`: it can, and thinks that the server cannot.
    NotOffered,
    /// `p=cb-name`: it does.
    Bound(&'a str),
}

/// `client-first-message`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientFirst<'a> {
    pub(super) gs2_header: &'a str,
    pub(super) flag: Flag<'a>,
    pub(super) authzid: Option<String>,
    pub(super) bare: &'a str,
    pub(super) user: String,
    pub(super) nonce: &'a str,
}

/// ```text
/// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
/// client-first-message      = gs2-header client-first-message-bare
/// ```
pub(super) fn client_first(message: &[u8]) -> Result<ClientFirst<'_>, Fault> {
    let message = text(message)?;
    let (bare, (flag, authzid)) = gs2_header(message).map_err(|_| Fault::Malformed)?;
    refuse_mandatory(bare)?;
    let (user, nonce) = all(terminated((username, preceded(char(','), nonce)), extensions), bare)?;
    let header = message.len().saturating_sub(bare.len());
    Ok(ClientFirst {
        gs2_header: message.get(..header).unwrap_or_default(),
        flag,
        authzid: authzid.map(name).transpose()?,
        bare,
        user: name(user)?,
        nonce,
    })
}

/// `server-first-message`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServerFirst<'a> {
    pub(super) nonce: &'a str,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
}

/// ```text
/// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
/// salt                 = "s=" base64
/// iteration-count      = "i=" posit-number
/// ```
///
/// Some servers refuse here already, with what belongs into `server-final-message`.
pub(super) fn server_first<'a>(message: &'a str) -> Result<ServerFirst<'a>, Fault> {
    refuse_error(message)?;
    refuse_mandatory(message)?;
    let salt = preceded(tag(",s="), base64);
    let count = preceded(tag(",i="), posit_number);
    let (nonce, salt, count) = all(terminated((nonce, salt, count), extensions), message)?;
    // Numbers of more than 32 bits are in the grammar, and beyond any bound.
    let iterations = count.parse().unwrap_or(u32::MAX);
    let salt = decode(salt)?;
    if salt.is_empty() { Err(Fault::Empty) } else { Ok(ServerFirst { nonce, salt, iterations }) }
}

/// `client-final-message`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientFinal<'a> {
    pub(super) without_proof: &'a str,
    pub(super) binding: Vec<u8>,
    pub(super) nonce: &'a str,
    pub(super) proof: Vec<u8>,
}

/// ```text
/// client-final-message-without-proof = channel-binding "," nonce ["," extensions]
/// client-final-message               = client-final-message-without-proof "," proof
/// channel-binding                    = "c=" base64
/// proof                              = "p=" base64
/// ```
pub(super) fn client_final(message: &[u8]) -> Result<ClientFinal<'_>, Fault> {
    let message = text(message)?;
    refuse_mandatory(message)?;
    let binding = preceded(tag("c="), base64);
    let fields = terminated((binding, preceded(char(','), nonce)), extensions);
    let proof = preceded(tag(",p="), base64);
    let ((binding, nonce), proof) = all((fields, proof), message)?;
    // What stands behind `without_proof` is `,p=` and the proof.
    let end = message.len().saturating_sub(proof.len()).saturating_sub(3);
    Ok(ClientFinal {
        without_proof: message.get(..end).unwrap_or_default(),
        binding: decode(binding)?,
        nonce,
        proof: decode(proof)?,
    })
}

/// ```text
/// server-final-message = (server-error / verifier) ["," extensions]
/// verifier             = "v=" base64
///                        ;; base-64 encoded ServerSignature.
/// ```
///
/// Gives the `ServerSignature`.
pub(super) fn server_final(message: &[u8]) -> Result<Vec<u8>, Fault> {
    let message = text(message)?;
    refuse_error(message)?;
    refuse_mandatory(message)?;
    decode(all(terminated(preceded(tag("v="), base64), extensions), message)?)
}

/// A message as text, within the bound.
pub(super) fn text(message: &[u8]) -> Result<&str, Fault> {
    if message.len() > MOST_MESSAGE {
        return Err(Fault::TooLong);
    }
    core::str::from_utf8(message).map_err(|_| Fault::Encoding)
}

/// All of `text`, or it is malformed.
fn all<'a, T>(
    grammar: impl Parser<&'a str, Output = T, Error = nom::error::Error<&'a str>>,
    text: &'a str,
) -> Result<T, Fault> {
    all_consuming(grammar).parse(text).map(|(_, value)| value).map_err(|_| Fault::Malformed)
}

/// "its presence in a client or a server message MUST cause authentication failure when the attribute
/// is parsed by the other end" (RFC 5802 §5.1).
///
/// ```text
/// reserved-mext = "m=" 1*(value-char)
/// ```
fn refuse_mandatory(message: &str) -> Result<(), Fault> {
    let is_mandatory = |attribute: &str| attribute.starts_with("m=");
    if message.split(',').any(is_mandatory) { Err(Fault::Extension) } else { Ok(()) }
}

/// ```text
/// server-error           = "e=" server-error-value
/// server-error-value-ext = value
/// ```
fn refuse_error(message: &str) -> Result<(), Fault> {
    match terminated(preceded(tag("e="), value), extensions).parse(message) {
        Ok(("", error)) => Err(Fault::Refused(ServerError::from_value(error))),
        _ => Ok(()),
    }
}

/// ```text
/// gs2-header     = gs2-cbind-flag "," [ authzid ] ","
/// gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
/// authzid        = "a=" saslname
/// cb-name        = 1*(ALPHA / DIGIT / "." / "-")
/// ```
fn gs2_header(input: &str) -> Parsed<'_, (Flag<'_>, Option<&str>)> {
    let cb_name = take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let flag = alt((
        map(preceded(tag("p="), cb_name), Flag::Bound),
        map(char('n'), |_| Flag::Unsupported),
        map(char('y'), |_| Flag::NotOffered),
    ));
    let authzid = opt(preceded(tag("a="), value));
    (terminated(flag, char(',')), terminated(authzid, char(','))).parse(input)
}

/// ```text
/// username = "n=" saslname
///            ;; Usernames are prepared using SASLprep.
/// ```
fn username(input: &str) -> Parsed<'_, &str> {
    preceded(tag("n="), value).parse(input)
}

/// ```text
/// nonce     = "r=" c-nonce [s-nonce]
///             ;; Second part provided by server.
/// c-nonce   = printable
/// s-nonce   = printable
/// printable = %x21-2B / %x2D-7E
///             ;; Printable ASCII except ",".
/// ```
///
/// One `printable` or many: the rule has no repetition, the examples have.
fn nonce(input: &str) -> Parsed<'_, &str> {
    preceded(tag("r="), take_while1(|c: char| c.is_ascii_graphic() && c != ',')).parse(input)
}

/// ```text
/// posit-number = %x31-39 *DIGIT
///                ;; A positive number.
/// ```
fn posit_number(input: &str) -> Parsed<'_, &str> {
    recognize((one_of("123456789"), take_while(|c: char| c.is_ascii_digit()))).parse(input)
}

/// ```text
/// base64      = *base64-4 [base64-3 / base64-2]
/// base64-4    = 4base64-char
/// base64-3    = 3base64-char "="
/// base64-2    = 2base64-char "=="
/// base64-char = ALPHA / DIGIT / "/" / "+"
/// ```
///
/// The groups are counted by [`decode`].
fn base64(input: &str) -> Parsed<'_, &str> {
    take_while(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '=')).parse(input)
}

/// Strictly: of two texts at most one is the base64 of an octet sequence.
fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    STANDARD.decode(text).map_err(|_| Fault::Encoding)
}

/// ```text
/// extensions = attr-val *("," attr-val)
///              ;; All extensions are optional,
///              ;; i.e., unrecognized attributes
///              ;; not defined in this document
///              ;; MUST be ignored.
/// attr-val   = ALPHA "=" value
/// ```
///
/// With the comma before them, and up to the proof, which no extension may be named like.
fn extensions(input: &str) -> Parsed<'_, usize> {
    let name = satisfy(|c| c.is_ascii_alphabetic());
    let extension = (not(tag(",p=")), char(','), name, char('='), value);
    many0_count(extension).parse(input)
}

/// ```text
/// value           = 1*value-char
/// value-char      = value-safe-char / "="
/// value-safe-char = %x01-2B / %x2D-3C / %x3E-7F / UTF8-2 / UTF8-3 / UTF8-4
///                   ;; UTF8-char except NUL, "=", and ",".
/// ```
fn value(input: &str) -> Parsed<'_, &str> {
    verify(take_while1(|c| c != ','), |value: &str| !value.contains('\0')).parse(input)
}

/// "If the server receives a username that contains '=' not followed by either '2C' or '3D', then the
/// server MUST fail the authentication" (RFC 5802 §5.1).
fn name(escaped: &str) -> Result<String, Fault> {
    saslname::unescape(escaped).ok_or(Fault::Name)
}
