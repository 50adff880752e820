//! A notification that is ready to be sent.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_mime::build::{BuildError, MessageBuilder, Options, Writer};
use postrider_smtp::{ForwardPath, MailParameters, Notify, RcptParameters, ReversePath};

/// A notification and its envelope. [`DsnWriter`](super::DsnWriter) makes it.
#[derive(Clone, Debug)]
pub struct Dsn<'a> {
    pub(super) message: MessageBuilder<'a>,
    pub(super) options: Options,
    pub(super) seed: [u8; 32],
    pub(super) id: String,
    pub(super) to: ForwardPath,
    pub(super) parameters: MailParameters,
}

impl<'a> Dsn<'a> {
    /// Its envelope sender: nobody. "The DSN sender address (in the SMTP MAIL command) MUST be a null
    /// reverse-path" (RFC 3461 §6.1).
    #[must_use]
    pub const fn sender(&self) -> ReversePath {
        ReversePath::null()
    }

    /// Its only recipient: the envelope sender of the mail.
    #[must_use]
    pub const fn recipient(&self) -> &ForwardPath {
        &self.to
    }

    /// What goes with `MAIL`: `SIZE` where the size is known, `BODY`, `SMTPUTF8` and `REQUIRETLS` where
    /// they are due; never `RET` (RFC 3461 §6.1). Where the next host has no REQUIRETLS, that alone
    /// "SHOULD NOT cause a bounce message to be discarded" (RFC 8689 §5).
    #[must_use]
    pub const fn mail_parameters(&self) -> &MailParameters {
        &self.parameters
    }

    /// What goes with `RCPT`: `NOTIFY=NEVER` (RFC 3461 §6.1).
    #[must_use]
    pub fn rcpt_parameters(&self) -> RcptParameters {
        RcptParameters::new().with_notify(Notify::never())
    }

    /// Its `Message-ID`, without angle brackets.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.id
    }

    /// Its octets, with CRLF.
    ///
    /// # Errors
    ///
    /// [`BuildError::Streamed`] where the mail that comes back is a source.
    pub fn to_vec(&self) -> Result<Vec<u8>, BuildError> {
        self.message.to_vec(&self.options, &self.seed)
    }

    /// Its octets in chunks. The writer asks for the source of the mail that comes back where that
    /// was given as one.
    ///
    /// # Errors
    ///
    /// None that [`DsnWriter::write`](super::DsnWriter::write) has not told already.
    pub fn writer(&self) -> Result<Writer<'a>, BuildError> {
        self.message.writer(&self.options, &self.seed)
    }
}
