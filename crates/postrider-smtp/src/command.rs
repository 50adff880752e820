//! Commands: what a client can say.

use alloc::format;
use alloc::string::String;

use crate::syntax::command as grammar;
use crate::{
    Argument, Attributes, EhloName, ExtensionKeyword, ForwardPath, InitialResponse, MailParameters,
    MechanismName, RcptParameters, Reply, ReversePath,
};

/// A command of RFC 5321 §4.1 or of an extension.
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// `EHLO`: who the client is; it asks for the extensions.
    Ehlo(EhloName),
    /// `HELO`: who the client is, without extensions.
    Helo(EhloName),
    /// `LHLO`: the `EHLO` of LMTP (RFC 2033 §4.1).
    Lhlo(EhloName),
    /// `MAIL FROM`: begins a transaction.
    Mail(ReversePath, MailParameters),
    /// `RCPT TO`: adds a recipient.
    Rcpt(ForwardPath, RcptParameters),
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
    /// `AUTH`: begins a login (RFC 4954 §4).
    Auth {
        /// By which mechanism.
        mechanism: MechanismName,
        /// What goes along with it.
        initial: Option<InitialResponse>,
    },
    /// `VRFY`: whether there is such a user (RFC 5321 §4.1.1.6).
    Vrfy(Argument),
    /// `EXPN`: who is on a list (RFC 5321 §4.1.1.7).
    Expn(Argument),
    /// `HELP` (RFC 5321 §4.1.1.8).
    Help(Option<Argument>),
    /// `XCLIENT`: whom a trusted proxy speaks for (Postfix).
    Xclient(Attributes),
    /// `XFORWARD`: where the mail came from, for the log (Postfix).
    Xforward(Attributes),
    /// A command of another extension, as it came: `ETRN` (RFC 1985), `BURL` (RFC 4468), and whatever
    /// else looks like a command.
    Extension {
        /// The word that it begins with. None that has a variant here is written.
        keyword: ExtensionKeyword,
        /// The rest of the line.
        argument: Option<Argument>,
    },
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
    /// `LHLO`
    Lhlo,
    /// `AUTH`
    Auth,
    /// `VRFY`
    Vrfy,
    /// `EXPN`
    Expn,
    /// `HELP`
    Help,
    /// `XCLIENT`
    Xclient,
    /// `XFORWARD`
    Xforward,
    /// Of another extension.
    Extension,
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
            Self::Rcpt(..) => Keyword::Rcpt,
            Self::Lhlo(_) => Keyword::Lhlo,
            Self::Auth { .. } => Keyword::Auth,
            Self::Vrfy(_) => Keyword::Vrfy,
            Self::Expn(_) => Keyword::Expn,
            Self::Help(_) => Keyword::Help,
            Self::Xclient(_) => Keyword::Xclient,
            Self::Xforward(_) => Keyword::Xforward,
            Self::Extension { .. } => Keyword::Extension,
            Self::Data => Keyword::Data,
            Self::Bdat { .. } => Keyword::Bdat,
            Self::Rset => Keyword::Rset,
            Self::Noop => Keyword::Noop,
            Self::Quit => Keyword::Quit,
            Self::StartTls => Keyword::StartTls,
        }
    }

    /// The line as it is sent, with its CRLF. That of `AUTH` holds what it holds in clear.
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Ehlo(name) => format!("EHLO {name}\r\n"),
            Self::Helo(name) => format!("HELO {name}\r\n"),
            Self::Lhlo(name) => format!("LHLO {name}\r\n"),
            Self::Mail(path, parameters) => format!("MAIL FROM:{path}{parameters}\r\n"),
            Self::Rcpt(path, parameters) => format!("RCPT TO:{path}{parameters}\r\n"),
            Self::Data => "DATA\r\n".into(),
            Self::Bdat { size, last } => {
                format!("BDAT {size}{}\r\n", if *last { " LAST" } else { "" })
            }
            Self::Rset => "RSET\r\n".into(),
            Self::Noop => "NOOP\r\n".into(),
            Self::Quit => "QUIT\r\n".into(),
            Self::StartTls => "STARTTLS\r\n".into(),
            Self::Auth { mechanism, initial: None } => format!("AUTH {mechanism}\r\n"),
            Self::Auth { mechanism, initial: Some(initial) } => {
                format!("AUTH {mechanism} {}\r\n", initial.expose())
            }
            Self::Vrfy(who) => format!("VRFY {who}\r\n"),
            Self::Expn(list) => format!("EXPN {list}\r\n"),
            Self::Help(None) => "HELP\r\n".into(),
            Self::Help(Some(topic)) => format!("HELP {topic}\r\n"),
            Self::Xclient(told) => format!("XCLIENT{told}\r\n"),
            Self::Xforward(told) => format!("XFORWARD{told}\r\n"),
            Self::Extension { keyword, argument: None } => format!("{keyword}\r\n"),
            Self::Extension { keyword, argument: Some(rest) } => format!("{keyword} {rest}\r\n"),
        }
    }
}
