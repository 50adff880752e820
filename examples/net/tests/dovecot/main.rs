//! Our IMAP client against a real Dovecot, as `tests/interop/imap.sh` runs it. Without that rig each test
//! says so and is skipped. What should come out is known from the mails on the disk, from `doveadm`, or
//! from `imaplib` of Python: from programs that we did not write.

mod changes;
mod extensions;
mod logins;
mod mails;
mod news;
mod rig;
mod session;
