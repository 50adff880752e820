//! Signed and encrypted parts: what was signed, octet by octet, and where the rest is (RFC 1847,
//! 3156, 8551, 9580). Nothing is verified or decrypted here.
//!
//! ```
//! use postrider_mime::Message;
//!
//! let message = Message::parse(
//!     "Content-Type: multipart/signed; protocol=\"application/pgp-signature\";\n \
//!      micalg=pgp-sha256; boundary=b\n\n\
//!      --b\nContent-Type: text/plain\n\nHello\n\n\
//!      --b\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--b--\n",
//! )?;
//! let signed = message.root().signed().unwrap().value;
//! let octets: Vec<u8> = signed.canonical().flatten().copied().collect();
//! assert_eq!(octets, b"Content-Type: text/plain\r\n\r\nHello\r\n");
//! assert_eq!(signed.micalg().as_deref(), Some(&b"pgp-sha256"[..]));
//! assert!(signed.signature().unwrap().media_type().is("application", "pgp-signature"));
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! A program that shows a signature as good must show no more than what was signed: the
//! [content](Signed::content), not the message around it, nor parts beside it.

pub mod armor;
mod canonical;
mod multipart;
mod open_pgp;
mod smime;

pub use canonical::{Canonical, canonical};
pub use multipart::{Encrypted, Protocol, Signed};
pub use open_pgp::OpenPgpType;
pub use smime::SmimeType;
