//! The command line: how it is read, and the values of flags that several programs have.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, ValueEnum};
use postrider::wire::{Policy, Secret};

use super::failure::Code;

/// The command line of this program.
///
/// # Errors
///
/// What to end with, once help or what is wrong was told: success, or [`Code::Usage`].
pub fn parse<A: Parser>() -> Result<A, ExitCode> {
    A::try_parse().map_err(|error| {
        let _ = error.print();
        if error.use_stderr() { Code::Usage.into() } else { ExitCode::SUCCESS }
    })
}

/// A URL may hold a password, which clap is not to repeat.
///
/// # Errors
///
/// None.
pub fn secret(text: &str) -> Result<Secret<String>, core::convert::Infallible> {
    Ok(Secret::new(text.to_owned()))
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing between on and off")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Whether a session that starts in clear text is upgraded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum StartTls {
    /// Without it the session ends.
    Required,
    /// Where the server offers it. An attacker can take the offer away.
    Opportunistic,
    /// Not at all.
    Never,
}

impl From<StartTls> for Policy {
    fn from(starttls: StartTls) -> Self {
        match starttls {
            StartTls::Required => Self::Required,
            StartTls::Opportunistic => Self::Opportunistic,
            StartTls::Never => Self::Never,
        }
    }
}

/// How a session is protected, and how somebody logs in.
#[derive(Clone, Debug, Args)]
#[non_exhaustive]
pub struct Access {
    /// Whether a session that starts in clear text is upgraded.
    #[arg(long, value_name = "POLICY", value_enum, default_value = "required")]
    pub starttls: StartTls,
    /// Let the password cross a connection without TLS, where nothing better is there.
    #[arg(long)]
    pub clear_text_login: bool,
    /// Trust the certificates of this PEM file, and no others; else those of the system.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The environment variable that holds the password, where the URL has none: POP3_PASSWORD or
    /// IMAP_PASSWORD if nothing is said.
    #[arg(long, value_name = "NAME")]
    pub password_env: Option<String>,
    /// Log in by this mechanism only, such as SCRAM-SHA-256; else by the strongest, or by USER and PASS
    /// or LOGIN where the server has none. With OAUTHBEARER and XOAUTH2 the password is the token. Can be
    /// given several times.
    #[arg(long, value_name = "NAME")]
    pub mechanism: Vec<String>,
}
