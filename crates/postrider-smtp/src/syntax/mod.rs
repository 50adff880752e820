//! The grammar of commands, borrowed and stateless: what reads a line without owning any of it.
//!
//! [`crate::Command`] is what most callers want. Whoever looks at many envelopes and keeps few reads them
//! here, where nothing is allocated:
//!
//! ```
//! use postrider_smtp::syntax;
//!
//! let mail = syntax::mail(b"MAIL FROM:<JQP@bar.com> SIZE=500 BODY=8BITMIME")?;
//! assert_eq!((mail.path.local_part(), mail.path.domain()), (Some("JQP"), Some("bar.com")));
//! let keywords: Vec<_> = mail.parameters.map(|parameter| parameter.keyword()).collect();
//! assert_eq!(keywords, ["SIZE", "BODY"]);
//! # Ok::<(), postrider_smtp::CommandFault>(())
//! ```

pub(crate) mod address;
pub(crate) mod command;
pub(crate) mod parameter;
mod plain;
pub(crate) mod reply;

#[cfg(test)]
mod tests;

pub use address::Path;
pub use command::{Mail, Rcpt, mail, rcpt};
pub use parameter::{Parameter, Parameters};
