//! What a mail transfer agent decides between two conversations: where a mail goes and over what, when it
//! is tried again, what its sender is told, what is written on it as it passes.
//!
//! Nothing here does I/O: no DNS, no clock, no randomness, no store. The embedder asks its resolver and hands
//! the answer in; it looks at its clock and hands the time in, in seconds since 1970; where chance is due it
//! hands a seed in.
//!
//! | to | see |
//! |---|---|
//! | find the hosts of a domain, and what their TLS must offer | [`route`], [below](#where-a-mail-goes) |
//! | know what TLSA records and policies say, and report how it went | [`tls`] |
//! | keep a mail until it has arrived or is returned | [`queue`] |
//! | tell a sender, and understand what comes back | [`dsn`] |
//! | decide whether a program answers a mail | [`auto_reply`] |
//! | find the servers of a user's domain | [`discover`] |
//! | write trace fields | [`Stamp`], [`return_path`], [below](#what-to-write-on-the-message) |
//! | notice mail that goes in circles | [`check_hops`], [`loops`], [below](#when-to-stop) |
//!
//! # Where a mail goes
//!
//! [`route::Route`] leads from the domain of a recipient to a [`route::Plan`]: the hosts in the order of
//! RFC 5321 §5.1, the addresses of each, and what its connection must offer: DANE (RFC 7672), MTA-STS (RFC
//! 8461) and REQUIRETLS (RFC 8689) decide. It asks ([`dns::Need`]) and is told ([`dns::Told`]); a resolver
//! that can do so asks all at once.
//!
//! ```
//! use postrider_relay::dns::{Answer, MxRecord, Need, Told};
//! use postrider_relay::route::{NoRoute, Route, Router};
//!
//! /// The DNS of this page.
//! fn resolve(need: &Need) -> Told {
//!     match (need, need.name().as_str()) {
//!         (Need::Mx(_), "example.org") => Told::Mx(Answer::records(
//!             [MxRecord::new(20, "backup.example.org."), MxRecord::new(10, "MX.example.org.")],
//!             3600,
//!         )),
//!         // RFC 7505: this domain takes no mail.
//!         (Need::Mx(_), "example.com") => Told::Mx(Answer::records([MxRecord::new(0, ".")], 3600)),
//!         (Need::Addresses(_), _) => {
//!             Told::Addresses(Answer::records(["192.0.2.1".parse().unwrap()], 3600))
//!         }
//!         _ => need.nothing(),
//!     }
//! }
//!
//! let router = Router::new().with_own_name("mx2.sender.example")?;
//! let mut route = Route::new(&router, "example.org", [7; 32]);
//! while let Some(need) = route.needs().first().cloned() {
//!     route.tell(&need, resolve(&need))?;
//! }
//! let plan = route.into_outcome()?;
//! assert_eq!(plan.hosts[0].to_string(), "mx.example.org");
//! assert_eq!(plan.hosts[0].sockets().next(), Some("192.0.2.1:25".parse()?));
//! assert_eq!(plan.hosts[1].to_string(), "backup.example.org");
//!
//! // The same in one call, where waiting is no matter.
//! let refused = Route::new(&router, "example.com", [7; 32]).resolve(resolve).unwrap_err();
//! assert_eq!(refused, NoRoute::NullMx);
//! assert_eq!((refused.reply_code(), refused.status().to_string()), (556, "5.1.10".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Hosts of equal preference come in an order that the seed decides, so that the load spreads; the
//! same seed gives the same order. A host of our own in the list, by name or by address, and all that are
//! no better than it are left out: mail must come closer to its goal with every hop. Addresses near this
//! host are not reached unless that is allowed ([`route::Reach`]): a stranger chose them.
//!
//! # What to write on the message
//!
//! [`Stamp`] writes the `Received` field that every hop puts on top (RFC 5321 §4.4). It is made of
//! typed values, so that nothing a peer said can break out of the field:
//!
//! ```
//! use postrider_message::{DateTime, Zone};
//! use postrider_relay::{Protocol, Stamp};
//! use postrider_smtp::{EhloName, ForwardPath};
//!
//! let date = DateTime::from_unix(880_127_706, Zone::east(-360)?)?;
//! let field = Stamp::new(EhloName::parse("mx.example.net")?, date)
//!     .with_peer(EhloName::parse("relay.example.com")?, "192.0.2.7".parse()?)
//!     .with_protocol(Protocol::Esmtps)
//!     .with_tls("TLS1.3", "TLS_AES_128_GCM_SHA256")?
//!     .with_id("4QxL2f1Z3s")?
//!     .with_recipient(ForwardPath::parse("bob@example.net")?)
//!     .to_field();
//! assert_eq!(field, "\
//! Received: from relay.example.com ([192.0.2.7]) by mx.example.net with ESMTPS\r
//!  id 4QxL2f1Z3s for <bob@example.net> (TLS1.3) tls TLS_AES_128_GCM_SHA256;\r
//!  Fri, 21 Nov 1997 09:55:06 -0600\r
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a `postrider_smtp::server::Server` knows of its session goes into it: `client_name()` is who
//! sent it, `protocol_keyword()` is read as a [`Protocol`], `tls()` tells through what layer it came.
//!
//! At final delivery [`return_path`] is put above that.
//!
//! # When to stop
//!
//! A message that carries too many `Received` fields goes in circles (RFC 5321 §6.3). [`hops`] counts
//! them, and [`check_hops`] refuses:
//!
//! ```
//! use postrider_message::HeaderSection;
//! use postrider_relay::{HOPS, check_hops, hops};
//!
//! let message = "Received: from a by b; Fri, 21 Nov 1997 09:55:06 -0600\r\n".repeat(101);
//! let section = HeaderSection::parse(message.as_bytes());
//! assert_eq!(hops(section.headers()), 101);
//! let refused = check_hops(section.headers(), HOPS).unwrap_err();
//! assert_eq!((refused.reply_code(), refused.status().to_string()), (554, "5.4.6".into()));
//! ```
//!
//! A mail that this host wrote a trace field on before may have come back the same: [`loops`] tells.
//!
//! # Limits
//!
//! A route looks at 128 MX records, and goes to 16 hosts, 8 addresses of each and 32 in all
//! ([`route::RouteLimits`]); an attempt connects to 16 addresses has 4 sessions ([`queue::Config`]), and sends the mail at most 32 times more to those for whom a host had no
//! room; a
//! policy has 64 KiB and 1024 patterns, a host 32 TLSA records; a notice names 50 recipients to people, and
//! all to machines ([`dsn::DsnLimits`]). Words of other hosts are kept as one line of at most 512 octets.
//!
//! # Features
//!
//! - `std` (default): `std` in the dependencies.
//! - `tls-report` (default): reports on TLS (RFC 8460) out of what was counted.
//! - `serde`: `Serialize` and `Deserialize` for what a store keeps: [`queue::QueueItem`], policies.
#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

extern crate alloc;

mod address;
pub mod auto_reply;
pub mod discover;
pub mod dns;
mod domain;
pub mod dsn;
mod line;
mod literal;
pub mod loops;
mod protocol;
pub mod queue;
mod random;
mod return_path;
pub mod route;
mod stamp;
mod threading;
pub mod tls;

pub use domain::{DomainName, InvalidDomain};
pub use literal::address_literal;
pub use loops::{HOPS, check_hops, hops};
pub use protocol::{Protocol, UnknownProtocol};
pub use return_path::return_path;
pub use stamp::{InvalidClause, Stamp};
