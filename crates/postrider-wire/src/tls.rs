//! TLS without a TLS engine: when the upgrade may happen, and what the embedder tells about it.

use alloc::string::String;
use alloc::sync::Arc;
use core::ops::Deref;

use bytes::Bytes;

use crate::{Inbox, OutboxWriter, Secret};

/// The proof that a plaintext dialogue is over: the upgrade was agreed, nothing waits in the inbox
/// and everything was flushed.
///
/// Made in one place, which checks both sides, and not `Clone`: it can be spent once.
#[must_use = "an agreed upgrade must be carried out or the connection closed"]
#[derive(Debug, PartialEq, Eq)]
pub struct TlsUpgrade(());

impl TlsUpgrade {
    /// The token, if both directions are quiet.
    #[must_use]
    pub fn when_quiet(rx: &Inbox, out: &OutboxWriter) -> Option<Self> {
        (rx.is_empty() && out.is_empty()).then_some(Self(()))
    }
}

/// What the TLS engine of the embedder tells about the new layer: a cheap handle to [`TlsDetails`],
/// whose fields it lends.
///
/// ```
/// use postrider_wire::TlsInfo;
///
/// let tls = TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256");
/// assert_eq!(tls.version.as_deref(), Some("TLS1.3"));
/// assert_eq!(tls.peer, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsInfo(Arc<TlsDetails>);

/// What there is to know of a TLS layer.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TlsDetails {
    /// Protocol version as it should stand in a `Received` field, such as `TLS1.3`.
    pub version: Option<String>,
    /// Cipher suite by its IANA name.
    pub cipher: Option<String>,
    /// The server name that the client asked for (RFC 6066 §3).
    pub server_name: Option<String>,
    /// The authenticated identity of the peer's certificate, if it gave one.
    pub peer: Option<String>,
    /// Keying material for `tls-exporter` channel binding (RFC 9266).
    pub exporter: Option<Secret<[u8; 32]>>,
    /// Hash of the server certificate for `tls-server-end-point` (RFC 5929 §4).
    pub server_end_point: Option<Bytes>,
}

impl Deref for TlsInfo {
    type Target = TlsDetails;

    fn deref(&self) -> &TlsDetails {
        &self.0
    }
}

impl TlsInfo {
    /// Nothing known but that the layer stands.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets version and cipher.
    #[must_use]
    pub fn with_suite(mut self, version: impl Into<String>, cipher: impl Into<String>) -> Self {
        let details = Arc::make_mut(&mut self.0);
        details.version = Some(version.into());
        details.cipher = Some(cipher.into());
        self
    }

    /// Sets the server name that the client asked for.
    #[must_use]
    pub fn with_server_name(mut self, name: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).server_name = Some(name.into());
        self
    }

    /// Sets the authenticated identity of the peer.
    #[must_use]
    pub fn with_peer(mut self, peer: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).peer = Some(peer.into());
        self
    }

    /// Sets the keying material for `tls-exporter` channel binding (RFC 9266).
    #[must_use]
    pub fn with_exporter(mut self, material: [u8; 32]) -> Self {
        Arc::make_mut(&mut self.0).exporter = Some(Secret::new(material));
        self
    }

    /// Sets the certificate hash for `tls-server-end-point` (RFC 5929 §4).
    #[must_use]
    pub fn with_server_end_point(mut self, hash: Bytes) -> Self {
        Arc::make_mut(&mut self.0).server_end_point = Some(hash);
        self
    }
}

/// How a session is protected.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a session starts in clear or in TLS")]
pub enum Security {
    /// It starts in clear text, and may or must be upgraded.
    StartTls(Policy),
    /// TLS stands before the first octet (RFC 8314 §3).
    Implicit(TlsInfo),
}

/// What a session in clear text does about TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three answers to one question")]
pub enum Policy {
    /// Never upgrade, never offer it.
    Never,
    /// Upgrade where the peer offers it. An active attacker can take the offer away.
    Opportunistic,
    /// Nothing of value is said before the upgrade; without it the session ends.
    #[default]
    Required,
}

/// Whether credentials may cross a connection without TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum ClearTextLogin {
    /// Never, loopback included.
    #[default]
    Refuse,
    /// The embedder knows the path and takes the risk.
    Allow,
}

/// Why an upgrade failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpgradeFault {
    /// Octets stand behind the upgrade in plaintext (CVE-2011-0411).
    #[error("plaintext behind the tls upgrade")]
    PlaintextBehind,
    /// No upgrade was agreed, or the machine was polled in the middle of one.
    #[error("no tls upgrade is due")]
    NotDue,
}

/// Where a machine stands between clear text and TLS: one implementation for all machines.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsState {
    /// Clear text.
    Clear,
    /// Both sides agreed; our last plaintext is being flushed.
    Agreed,
    /// The token is with the embedder.
    Upgrading,
    /// TLS stands.
    Established(TlsInfo),
}

impl TlsState {
    /// The state at the start of a session.
    #[must_use]
    pub fn new(security: &Security) -> Self {
        match security {
            Security::StartTls(_) => Self::Clear,
            Security::Implicit(info) => Self::Established(info.clone()),
        }
    }

    /// Whether TLS stands.
    #[must_use]
    pub fn is_established(&self) -> bool {
        matches!(self, Self::Established(_))
    }

    /// What is known of the TLS layer.
    #[must_use]
    pub fn info(&self) -> Option<&TlsInfo> {
        if let Self::Established(info) = self { Some(info) } else { None }
    }

    /// Notes that the upgrade was agreed: called where the STARTTLS line (server) or its positive
    /// reply (client) has just been taken from the inbox.
    ///
    /// # Errors
    ///
    /// [`UpgradeFault::PlaintextBehind`] when anything, a partial line included, stands behind it.
    pub fn agree(&mut self, rx: &Inbox) -> Result<(), UpgradeFault> {
        if !rx.is_empty() {
            return Err(UpgradeFault::PlaintextBehind);
        }
        *self = Self::Agreed;
        Ok(())
    }

    /// The token, once the agreed upgrade is flushed; `None` while the outbox drains or when no
    /// upgrade is under way.
    ///
    /// # Errors
    ///
    /// [`UpgradeFault::PlaintextBehind`] when octets came in before the last plaintext was flushed,
    /// [`UpgradeFault::NotDue`] when the token was given out already.
    pub fn poll(
        &mut self,
        rx: &Inbox,
        out: &OutboxWriter,
    ) -> Result<Option<TlsUpgrade>, UpgradeFault> {
        match self {
            Self::Clear | Self::Established(_) => Ok(None),
            Self::Upgrading => Err(UpgradeFault::NotDue),
            Self::Agreed if !rx.is_empty() => Err(UpgradeFault::PlaintextBehind),
            Self::Agreed => {
                let token = TlsUpgrade::when_quiet(rx, out);
                if token.is_some() {
                    *self = Self::Upgrading;
                }
                Ok(token)
            }
        }
    }

    /// Ends the upgrade.
    ///
    /// # Errors
    ///
    /// As [`crate::Machine::tls_established`].
    pub fn establish(
        &mut self,
        _token: TlsUpgrade,
        info: TlsInfo,
        plain: &Inbox,
    ) -> Result<(), UpgradeFault> {
        match self {
            Self::Upgrading if plain.is_empty() => {
                *self = Self::Established(info);
                Ok(())
            }
            Self::Upgrading => Err(UpgradeFault::PlaintextBehind),
            _ => Err(UpgradeFault::NotDue),
        }
    }
}
