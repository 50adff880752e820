//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use postrider::wire::Secret;
use postrider_net::program::flags::{StartTls, Switch, secret};

/// Sends mails over SMTP or LMTP, all over one connection.
///
/// Exit codes are those of sysexits.h: 0 when everybody got everything, 64 for the command line, 65 for
/// a mail that cannot be sent so, 66 for a file that cannot be read, 67 for an unknown recipient, 68 for
/// an unknown host, 69 for a refusal for good, 74 when nobody knows whether a mail arrived, 75 to try
/// later, 76 when the server does not speak the protocol or TLS as asked, 77 for a failed login, 78
/// when there are no certificates to trust.
#[derive(Clone, Parser)]
#[command(name = "send")]
pub(crate) struct Arguments {
    /// smtp://, smtps:// (TLS from the first octet) or lmtp://, then user:password@ if a login is
    /// wanted, then host:port. What stands in user and password for itself is percent-encoded.
    #[arg(long, value_name = "URL", value_parser = secret)]
    pub(crate) url: Secret<String>,
    /// Who sends, and gets a bounce; <> for nobody.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: String,
    /// Who shall get it. Can be given several times.
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub(crate) to: Vec<String>,
    /// Whether a session that starts in clear text is upgraded.
    #[arg(long, value_name = "POLICY", value_enum, default_value = "required")]
    pub(crate) starttls: StartTls,
    /// Trust the certificates of this PEM file, and no others; else those of the system.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Speak LMTP, as behind lmtp://: each recipient has an answer of its own.
    #[arg(long)]
    pub(crate) lmtp: bool,
    /// Whether commands are sent in groups where the server allows it.
    #[arg(long, value_enum, default_value = "on")]
    pub(crate) pipelining: Switch,
    /// The environment variable that holds the password, where the URL has a user and no password.
    #[arg(long, value_name = "NAME", default_value = "SMTP_PASSWORD")]
    pub(crate) password_env: String,
    /// Log in by this mechanism only, such as SCRAM-SHA-256; else by the strongest. With OAUTHBEARER
    /// and XOAUTH2 the password is the token. Can be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) mechanism: Vec<String>,
    /// How this host calls itself: a domain, or its address in brackets, which it is if nothing is said.
    #[arg(long, value_name = "NAME")]
    pub(crate) helo: Option<String>,
    /// Whether mails go in chunks (BDAT).
    #[arg(long, value_enum, default_value = "when-useful")]
    pub(crate) chunking: Chunks,
    /// What the mails are declared as; auto looks at their octets.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) body: BodyKind,
    /// Whether mails are internationalized (SMTPUTF8); auto looks for UTF-8 in their headers. UTF-8 in
    /// an address always is.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) smtputf8: Utf8,
    /// Ask for TLS on the whole way (RFC 8689).
    #[arg(long)]
    pub(crate) requiretls: bool,
    /// When to report on delivery: never, or a list of success, failure and delay (RFC 3461).
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) notify: Vec<Occasion>,
    /// What of the mail a report holds.
    #[arg(long, value_enum)]
    pub(crate) ret: Option<Returned>,
    /// What a report calls this mail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) envid: Option<String>,
    /// Who submitted the mail first, as the server is told (AUTH= of RFC 4954); <> for unknown.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) auth: Option<String>,
    /// Send a mail to all of its recipients or to none.
    #[arg(long)]
    pub(crate) all_or_nothing: bool,
    /// Show the conversation, without secrets.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Files with one mail each; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Chunks {
    WhenUseful,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BodyKind {
    Auto,
    #[value(name = "7bit")]
    SevenBit,
    #[value(name = "8bitmime")]
    EightBitMime,
    #[value(name = "binarymime")]
    BinaryMime,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Utf8 {
    Auto,
    On,
    Off,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Occasion {
    Never,
    Success,
    Failure,
    Delay,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Returned {
    Full,
    Hdrs,
}
