//! Serving: features, what is told when, verdicts that come late, and what a client can make a server
//! hold.
//!
//! # Features
//!
//! [`Config::with_features`](crate::server::Config::with_features) says what the embedder can answer.
//! It decides three things at once, so that they cannot part: what CAPABILITY says, which commands and
//! arguments get as far as the embedder, and what ENABLE takes. A feature brings along what it is not to
//! be without, and IMAP4rev2 all that it is made of. `postrider_mailbox::memory::Service::features` is
//! the set that a whole store answers.
//!
//! ```
//! use bytes::Buf;
//! use postrider_imap::server::{Config, Event, Feature, Server};
//! use postrider_imap::{Command, NumberList, Response};
//! use postrider_wire::{Machine, Progress, Security, TlsInfo};
//!
//! let config = Config::new(Security::Implicit(TlsInfo::new())).with_features([Feature::Imap4Rev2]);
//! let mut server = Server::new(config);
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"a login mrc secret\r\nb enable imap4rev2\r\nc select inbox\r\nd uid search all\r\n\
//!     e uid thread references utf-8 all\r\n");
//! let mut said = Vec::new();
//! loop {
//!     match server.poll(&mut inbox)? {
//!         Progress::Event(Event::Command(Command::Select { .. })) => {
//!             server.accept_select(&postrider_imap::server::SelectData::new(3))?;
//!         }
//!         Progress::Event(Event::Command(Command::Search(_))) => {
//!             let numbers: NumberList = [2_u32, 5].into_iter().collect();
//!             server.respond(&Response::Search { numbers, mod_seq: None })?;
//!             server.accept()?;
//!         }
//!         // A notice waits for no verdict.
//!         Progress::Event(Event::Enabled(feature)) => assert_eq!(feature, Feature::Imap4Rev2),
//!         Progress::Event(_) => server.accept()?,
//!         _ => break,
//!     }
//! }
//! let len = server.outbox().remaining();
//! said.extend_from_slice(&server.outbox().copy_to_bytes(len));
//! let said = String::from_utf8_lossy(&said);
//! // RFC 9051 §6.4.4: ESEARCH stands in the place of SEARCH.
//! assert!(said.contains("* ESEARCH (TAG \"d\") UID ALL 2,5\r\nd OK "));
//! // The embedder never hears of THREAD.
//! assert!(said.ends_with("e BAD unknown command\r\n"));
//! # Ok::<(), postrider_imap::Error>(())
//! ```
//!
//! # What is told when
//!
//! [`respond`](crate::server::Server::respond) tells what answers the pending command, and refuses what
//! does not: a LIST response to STATUS is [`NotNow`](crate::Misuse::NotNow).
//! [`update`](crate::server::Server::update) tells news, where the rules let it go:
//!
//! | what is under way | EXISTS, FETCH of flags | EXPUNGE, VANISHED |
//! |---|---|---|
//! | nothing | no | no |
//! | FETCH, STORE, SEARCH, SORT, THREAD | yes | no: numbers are in the air (RFC 9051 §7.5.1) |
//! | the same with UID | yes | yes, unless a key of the search is a message number |
//! | SELECT, EXAMINE, CLOSE, UNSELECT, a login | no | no |
//! | any other command in a selected mailbox | yes | yes |
//! | IDLE, between `+` and DONE | yes | yes |
//! | nothing, under NOTIFY with SELECTED | yes | yes (RFC 5465 §6.1) |
//! | nothing, under NOTIFY with SELECTED-DELAYED | yes | no |
//! | octets of a message are being written | no | no |
//!
//! [`may_expunge`](crate::server::Server::may_expunge) and
//! [`may_update`](crate::server::Server::may_update) tell the same before anything is made. After
//! `ENABLE UIDONLY` no response has a message number, and VANISHED is refused until QRESYNC or UIDONLY
//! is enabled; RECENT is left out after `ENABLE IMAP4rev2`.
//!
//! # Much to tell
//!
//! Each call takes one response. When the outbox is full it says [`Full`](crate::Misuse::Full) and has
//! said nothing; let the driver flush, and call again. So a FETCH of a million messages or a LIST of a
//! hundred thousand names needs no more memory than the outbox has. One response is written whole:
//! a SEARCH of a million numbers is some megabytes for as long as the client reads them.
//!
//! # Verdicts that come late
//!
//! A verdict may come whenever it is there; commands that came meanwhile stay in the inbox, which is
//! full at some time, and the client waits. [`progress`](crate::server::Server::progress) tells a client
//! that has INPROGRESS how far it is (RFC 9585). [`hold_back`](crate::server::Server::hold_back) lets
//! the verdict take effect only when some time has passed, which slows one user down and no other.
//!
//! # What a client can make a server hold
//!
//! | limit | before login | after |
//! |---|---|---|
//! | octets of one command | `unit_before_login`, 8 KiB (12.5 KiB where there is AUTHENTICATE: the longest line of a login) | `unit`, 256 KiB |
//! | literals of one command | 4 | `literals`, 16 |
//! | members of a list | 64 | `list`, 4096 |
//! | octets passed over of what is refused | `unit_before_login` | `swallow`, 64 KiB |
//! | bad commands until BYE | `bad_commands_before_login`, 5, failed logins included | `bad_commands`, 10 |
//! | time until BYE | 3 minutes without a login, whatever is said | 30 minutes of silence (RFC 9051 §5.4) |
//! | octets of the messages of one APPEND, none of them held | none are taken | `append`, 64 MiB |
//!
//! Before login a client that speaks HTTP, or TLS where none is due, is not read on at all. A refused
//! login is answered two seconds after it was asked, then four, and so on.
