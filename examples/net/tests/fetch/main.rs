//! The examples `fetch` and `maildrop` as programs: against each other, and `fetch` against servers that break
//! off or refuse, over POP3 and IMAP. Real programs are in `tests/interop`.

mod imap;
mod imap_refused;
mod kept;
mod mailbox;
mod programs;
mod refused;
mod script;
mod uidls;
