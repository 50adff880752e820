//! MTA-STS: a domain says which hosts take its mail, and that they do so over TLS (RFC 8461).
//!
//! [`StsRecord`] is the TXT record that names a policy, [`Policy`] the file it names, [`StsMemory`] what
//! is kept of both between two mails. [`crate::route::Route`] asks for them and applies them.
//!
//! ```
//! use postrider_relay::DomainName;
//! use postrider_relay::tls::sts::{Mode, Policy, StsRecord};
//!
//! let record = StsRecord::of(&[b"v=STSv1; id=20160831085700Z;".to_vec()]).unwrap();
//! assert_eq!(record.id(), "20160831085700Z");
//!
//! let policy = Policy::parse(
//!     b"version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\n\
//!       mx: backupmx.example.com\nmax_age: 604800\n",
//! )?;
//! assert_eq!((policy.mode, policy.max_age), (Mode::Enforce, 604_800));
//! assert!(policy.allows(&DomainName::parse("mx7.example.net")?));
//! assert!(!policy.allows(&DomainName::parse("deep.mx7.example.net")?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod memory;
mod policy;
mod record;

pub use memory::{Cached, StsDecision, StsFault, StsMemory, decide, fetched};
pub use policy::{InvalidPolicy, LARGEST_POLICY, LONGEST_AGE, Mode, MxPattern, Policy};
pub use record::StsRecord;
