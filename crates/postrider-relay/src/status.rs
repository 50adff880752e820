//! Enhanced status codes that are known when this is compiled.

use postrider_smtp::EnhancedStatusCode;

#[expect(clippy::panic, reason = "in a constant: a wrong code does not compile")]
const fn code(class: u8, subject: u16, detail: u16) -> EnhancedStatusCode {
    match EnhancedStatusCode::new(class, subject, detail) {
        Ok(code) => code,
        Err(_) => panic!(),
    }
}

/// Bad destination system address (RFC 3463 §3.2).
pub(crate) const BAD_SYSTEM: EnhancedStatusCode = code(5, 1, 2);
/// Bad destination mailbox address syntax (RFC 3463 §3.2).
pub(crate) const BAD_SYSTEM_SYNTAX: EnhancedStatusCode = code(5, 1, 3);
/// Cryptographic failure (RFC 3463 §3.8): what is left to say where a policy on TLS cannot be kept.
pub(crate) const POLICY: EnhancedStatusCode = code(4, 7, 5);
/// Recipient address has null MX (RFC 7505 §4.2).
pub(crate) const NULL_MX: EnhancedStatusCode = code(5, 1, 10);
/// Directory server failure (RFC 3463 §3.5).
pub(crate) const DIRECTORY: EnhancedStatusCode = code(4, 4, 3);
/// Unable to route (RFC 3463 §3.5).
pub(crate) const NO_ROUTE: EnhancedStatusCode = code(5, 4, 4);
/// Routing loop detected (RFC 3463 §3.5).
pub(crate) const LOOP: EnhancedStatusCode = code(5, 4, 6);
/// Encryption needed (RFC 8689 §4.2.1).
pub(crate) const ENCRYPTION_NEEDED: EnhancedStatusCode = code(5, 7, 10);
/// Other, for now (RFC 3463 §3.1).
pub(crate) const TRANSIENT: EnhancedStatusCode = code(4, 0, 0);
/// Other, for good (RFC 3463 §3.1).
pub(crate) const PERMANENT: EnhancedStatusCode = code(5, 0, 0);
/// No more is known than that it went well (RFC 3463 §3.1).
pub(crate) const RELAYED: EnhancedStatusCode = code(2, 0, 0);
/// Mail system full (RFC 3463 §3.4).
pub(crate) const SYSTEM_FULL: EnhancedStatusCode = code(4, 3, 1);
/// System not accepting network messages, for now (RFC 3463 §3.4).
pub(crate) const NOT_NOW: EnhancedStatusCode = code(4, 3, 2);
/// System not accepting network messages (RFC 3463 §3.4).
pub(crate) const NO_MAIL_THERE: EnhancedStatusCode = code(5, 3, 2);
/// Message too big for system (RFC 3463 §3.4).
pub(crate) const TOO_LARGE: EnhancedStatusCode = code(5, 3, 4);
/// No answer from host (RFC 3463 §3.5).
pub(crate) const NO_ANSWER: EnhancedStatusCode = code(4, 4, 1);
/// Bad connection (RFC 3463 §3.5).
pub(crate) const BAD_CONNECTION: EnhancedStatusCode = code(4, 4, 2);
/// Delivery time expired (RFC 3463 §3.5).
pub(crate) const EXPIRED: EnhancedStatusCode = code(4, 4, 7);
/// Other protocol status (RFC 3463 §3.6).
pub(crate) const PROTOCOL: EnhancedStatusCode = code(4, 5, 0);
/// Too many recipients (RFC 3463 §3.6).
pub(crate) const LIMITS: EnhancedStatusCode = code(4, 5, 3);
/// Other media error (RFC 3463 §3.7).
pub(crate) const MEDIA: EnhancedStatusCode = code(5, 6, 0);
/// Conversion required but not supported (RFC 3463 §3.7).
pub(crate) const CONVERSION: EnhancedStatusCode = code(5, 6, 3);
/// Non-ASCII addresses not permitted (RFC 6531 §3.5).
pub(crate) const NO_SMTPUTF8: EnhancedStatusCode = code(5, 6, 7);
/// REQUIRETLS support required (RFC 8689 §4.2.1).
pub(crate) const REQUIRETLS_SUPPORT: EnhancedStatusCode = code(5, 7, 30);
