//! A mail to be sent, as one value.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::{ForwardPath, MailParameters, RcptParameters, ReversePath};

/// A mail and its envelope, for [`super::Client::send`].
///
/// ```
/// use bytes::Bytes;
/// use postrider_smtp::client::{Content, Transaction};
/// use postrider_smtp::{ForwardPath, ReversePath};
///
/// let mail = Bytes::from_static(b"Subject: hi\r\n\r\nDear Bob\r\n");
/// let transaction = Transaction::new(ReversePath::parse("a@bar.com")?, Content::whole(mail))
///     .to(ForwardPath::parse("b@foo.com")?)
///     .to(ForwardPath::parse("c@foo.com")?);
/// assert_eq!(transaction.recipients.len(), 2);
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// Where the mail comes from.
    pub path: ReversePath,
    /// What goes with `MAIL`. `SIZE`, `BODY` and `SMTPUTF8` are added where the mail tells that they
    /// are due.
    pub parameters: MailParameters,
    /// Who gets it, in the order in which `RCPT` is said.
    pub recipients: Vec<Recipient>,
    /// The mail itself.
    pub content: Content,
}

/// One recipient of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipient {
    /// Where the mail goes to.
    pub path: ForwardPath,
    /// What goes with `RCPT`.
    pub parameters: RcptParameters,
}

/// The octets of a mail, header section included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// All of them. The client writes them by itself.
    Whole(Bytes),
    /// They are written with [`super::Client::write_payload`] after [`super::Event::Payload`].
    #[non_exhaustive]
    Streamed {
        /// How many there will be, where that is known: no more are taken, and fewer cannot be finished.
        octets: Option<u64>,
    },
}

impl Content {
    /// The whole mail.
    #[must_use]
    pub fn whole(mail: impl Into<Bytes>) -> Self {
        Self::Whole(mail.into())
    }

    /// A mail of so many octets, or of nobody knows how many, that is written piece by piece. The client
    /// holds no more of it than its outbox ([`crate::Limits::outbox`], 64 KiB). This is what is due at
    /// [`super::Event::Payload`], and then whenever the driver gives the program its turn, until
    /// [`super::Event::Sent`]:
    ///
    /// ```
    /// use bytes::Bytes;
    /// use postrider_smtp::client::Client;
    ///
    /// /// Whether the whole mail was handed in. `piece` is what was read and not taken yet.
    /// fn upload(
    ///     client: &mut Client,
    ///     mail: &mut impl std::io::Read,
    ///     piece: &mut Bytes,
    /// ) -> Result<bool, Box<dyn std::error::Error>> {
    ///     loop {
    ///         if piece.is_empty() {
    ///             let mut block = vec![0; 16 * 1024];
    ///             let n = mail.read(&mut block)?;
    ///             if n == 0 {
    ///                 client.finish_payload()?;
    ///                 return Ok(true);
    ///             }
    ///             block.truncate(n);
    ///             *piece = block.into();
    ///         }
    ///         // Nothing is taken: the outbox is full. Let the driver write, and come again.
    ///         if client.write_payload(piece)? == 0 {
    ///             return Ok(false);
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// When the reader fails, [`super::Client::abort`]. Octets beyond ASCII are to be declared with
    /// [`MailParameters::with_body`], since the client cannot look ahead.
    #[must_use]
    pub fn streamed(octets: Option<u64>) -> Self {
        Self::Streamed { octets }
    }
}

impl Transaction {
    /// A mail without recipients.
    #[must_use]
    pub fn new(path: ReversePath, content: Content) -> Self {
        let (parameters, recipients) = (MailParameters::new(), Vec::new());
        Self { path, parameters, recipients, content }
    }

    /// Sets what goes with `MAIL`.
    #[must_use]
    pub fn with_parameters(mut self, parameters: MailParameters) -> Self {
        self.parameters = parameters;
        self
    }

    /// Adds a recipient.
    #[must_use]
    pub fn to(self, path: ForwardPath) -> Self {
        self.with_recipient(path, RcptParameters::new())
    }

    /// Adds a recipient, with what goes with its `RCPT`.
    #[must_use]
    pub fn with_recipient(mut self, path: ForwardPath, parameters: RcptParameters) -> Self {
        self.recipients.push(Recipient { path, parameters });
        self
    }
}

/// What happens when some recipients are refused, and some are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Partial {
    /// The others get the mail. The default.
    #[default]
    Deliver,
    /// Nobody gets it. `DATA` then waits for the answer to the last `RCPT`.
    AllOrNothing,
}

/// When a mail goes out in a chunk (`BDAT`, RFC 3030) instead of behind `DATA`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chunking {
    /// Where it is offered, and the octets can go as they are: they are all at hand, and lines that end
    /// in CRLF. The default.
    #[default]
    WhenUseful,
    /// Where it is offered. Bare newlines are then an error, as in [`super::Client::bdat`]. A mail that is
    /// streamed, and whose size nobody knows, goes in chunks of 32 KiB, each of which waits for the
    /// answer to the one before while the next is gathered.
    Always,
    /// Only for `BODY=BINARYMIME`, which goes no other way.
    Never,
}
