//! What holds of an IMAP server for every sequence of calls, whatever a client says: one end for each
//! message that begins and each IDLE, at most one tagged response for each command, no EXPUNGE while
//! numbers are in the air, nothing said by a call that fails, never a wait for what cannot come; and
//! everything that is said is read by our own reader of responses.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;

use bytes::{Buf, Bytes};
use postrider_imap::server::{Config, Event, Feature, Features, SelectData, Server};
use postrider_imap::{
    BodySection, Code, Command, Consumed, Envelope, EnvelopeFields, Error, FetchItem,
    FetchedMessage, Flag, InProgress, Limits, MessageNumber, Misuse, ModSeq, NotifyCommand,
    NotifyMailboxes, PlainCode, Quirks, Response, ResponsePart, ResponseReader, Section, Status,
    Tag, Uid, UidSet, UidValidity,
};
use postrider_sasl::Mechanism;
use postrider_sasl::server::Credential;
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo,
};

const PASSWORD: &str = "tanstaaftanstaaf";

/// The first two octets set the server up, each further one is a call, of which the next one tells more,
/// or something that happens.
pub(crate) fn check(data: &[u8]) {
    let [first, second, happenings @ ..] = data else { return };
    let mut run = Run::new([*first, *second]);
    let mut happenings = happenings.iter().copied();
    while let Some(happening) = happenings.next() {
        match happening {
            0..CALLS => run.call(happening, happenings.next().unwrap_or_default()),
            WORD..HAPPENING => run.hear(WORDS[usize::from(happening - WORD) % WORDS.len()]),
            _ => run.happen(happening),
        }
    }
    run.finish();
}

/// From here on an octet is something that the client says.
const WORD: u8 = CALLS;
/// From here on it is something else.
const HAPPENING: u8 = 0xe8;

/// What somebody may say. `@` is a tag that was not there before.
const WORDS: &[&str] = &[
    "@ CAPABILITY\r\n",
    "@ NOOP\r\n",
    "@ LOGOUT\r\n",
    "@ STARTTLS\r\n",
    "@ LOGIN tim tanstaaftanstaaf\r\n",
    "@ LOGIN {3}\r\n",
    "@ LOGIN {3+}\r\ntim {16+}\r\ntanstaaftanstaaf\r\n",
    "@ AUTHENTICATE PLAIN\r\n",
    "@ AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
    "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
    "*\r\n",
    "@ AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n",
    "@ ENABLE IMAP4rev2\r\n",
    "@ ENABLE QRESYNC\r\n",
    "@ ENABLE CONDSTORE UTF8=ACCEPT X\r\n",
    "@ ENABLE UIDONLY\r\n",
    "@ SELECT INBOX\r\n",
    "@ SELECT INBOX (QRESYNC (1 20 1:9))\r\n",
    "@ EXAMINE a (CONDSTORE)\r\n",
    "@ CREATE a (USE (\\Sent))\r\n",
    "@ DELETE a\r\n",
    "@ RENAME a b\r\n",
    "@ SUBSCRIBE a\r\n",
    "@ LIST \"\" *\r\n",
    "@ LIST (SUBSCRIBED) \"\" (a %) RETURN (CHILDREN STATUS (MESSAGES) MYRIGHTS)\r\n",
    "@ LSUB \"\" %\r\n",
    "@ NAMESPACE\r\n",
    "@ STATUS a (MESSAGES UIDNEXT)\r\n",
    "@ APPEND a {5}\r\n",
    "@ APPEND a {5+}\r\nhello\r\n",
    "@ APPEND a (\\Seen) {5+}\r\nhello (\\Draft) {3+}\r\nabc\r\n",
    "@ APPEND a CATENATE (URL \"u\" TEXT {5+}\r\nhello)\r\n",
    "@ APPEND a CATENATE (URL \"u\")\r\n",
    "@ APPEND a UTF8 (~{5+}\r\nhello)\r\n",
    "@ APPEND a {0}\r\n",
    "@ APPEND a {99999999999}\r\n",
    "@ IDLE\r\n",
    "DONE\r\n",
    "@ NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange))\r\n",
    "@ NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew MessageExpunge)) (PERSONAL (MailboxName))\r\n",
    "@ NOTIFY NONE\r\n",
    "@ CHECK\r\n",
    "@ CLOSE\r\n",
    "@ UNSELECT\r\n",
    "@ EXPUNGE\r\n",
    "@ UID EXPUNGE 1:*\r\n",
    "@ SEARCH UNSEEN\r\n",
    "@ UID SEARCH ALL\r\n",
    "@ UID SEARCH 1:3\r\n",
    "@ SEARCH RETURN (ALL SAVE) OR FROM a NOT BODY {1+}\r\nb\r\n",
    "@ UID SORT (REVERSE DATE) UTF-8 ALL\r\n",
    "@ THREAD REFERENCES UTF-8 ALL\r\n",
    "@ ESEARCH IN (PERSONAL) ALL\r\n",
    "@ CANCELUPDATE \"t00001\"\r\n",
    "@ FETCH 1 FLAGS\r\n",
    "@ FETCH 1:* (FLAGS BODY[] BODY.PEEK[1.MIME]<0.5>)\r\n",
    "@ UID FETCH 1:* (BINARY[1] PREVIEW)\r\n",
    "@ UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)\r\n",
    "@ FETCH $ ALL\r\n",
    "@ STORE 1 +FLAGS (\\Deleted)\r\n",
    "@ UID STORE 1:* FLAGS.SILENT \\Seen\r\n",
    "@ UID STORE 1 (UNCHANGEDSINCE 5) -FLAGS ()\r\n",
    "@ COPY 1 a\r\n",
    "@ UID MOVE 1 a\r\n",
    "@ MOVE 1 a\r\n",
    "@ REPLACE 1 a {5+}\r\nhello\r\n",
    "@ UID REPLACE 7 a {5}\r\n",
    "@ UIDBATCHES 100\r\n",
    "@ GETQUOTAROOT a\r\n",
    "@ GETQUOTA \"\"\r\n",
    "@ SETQUOTA \"\" (STORAGE 5)\r\n",
    "@ SETACL a b +lr\r\n",
    "@ GETACL a\r\n",
    "@ LISTRIGHTS a b\r\n",
    "@ MYRIGHTS a\r\n",
    "@ GETMETADATA a /shared/comment\r\n",
    "@ SETMETADATA \"\" (/private/x {1+}\r\ny)\r\n",
    "@ UNAUTHENTICATE\r\n",
    "@ GETJMAPACCESS\r\n",
    "@ ID (\"name\" \"x\")\r\n",
    "@ COMPRESS X\r\n",
    "@ XYZZY\r\n",
    // Pieces of commands.
    "@ ",
    "@ FETCH ",
    "@ UID ",
    "1:*",
    "1",
    " ",
    "(",
    ")",
    "\r\n",
    "\r",
    "\n",
    "{5}\r\n",
    "{5+}\r\n",
    "{3+}\r\nabc",
    "~{5}\r\n",
    "{99999999999+}\r\n",
    "{2",
    "hello",
    "hello\r\n",
    "hel",
    "\"",
    "\\",
    " FLAGS",
    " (\\Seen)",
    " (\\Seen) \" 1-Jan-2026 00:00:00 +0000\" {5}\r\n",
    " TEXT {5+}\r\nhello",
    " URL u",
    " CATENATE (",
    "BODY[",
    "]",
    "GET / HTTP/1.1\r\n",
    "\u{16}\u{3}\u{1}",
    "\0",
    "\u{e9}",
    "@ X {5+}\r\n",
    "@ NOOP x\r\n",
    "@ SEARCH CHARSET X ALL\r\n",
    "a",
    "DONE",
    "@ IDLE\r\nDONE\r\n@ EXPUNGE\r\n",
    "@ SELECT b\r\n@ FETCH 1 FLAGS\r\n@ EXPUNGE\r\n",
];

/// What may be told. Most of it is read once.
fn responses() -> Vec<Response> {
    const LINES: &str = "* 3 EXISTS\r\n* 0 EXISTS\r\n* 1 RECENT\r\n* 1 EXPUNGE\r\n* 4294967295 EXPUNGE\r\n\
        * VANISHED 4:6\r\n* VANISHED (EARLIER) 1:3,9\r\n* FLAGS (\\Seen x)\r\n* LIST () \"/\" a\r\n\
        * LIST (\\HasChildren) NIL {2}\r\n\u{e9}\r\n* LSUB () \"/\" a\r\n* STATUS a (MESSAGES 3)\r\n\
        * SEARCH 1 2\r\n* SEARCH 1 (MODSEQ 5)\r\n* SEARCH\r\n* SORT 3 1 2\r\n* THREAD (1 2)(3)\r\n\
        * ESEARCH (TAG \"t1\") UID COUNT 3 ALL 1:3\r\n* ESEARCH\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n\
        * ID (\"name\" \"x\")\r\n* ID NIL\r\n* QUOTA \"\" (STORAGE 1 2)\r\n* QUOTAROOT a \"\"\r\n\
        * ACL a b lr\r\n* LISTRIGHTS a b l r\r\n* MYRIGHTS a lr\r\n\
        * METADATA a (/shared/x {3}\r\nabc)\r\n* JMAPACCESS \"https://x\"\r\n\
        * UIDBATCHES (TAG \"t1\") 9:1\r\n* OK x\r\n* NO [ALERT] x\r\n* BAD x\r\n* BYE x\r\n* PREAUTH x\r\n\
        * OK [COPYUID 1 1:2 3:4] x\r\n* OK [HIGHESTMODSEQ 9] x\r\n+ go\r\nt1 OK x\r\n\
        * CAPABILITY IMAP4rev1\r\n* ENABLED QRESYNC\r\n";
    let mut reader = reader();
    let mut left = LINES.as_bytes();
    let mut all = vec![
        Response::Fetch { number: number(0), items: items(0) },
        Response::Fetch { number: number(1), items: items(1) },
        Response::UidFetch { uid: uid(0), items: items(0) },
        Response::Fetch { number: number(0), items: Vec::new() },
        Response::Fetch { number: number(0), items: items(6) },
    ];
    while !left.is_empty() {
        let step = reader.read(left);
        assert!(!step.is_starved());
        left = &left[step.octets..];
        if let Some(ResponsePart::Response(response)) = step.part {
            all.push(response);
        }
    }
    all
}

fn reader() -> ResponseReader {
    ResponseReader::new(&Limits::new().with_unit(1 << 20, 1 << 20), Quirks::strict())
}

fn number(n: u8) -> MessageNumber {
    MessageNumber::new([1, 2, u32::MAX][usize::from(n) % 3]).expect("not 0")
}

fn uid(n: u8) -> Uid {
    Uid::new([7, 8, u32::MAX][usize::from(n) % 3]).expect("not 0")
}

fn message(n: u8) -> FetchedMessage {
    if n & 8 == 0 { number(n).into() } else { uid(n).into() }
}

fn items(n: u8) -> Vec<FetchItem> {
    match n % 8 {
        0 => vec![FetchItem::Flags([Flag::Seen, Flag::Recent].into())],
        1 => vec![FetchItem::Uid(uid(n)), FetchItem::Rfc822Size(u64::MAX)],
        2 => vec![],
        3 => vec![FetchItem::Preview(Some(Bytes::from_static(b"a\"\\\xe9\r\nb")))],
        4 => vec![FetchItem::Preview(Some(Bytes::from(vec![b'x'; 20_000])))],
        5 => vec![
            FetchItem::Envelope(Envelope::new(&EnvelopeFields::default())),
            FetchItem::ModSeq(mod_seq()),
        ],
        6 => vec![FetchItem::InternalDate(None), FetchItem::SaveDate(None)],
        _ => vec![FetchItem::BinarySize(vec![1, 2], 5), FetchItem::ThreadId(None)],
    }
}

fn mod_seq() -> ModSeq {
    ModSeq::new(u64::MAX >> 1).expect("not 0")
}

fn section(n: u8) -> BodySection {
    match n % 4 {
        0 => BodySection::Section(Section::all()),
        1 => BodySection::Section(Section::header()),
        2 => BodySection::Binary(vec![1, 2]),
        _ => BodySection::Rfc822,
    }
}

fn status(n: u8) -> Status {
    match n % 8 {
        0 => Status::ok("done"),
        1 => Status::no("no").with_code(Code::Plain(PlainCode::TryCreate)),
        2 => Status::bad("[x] \u{e9}"),
        3 => Status::bye("bye"),
        4 => Status::ok("[ALERT"),
        5 => Status::ok("").with_code(Code::HighestModSeq(mod_seq())),
        6 => Status::no(""),
        _ => Status::bad("bad"),
    }
}

fn select_data(n: u8) -> SelectData {
    let mut data = SelectData::new([0, 3, u32::MAX][usize::from(n) % 3]);
    data.recent = n.into();
    data.unseen = Some(n.into()).filter(|n| *n > 0);
    data.uid_validity = Some(UidValidity::new(1));
    data.uid_next = Some(uid(n));
    data.highest_mod_seq = Some(mod_seq()).filter(|_| n & 4 == 0);
    data.permanent_flags = Some([Flag::Seen, Flag::Any].into());
    data.read_write = n & 8 == 0;
    data
}

/// What the client has heard of.
struct Ear {
    reader: ResponseReader,
    octets: Vec<u8>,
    /// How many were read of all that was said.
    read: u64,
    /// The commands that the server took, and behind how many octets.
    taken: VecDeque<(u64, Taken)>,
    current: Option<Taken>,
    /// Whether news may come unasked.
    notified: bool,
    tags: BTreeSet<Vec<u8>>,
}

/// A command that the server asked about.
#[derive(Clone, Debug)]
struct Taken {
    tag: Tag,
    /// FETCH, STORE and SEARCH by number (RFC 9051 §7.5.1), and SORT and THREAD (RFC 5256).
    numbers: bool,
    notify: bool,
}

impl Ear {
    fn hear(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        let mut at = 0;
        loop {
            let step = self.reader.read(&self.octets[at..]);
            if step.is_starved() {
                break;
            }
            while self.taken.front().is_some_and(|(behind, _)| *behind <= self.read) {
                self.current = self.taken.pop_front().map(|(_, taken)| taken);
            }
            assert_ne!(step.consumed, Consumed::Skipped, "{:?}", step.part);
            let unit = &self.octets[at..at + step.octets];
            at += step.octets;
            self.read += step.octets as u64;
            match step.part {
                Some(ResponsePart::Response(response)) => self.on_response(&response),
                Some(
                    part @ (ResponsePart::Unparsed(_)
                    | ResponsePart::TooLong { .. }
                    | ResponsePart::Endless),
                ) => panic!("{part:?}: {}", unit.escape_ascii()),
                _ => {}
            }
        }
        self.octets.drain(..at);
    }

    fn on_response(&mut self, response: &Response) {
        match response {
            Response::Expunge(_) | Response::Vanished { earlier: false, .. } => {
                let free = match &self.current {
                    Some(current) => !current.numbers,
                    None => self.notified,
                };
                assert!(free, "{response:?} amid {:?}", self.current);
            }
            Response::Tagged(tag, status) => {
                // Words may make others, and a full inbox cuts them.
                let ours = tag.as_bytes().strip_prefix(b"t").filter(|rest| rest.len() == 5);
                if ours.is_some_and(|rest| rest.iter().all(u8::is_ascii_digit)) {
                    assert!(self.tags.insert(tag.as_bytes().to_vec()), "two ends of {tag:?}");
                }
                if let Some(current) = self.current.take() {
                    assert_eq!(current.tag, *tag);
                    self.notified |= current.notify && status.is_ok();
                }
            }
            Response::Continue(_) => {}
            _ => {}
        }
    }
}

struct Run {
    server: Server,
    inbox: Inbox,
    ear: Ear,
    told: Vec<Response>,
    tags: u32,
    limit: usize,
    /// The question that waits.
    event: Option<Event>,
    appending: bool,
    /// IDLE commands that were accepted, less those that are over.
    idles: u32,
    idling: bool,
    over: bool,
}

impl Run {
    fn new(knobs: [u8; 2]) -> Self {
        let features = match knobs[0] & 3 {
            0 => Features::none(),
            1 => [Feature::Idle, Feature::Qresync, Feature::UidPlus, Feature::Move].into(),
            _ => all_features(),
        };
        let security = match knobs[0] >> 2 & 3 {
            0 => Security::StartTls(Policy::Required),
            1 => Security::StartTls(Policy::Opportunistic),
            2 => Security::StartTls(Policy::Never),
            _ => Security::Implicit(TlsInfo::new()),
        };
        let outbox = [64 * 1024, 64, 1, 512][usize::from(knobs[1] & 3)];
        let limits = match knobs[1] >> 2 & 3 {
            0 => Limits::new(),
            1 => Limits::new().with_unit(512, 512).with_read(3).with_append(9),
            2 => Limits::new().with_bad_commands(50, 50).with_append(20),
            _ => Limits::new().with_login_delay(Duration::ZERO, Duration::ZERO).with_swallow(9),
        };
        let auth = postrider_sasl::server::Config::new([1; 32])
            .with_salt_secret([2; 32])
            .with_iterations(1)
            .with_mechanisms([Mechanism::Plain, Mechanism::ScramSha256])
            .with_clear_text(ClearTextLogin::Allow);
        let mut config = Config::new(security)
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_features(features)
            .with_limits(limits.with_outbox(outbox));
        if knobs[1] & 0x10 != 0 {
            config = config.with_auth(auth);
        }
        let server = Server::new(config);
        let inbox = server.new_inbox();
        let ear = Ear {
            reader: reader(),
            octets: Vec::new(),
            read: 0,
            taken: VecDeque::new(),
            current: None,
            notified: false,
            tags: BTreeSet::new(),
        };
        let mut run = Self {
            server,
            inbox,
            ear,
            told: responses(),
            tags: 0,
            limit: outbox,
            event: None,
            appending: false,
            idles: 0,
            idling: false,
            over: false,
        };
        // Most is to be found with a mailbox selected.
        let opening: &[&str] = match knobs[1] >> 5 {
            0 | 1 => &[],
            2 => &["@ LOGIN a b\r\n"],
            3 => &["@ LOGIN a b\r\n", "@ ENABLE UIDONLY\r\n", "@ SELECT INBOX\r\n"],
            4 => &["@ LOGIN a b\r\n", "@ ENABLE QRESYNC IMAP4rev2\r\n", "@ SELECT INBOX\r\n"],
            _ => &["@ LOGIN a b\r\n", "@ SELECT INBOX\r\n"],
        };
        for line in opening {
            run.hear(line);
            for _ in 0..4 {
                run.poll_all();
                run.answer(0);
                run.drain(usize::MAX);
            }
        }
        run
    }

    /// The client says something.
    fn hear(&mut self, word: &str) {
        let mut words = word.split('@');
        let mut said = words.next().unwrap_or_default().to_owned();
        for word in words {
            self.tags += 1;
            said.push_str(&format!("t{:05}{word}", self.tags));
        }
        self.inbox.extend(said.as_bytes());
    }

    fn happen(&mut self, happening: u8) {
        match happening {
            0xe8 => self.inbox.set_eof(),
            0xe9 => self.server.shutdown(),
            0xea => self.time_out(),
            0xeb => self.server.decline(),
            0xec => self.server.abort(),
            0xed..0xf0 => self.drain(usize::from(happening - 0xec) * 7),
            0xf0..0xf4 => self.drain(usize::MAX),
            0xf4..0xf8 => _ = self.poll(),
            0xf8..0xfc => self.poll_all(),
            // What an embedder and a driver do.
            _ => {
                for _ in 0..4 {
                    self.poll_all();
                    self.answer(happening);
                    self.drain(usize::MAX);
                }
            }
        }
    }

    fn time_out(&mut self) {
        if let Some(timer) = self.server.timers().first().copied() {
            self.server.on_timeout(timer);
        }
    }

    fn drain(&mut self, most: usize) {
        let outbox = self.server.outbox();
        let octets = outbox.copy_to_bytes(outbox.len().min(most));
        self.ear.hear(&octets);
    }

    fn poll_all(&mut self) {
        while self.poll() {}
    }

    /// Asks the server to go on. Whether it told something.
    fn poll(&mut self) -> bool {
        match self.server.poll(&mut self.inbox) {
            Ok(Progress::Event(event)) => {
                self.on_event(event);
                return true;
            }
            Ok(Progress::StartTls(token)) => {
                let plain = std::mem::replace(&mut self.inbox, Inbox::new(1));
                if let Ok(fresh) = self.server.tls_established(token, TlsInfo::new(), plain) {
                    self.inbox = fresh;
                }
            }
            Ok(Progress::Wait { input, app }) => {
                assert!(!self.over);
                assert!(!input || !self.inbox.is_full() && !self.inbox.is_eof());
                let unsent = !self.server.outbox().is_empty();
                let waits = input || app || unsent || !self.server.timers().is_empty();
                assert!(waits, "a wait for nothing: {:?}", self.server);
                // It overshoots by one unit, and ours are not longer than that.
                assert!(self.server.outbox().len() < self.limit + 48 * 1024);
            }
            Ok(Progress::Closed) => {
                assert!(self.server.outbox().is_empty());
                self.end();
            }
            Err(error) => {
                assert_eq!(self.server.poll(&mut self.inbox), Err(error), "an error is sticky");
                self.end();
            }
        }
        false
    }

    fn end(&mut self) {
        self.over = true;
        assert!(!self.appending, "a message without an end");
        assert!(!self.idling, "IDLE without an end");
    }

    fn on_event(&mut self, event: Event) {
        assert!(!self.over, "behind the end: {event:?}");
        assert!(!format!("{event:?}").contains(PASSWORD));
        match &event {
            Event::AppendBegin { .. } => {
                assert!(!std::mem::replace(&mut self.appending, true), "one at a time");
            }
            Event::Chunk(_) | Event::AppendUrl(_) | Event::AppendNext { .. } => {
                assert!(self.appending, "{event:?}");
            }
            Event::AppendEnd | Event::Aborted(_) => {
                assert!(std::mem::replace(&mut self.appending, false), "the end of no message");
            }
            Event::IdleEnd => {
                self.idles = self.idles.checked_sub(1).expect("the end of no IDLE");
                self.idling = false;
            }
            _ => {}
        }
        let tag = match &event {
            Event::Command(_)
            | Event::Login { .. }
            | Event::Credential(_)
            | Event::Authenticated { .. }
            | Event::Append { .. }
            | Event::AppendEnd => self.server.tag().cloned().expect("a question has a tag"),
            _ => return,
        };
        let command = match &event {
            Event::Command(command) => Some(command),
            _ => None,
        };
        let taken = Taken {
            tag,
            numbers: command.is_some_and(|command| match command {
                Command::Fetch { uid, .. } => !uid,
                Command::Store(store) => !store.uid,
                Command::Search(search) => !search.uid,
                Command::Sort(sort) => !sort.uid,
                Command::Thread(thread) => !thread.uid,
                _ => false,
            }),
            notify: matches!(
                command,
                Some(Command::Notify(NotifyCommand::Set { groups, .. }))
                    if groups.iter().any(|group| group.mailboxes == NotifyMailboxes::Selected)
            ),
        };
        let outbox = self.server.outbox();
        let behind = outbox.sent() + outbox.len() as u64;
        self.ear.taken.push_back((behind, taken));
        self.event = Some(event);
    }

    /// Answers what was asked as it should be.
    fn answer(&mut self, n: u8) {
        if self.server.tag().is_none() {
            return;
        }
        let Some(event) = self.event.take() else { return };
        let server = &mut self.server;
        let done = match &event {
            Event::Command(Command::Select { .. } | Command::Examine { .. }) => {
                server.accept_select(&select_data(n & 7))
            }
            Event::Command(Command::Idle) => {
                let idle = server.accept();
                if idle.is_ok() {
                    self.idled();
                }
                return;
            }
            Event::Credential(_) => server.credential(Credential::Verified),
            Event::AppendEnd => {
                let uids = UidSet::one(uid(0));
                server.accept_append(UidValidity::new(1), uids)
            }
            _ => server.accept(),
        };
        // It may be that a payload is open, or that more was told of a mailbox already.
        if done.is_err() {
            self.event = Some(event);
        }
    }

    /// IDLE was granted. Where it was held back it begins later, or never.
    fn idled(&mut self) {
        self.idles += 1;
        self.idling = self.server.tag().is_none()
            && !self.server.timers().iter().any(|timer| timer.kind == TimerKind::Delay);
    }

    fn asks_idle(&self) -> bool {
        let asks = matches!(&self.event, Some(Event::Command(Command::Idle)));
        asks && self.server.tag().is_some()
    }

    fn call(&mut self, call: u8, arg: u8) {
        let stands = |run: &mut Self| {
            let outbox = run.server.outbox();
            let octets = (outbox.len(), outbox.sent());
            let server = &run.server;
            let may = (server.may_expunge(), server.may_update(), server.room());
            (octets, may, server.state(), server.tag().cloned(), server.is_read_write())
        };
        let before = stands(self);
        let idle = self.asks_idle();
        let done = self.said(call, arg);
        match done {
            Ok(()) if call == ACCEPT && idle => self.idled(),
            Ok(()) => {}
            Err(error) => {
                let shown = format!("{call} {arg}: {error:?}");
                assert_eq!(stands(self), before, "{shown}");
                let known = matches!(error, Error::Misuse(_)) || self.over;
                assert!(known || self.server.poll(&mut self.inbox).is_err(), "{shown}");
            }
        }
        if TELLING.contains(&call) {
            let full = before.1.2 == 0;
            assert!(!full || done.is_err(), "told without room: {call} {arg}");
            assert!(!self.over || done.is_err(), "told behind the end: {call} {arg}");
        }
    }

    fn said(&mut self, call: u8, arg: u8) -> Result<(), Error> {
        let server = &mut self.server;
        match call {
            0..8 => {
                self.answer(arg);
                Ok(())
            }
            ACCEPT => server.accept(),
            9 => server.accept_with(status(arg)),
            10 => server.accept_select(&select_data(arg)),
            11 => server.begin_select(&select_data(arg)),
            12 => server.reject(status(arg)),
            13 => server.hold_back(Duration::from_millis(arg.into())),
            14 => server.credential(match arg % 4 {
                0 => Credential::Unknown,
                1 => Credential::Password(Secret::new(PASSWORD.into())),
                2 => Credential::VerifiedAs("tim".into()),
                _ => Credential::Verified,
            }),
            15 => {
                let uids = UidSet::one(uid(0));
                server.accept_append(UidValidity::new(1), uids)
            }
            16 => server.discard(&status(arg)),
            17 => {
                let done = server.completed();
                assert!(done.is_ok());
                server.accept_with(done.with_code(Code::Plain(PlainCode::Alert)))
            }
            18 => server.write_payload(&mut Bytes::from(vec![b'x'; arg.into()])).map(drop),
            19 => server.finish_payload(),
            20 => {
                server.set_phrases(|_| "".into());
                Ok(())
            }
            21 => {
                // Whole, if there is room.
                let section = section(arg);
                server.body_begin(message(arg), &section, None, 5)?;
                let mut left = Bytes::from_static(b"a)\r\nb");
                let _ = server.write_payload(&mut left);
                let _ = server.finish_payload();
                Ok(())
            }
            22..30 => self.update(arg),
            30..36 => {
                let response = &self.told[usize::from(arg) % self.told.len()];
                server.respond(response)
            }
            36 => server.progress(None),
            37 => server
                .progress(Some(InProgress { done: arg.into(), goal: NonZeroU32::new(arg.into()) })),
            38..44 => server.fetch_items(message(arg), &items(arg >> 4)),
            44..46 => server.body_begin(message(arg), &section(arg), Some(3), u64::from(arg >> 4)),
            46 => server.binary_begin(message(arg), &section(arg), None, u64::from(arg >> 4)),
            47 => server.body_nil(message(arg), &section(arg), Some(u64::MAX)),
            _ => server.body_begin(message(arg), &section(arg), None, u64::MAX),
        }
    }

    fn update(&mut self, arg: u8) -> Result<(), Error> {
        let news = self.told[usize::from(arg) % self.told.len()].clone();
        let (may_expunge, may_update) = (self.server.may_expunge(), self.server.may_update());
        let done = self.server.update(&news);
        let may = match news {
            Response::Expunge(_) | Response::Vanished { earlier: false, .. } => may_expunge,
            Response::Exists(_) | Response::Flags(_) | Response::Fetch { .. } => may_update,
            Response::Vanished { .. } | Response::Tagged(..) | Response::Continue(_) => false,
            _ => true,
        };
        assert!(may || done.is_err(), "news at the wrong time: {news:?}");
        if matches!(news, Response::Exists(_)) && may_update {
            assert!(matches!(done, Ok(()) | Err(Error::Misuse(Misuse::Full))), "{done:?}");
        }
        done
    }

    /// However it stands: when the client goes away, the session ends.
    fn finish(&mut self) {
        self.inbox.set_eof();
        for _ in 0..10_000 {
            if self.over {
                return;
            }
            let told = self.poll();
            self.server.decline();
            let unsent = self.server.outbox().len();
            self.drain(usize::MAX);
            if !told && unsent == 0 {
                self.time_out();
            }
        }
        unreachable!("it does not end: {:?}", self.server);
    }
}

const ACCEPT: u8 = 8;
/// Calls that tell something, and need room.
const TELLING: std::ops::RangeInclusive<u8> = 21..=48;
const CALLS: u8 = 52;

fn all_features() -> Features {
    use Feature::{
        Acl, AppendLimit, Binary, Catenate, ContextSort, CreateSpecialUse, Filters, Id, Imap4Rev2,
        InProgress as Progressing, JmapAccess, ListMetadata, ListMyRights, MultiAppend,
        MultiSearch, Notify, ObjectId, Partial, Preview, Qresync, QuotaMailbox, QuotaSet, Replace,
        SaveDate, SearchFuzzy, SortDisplay, ThreadReferences, UidBatches, UidOnly, Unauthenticate,
        Utf8Accept, Within,
    };
    [
        Acl,
        AppendLimit,
        Binary,
        Catenate,
        ContextSort,
        CreateSpecialUse,
        Filters,
        Id,
        Imap4Rev2,
        Progressing,
        JmapAccess,
        ListMetadata,
        ListMyRights,
        MultiAppend,
        MultiSearch,
        Notify,
        ObjectId,
        Partial,
        Preview,
        Qresync,
        QuotaMailbox,
        QuotaSet,
        Replace,
        SaveDate,
        SearchFuzzy,
        SortDisplay,
        ThreadReferences,
        UidBatches,
        UidOnly,
        Unauthenticate,
        Utf8Accept,
        Within,
    ]
    .into()
}
