//! Messages that come back: what tells a loop from a message that passes twice.
//!
//! [`check_hops`] stops every loop, but only after a hundred hops. A host finds
//! those that it is part of much sooner, by what it wrote on the message itself.
//!
//! # One pass is no loop
//!
//! That a message was here before is no fault. Alice writes to a list, the list sends her mail on
//! to Bob, and both have their mailboxes here: the message passes this host twice, once to the
//! list, once to Bob. A mailbox that forwards to another, which has its home here, does the same.
//! So a `Received` field of this host alone refuses nothing.
//!
//! It is a loop when the same mail comes for the same recipient again: nothing has changed, and
//! nothing will change the next time. [`check_own`] looks for a field by one of this host's names,
//! with an id that this host gave to a mail that it had for that recipient, and with no other
//! recipient in its `for` clause. [`check_own_passes`] needs no memory: it allows a number of
//! passes. A handful is enough for lists of lists, and far fewer than a hundred hops.
//!
//! ```
//! use postrider_message::HeaderSection;
//! use postrider_relay::DomainName;
//! use postrider_relay::loops::{MailLoop, check_own, check_own_passes};
//! use postrider_smtp::ForwardPath;
//!
//! let message = "\
//! Received: from lists.example.org by mx.example.net with ESMTPS id B2 for <bob@example.net>;\r
//!  Fri, 21 Nov 1997 10:05:06 -0600\r
//! Received: from pc.example.net by mx.example.net with ESMTPSA id A1 for <list@example.org>;\r
//!  Fri, 21 Nov 1997 09:55:06 -0600\r
//! ";
//! let section = HeaderSection::parse(message.as_bytes());
//! let headers = section.headers();
//! let own = [DomainName::parse("mx.example.net")?];
//! let remembered = |id: &str| ["A1", "B2"].contains(&id);
//!
//! // It was here for Bob before, as B2.
//! let bob = ForwardPath::parse("bob@example.net")?;
//! let refused = check_own(headers, &own, &bob, remembered).unwrap_err();
//! assert_eq!(refused, MailLoop::CameBack { id: "B2".into() });
//! assert_eq!((refused.reply_code(), refused.status().to_string()), (554, "5.4.6".into()));
//!
//! // For Carol it was not, though it was here twice.
//! let carol = ForwardPath::parse("carol@example.net")?;
//! assert_eq!(check_own(headers, &own, &carol, remembered), Ok(()));
//! assert_eq!(check_own_passes(headers, &own, 4), Ok(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A filter that hands mail back to this host after a look at it makes it pass twice for the same
//! recipient, too: do not check what comes from there.
//!
//! Anybody can write such fields. Whoever does has only his own message refused.
//!
//! # Final delivery
//!
//! A host that remembers no ids, or not for so long, still finds a mailbox that forwards to itself
//! by way of others: [`delivered_to`] writes down on the message each mailbox that it was delivered
//! to (RFC 9228, an experiment), and [`check_delivered_to`] refuses the second time.

mod delivered_to;
mod hops;
mod own_pass;

pub use delivered_to::{check_delivered_to, delivered_to};
pub use hops::{HOPS, check_hops, hops};
pub use own_pass::{OwnPass, check_own, check_own_passes, own_passes};

use alloc::string::String;

use postrider_smtp::EnhancedStatusCode;

/// Why a message is taken to go in circles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailLoop {
    /// It has more `Received` fields than allowed (RFC 5321 §6.3).
    #[error("{hops} hops: the message goes in circles")]
    Hops {
        /// How many there are.
        hops: usize,
    },
    /// This host had it before, for the same recipient.
    #[error("the message came back: it was here before")]
    CameBack {
        /// The id that this host gave it then.
        id: String,
    },
    /// It passed this host more often than allowed.
    #[error("the message passed this host {passes} times")]
    OwnPasses {
        /// How often.
        passes: usize,
    },
    /// It was delivered to this mailbox before.
    #[error("the message was delivered to this mailbox before")]
    Delivered,
}

impl MailLoop {
    /// The code of the reply that refuses such a message: 554.
    #[must_use]
    pub fn reply_code(&self) -> u16 {
        554
    }

    /// Routing loop detected: 5.4.6 (RFC 3463 §3.5).
    #[must_use]
    pub fn status(&self) -> EnhancedStatusCode {
        EnhancedStatusCode::ROUTING_LOOP
    }
}
