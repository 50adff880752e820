//! The dot-stuffing that SMTP (RFC 5321 §4.5.2) and POP3 (RFC 1939 §3) share: streaming in both
//! directions; ordinary lines cross without a copy.
//!
//! A mail ends at `CRLF.CRLF` and nowhere else; the start of a mail counts as "after CRLF". Every
//! other mixture of dots, CR, LF and NUL is content, or refused as a whole (SMTP smuggling,
//! CVE-2023-51764).

mod stuff;
mod unstuff;

pub use stuff::{OutgoingNewlines, StuffError, Stuffer};
pub use unstuff::{BareNewlines, Unstuffed, Unstuffer};
