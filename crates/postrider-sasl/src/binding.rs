//! What binds an exchange to the TLS channel it runs in (RFC 5056).

use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{Secret, TlsInfo};

/// The kinds of channel binding that SCRAM is used with.
///
/// `tls-unique` (RFC 5929 §3) is none of them: it is not defined for TLS 1.3, and unsafe below without
/// the extended master secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingKind {
    /// `tls-exporter` (RFC 9266): material that both ends derive from the session.
    TlsExporter,
    /// `tls-server-end-point` (RFC 5929 §4): the hash of the server's certificate.
    TlsServerEndPoint,
}

impl BindingKind {
    /// The registered name (RFC 5056 §7), which SCRAM sends as `cb-name`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }

    /// The kind of this name, whose case counts.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::TlsExporter, Self::TlsServerEndPoint].into_iter().find(|kind| kind.name() == name)
    }
}

/// The channel binding data of a connection; nothing without TLS.
///
/// ```
/// use postrider_sasl::{BindingKind, ChannelBinding};
/// use postrider_wire::TlsInfo;
///
/// let tls = TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256").with_exporter([7; 32]);
/// assert_eq!(ChannelBinding::from(&tls).best(), Some(BindingKind::TlsExporter));
/// assert_eq!(ChannelBinding::none().best(), None);
/// ```
#[derive(Clone, Default)]
pub struct ChannelBinding {
    exporter: Option<Secret<[u8; 32]>>,
    server_end_point: Option<Vec<u8>>,
}

impl ChannelBinding {
    /// There is no channel to bind to.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The kind that a client uses: `tls-exporter` where there is one, because it belongs to one
    /// session, and not to all of a certificate.
    #[must_use]
    pub fn best(&self) -> Option<BindingKind> {
        [BindingKind::TlsExporter, BindingKind::TlsServerEndPoint]
            .into_iter()
            .find(|kind| self.data(*kind).is_some())
    }

    /// `cbind-data = 1*OCTET` (RFC 5802 §7) of a kind.
    pub(crate) fn data(&self, kind: BindingKind) -> Option<&[u8]> {
        let data = match kind {
            BindingKind::TlsExporter => self.exporter.as_ref().map(|data| data.expose().as_slice()),
            BindingKind::TlsServerEndPoint => self.server_end_point.as_deref(),
        };
        data.filter(|data| !data.is_empty())
    }
}

/// The exporter is left out where the version is told and is not TLS 1.3: below, its material is
/// unique to the session only under conditions that [`TlsInfo`] does not tell (RFC 9266 §4.2).
impl From<&TlsInfo> for ChannelBinding {
    fn from(tls: &TlsInfo) -> Self {
        let old = tls.version.as_deref().is_some_and(|version| !version.ends_with("1.3"));
        Self {
            exporter: tls.exporter.clone().filter(|_| !old),
            server_end_point: tls.server_end_point.as_ref().map(|hash| hash.to_vec()),
        }
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ChannelBinding").field(&self.best()).finish()
    }
}
