//! What attackers try on an IMAP session, what these machines do about it, and what is left to you.
//!
//! | attack | what happens |
//! |---|---|
//! | commands behind `STARTTLS` in one segment, responses behind its OK | fatal, a partial line included |
//! | taking the offer of `STARTTLS` away, or PREAUTH before it | under [`Policy::Required`](postrider_wire::Policy), the default, fatal to the client |
//! | listening | LOGINDISABLED is told, and LOGIN refused on both sides, without TLS unless [`ClearTextLogin::Allow`](postrider_wire::ClearTextLogin) says so |
//! | stale plaintext | greeting and capabilities are forgotten at the upgrade |
//! | ALERT, referrals and other words before login | handed on with `untrusted: true`, never acted on; mailbox data before login is fatal |
//! | literal bombs: `{4294967295}`, thousands of them | refused before an octet is buffered; LITERAL+ payload is swallowed by count, or the connection closed |
//! | nesting bombs in ENVELOPE and BODYSTRUCTURE | depth is counted; the stack is not used for it |
//! | lists of a hundred thousand flags, capabilities, attributes, items | each has a most; items are told before they weigh more than a unit |
//! | sequence-set bombs | sets stay ranges, merged and clipped |
//! | CR, LF, NUL in names, flags, texts | refused where no literal may stand; else a literal is sent |
//! | HTTP, or TLS, sent to the port of IMAP | known by its first line or octets before login, and the session ends |
//! | guessing passwords | refusals are held back, twice as long each time, and five bad commands before login are the last |
//! | numbers that mean another message by the time they are read | EXPUNGE is refused while a command has numbers in the air |
//! | endless lines and responses, numbers too large | bounded by [`Limits`](crate::Limits); checked arithmetic |
//! | a body cut short | [`Aborted`](crate::client::Event::Aborted), never its end |
//! | looking at logs | passwords are [`Secret`](postrider_wire::Secret), in literals and malformed lines too, and so is what follows a refused LOGIN or AUTHENTICATE |
//!
//! # Left to the embedder
//!
//! - Compare passwords in constant time, and answer an unknown user as you answer a wrong password.
//! - One FETCH may name many sections: each costs you a look at the header section.
//! - Text of a server is text of a stranger, to be shown as such.
