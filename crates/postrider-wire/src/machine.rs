//! The trait that every machine implements, and what a poll can answer.

use bytes::Bytes;

use crate::{Inbox, Outbox, Timer, TlsInfo, TlsUpgrade};

/// A protocol endpoint that does no I/O: a client or a server of SMTP, POP3 or IMAP.
///
/// The trait is `dyn`-capable for a given pair of associated types. The crate page teaches how a
/// driver uses it and why each rule is as it is.
pub trait Machine: Send {
    /// What the machine tells its embedder.
    type Event: MachineEvent;
    /// Why the machine cannot go on.
    type Error: MachineError;

    /// Consumes from `rx`, changes state, may fill the outbox. Never blocks, never reads a clock.
    ///
    /// # Errors
    ///
    /// Fatal and sticky: every later call answers the same error. The outbox may still hold a
    /// farewell that is worth flushing.
    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Self::Event>, Self::Error>;

    /// A fresh inbox with the limit that this machine wants now.
    fn new_inbox(&self) -> Inbox;

    /// The octets to send. A driver writes whenever this is not empty and the machine waits.
    fn outbox(&mut self) -> &mut Outbox;

    /// All timers that run now, at most four. A driver keeps `(kind, arm) → deadline` across
    /// calls; only a new `arm` restarts one.
    fn timers(&self) -> &[Timer];

    /// Tells that a timer of [`Machine::timers`] ran out. It is off the list then, or on it with
    /// another `arm`. A stale `arm` has no effect; not every timer is fatal. Poll next: an answer
    /// from before is void.
    fn on_timeout(&mut self, fired: Timer);

    /// Ends the upgrade that [`Progress::StartTls`] began: moves the plaintext inbox in, wipes what
    /// was learned in plaintext, and returns the inbox of the new layer.
    ///
    /// # Errors
    ///
    /// When `plain` still holds octets (they would be plaintext behind the upgrade), and as misuse
    /// when this machine asked for no upgrade.
    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Self::Error>;

    /// Says goodbye (421, `BYE`, `QUIT`, `LOGOUT`) at the next legal place.
    fn shutdown(&mut self);

    /// Answers the pending event in the negative (502, `-ERR`, `NO`): what the `_ =>` arm of an
    /// embedder calls, because events are `#[non_exhaustive]`. Without a pending event: nothing.
    fn decline(&mut self);
}

/// What a machine tells its embedder: owned, so that it can cross threads and outlive the inbox.
pub trait MachineEvent: core::fmt::Debug + PartialEq + Send + 'static {
    /// The octets, when this event is one chunk of a payload. Where one chunk ends and the next
    /// begins carries no meaning.
    fn payload(&self) -> Option<&Bytes>;
}

/// Why a machine ended: what a caller can decide on, without the received octets.
pub trait MachineError: core::error::Error + Clone + PartialEq + Send + Sync + 'static {
    /// Whose fault it was.
    fn kind(&self) -> ErrorKind;
    /// Where in the input stream of the current transport layer, in octets, if anywhere.
    fn offset(&self) -> Option<u64>;
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The peer broke the protocol.
    Peer,
    /// The peer refused something without which the session must not go on (a required upgrade).
    Refused,
    /// A bound of the configured limits was reached.
    Limit,
    /// The stream ended where it may not.
    Eof,
    /// A timer ran out.
    Timeout,
    /// The embedder called what may not be called now. Never caused by the values of untrusted
    /// data.
    Misuse,
}

/// What one poll came to. Exhaustive on purpose: a driver must handle each.
#[must_use]
#[derive(Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a driver that ignores an answer would hang or leak")]
pub enum Progress<E> {
    /// Something for the embedder. Poll again; more may follow without I/O.
    Event(E),
    /// Nothing to do now. Flush the outbox, then wait for what would help.
    ///
    /// Both false: only flushing, or a timer, moves this machine.
    Wait {
        /// More octets from the peer, or the end of its stream, would help.
        input: bool,
        /// The machine waits for a verdict, a command or payload from the embedder.
        app: bool,
    },
    /// The plaintext is over and flushed: run the TLS handshake, then call
    /// [`Machine::tls_established`] with this token. Polling before that is misuse.
    StartTls(TlsUpgrade),
    /// The session ended in order, and the outbox is drained (or the peer is dead).
    Closed,
}

/// Why a payload ended without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AbortReason {
    /// The stream ended inside it.
    Eof,
    /// The peer was too slow.
    Timeout,
    /// It grew past what was declared or what the limits allow.
    TooLarge,
    /// It held a bare CR, a bare LF or a NUL where policy refuses them.
    BareNewline,
    /// The peer broke the protocol inside it.
    Protocol,
    /// The embedder threw it away or shut the machine down.
    Discarded,
    /// The peer took it back, in order: `RSET` between two `BDAT` (RFC 3030 §2).
    Withdrawn,
}
