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
