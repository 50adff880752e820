//! What attackers try on a POP3 session, what these machines do about it, and what is left to you.
//!
//! | attack | what happens |
//! |---|---|
//! | commands behind `STLS` in one segment, replies behind its `+OK` | fatal, a partial line included |
//! | taking the offer of `STLS` away, or refusing it | under [`Policy::Required`](postrider_wire::Policy), the default, the client gives no credentials and ends |
//! | listening | no `USER`, no `PASS` without TLS, on either side, unless [`ClearTextLogin::Allow`](postrider_wire::ClearTextLogin) says so; loopback is no exception |
//! | stale plaintext | greeting, capabilities and user name are forgotten at the upgrade |
//! | CR, LF, NUL in user, password, unique-id, reply | refused where the value is made |
//! | a lone dot in a mail | doubled on the way out; only CRLF.CRLF ends a mail on the way in |
//! | endless lines and listings, wrong sizes, huge numbers | bounded by [`Limits`](crate::Limits); a declared size is a hint |
//! | guessing passwords | counted; the session ends |
//! | cutting the connection behind `DELE` | nothing is removed: [`Commit`](crate::server::Event::Commit) comes at `QUIT` and nowhere else |
//! | looking at logs | passwords are [`Secret`](postrider_wire::Secret); everything behind `PASS` is marked for the tap, in malformed lines too |
//!
//! # Left to the embedder
//!
//! - Compare passwords in constant time, and answer an unknown user as you answer a wrong password.
//! - Lock the maildrop before you accept the login (RFC 1939 §4), and tell `[IN-USE]` when it is.
//! - Failed logins are not slowed down yet: count them across sessions.
