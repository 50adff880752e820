//! What attackers try on an SMTP session, what these machines do about it, and what is left to you.
//!
//! | attack | what happens |
//! |---|---|
//! | SMTP smuggling: `\n.\r\n`, `\r\n.\n` and the like (CVE-2023-51764, CVE-2024-27305) | only CRLF.CRLF ends a mail; under [`BareNewlines::Reject`](postrider_wire::dot::BareNewlines), the default, a mail with a bare CR, bare LF or NUL is swallowed to its end and refused with 550 5.5.2 |
//! | smuggling through our client | it doubles dots after CRLF and at the very start, makes a bare CR or LF CRLF or refuses it, and never ends a mail early |
//! | `BDAT` that is refused, with commands for octets (EXIM-Security-2026-05-01.1) | the announced octets are swallowed whatever the refusal, also before `MAIL`, before TLS, behind the last chunk and where `CHUNKING` is not offered; a size that cannot be counted gets 501 and the session ends |
//! | a mail of which a refused chunk is missing | a refused chunk ends its transaction: the chunks behind it in the pipeline get 503 |
//! | clients that talk before they have listened (RFC 2920 §3.1) | under [`EarlyTalkers::Refuse`](crate::server::EarlyTalkers) octets that come before greeting, EHLO reply or 354 have left get 554 5.5.0, and the session ends |
//! | a client that never reads | its replies fill one outbox, then nothing more is read, and a timer ends the session |
//! | commands behind `STARTTLS` in one segment (CVE-2011-0411) | fatal, a partial line included |
//! | replies behind `220` to `STARTTLS` | fatal to the client |
//! | taking the offer of `STARTTLS` away, or refusing it | under [`Policy::Required`](postrider_wire::Policy), the default, the client says nothing of value and ends; the server answers 530 5.7.0 |
//! | stale plaintext | EHLO name, login, capabilities and transaction are forgotten at the upgrade |
//! | passwords in clear text | mechanisms that reveal one are neither offered nor taken without TLS (504 5.5.4), unless told; what is said amid a login is secret to taps and to every rendering |
//! | guessing passwords, and who has an account | every refusal is the same 535 5.7.8, at the same step, held back for twice as long each time ([`Limits::login_delay`](crate::Limits)); 421 in the end |
//! | `XCLIENT` and `XFORWARD` of strangers | 550 5.7.0: both are off until the embedder trusts the peer; what was told in clear text is forgotten at the TLS upgrade |
//! | CR, LF, NUL, `>` in paths, names and replies | refused where the value is made |
//! | endless lines, replies, recipients, bad commands | bounded by [`Limits`](crate::Limits): one 500 for one line; 452 4.5.3; 421 in the end |
//! | a connection that dies behind the final dot or the last chunk | the client tells [`Outcome::Unknown`](crate::client::Outcome): perhaps the server has the mail. Before the last octet has left it tells `NotSent`, and that octet does not leave any more |
//!
//! # Left to the embedder
//!
//! - A server says yes to every recipient that you accept: an open relay is one `accept()` away.
//! - [`EhloName::is_host`](crate::EhloName::is_host) is false for names that no `Received` field should repeat.
//! - Replies of a peer are text of a stranger. They hold no control characters, and may still lie.
//! - Octets that come past a synchronisation point (RFC 2920) are answered in order unless you choose
//!   otherwise; whether they came early depends on how fast your replies leave.
