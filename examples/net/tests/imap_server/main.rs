//! Our IMAP client against our IMAP server: the examples `imap_server`, `fetch` and `watch` over loopback. The
//! session and what another session changes are those of `tests/dovecot`.

mod commands;
mod logins;
#[path = "../dovecot/news.rs"]
mod news;
mod programs;
mod rig;
#[path = "../dovecot/session.rs"]
mod session;
