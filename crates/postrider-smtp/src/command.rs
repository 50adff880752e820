//! Commands: what a client can say.

use alloc::format;
use alloc::string::String;

use crate::syntax::command as grammar;
use crate::{EhloName, ForwardPath, Reply, ReversePath};

/// A command of RFC 5321 §4.1, RFC 3030 or RFC 3207.
///
/// A value of this type can be written; what is written can be read back:
///
/// ```
/// use postrider_smtp::Command;
///
/// let mail = Command::parse(b"mail from:<@relay.example:JQP@bar.com> size=500 body=8bitmime")?;
/// assert_eq!(mail.to_line(), "MAIL FROM:<JQP@bar.com> SIZE=500 BODY=8BITMIME\r\n");
/// # Ok::<(), postrider_smtp::CommandFault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Command {
    /// `EHLO`: who the client is; it asks for the extensions.
    Ehlo(EhloName),
    /// `HELO`: who the client is, without extensions.
    Helo(EhloName),
    /// `MAIL FROM`: begins a transaction.
    Mail(ReversePath, MailParameters),
    /// `RCPT TO`: adds a recipient.
    Rcpt(ForwardPath),
    /// `DATA`: the mail follows.
    Data,
    /// `BDAT`: so many octets of the mail follow at once (RFC 3030 §2).
    Bdat {
        /// How many.
        size: u64,
        /// Whether the mail ends with them.
        last: bool,
    },
    /// `RSET`: ends the transaction without a mail.
    Rset,
    /// `NOOP`.
    Noop,
    /// `QUIT`: ends the session.
    Quit,
    /// `STARTTLS` (RFC 3207).
    StartTls,
}

/// The word that a command begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Keyword {
    /// `EHLO`
    Ehlo,
    /// `HELO`
    Helo,
    /// `MAIL`
    Mail,
    /// `RCPT`
    Rcpt,
    /// `DATA`
    Data,
    /// `BDAT`
    Bdat,
    /// `RSET`
    Rset,
    /// `NOOP`
    Noop,
    /// `QUIT`
    Quit,
    /// `STARTTLS`
    StartTls,
}

/// What goes with `MAIL` besides the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MailParameters {
    /// `SIZE`: how many octets the mail will have, as far as is known (RFC 1870 §5).
    pub size: Option<u64>,
    /// `BODY`: which octets it holds (RFC 6152).
    pub body: Option<Body>,
}

impl MailParameters {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares the size in octets, every line end counted as two, dots not doubled.
    #[must_use]
    pub fn with_size(mut self, octets: u64) -> Self {
        self.size = Some(octets);
        self
    }

    /// Declares which octets the body holds.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }
}

/// Which octets the body of a mail holds (RFC 6152 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Body {
    /// `7BIT`: US-ASCII alone.
    SevenBit,
    /// `8BITMIME`: any octets, in lines.
    EightBitMime,
}

impl Body {
    /// As it stands behind `BODY=`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7BIT",
            Self::EightBitMime => "8BITMIME",
        }
    }
}

/// Why a line is no command, each with the reply that RFC 5321 §4.2.4 and §4.3.2 have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CommandFault {
    /// Not a command at all.
    #[error("unrecognised command")]
    Unrecognised,
    /// A command of the RFCs that is not implemented.
    #[error("command not implemented")]
    NotImplemented,
    /// `VRFY`, which is answered but verifies nothing (RFC 5321 §3.5.3).
    #[error("addresses are not verified")]
    NotVerified,
    /// Arguments that are not in the grammar of the command.
    #[error("arguments out of the grammar")]
    Arguments,
    /// The sender's path is not in the grammar.
    #[error("malformed reverse-path")]
    ReversePath,
    /// A recipient's path is not in the grammar.
    #[error("malformed forward-path")]
    ForwardPath,
    /// A parameter of `MAIL` or `RCPT` that is not known.
    #[error("parameter not recognised")]
    Parameter,
    /// A known parameter with a value that is not implemented.
    #[error("parameter value not implemented")]
    ParameterValue,
    /// `BDAT` without a size that can be counted: nobody knows where its octets end.
    #[error("chunk size out of the grammar")]
    ChunkSize,
}

impl CommandFault {
    /// What a server answers.
    #[must_use]
    pub fn reply(self) -> Reply {
        match self {
            Self::Unrecognised => Reply::own(500, (5, 2), "command not recognised"),
            Self::NotImplemented => Reply::own(502, (5, 1), "command not implemented"),
            Self::NotVerified => {
                Reply::own(252, (5, 0), "cannot verify, but will take mail and attempt delivery")
            }
            Self::Arguments => Reply::own(501, (5, 4), "syntax error in arguments"),
            Self::ReversePath => Reply::own(501, (1, 7), "syntax error in reverse-path"),
            Self::ForwardPath => Reply::own(501, (1, 3), "syntax error in forward-path"),
            Self::Parameter => Reply::own(555, (5, 4), "parameter not recognised"),
            Self::ParameterValue => Reply::own(504, (5, 4), "parameter value not implemented"),
            Self::ChunkSize => Reply::own(501, (5, 4), "chunk size unknown, closing connection"),
        }
    }
}

impl Command {
    /// Reads a line without its end.
    ///
    /// # Errors
    ///
    /// [`CommandFault`], which knows its reply.
    pub fn parse(line: &[u8]) -> Result<Self, CommandFault> {
        grammar::command(line)
    }

    /// The word that it begins with.
    #[must_use]
    pub fn keyword(&self) -> Keyword {
        match self {
            Self::Ehlo(_) => Keyword::Ehlo,
            Self::Helo(_) => Keyword::Helo,
            Self::Mail(..) => Keyword::Mail,
            Self::Rcpt(_) => Keyword::Rcpt,
            Self::Data => Keyword::Data,
            Self::Bdat { .. } => Keyword::Bdat,
            Self::Rset => Keyword::Rset,
            Self::Noop => Keyword::Noop,
            Self::Quit => Keyword::Quit,
            Self::StartTls => Keyword::StartTls,
        }
    }

    /// The line as it is sent, with its CRLF.
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Ehlo(name) => format!("EHLO {name}\r\n"),
            Self::Helo(name) => format!("HELO {name}\r\n"),
            Self::Mail(path, parameters) => {
                let size = parameters.size.map(|size| format!(" SIZE={size}"));
                let body = parameters.body.map(|body| format!(" BODY={}", body.as_str()));
                let (size, body) = (size.unwrap_or_default(), body.unwrap_or_default());
                format!("MAIL FROM:{path}{size}{body}\r\n")
            }
            Self::Rcpt(path) => format!("RCPT TO:{path}\r\n"),
            Self::Data => "DATA\r\n".into(),
            Self::Bdat { size, last } => {
                format!("BDAT {size}{}\r\n", if *last { " LAST" } else { "" })
            }
            Self::Rset => "RSET\r\n".into(),
            Self::Noop => "NOOP\r\n".into(),
            Self::Quit => "QUIT\r\n".into(),
            Self::StartTls => "STARTTLS\r\n".into(),
        }
    }
}
