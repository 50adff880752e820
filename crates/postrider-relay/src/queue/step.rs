//! What is to be done next.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

use postrider_smtp::client::{Content, Transaction};
use postrider_smtp::{ForwardPath, MailParameters, RcptParameters, ReversePath};

use super::QueueItem;
use crate::dsn::{Dsn, Notice};
use crate::route::{PlannedHost, Route, Router};
use crate::tls::require_tls::TlsTag;

/// What is to be done next for a mail. A connection lives from [`super::Delivery::connected`] to the next
/// [`Step::Connect`], [`Step::Defer`] or [`Step::Done`], when it is let go with `QUIT`; the other steps leave
/// it alone. Each step but [`Step::Defer`] and [`Step::Done`] has its answer,
/// without which the next step is the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Find the way to a domain: [`super::Delivery::routed`] is due.
    Route(Ask),
    /// Let go of the connection that may stand, and connect to this host, as far as `EHLO` behind the TLS
    /// that it demands: [`super::Delivery::connected`], [`super::Delivery::connected_in_clear`] or
    /// [`super::Delivery::not_connected`] is due.
    Connect(Connect),
    /// Send the mail to these recipients over the connection that stands: [`super::Delivery::sent`] is
    /// due, or [`super::Delivery::unsendable`] where the client refused, or
    /// [`super::Delivery::not_connected`] where the connection turned out to be gone before.
    ///
    /// Once the client has taken the transaction, `sent` alone is right: where the socket fails, tell the
    /// inbox its end and poll on until the report comes. It knows whether the mail may be there already;
    /// `not_connected` would send it to the next host at once, and double it.
    Send(Send),
    /// Write [`super::Delivery::item`] where it outlives a stop: [`super::Delivery::saved`] is due. This
    /// is the record of RFC 1047: a stop between the answer of a host and this step, and no other, makes
    /// the mail arrive twice.
    Save,
    /// Make this notice a mail of its own, as [`Bounce`] tells: [`super::Delivery::bounced`] is due.
    Bounce(Bounce),
    /// There is nothing to do until then, in seconds since 1970. Let go of the connection.
    Defer(i64),
    /// Everything has its end: remove the item, and the octets of the mail once no other item has the
    /// same ones ([`super::QueueItem::split_by_domain`]). A bounce from afar may still come: what it is
    /// matched with has to be kept elsewhere ([`crate::dsn::SentMail::of`]).
    Done,
}

/// The way to a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ask {
    /// The domain in A-labels and lower case, or an address literal; empty for the postmaster of nowhere.
    pub domain: String,
    /// What the mail says of TLS (RFC 8689).
    pub tag: TlsTag,
    /// The seed of the route: the same for all domains of an attempt, so that domains with the same hosts
    /// have them in the same order, and go together.
    pub seed: [u8; 32],
}

impl Ask {
    /// The dialogue that finds it. What is known of policies is to be added
    /// ([`Route::with_sts_memory`]): without that MTA-STS is not heeded.
    #[must_use]
    pub fn route(&self, router: &Router) -> Route {
        Route::new(router, &self.domain, self.seed).with_tag(self.tag)
    }
}

/// Where to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connect {
    /// The host: its name for TLS, and what it demands.
    pub host: PlannedHost,
    /// The address, one of those of the host.
    pub address: SocketAddr,
}

/// What to send over the connection that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Send {
    /// Where the mail comes from.
    pub sender: ReversePath,
    /// What goes with `MAIL`.
    pub parameters: MailParameters,
    /// Who gets it, with what goes with `RCPT`. Their order is that of the report.
    pub recipients: Vec<(ForwardPath, RcptParameters)>,
}

impl Send {
    /// The transaction, for `postrider_smtp::client::Client::send`.
    #[must_use]
    pub fn transaction(&self, content: Content) -> Transaction {
        let transaction =
            Transaction::new(self.sender.clone(), content).with_parameters(self.parameters.clone());
        self.recipients.iter().fold(transaction, |transaction, (path, parameters)| {
            transaction.with_recipient(path.clone(), parameters.clone())
        })
    }
}

/// A notice that is to become a mail of its own.
///
/// ```
/// use postrider_message::{DateTime, Zone};
/// use postrider_relay::dsn::{DsnError, DsnWriter, Original};
/// use postrider_relay::queue::{Bounce, QueueItem};
/// use postrider_smtp::EhloName;
///
/// /// The new item, and its octets. `seed` is drawn at random for each.
/// fn make(
///     due: &Bounce,
///     about: &QueueItem,
///     octets: &[u8],
///     host: EhloName,
///     now: DateTime,
///     seed: &[u8; 32],
/// ) -> Result<(QueueItem, Vec<u8>), DsnError> {
///     let original = Original::of(about).with_message(octets);
///     let dsn = DsnWriter::new(host, now).write(&due.notice, &original, seed)?;
///     Ok((due.item(&dsn, now.unix()), dsn.to_vec()?))
/// }
/// ```
///
/// Put the new item into the store under this [`id`](Bounce::id), with [`Bounce::notice_of`] in it, and
/// overwrite what is there of that name; then call [`super::Delivery::bounced`] and do the
/// [`Step::Save`] that follows; then deliver the new item as any other. A stop between the two leaves an
/// item that is [held](super::QueueItem::is_held): at the start those are removed, because they are made
/// anew. So no notice is lost and none is doubled, in a store without transactions too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounce {
    /// The name of the new item: the same again after a stop.
    pub id: String,
    /// Which notice it is, to be kept in the new item.
    pub notice_of: super::NoticeOf,
    /// What its sender is to be told. The mail is sent from `<>`.
    pub notice: Notice,
}

impl Bounce {
    /// The new item: this notice, written, on its way from nobody to the sender.
    #[must_use]
    pub fn item(&self, dsn: &Dsn<'_>, now: i64) -> QueueItem {
        let mut item = QueueItem::new(self.id.clone(), dsn.sender(), now)
            .with_parameters(dsn.mail_parameters().clone())
            .with_recipient(dsn.recipient().clone(), dsn.rcpt_parameters());
        item.notice_of = Some(self.notice_of.clone());
        item
    }
}
