//! Names in a Maildir: of the files of messages, and of folders. Files are yours: only names are
//! read and made.
//!
//! No RFC has them: names of files and flags are D. J. Bernstein's (“Using maildir format”,
//! <https://cr.yp.to/proto/maildir.html>), sizes and folders are Maildir++
//! (<https://www.courier-mta.org/imap/README.maildirquota.html>), keywords are Dovecot's.
//!
//! ```
//! use postrider_mime::maildir::{Flag, Name, Unique};
//!
//! // A message is written to `tmp` under this name, and moved to `new`.
//! let unique = Unique::new(1_700_000_000, "mx.example").with_process(17).with_random(&[7; 32]);
//! let name = unique.with_size(2048).to_string();
//! assert_eq!(name, "1700000000.P17R07070707070707070707070707070707.mx.example,S=2048");
//!
//! // Whoever has seen it moves it to `cur` under this one.
//! let seen = Name::new(name.as_bytes());
//! let seen = seen.with_flags(seen.flags().with(Flag::Seen));
//! assert_eq!(seen, b"1700000000.P17R07070707070707070707070707070707.mx.example,S=2048:2,S");
//! ```

mod flags;
mod folder;
mod name;
mod unique;

pub use flags::{Flag, Flags};
pub use folder::{InvalidFolder, folder_levels, folder_name};
pub use name::Name;
pub use unique::Unique;
