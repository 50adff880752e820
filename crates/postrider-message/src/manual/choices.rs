//! What is read where the RFCs leave a choice, or senders ignore them.
//!
//! - Lines end in LF, with or without CR before it. A lone CR is an octet like any other.
//! - A byte order mark before the first field is no part of its name.
//! - A line without a colon is a field without a name, and the header section goes on: it ends at
//!   the first empty line and nowhere else.
//! - Of a field that may occur once the first counts.
//! - A comment that is not closed takes the rest of the value; a quotation mark that is not closed
//!   is a character. Before an address in angle brackets either ends as RFC 7103 §7.1 advises.
//! - What stands for an address outside the grammar is read as [`AddressList`](crate::AddressList) says, and only where
//!   one word is a whole address by itself. [`Diagnosis`](crate::Diagnosis) tells what an address is by the letter.
//! - Encoded words are decoded in names, comments and text, after these were cut into tokens;
//!   never in quoted strings and addresses. What was decoded is not parsed again.
//! - A parameter given by RFC 2231 counts before a plain one of its name; sections behind a missing
//!   one are ignored; encoded words in a parameter are decoded where its text is asked for.
//! - A part of a list field that is no URL in angle brackets ends the list.
//! - An unknown charset falls back as [`charset::decode`](crate::charset::decode) says.
//!
//! Where another program reads a real message in another way, `tests/decisions.md` of this crate,
//! in the repository, has the sentence that decides.
