//! What is read where the RFCs leave a choice, or senders ignore them.
//!
//! - A delimiter is a whole line, white space at its end aside. It is compared with every open
//!   boundary, the innermost first; that of an outer multipart closes all that is open inside.
//!   A line of more than 1000 octets is no delimiter, and a boundary that fits in none is none.
//! - A line that begins with a boundary and is no delimiter is text, as is what stands behind the
//!   closing delimiter; [`Message::ambiguities`](crate::Message::ambiguities) tells of them.
//! - The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
//! - A delimiter ends a header section that has no empty line.
//! - A multipart without a boundary has no parts: all of its body is preamble.
//! - An invalid `Content-Type` counts as `text/plain` (RFC 2045 §5.2); of several, and of
//!   parameters given twice, the first counts. A charset or boundary given by RFC 2231 is resolved.
//! - The encoding of a multipart is ignored; an encoded `message/rfc822` is a leaf, and
//!   [`Part::encoded_message`](crate::Part::encoded_message) opens it.
//! - Base64 ignores what is not of its alphabet and goes on behind padding; quoted-printable keeps
//!   an equals sign that starts no escape, drops a CR without LF, and takes white space before a
//!   line end for text where it is 1024 octets or more.
//! - In text without a usable charset, what is valid UTF-8 is UTF-8, and every other octet is
//!   windows-1252.
//! - Of the names of a file, `filename` counts before `name`; see
//!   [`Part::file_names`](crate::Part::file_names).
//! - A text that is in neither body is an attachment: the prose of RFC 8621 §4.1.4 counts before
//!   the algorithm that it suggests.
//!
//! What `postrider-message` chooses for header sections is in [its list](postrider_message::manual::choices).
//! Where another program reads a real message in another way, `tests/decisions.md` of this crate,
//! in the repository, has the sentence that decides.
