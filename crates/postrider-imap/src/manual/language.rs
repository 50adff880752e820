//! The language: which parts of IMAP are values here, and which pass through as they came.
//!
//! # Two ways in
//!
//! [`ResponseReader`](crate::ResponseReader) and [`CommandReader`](crate::CommandReader) find where
//! units end, read them, and let octets of messages stream; they are what the machines stand on, and
//! what a proxy, a logger or a test stands on. [`Response::parse`](crate::Response::parse) and
//! [`TaggedCommand::parse`](crate::TaggedCommand::parse) read one unit that is framed already.
//! [`Response::write`](crate::Response::write), [`TaggedCommand::encode`](crate::TaggedCommand::encode)
//! and [`AppendWriter`](crate::AppendWriter) write. What is written reads back as the same value.
//!
//! Octets that come in pieces are held until a step has consumed them, and no longer:
//!
//! ```
//! use postrider_imap::{FetchItem, Limits, Quirks, Response, ResponsePart, ResponseReader};
//!
//! fn tell(items: &[FetchItem], log: &mut Vec<String>) {
//!     for item in items {
//!         match item {
//!             FetchItem::Uid(uid) => log.push(format!("uid {uid}")),
//!             FetchItem::Flags(flags) => log.push(format!("flags {flags}")),
//!             FetchItem::Envelope(envelope) => {
//!                 log.extend(envelope.from().map(|sender| format!("from {sender}")));
//!             }
//!             _ => {}
//!         }
//!     }
//! }
//!
//! let captured = b"* 12 FETCH (FLAGS (\\Seen ) UID 4827)\r\n\
//!     * 13 FETCH (UID 4828 ENVELOPE (NIL NIL ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
//!      NIL NIL NIL NIL NIL NIL NIL) BODY[TEXT] {6}\r\nHello!)\r\n";
//! let mut reader = ResponseReader::new(&Limits::new(), Quirks::tolerant());
//! let (mut held, mut forgiven) = (Vec::new(), Quirks::strict());
//! let (mut log, mut octets) = (Vec::new(), 0);
//! for piece in captured.chunks(10) {
//!     held.extend_from_slice(piece);
//!     let mut rest = &held[..];
//!     loop {
//!         let step = reader.read(rest);
//!         if step.is_starved() {
//!             break;
//!         }
//!         rest = &rest[step.octets..];
//!         forgiven = forgiven.union(reader.quirks());
//!         match step.part {
//!             // One without octets of the message is whole; one with them comes in parts.
//!             Some(ResponsePart::Response(Response::Fetch { items, .. })) => tell(&items, &mut log),
//!             Some(ResponsePart::FetchItems { items, .. }) => tell(&items, &mut log),
//!             Some(ResponsePart::BodyBegin { section, .. }) => log.push(section.to_string()),
//!             Some(ResponsePart::Chunk) => octets += step.octets,
//!             Some(ResponsePart::Quoted(quoted)) => octets += quoted.len(),
//!             _ => {}
//!         }
//!     }
//!     held.drain(..held.len() - rest.len());
//! }
//! assert_eq!(log, [
//!     "flags \\Seen",
//!     "uid 4827",
//!     "uid 4828",
//!     "from Terry Gray <gray@cac.washington.edu>",
//!     "BODY[TEXT]",
//! ]);
//! assert_eq!(octets, 6);
//! assert_eq!(forgiven.to_string(), "blank");
//! ```
//!
//! # Framing
//!
//! A unit is a line with its literals. A literal is announced at the end of a line, behind a blank or a
//! parenthesis: `{n}`, `{n+}` (RFC 7888) and `~{n}` (RFC 3516). In the texts of status
//! responses and of `+` braces are only braces, and so they are inside words; in commands also inside
//! quotes. What is malformed is passed over exactly, octets of its literals included.
//!
//! A unit may be as long as [`Limits::unit`](crate::Limits::unit). Three things may be longer, and are
//! never held: octets of messages (`BODY[…]`, `BINARY[…]`, `RFC822…`; APPEND, REPLACE, CATENATE), which
//! stream; FETCH responses of many items, which are told item by item; and results (SEARCH, SORT,
//! THREAD, VANISHED, `ALL` of ESEARCH), which are read into ranges up to
//! [`Limits::ids`](crate::Limits::ids).
//!
//! # Values
//!
//! - Strings are [`bytes::Bytes`], each in an allocation of its own, so that none keeps a unit alive.
//!   [`Envelope`](crate::Envelope) and [`BodyStructure`](crate::BodyStructure) hold all of theirs in
//!   one buffer and show them as slices.
//! - [`FlagSet`](crate::FlagSet) and [`ListAttributes`](crate::ListAttributes) are bits for what has a
//!   name here, sorted words for the rest.
//! - Sets and results are ranges: [`SequenceSet`](crate::SequenceSet) as it was written,
//!   [`NumberList`](crate::NumberList) and [`UidSet`](crate::UidSet) in the order of the server.
//! - One bad item harms no other: it is `Unparsed`, with its octets, in a FETCH, STATUS, LIST or
//!   ESEARCH response that is otherwise good.
//!
//! # Leniency
//!
//! [`Quirks`](crate::Quirks) say what a reader forgives. A client forgives everything in the list, a
//! server nothing; each is a choice of whoever makes a reader. What was forgiven is told beside the
//! value. What is not forgiven is an error for the whole unit, or, in the responses that have
//! `Unparsed`, one such item and no error: a strict reader of them has to look for it.
//!
//! # Scope
//!
//! | extension | values |
//! |---|---|
//! | IMAP4rev1 (RFC 3501), IMAP4rev2 (RFC 9051) | all |
//! | ACL (RFC 4314), QUOTA (RFC 2087, 9208), METADATA (RFC 5464), NAMESPACE (RFC 2342), ID (RFC 2971) | all |
//! | APPENDLIMIT (RFC 7889), BINARY (RFC 3516), CATENATE (RFC 4469), LITERAL+ and LITERAL- (RFC 7888), MULTIAPPEND (RFC 3502), REPLACE (RFC 8508), UTF8=ACCEPT (RFC 6855, 9755) | all |
//! | CHILDREN (RFC 3348), CREATE-SPECIAL-USE and SPECIAL-USE (RFC 6154), LIST-EXTENDED (RFC 5258), LIST-METADATA (RFC 9590), LIST-MYRIGHTS (RFC 8440), LIST-STATUS (RFC 5819), STATUS=SIZE (RFC 8438), XLIST | all |
//! | COMPRESS=DEFLATE (RFC 4978), ENABLE (RFC 5161), IDLE (RFC 2177), INPROGRESS (RFC 9585), JMAPACCESS (RFC 9698), MOVE (RFC 6851), NOTIFY (RFC 5465), SASL-IR (RFC 4959), STARTTLS, UIDPLUS (RFC 4315), UNAUTHENTICATE (RFC 8437), UNSELECT (RFC 3691) | all |
//! | CONDSTORE and QRESYNC (RFC 7162), MESSAGELIMIT (RFC 9738), OBJECTID (RFC 8474), PREVIEW (RFC 8970), SAVEDATE (RFC 8514), UIDBATCHES, UIDONLY (RFC 9586), X-GM-EXT-1 | all |
//! | CONTEXT (RFC 5267), ESEARCH (RFC 4731), ESORT, FILTERS (RFC 5466), FUZZY (RFC 6203), PARTIAL (RFC 9394), SEARCHRES (RFC 5182), SORT and THREAD (RFC 5256), SORT=DISPLAY (RFC 5957), WITHIN (RFC 5032) | all |
//! | IMAP URLs (RFC 5092) | all: [`ImapUrl`](crate::ImapUrl) |
//! | MULTISEARCH (RFC 7377) | its response and the search; where to search as it came |
//! | ANNOTATE (RFC 5257), CONVERT (RFC 5259), I18NLEVEL and LANGUAGE (RFC 5255), URLAUTH (RFC 4467), XAPPLEPUSHSERVICE | their response codes; commands, data and items as they came |
//! | referrals (RFC 2193, 2221) | their response code |
//!
//! What is passed on as it came is a [`Raw`](crate::Raw): it frames as one piece, so that it can be
//! written again.
