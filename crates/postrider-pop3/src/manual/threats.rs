//! What attackers try on a POP3 session, what these machines do about it, and what is left to you.
//!
//! | attack | what happens |
//! |---|---|
//! | commands behind `STLS` in one segment, replies behind its `+OK` | fatal, a partial line included |
//! | taking the offer of `STLS` away, or refusing it | under [`Policy::Required`](postrider_wire::Policy), the default, the client gives no credentials and ends |
//! | listening | no `USER`, no `PASS` without TLS, on either side, unless [`ClearTextLogin::Allow`](postrider_wire::ClearTextLogin) says so; loopback is no exception |
//! | stale plaintext | greeting, its timestamp, capabilities and user name are forgotten at the upgrade |
//! | offering weak mechanisms only | the client takes none that reveals a secret without TLS, and no other way than its policy names; behind a refusal it tries nothing weaker |
//! | letting a client in without the proof of SCRAM | the login has failed and nothing more is said ([`LoginFailed`](crate::client::Event::LoginFailed)) |
//! | choosing timestamps for `APOP` (CVE-2007-1558) | off by default on both sides; a timestamp has to be a msg-id in ASCII, and one that came before `STLS` is none |
//! | endless lines in `AUTH` | 12 KiB, on both sides, and only while a login goes on or may come |
//! | CR, LF, NUL in user, password, unique-id, reply, language, mechanism, capability; a space in the name of `APOP` | refused where the value is made |
//! | a lone dot in a mail | doubled on the way out; only CRLF.CRLF ends a mail on the way in |
//! | reading a message slowly, or never | who takes an octet every five minutes ([`progress_time`](crate::Limits::progress_time)) is borne, who takes none is cut off; an outbox is all it costs |
//! | sending commands faster than they are answered | they stay in the inbox, and then in the buffers of the peer |
//! | a server that never reads while a client writes ahead | no more than [`in_flight`](crate::Limits::in_flight) octets are written ahead |
//! | replies that come before their command, or one too many | not looked at before the command left; fatal where no command is in flight |
//! | endless lines and listings, wrong sizes, huge numbers | bounded by [`Limits`](crate::Limits); a declared size is a hint |
//! | guessing passwords | each refusal takes longer than the one before ([`login_delay`](crate::Limits::login_delay)); they are counted, and the session ends |
//! | finding out users by the clock | a refusal leaves so long after `PASS`, `APOP` or the proof, however long the verdict took; nothing behind `PASS` is answered before |
//! | cutting the connection behind `DELE` | nothing is removed: [`Commit`](crate::server::Event::Commit) comes at `QUIT` and nowhere else |
//! | looking at logs | passwords are [`Secret`](postrider_wire::Secret); everything behind `PASS`, `AUTH` and `APOP`, and each line of an exchange, is marked for the tap, in malformed lines too |
//!
//! # Left to the embedder
//!
//! - Compare passwords in constant time, and refuse an unknown user in the words of a wrong password.
//!   The time of the refusal is the server's own as long as a verdict takes less than
//!   [`login_delay`](crate::Limits::login_delay).
//! - Lock the maildrop before you accept the login (RFC 1939 §4), and tell `[IN-USE]` when it is: only
//!   once the password was right, and knowing that it says so.
//! - Prepare names and passwords that are not ASCII (`postrider_sasl::prep`), where `UTF8 USER` is
//!   announced (RFC 6856 §2.2).
//! - Choose the languages of your own replies by [`Event::Language`](crate::server::Event::Language), and not
//!   by the user before the login (RFC 6856 §7).
//! - Count failed logins across sessions: each one begins with the shortest delay.
//! - Ask for a message to be deleted when it is safe: a `DELE` in the same breath as its `RETR`, and
//!   a `QUIT` behind it, are carried out even if the message did not arrive.
//! - `TOP` with many lines is a way to retrieve a message (RFC 1939 §8): withhold it where what was
//!   retrieved is removed.
