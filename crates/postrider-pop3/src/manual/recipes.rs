//! How to do what takes more than one call.
//!
//! # New mail
//!
//! Log in with whatever the server has that shows no password, fetch what is new, as many at once as the
//! server takes, and delete each mail once it is kept. `QUIT` waits until everything has had its end.
//!
//! ```
//! use std::collections::{BTreeMap, VecDeque};
//!
//! use bytes::Buf;
//! use postrider_pop3::client::{Client, Config, Event, Login};
//! use postrider_pop3::{SeenUids, UniqueId};
//! use postrider_sasl::client::Credentials;
//! use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
//!
//! type Fault = Box<dyn std::error::Error>;
//!
//! struct Fetch {
//!     login: Option<Login>,
//!     seen: SeenUids,
//!     new: BTreeMap<u32, UniqueId>,
//!     to_fetch: VecDeque<u32>,
//!     to_delete: VecDeque<u32>,
//!     /// The message that is coming in.
//!     coming: (u32, Vec<u8>),
//!     kept: Vec<Vec<u8>>,
//!     listed: bool,
//! }
//!
//! impl Fetch {
//!     fn hear(&mut self, client: &mut Client, event: Event) -> Result<(), Fault> {
//!         match event {
//!             Event::Ready { .. } => client.login_with(self.login.take().ok_or("once")?)?,
//!             // For SCRAM; takes a while, in another thread if need be.
//!             Event::DeriveKey(due) => client.key(due.derive())?,
//!             Event::LoggedIn(_) => {
//!                 self.seen.begin_listing();
//!                 client.uidl(None)?;
//!             }
//!             Event::UniqueIdListing { message, uid, .. } => {
//!                 if self.seen.is_new(&uid) {
//!                     self.new.insert(message, uid);
//!                     self.to_fetch.push_back(message);
//!                 }
//!             }
//!             Event::UidlEnd => {
//!                 self.seen.end_listing();
//!                 self.listed = true;
//!             }
//!             Event::RetrieveBegin { message, .. } => self.coming = (message, Vec::new()),
//!             Event::Chunk(octets) => self.coming.1.extend_from_slice(&octets),
//!             Event::RetrieveEnd => {
//!                 let (message, mail) = std::mem::take(&mut self.coming);
//!                 self.kept.push(mail); // and synced to the disk, before the next line
//!                 self.seen.insert(self.new.remove(&message).ok_or("not asked for")?)?;
//!                 self.to_delete.push_back(message);
//!             }
//!             // Not this one: it stays new.
//!             Event::Refused { message: Some(_), .. } => {}
//!             // No login, or no `UIDL`.
//!             Event::Refused { .. } | Event::LoginFailed(_) => client.shutdown(),
//!             _ => {}
//!         }
//!         while self.listed && client.is_ready() {
//!             if let Some(message) = self.to_fetch.pop_front() {
//!                 client.retr(message)?;
//!             } else if let Some(message) = self.to_delete.pop_front() {
//!                 client.dele(message)?;
//!             } else if client.is_idle() {
//!                 client.quit()?;
//!             } else {
//!                 break;
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # let entropy = [7; 32];
//! let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
//! let mut fetch = Fetch {
//!     login: Some(Login::new(tim, entropy)),
//!     seen: SeenUids::parse("a\ngone\n")?, // what was kept of `to_text` of the last session
//!     new: BTreeMap::new(),
//!     to_fetch: VecDeque::new(),
//!     to_delete: VecDeque::new(),
//!     coming: (0, Vec::new()),
//!     kept: Vec::new(),
//!     listed: false,
//! };
//! let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
//! let mut inbox = client.new_inbox();
//! // What a server would send, and on to the next when the client waits.
//! let mut server = [
//!     "+OK ready\r\n", "+OK\r\nSASL PLAIN\r\nPIPELINING\r\n.\r\n", "+OK\r\n",
//!     "+OK\r\n1 a\r\n2 b\r\n3 c\r\n4 d\r\n.\r\n",
//!     "+OK\r\nTwo\r\n.\r\n-ERR [SYS/TEMP] not now\r\n+OK\r\nFour\r\n.\r\n",
//!     "+OK\r\n+OK\r\n", "+OK bye\r\n",
//! ].into_iter();
//! let mut said = String::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(event) => fetch.hear(&mut client, event)?,
//!         Progress::Wait { .. } => {
//!             let n = client.outbox().remaining();
//!             said += std::str::from_utf8(&client.outbox().copy_to_bytes(n))?;
//!             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! assert_eq!(fetch.kept, [b"Two\r\n".to_vec(), b"Four\r\n".to_vec()]);
//! assert_eq!(fetch.seen.to_text(), "a\nb\nd\n");
//! assert!(said.ends_with("UIDL\r\nRETR 2\r\nRETR 3\r\nRETR 4\r\nDELE 2\r\nDELE 4\r\nQUIT\r\n"));
//! # Ok::<(), Fault>(())
//! ```
//!
//! Where `TOP` is asked for besides, its messages end in the same event: look at `lines` of
//! [`RetrieveBegin`](crate::client::Event::RetrieveBegin). A deleted mail stays in [`SeenUids`](crate::SeenUids): should the server not have removed it after all,
//! it is not fetched twice, and the next listing forgets it otherwise.
//!
//! # Mails out of a list, for every login
//!
//! Three events ask for a login ([`Login`](crate::server::Event::Login) for `USER` and `PASS`,
//! [`Authenticated`](crate::server::Event::Authenticated) for `AUTH`, [`Apop`](crate::server::Event::Apop)), and
//! one function opens the maildrop for all of them. The lock is given back when the session ends, however
//! it does.
//!
//! ```
//! use core::time::Duration;
//! use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
//!
//! use bytes::{Buf, Bytes};
//! use postrider_pop3::server::{Config, Event, Server};
//! use postrider_pop3::{Error, Maildrop, Reply, ResponseCode, UniqueId};
//! use postrider_sasl::server::{Config as Sasl, Credential, Kept};
//! use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
//! use subtle::ConstantTimeEq;
//!
//! /// All that there is of the one user, `tim`.
//! struct Account { password: Secret<String>, in_use: bool, mails: Vec<(UniqueId, Bytes)> }
//!
//! struct Session { account: Arc<Mutex<Account>>, has_lock: bool, sending: Option<Bytes> }
//!
//! impl Session {
//!     fn account(&self) -> MutexGuard<'_, Account> {
//!         self.account.lock().unwrap_or_else(PoisonError::into_inner)
//!     }
//!
//!     /// The user has proved who it is.
//!     fn open(&mut self, server: &mut Server) -> Result<(), Error> {
//!         let mut account = self.account();
//!         if account.in_use {
//!             let reply = Reply::err("another session has it")?.with_code(ResponseCode::InUse);
//!             return server.reject_after(reply, Duration::ZERO);
//!         }
//!         let mut maildrop = Maildrop::with_capacity(account.mails.len());
//!         for (uid, mail) in &account.mails {
//!             maildrop.push_message(mail, uid.clone());
//!         }
//!         server.accept_login(maildrop)?;
//!         account.in_use = true;
//!         drop(account);
//!         self.has_lock = true;
//!         Ok(())
//!     }
//!
//!     fn answer(&mut self, server: &mut Server, event: Event) -> Result<(), Error> {
//!         match event {
//!             // AUTH: what is known of the user, and then whether it may in, as nobody but itself.
//!             Event::Credential(asked) => match asked.user.as_deref() {
//!                 Some("tim") => {
//!                     let password = self.account().password.clone();
//!                     server.credential(Credential::Password(password))
//!                 }
//!                 _ => server.credential(Credential::Unknown),
//!             },
//!             Event::Authenticated { identity, .. } if identity.authzid.is_none() => self.open(server),
//!             // In constant time: `==` would tell how much of it is right.
//!             Event::Login { user, password, .. } => {
//!                 let right = self.account().password.expose().as_bytes().ct_eq(password.expose());
//!                 if user == "tim" && bool::from(right) { self.open(server) } else { Ok(server.decline()) }
//!             }
//!             Event::Apop { user, proof, .. } => {
//!                 let right = proof.is_of(&self.account().password);
//!                 if user == "tim" && right { self.open(server) } else { Ok(server.decline()) }
//!             }
//!             // RETR and TOP: the whole mail, of which the server takes what was asked for.
//!             Event::Retrieve { message, .. } => {
//!                 let mail = self.account().mails.get(message as usize - 1).map(|(_, mail)| mail.clone());
//!                 self.sending = mail;
//!                 if self.sending.is_some() { server.accept() } else { Ok(server.decline()) }
//!             }
//!             // What came in since the login stands behind, so that the numbers hold.
//!             Event::Commit { deleted, .. } => {
//!                 let mut number = 0;
//!                 self.account().mails.retain(|_| { number += 1; !deleted.contains(&number) });
//!                 server.accept()
//!             }
//!             _ => Ok(server.decline()),
//!         }
//!     }
//!
//!     /// Whenever the machine waits for the embedder: what fits of the mail.
//!     fn write(&mut self, server: &mut Server) -> Result<(), Error> {
//!         let Some(mail) = &mut self.sending else { return Ok(()) };
//!         while !mail.is_empty() && server.write_payload(mail)? > 0 {}
//!         if mail.is_empty() {
//!             self.sending = None;
//!             server.finish_payload()?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! impl Drop for Session {
//!     fn drop(&mut self) {
//!         if self.has_lock { self.account().in_use = false; }
//!     }
//! }
//!
//! /// Drives a session; a driver would do that. Tells what was said.
//! fn talk(session: &mut Session, commands: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
//! #    let (entropy, salt_secret) = ([1; 32], [2; 32]);
//!     let sasl = Sasl::new(entropy).with_salt_secret(salt_secret).with_kept(Kept::Passwords);
//!     let config = Config::new(Security::Implicit(TlsInfo::new()))
//!         .with_auth(sasl)
//!         .with_apop("pop.example", entropy); // opt-in
//!     let mut server = Server::new(config);
//!     let mut inbox = server.new_inbox();
//!     inbox.extend(commands);
//!     inbox.set_eof();
//!     let mut said = String::new();
//!     loop {
//!         match server.poll(&mut inbox)? {
//!             Progress::Event(event) => session.answer(&mut server, event)?,
//!             Progress::Wait { .. } => {
//!                 let n = server.outbox().remaining();
//!                 said += std::str::from_utf8(&server.outbox().copy_to_bytes(n))?;
//!                 session.write(&mut server)?;
//!             }
//!             Progress::StartTls(_) | Progress::Closed => return Ok(said),
//!         }
//!     }
//! }
//!
//! let mut mails = Vec::new();
//! for (uid, mail) in [("a", "Subject: a\n\n.one\ntwo\n"), ("b", "Subject: b\n\n")] {
//!     mails.push((UniqueId::new(uid)?, Bytes::from_static(mail.as_bytes())));
//! }
//! let password = Secret::new("tanstaaftanstaaf".into());
//! let account = Arc::new(Mutex::new(Account { password, in_use: false, mails }));
//! let session = || Session { account: account.clone(), has_lock: false, sending: None };
//!
//! let mut one = session();
//! let auth = b"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\nLIST\r\nTOP 1 1\r\nDELE 2\r\nQUIT\r\n";
//! let said = talk(&mut one, auth)?;
//! assert!(said.contains("1 25\r\n2 14\r\n.\r\n+OK top of message follows\r\nSubject: a\r\n\r\n..one\r\n.\r\n"));
//!
//! let pass = b"USER tim\r\nPASS tanstaaftanstaaf\r\nQUIT\r\n";
//! let refused = talk(&mut session(), pass)?;
//! assert!(refused.contains("-ERR [IN-USE] another session has it\r\n"));
//! drop(one);
//! assert!(talk(&mut session(), pass)?.contains("+OK tim's maildrop has 1 message (25 octets)\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # APOP
//!
//! It is off on both sides. A server has it with [`Config::with_apop`](crate::server::Config::with_apop), as
//! above, and keeps passwords as they are. A client has it in
//! [`Login::with_login_by`](crate::client::Login::with_login_by), and without TLS with the word for CRAM-MD5
//! besides:
//!
//! ```
//! use bytes::Buf;
//! use postrider_pop3::client::{Client, Config, Event, Login, LoginBy, LoginFault};
//! use postrider_sasl::client::{Choice, Credentials, NoMechanism};
//! use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Secret, Security};
//!
//! # let entropy = [7; 32];
//! let apop = || -> Result<Login, Box<dyn std::error::Error>> {
//!     let mrose = Credentials::password("mrose", Secret::new("tanstaaf".into()))?;
//!     Ok(Login::new(mrose, entropy).with_login_by([LoginBy::Auth, LoginBy::Apop]))
//! };
//! let mut client = Client::new(Config::new(Security::StartTls(Policy::Never)));
//! let mut inbox = client.new_inbox();
//! // RFC 1939 §7
//! inbox.extend(b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n");
//! let mut said = Vec::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready { .. }) => client.login_with(apop()?)?,
//!         // It would not, and nothing was said; so the word, and again.
//!         Progress::Event(Event::LoginFailed(fault)) => {
//!             assert_eq!(fault, LoginFault::NoMechanism(NoMechanism::NeedsTls));
//!             let choice = Choice::default().with_cram_md5(ClearTextLogin::Allow);
//!             client.login_with(apop()?.with_choice(choice))?;
//!         }
//!         Progress::Event(Event::LoggedIn(_)) => break,
//!         Progress::Event(other) => panic!("{other:?}"),
//!         Progress::Wait { .. } => {
//!             let n = client.outbox().remaining();
//!             said.extend_from_slice(&client.outbox().copy_to_bytes(n));
//!             inbox.extend(b"+OK\r\nUSER\r\n.\r\n");
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! assert_eq!(said, b"CAPA\r\nAPOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
