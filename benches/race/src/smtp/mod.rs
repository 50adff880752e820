//! SMTP: the envelopes of mails beside smtp-proto, and mails on their way in beside a line count.

pub mod envelopes;
pub mod grammar;
pub mod receive;
