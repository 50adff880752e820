//! A server in a state where a printed command may be given, and the scripted embedder beside it.

use bytes::Buf;
use postrider_imap::server::{Compression, Config, Event, Feature, Features, SelectData, Server};
use postrider_imap::{Limits, Literals};
use postrider_sasl::Mechanism;
use postrider_sasl::server::Kept;
use postrider_wire::{Inbox, Machine, Policy, Progress, Security, TimerKind, TlsInfo};

use crate::unit::literal_behind;

/// A server, what it asked and what it said.
pub(super) struct Session {
    pub(super) server: Server,
    inbox: Inbox,
    pub(super) events: Vec<Event>,
    pub(super) said: Vec<u8>,
    /// Whether both sides compress.
    compressed: bool,
}

/// All that there is.
pub(super) fn features() -> Features {
    use Feature::*;
    let some = Features::from([
        Acl,
        AppendLimit,
        Binary,
        Catenate,
        Children,
        CondStore,
        ContextSearch,
        ContextSort,
        CreateSpecialUse,
        Esearch,
        Esort,
        Filters,
        Id,
        Idle,
        Imap4Rev2,
        InProgress,
        JmapAccess,
        ListExtended,
        ListMetadata,
        ListMyRights,
        ListStatus,
        Metadata,
        MetadataServer,
        Move,
        MultiAppend,
        MultiSearch,
        Namespace,
        Notify,
    ]);
    let others = [
        ObjectId,
        Partial,
        Preview,
        Qresync,
        Quota,
        QuotaMailbox,
        QuotaMessage,
        QuotaStorage,
        QuotaSet,
        Replace,
        SaveDate,
        SearchFuzzy,
        SearchRes,
        Sort,
        SortDisplay,
        SpecialUse,
        StatusSize,
        ThreadOrderedSubject,
        ThreadReferences,
        UidBatches,
        UidOnly,
        UidPlus,
        Unauthenticate,
        Unselect,
        Utf8Accept,
        Within,
    ];
    others.into_iter().fold(some, Features::with)
}

/// A server of these features, which has every mechanism and knows the client by its certificate.
pub(super) fn config(features: Features) -> Config {
    let auth = postrider_sasl::server::Config::new([7; 32])
        .with_salt_secret([8; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_kept(Kept::Other)
        // RFC 7628 §4.3
        .with_scope("example_scope")
        .with_openid_configuration("https://example.com/.well-known/openid-configuration");
    Config::new(Security::Implicit(TlsInfo::new().with_peer("fred")))
        .with_features(features)
        .with_compression(Compression::Offer)
        .with_literals(Literals::Plus)
        .with_limits(Limits::new())
        .with_auth(auth)
}

impl Session {
    /// Before login.
    pub(super) fn new(config: Config) -> Self {
        let server = Server::new(config);
        let inbox = server.new_inbox();
        let mut session =
            Self { server, inbox, events: Vec::new(), said: Vec::new(), compressed: false };
        session.hear(b"");
        session.forget();
        session
    }

    /// As [`Session::new`], where TLS can be begun.
    pub(super) fn clear() -> Self {
        let security = Security::StartTls(Policy::Opportunistic);
        Self::new(Config::new(security).with_features(features()))
    }

    pub(super) fn log_in(&mut self) {
        self.hear(b"x1 LOGIN fred foo\r\n");
        self.server.accept().expect("a login");
        self.hear(b"");
        self.forget();
    }

    pub(super) fn enable(&mut self, name: &str) {
        self.hear(format!("x2 ENABLE {name}\r\n").as_bytes());
        assert!(matches!(self.events[..], [Event::Enabled(_), ..]), "{name}: {:?}", self.events);
        self.forget();
    }

    pub(super) fn select(&mut self) {
        self.hear(b"x3 SELECT INBOX\r\n");
        self.server.accept_select(&SelectData::new(9999)).expect("a mailbox");
        self.hear(b"");
        self.forget();
    }

    pub(super) fn compress(&mut self) {
        self.hear(b"x5 COMPRESS DEFLATE\r\n");
        assert!(self.take().starts_with(b"x5 OK "));
        self.compressed = true;
    }

    /// Hears these octets, and says what it has to. What is held back is not waited for.
    pub(super) fn hear(&mut self, octets: &[u8]) {
        if self.compressed && !octets.is_empty() {
            self.inbox.extend(&stored(octets));
        } else {
            self.inbox.extend(octets);
        }
        loop {
            match self.server.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => self.events.push(event),
                Ok(Progress::Wait { .. } | Progress::Closed | Progress::StartTls(_)) => {
                    self.flush();
                    let timers = self.server.timers();
                    let Some(delay) = timers.iter().find(|one| one.kind == TimerKind::Delay) else {
                        break;
                    };
                    let delay = *delay;
                    self.server.on_timeout(delay);
                }
                other => panic!("{other:?} at {}", octets.escape_ascii()),
            }
        }
    }

    /// What was said leaves.
    pub(super) fn flush(&mut self) {
        let outbox = self.server.outbox();
        let len = outbox.remaining();
        self.said.extend_from_slice(&outbox.copy_to_bytes(len));
    }

    /// Hears a command as its client says it: whoever announces a literal hears `+` before it goes
    /// on. Messages of APPEND may come. Stops where it does not hear it.
    pub(super) fn hear_command(&mut self, octets: &[u8]) {
        let mut from = 0;
        for at in waits(octets) {
            self.hear(&octets[from..at]);
            from = at;
            if matches!(self.events.last(), Some(Event::Append { .. })) {
                self.server.accept().expect("a message may come");
                self.hear(b"");
            }
            if self.said != b"+ go ahead\r\n" {
                return;
            }
            self.said.clear();
        }
        self.hear(&octets[from..]);
        if matches!(self.events.last(), Some(Event::Append { .. })) {
            self.server.accept().expect("a message may come");
            self.hear(b"");
        }
    }

    pub(super) fn forget(&mut self) {
        self.events.clear();
        self.said.clear();
    }

    /// What was said since.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.hear(b"");
        let said = std::mem::take(&mut self.said);
        if !self.compressed {
            return said;
        }
        // The stream goes on, so that there is more room in what comes of it.
        let mut lines = miniz_oxide::inflate::decompress_to_vec(&said).expect_err("no end").output;
        let end = lines.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
        lines.truncate(end);
        lines
    }
}

/// A block of DEFLATE that is stored as it is (RFC 1951 §3.2.4).
fn stored(octets: &[u8]) -> Vec<u8> {
    let len = u16::try_from(octets.len()).expect("a short command");
    [&[0][..], &len.to_le_bytes(), &(!len).to_le_bytes(), octets].concat()
}

/// Behind which announcements of literals a client waits.
fn waits(octets: &[u8]) -> Vec<usize> {
    let (mut all, mut at) = (Vec::new(), 0);
    let mut from = 0;
    while let Some(len) = octets[at..].iter().position(|&octet| octet == b'\n') {
        at += len + 1;
        let line = octets[from..at].strip_suffix(b"\r\n").expect("a line end");
        if let Some(size) = literal_behind(line) {
            if !line.ends_with(b"+}") {
                all.push(at);
            }
            at += size;
        }
        from = at;
    }
    all
}
