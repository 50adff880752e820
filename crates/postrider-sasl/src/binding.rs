//! Binding an exchange to the TLS channel that it runs in (RFC 5056).

use alloc::vec::Vec;

use postrider_wire::{Secret, TlsInfo};

/// The kinds of channel binding data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingKind {
    /// `tls-exporter` (RFC 9266): a key that both ends derive from the session.
    TlsExporter,
    /// `tls-server-end-point` (RFC 5929 §4): the hash of the server's certificate.
    TlsServerEndPoint,
}

impl BindingKind {
    /// The registered name, as it stands in SCRAM's `p=`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }
}

/// What is known of the TLS channel; nothing without TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    /// Whether there is something to bind to.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.best().is_some()
    }

    /// The kind that a client uses: `tls-exporter` where the channel has it, for it is unique to the
    /// session.
    pub(crate) fn best(&self) -> Option<BindingKind> {
        match (&self.exporter, &self.server_end_point) {
            (Some(_), _) => Some(BindingKind::TlsExporter),
            (None, Some(_)) => Some(BindingKind::TlsServerEndPoint),
            _ => None,
        }
    }

    pub(crate) fn data(&self, kind: BindingKind) -> Option<&[u8]> {
        match kind {
            BindingKind::TlsExporter => self.exporter.as_ref().map(|key| key.expose().as_slice()),
            BindingKind::TlsServerEndPoint => self.server_end_point.as_deref(),
        }
    }
}

impl From<&TlsInfo> for ChannelBinding {
    fn from(tls: &TlsInfo) -> Self {
        Self {
            exporter: tls.exporter.clone(),
            server_end_point: tls.server_end_point.as_ref().map(|hash| hash.to_vec()),
        }
    }
}
