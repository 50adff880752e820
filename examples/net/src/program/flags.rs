//! Values of flags that several programs have.

use clap::ValueEnum;
use postrider::wire::{Policy, Secret};

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
