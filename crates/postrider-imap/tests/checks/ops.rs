//! What holds of an IMAP client for every sequence of calls, whatever a server says: one outcome for
//! each handle, before the end; one end for each body that begins; no secret told, and none said before
//! TLS where that is required; never a wait for what cannot come. And against a server that works as it
//! should, each answer belongs to the command that asked for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::{Buf, Bytes};
use postrider_imap::client::{Client, Config, Event, Handle, Login, LoginBy};
use postrider_imap::{
    AppendMessage, Atom, Command, EsearchItem, FetchAttribute, FetchItem, Flag, Limits,
    ListCommand, MailboxName, MessageSet, Response, SearchCommand, SearchKey, SearchReturn,
    Section, SequenceSet, State, StatusItem, StoreCommand, StoreMode, StoreValue,
};
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::scram::{Bounds, DeriveKey};
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo,
};

const PASSWORD: &str = "tanstaaftanstaaf";

/// The first two octets set the client up, each further one is a call, or something that happens.
pub(crate) fn check(data: &[u8]) {
    let [first, second, calls @ ..] = data else { return };
    if first & 1 == 0 {
        against_anybody([*first, *second], calls);
    } else {
        against_a_server([*first, *second], calls);
    }
}

fn policy(knobs: [u8; 2]) -> Policy {
    [Policy::Never, Policy::Opportunistic, Policy::Required][usize::from(knobs[0] >> 1) % 3]
}

fn client_of(knobs: [u8; 2], security: Security) -> Client {
    let limits = match knobs[1] & 3 {
        0 => Limits::new(),
        1 => Limits::new().with_unit(512, 512).with_read(7).with_outbox(64),
        2 => Limits::new().with_in_flight(1).with_pending(3),
        _ => Limits::new().with_line(2048).with_outbox(usize::from(knobs[1] >> 2)),
    };
    let mut config =
        Config::new(security).with_clear_text_login(ClearTextLogin::Allow).with_limits(limits);
    if knobs[1] & 4 != 0 {
        config = config.with_polling(Duration::from_secs(60));
    }
    if knobs[1] & 8 != 0 {
        config = config.with_id(None);
    }
    Client::new(config)
}

fn login(knobs: [u8; 2]) -> Login {
    let password = Secret::new(String::from(PASSWORD));
    let credentials = match knobs[1] >> 6 {
        0 | 1 => Credentials::password("tim", password).unwrap().with_iterations(Bounds::new(1, 8)),
        2 => Credentials::token_on_demand("tim").unwrap(),
        _ => Credentials::external(),
    };
    let choice = Choice::default()
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow);
    let ways = match knobs[1] >> 4 & 3 {
        0 => vec![LoginBy::Authenticate],
        1 => vec![LoginBy::Login],
        _ => vec![LoginBy::Login, LoginBy::Authenticate],
    };
    Login::new(credentials, [7; 32]).with_choice(choice).with_login_by(ways)
}

/// What a client was asked, and what it told of that.
#[derive(Default)]
struct Told {
    open: BTreeSet<Handle>,
    body: bool,
    key: Option<DeriveKey>,
    token: bool,
    over: bool,
}

impl Told {
    fn outcome(&mut self, handle: Handle) {
        assert!(self.open.remove(&handle), "a second outcome, or one of nothing: {handle:?}");
    }

    fn on_event(&mut self, event: &Event) {
        assert!(!self.over, "behind the end: {event:?}");
        assert!(!format!("{event:?}").contains(PASSWORD));
        match event {
            Event::Completed { handle, .. }
            | Event::Lost { handle, .. }
            | Event::Unsent { handle, .. }
            | Event::LoginFailed { handle, .. } => self.outcome(*handle),
            Event::Part { handle, .. } | Event::AppendBegin { handle, .. } => {
                assert!(self.open.contains(handle), "{event:?}");
            }
            Event::BodyBegin { handle, .. } => {
                assert!(!std::mem::replace(&mut self.body, true), "one body at a time");
                assert!(handle.is_none_or(|handle| self.open.contains(&handle)));
            }
            Event::Data { handle, .. } => {
                assert!(handle.is_none_or(|handle| self.open.contains(&handle)));
            }
            Event::Chunk(_) => assert!(self.body),
            Event::BodyEnd | Event::Aborted(_) => {
                assert!(std::mem::replace(&mut self.body, false), "the end of no body");
            }
            Event::DeriveKey(due) => self.key = Some(due.clone()),
            Event::NeedToken(_) => self.token = true,
            _ => {}
        }
    }

    fn end(&mut self) {
        self.over = true;
        assert!(self.open.is_empty(), "no outcome: {:?}", self.open);
        assert!(!self.body, "a body without an end");
    }

    /// Asks the client to go on, and looks at what it says.
    fn poll(&mut self, client: &mut Client, inbox: &mut Inbox) -> Option<Event> {
        match client.poll(inbox) {
            Ok(Progress::Event(event)) => {
                self.on_event(&event);
                return Some(event);
            }
            Ok(Progress::StartTls(token)) => {
                let plain = std::mem::replace(inbox, Inbox::new(1));
                if let Ok(fresh) = client.tls_established(token, TlsInfo::new(), plain) {
                    *inbox = fresh;
                }
            }
            Ok(Progress::Wait { input, app }) => {
                assert!(!input || !inbox.is_full());
                let waits = input || app || !client.outbox().is_empty();
                assert!(waits || !client.timers().is_empty() || inbox.is_eof());
                let owed = !app && client.pending() > 0 && !inbox.is_eof();
                let runs = !client.outbox().is_empty() || !client.timers().is_empty();
                assert!(!owed || runs, "it may wait for ever");
            }
            Ok(Progress::Closed) | Err(_) => self.end(),
        }
        None
    }
}

fn set(n: u8) -> SequenceSet {
    match n % 4 {
        0 => SequenceSet::all(),
        1 => SequenceSet::one(u32::from(n) + 1).unwrap(),
        2 => SequenceSet::parse("9:1,*:4,7").unwrap(),
        // Longer than a line.
        _ => {
            SequenceSet::parse((1..900).map(|n| format!("{}", 2 * n)).collect::<Vec<_>>().join(","))
                .unwrap()
        }
    }
}

fn mailbox(n: u32) -> MailboxName {
    MailboxName::new(format!("m{n}")).unwrap()
}

fn store(n: u8) -> StoreCommand {
    StoreCommand::new(set(n), StoreMode::Add, StoreValue::Flags([Flag::Deleted].into()))
}

/// One call. `Some` with what the client said to it, for calls that give a handle.
fn call(
    client: &mut Client,
    told: &mut Told,
    knobs: [u8; 2],
    which: u8,
) -> Option<Result<Handle, postrider_imap::Error>> {
    let inbox = MailboxName::inbox();
    let list = ListCommand::new(MailboxName::new("").unwrap(), "*");
    Some(match which {
        0 => client.capability(),
        1 => client.noop(),
        2 => client.login("m\u{e4}c", Secret::new(String::from(PASSWORD))),
        3 | 4 => client.login_with(login(knobs)),
        5 => client.select(inbox),
        6 => client.examine(inbox),
        7 => client.fetch(set(which), FetchAttribute::body(Section::all())),
        8 => client.uid_fetch(set(which), FetchAttribute::Flags),
        9 => client.uid_fetch(set(which), FetchAttribute::peek(Section::header())),
        10 => client.fetch(set(3), FetchAttribute::Envelope),
        11 => client.send(store(which)),
        12 => client.send(store(2).with_uid()),
        13 => client.send(SearchCommand::new(vec![SearchKey::Numbers(set(1).into())])),
        14 => client.send(SearchCommand::new(vec![SearchKey::All]).with_uid()),
        15 => client.send(list),
        16 => client.send(Command::Status { mailbox: inbox, items: vec![StatusItem::Messages] }),
        17 => client.send(Command::Expunge),
        18 => client.send(Command::Close),
        19 => client.send(Command::UidExpunge(set(3).into())),
        20 => client.send(Command::Copy { set: set(1).into(), uid: true, mailbox: inbox }),
        21 => client.send(Command::Move { set: set(2).into(), uid: false, mailbox: inbox }),
        22 => client.idle(),
        23 => client.compress(),
        24 => client.append(inbox, vec![AppendMessage::new(3)]),
        25 => client.append(inbox, vec![AppendMessage::new(0), AppendMessage::new(5)]),
        26 => client.send(Command::Unauthenticate),
        27 => client.send(Command::Enable(vec![Atom::new("QRESYNC").unwrap()])),
        28 => client.send(Command::Namespace),
        29 => client.logout(),
        _ => {
            let _ = match which {
                30 => client.done(),
                31 => client.write_payload(&mut Bytes::from_static(b"abc")).map(drop),
                32 => client.finish_payload(),
                33 => client.abort(),
                34 => {
                    let key = told.key.take().map(|due| due.derive());
                    key.map_or(Ok(()), |key| client.key(key))
                }
                35 => client.token(Secret::new(String::from(PASSWORD))),
                36 => {
                    if let Some(handle) = told.open.last() {
                        client.withdraw(*handle);
                    }
                    Ok(())
                }
                37 => {
                    client.discard();
                    Ok(())
                }
                38 => {
                    client.decline();
                    Ok(())
                }
                _ => Ok(()),
            };
            return None;
        }
    })
}

const CALLS: u8 = 39;

/// What somebody may say. `@` is the tag of one of the last commands.
const WORDS: &[&str] = &[
    "* OK hi\r\n",
    "* PREAUTH hi\r\n",
    "* BYE x\r\n",
    "* CAPABILITY IMAP4rev1 STARTTLS\r\n",
    "* OK [CAPABILITY IDLE LITERAL+ MULTIAPPEND COMPRESS=DEFLATE ID] x\r\n",
    "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256 AUTH=OAUTHBEARER AUTH=EXTERNAL ID\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=LOGIN AUTH=CRAM-MD5 LOGINDISABLED\r\n",
    "@ OK x\r\n",
    "@ OK x\r\n",
    "@ OK x\r\n",
    "@ NO x\r\n",
    "@ BAD x\r\n",
    "* BAD x\r\n",
    "+ go\r\n",
    "+ \r\n",
    "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n",
    "* 3 EXISTS\r\n",
    "* 2 EXPUNGE\r\n",
    "* VANISHED 4:6\r\n",
    "* SEARCH 1 2\r\n",
    "* ESEARCH (TAG \"a001\") COUNT 3\r\n",
    "* LIST () \"/\" a\r\n",
    "* STATUS INBOX (MESSAGES 3)\r\n",
    "* 1 FETCH (",
    "BODY[] {5}\r\n",
    "12345",
    "UID 7",
    ")",
    "\r\n",
    "FLAGS (\\Seen)",
    " ",
    "BODY[HEADER] NIL",
    "X ((\"y\" {2}\r\n",
    "{",
    "\"",
    "* LIST {3}\r\n",
    "* 1 FETCH (UID 7 BODY[] {5}\r\n12",
    "* OK [CAPABILITY IMAP4rev1 MULTIAPPEND IDLE] x\r\n",
    "* CAPABILITY LOGINDISABLED MULTIAPPEND LITERAL-\r\n",
    "* VANISHED 1\r\n",
    "* ID (\"name\" \"Coremail\")\r\n",
    "* OK gluon session ID\r\n",
    "* ENABLED QRESYNC\r\n",
];

fn against_anybody(knobs: [u8; 2], calls: &[u8]) {
    let security = if knobs[0] & 0x80 == 0 {
        Security::StartTls(policy(knobs))
    } else {
        Security::Implicit(TlsInfo::new())
    };
    let required = knobs[0] & 0x80 == 0 && policy(knobs) == Policy::Required;
    let mut client = client_of(knobs, security);
    let mut inbox = client.new_inbox();
    let mut told = Told::default();
    let (mut tags, mut back, mut tls) = (0_u32, 0, !required);
    for &happening in calls {
        match happening {
            0..CALLS => {
                let before = client.outbox().len();
                match call(&mut client, &mut told, knobs, happening) {
                    Some(Ok(handle)) => assert!(told.open.insert(handle), "a handle of its own"),
                    Some(Err(_)) => assert_eq!(client.outbox().len(), before),
                    None => {}
                }
            }
            0xf0.. => match happening {
                0xf0 => inbox.set_eof(),
                0xf1 => client.shutdown(),
                0xf2 => {
                    if let Some(timer) = client.timers().first().copied() {
                        client.on_timeout(timer);
                    }
                }
                0xf3 => back = (back + 1) % 6,
                0xf4..0xf8 => {
                    let outbox = client.outbox();
                    let octets = outbox.copy_to_bytes(outbox.len());
                    let text = String::from_utf8_lossy(&octets);
                    for line in text.lines() {
                        let number = line.strip_prefix('a').and_then(|line| line.get(..3));
                        tags = number.and_then(|n| n.parse().ok()).unwrap_or(tags);
                    }
                    assert!(tls || !text.contains(PASSWORD) && !text.contains("AUTHENTICATE"));
                }
                _ => while told.poll(&mut client, &mut inbox).is_some() {},
            },
            word => {
                let word = WORDS[usize::from(word - CALLS) % WORDS.len()];
                // That of the last command, of one before it, or of one that was not said yet.
                let tag = (tags + [3, 2, 1, 0, 4, 5][back]).saturating_sub(3);
                let tag = format!("a{tag:03}");
                inbox.extend(word.replace('@', &tag).as_bytes());
            }
        }
        if happening % 3 == 0 {
            told.poll(&mut client, &mut inbox);
        }
        tls |= client.tls().is_some();
        if told.over {
            // Sticky, and nothing is taken any more.
            assert!(client.noop().is_err());
            told.poll(&mut client, &mut inbox);
        }
    }
    // However it stands: when the peer goes away, everything has its outcome.
    inbox.set_eof();
    for _ in 0..10_000 {
        if told.over {
            return;
        }
        told.poll(&mut client, &mut inbox);
        let left = client.outbox().len();
        client.outbox().advance(left);
        if client.timers().iter().any(|timer| timer.kind != TimerKind::Renewal) && left == 0 {
            let timer = client.timers()[0];
            client.on_timeout(timer);
        }
        client.shutdown();
        client.decline();
        let _ = client.abort();
    }
    unreachable!("it does not end: {client:?}");
}

// --- a server that works ---

/// A command that asks for something with this number in it, and what the answer must hold.
fn question(client: &mut Client, which: u8, n: u32) -> Result<Handle, postrider_imap::Error> {
    let one = SequenceSet::one(n).unwrap();
    match which {
        0 => client.send(SearchCommand::new(vec![SearchKey::Larger(n.into())]).with_uid()),
        1 => {
            let search = SearchCommand::new(vec![SearchKey::Larger(n.into())]);
            client.send(search.with_uid().with_returns(vec![SearchReturn::All]))
        }
        2 => {
            client.send(Command::Status { mailbox: mailbox(n), items: vec![StatusItem::Messages] })
        }
        3 => client.send(ListCommand::new(MailboxName::new("").unwrap(), format!("m{n}"))),
        4 => client.send(Command::MyRights(mailbox(n))),
        5 => client.uid_fetch(one, vec![FetchAttribute::Rfc822Size]),
        6 => client.fetch(one, vec![FetchAttribute::Rfc822Size, FetchAttribute::Flags]),
        7 => client.uid_fetch(one, FetchAttribute::peek(Section::all())),
        8 => client.send(
            StoreCommand::new(one, StoreMode::Add, StoreValue::Flags([Flag::Seen].into()))
                .with_uid(),
        ),
        9 => client.send(Command::GetQuotaRoot(mailbox(n))),
        10 => client.noop(),
        11 => client.send(Command::UidExpunge(one.into())),
        12 => client.send(Command::Copy { set: one.into(), uid: true, mailbox: mailbox(n) }),
        13 => client.append(mailbox(n), vec![AppendMessage::new(u64::from(n % 7))]),
        14 => client.select(mailbox(n)),
        15 => {
            let two = [SequenceSet::one(n), SequenceSet::one(n + 500)].map(Result::unwrap);
            let range =
                SequenceSet::new(two.iter().flat_map(|one| one.ranges().to_vec()).collect());
            client.send(Command::Fetch {
                set: MessageSet::Set(range.unwrap()),
                uid: true,
                attributes: vec![FetchAttribute::ModSeq].into(),
                modifiers: Default::default(),
            })
        }
        _ => client.idle(),
    }
}

const QUESTIONS: u8 = 17;

/// What the server says to one line of a client, in which one number stands.
fn answer(line: &str, refuse: bool) -> String {
    let (tag, rest) = line.split_once(' ').expect("a tag");
    let words: Vec<&str> = rest.split([' ', '"']).filter(|word| !word.is_empty()).collect();
    let digits = |word: &str| word.trim_start_matches('m').to_owned();
    let data = match words[..] {
        ["UID", "SEARCH", "RETURN", "(ALL)", "LARGER", n] => {
            format!("* ESEARCH (TAG \"{tag}\") UID ALL {n}\r\n")
        }
        ["UID", "SEARCH", "LARGER", n] => format!("* SEARCH {n}\r\n"),
        ["STATUS", name, _] => format!("* STATUS {name} (MESSAGES {})\r\n", digits(name)),
        ["LIST", name] => format!("* LIST () \"/\" {name}\r\n"),
        ["MYRIGHTS", name] => format!("* MYRIGHTS {name} lr\r\n"),
        ["GETQUOTAROOT", name] => {
            format!("* QUOTAROOT {name} r{name}\r\n* QUOTA r{name} (STORAGE 1 2)\r\n")
        }
        ["UID", "FETCH", n, "RFC822.SIZE"] => format!("* 1 FETCH (UID {n} RFC822.SIZE {n})\r\n"),
        ["FETCH", n, ..] => format!("* {n} FETCH (RFC822.SIZE {n} FLAGS ())\r\n"),
        ["UID", "FETCH", n, "BODY.PEEK[]"] => {
            format!("* 1 FETCH (UID {n} BODY[] {{{}}}\r\n{n})\r\n", n.len())
        }
        ["UID", "FETCH", set, "MODSEQ"] => {
            let one = |n: &str| format!("* 1 FETCH (UID {n} MODSEQ ({n}))\r\n");
            set.split(',').map(one).collect()
        }
        ["UID", "STORE", n, ..] => format!("* 1 FETCH (UID {n} FLAGS (\\Seen))\r\n"),
        ["UID", "EXPUNGE", _] => String::from("* 1 EXPUNGE\r\n"),
        ["SELECT", name] => format!("* {} EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n", digits(name)),
        _ => String::new(),
    };
    if refuse { format!("{tag} NO no\r\n") } else { format!("{data}{tag} OK done\r\n") }
}

/// Cuts what a client says into commands, literals and all.
#[derive(Default)]
struct Ear {
    octets: Vec<u8>,
    /// Octets of a literal that are to come.
    need: usize,
    command: String,
    commands: VecDeque<String>,
}

impl Ear {
    /// Takes all that the client has said. Returns what permits it to go on.
    fn listen(&mut self, client: &mut Client) -> String {
        let outbox = client.outbox();
        let said = outbox.copy_to_bytes(outbox.len());
        self.octets.extend_from_slice(&said);
        let mut go = String::new();
        loop {
            let literal = self.need.min(self.octets.len());
            self.octets.drain(..literal);
            self.need -= literal;
            let end = self.octets.windows(2).position(|two| two == b"\r\n");
            let Some(end) = end.filter(|_| self.need == 0) else { return go };
            let line: Vec<u8> = self.octets.drain(..end + 2).take(end).collect();
            self.command.push_str(std::str::from_utf8(&line).expect("what is said is ASCII"));
            let literal = self.command.rsplit_once('{').filter(|_| self.command.ends_with('}'));
            match literal.map(|(_, count)| count.trim_end_matches(['}', '+'])) {
                Some(count) => {
                    self.need = count.parse().expect("a count");
                    if !self.command.ends_with("+}") {
                        go.push_str("+ go\r\n");
                    }
                    self.command.push(' ');
                }
                None => self.commands.push_back(std::mem::take(&mut self.command)),
            }
        }
    }
}

fn against_a_server(knobs: [u8; 2], calls: &[u8]) {
    let mut client = client_of(knobs, Security::Implicit(TlsInfo::new()));
    let mut inbox = client.new_inbox();
    let mut told = Told::default();
    let literals = ["", " LITERAL+", " LITERAL-"][usize::from(knobs[0] >> 3) % 3];
    inbox.extend(format!("* PREAUTH [CAPABILITY IMAP4rev1 IDLE{literals}] hi\r\n").as_bytes());
    while told.poll(&mut client, &mut inbox).is_some() {}
    let mut numbers: BTreeMap<Handle, (u8, u32)> = BTreeMap::new();
    let mut ear = Ear::default();
    let (mut n, mut idling) = (0_u32, None::<String>);
    let mut mail = Bytes::new();
    let rest = std::iter::repeat_n(0xff, 8 * calls.len() + 40);
    for happening in calls.iter().copied().chain(rest) {
        match happening {
            0..0x40 => {
                n += 1;
                let kind = happening % QUESTIONS;
                if let Ok(handle) = question(&mut client, kind, n) {
                    assert!(told.open.insert(handle));
                    numbers.insert(handle, (kind, n));
                }
            }
            0x40..0x50 => _ = client.done(),
            // The server works on one command, in whatever order it likes: what would be ambiguous
            // must not be there (RFC 9051 §5.5). Sometimes it refuses.
            0x80.. => {
                let go = ear.listen(&mut client);
                inbox.extend(go.as_bytes());
                let any = usize::from(happening >> 1) % ear.commands.len().max(1);
                let out = match ear.commands.remove(any) {
                    Some(line) if line == "DONE" => {
                        format!("{} OK done\r\n", idling.take().expect("IDLE before DONE"))
                    }
                    Some(line) if line.ends_with(" IDLE") => {
                        idling = line.split(' ').next().map(str::to_owned);
                        String::from("+ idling\r\n")
                    }
                    Some(line) => answer(&line, happening == 0xf0),
                    None => {
                        if happening == 0xff {
                            let _ = client.done();
                        }
                        String::new()
                    }
                };
                inbox.extend(out.as_bytes());
            }
            _ => {}
        }
        let polls = if happening < 0x80 { 1 } else { 100 };
        for _ in 0..polls {
            let Some(event) = told.poll(&mut client, &mut inbox) else { break };
            belongs(&event, &numbers);
            if let Event::AppendBegin { octets, .. } = event {
                mail = Bytes::from(vec![b'x'; usize::try_from(octets).unwrap()]);
            }
        }
        // It may not fit at once.
        if client.write_payload(&mut mail).is_ok() && mail.is_empty() {
            let _ = client.finish_payload();
        }
    }
    assert!(told.open.is_empty(), "not answered: {:?} {client:?}", told.open);
    assert_ne!(client.state(), State::Logout);
}

/// Whether what is told belongs to whom it says.
fn belongs(event: &Event, numbers: &BTreeMap<Handle, (u8, u32)>) {
    let of =
        |handle: &Option<Handle>| handle.as_ref().and_then(|handle| numbers.get(handle)).copied();
    match event {
        Event::Data { handle, response, .. } => {
            let (kinds, n): (&[u8], u32) = match response {
                Response::Search { numbers, .. } => (&[0], numbers.ranges()[0].first().get()),
                Response::Esearch(found) => match &found.items[..] {
                    [EsearchItem::All(numbers)] => (&[1], numbers.ranges()[0].first().get()),
                    other => unreachable!("{other:?}"),
                },
                Response::MailboxStatus(status) => (&[2], named(status.mailbox.as_bytes())),
                Response::List(list) => (&[3], named(list.mailbox.as_bytes())),
                Response::MyRights(rights) => (&[4], named(rights.mailbox.as_bytes())),
                Response::QuotaRoot(roots) => (&[9], named(roots.mailbox.as_bytes())),
                Response::Quota(quota) => (&[9], named(&quota.root[1..])),
                other => unreachable!("{other:?}"),
            };
            let owner = of(handle);
            assert!(
                owner.is_some_and(|(kind, number)| kinds.contains(&kind) && number == n),
                "{event:?} is said to be of {owner:?}"
            );
        }
        Event::FetchItems { handle, items, .. } => {
            let owner = of(handle);
            for item in items {
                let (kinds, n): (&[u8], u32) = match item {
                    FetchItem::Uid(uid) => (&[5, 7, 8, 15], uid.get()),
                    FetchItem::Rfc822Size(size) => (&[5, 6], u32::try_from(*size).unwrap()),
                    FetchItem::ModSeq(mod_seq) => (&[15], u32::try_from(mod_seq.get()).unwrap()),
                    _ => continue,
                };
                let fits = owner.is_some_and(|(kind, number)| {
                    kinds.contains(&kind) && (number == n || kind == 15 && number + 500 == n)
                });
                assert!(fits, "{event:?} is said to be of {owner:?}");
            }
        }
        Event::BodyBegin { handle, .. } => assert_eq!(of(handle).map(|of| of.0), Some(7)),
        _ => {}
    }
}

fn named(mailbox: &[u8]) -> u32 {
    let name = std::str::from_utf8(mailbox).unwrap();
    name.trim_start_matches('m').parse().unwrap()
}
