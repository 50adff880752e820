//! Resynchronisation beside a mailbox that changes, by every way that servers offer, and beside the
//! examples of RFC 7162.

use std::collections::BTreeMap;
use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::client::Handle;
use crate::{
    Code, FetchItem, FetchedMessage, Flag, MessageNumber, PlainCode, Quirks, SequenceSet,
    SyntaxError,
};

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

fn mod_seq(number: u64) -> ModSeq {
    ModSeq::new(number).unwrap()
}

fn flags(which: u8) -> FlagSet {
    [Flag::Seen, Flag::Flagged]
        .into_iter()
        .enumerate()
        .filter(|(at, _)| which >> at & 1 == 1)
        .map(|(_, flag)| flag)
        .collect()
}

/// A mailbox as a server has it.
#[derive(Clone, Debug)]
struct Mailbox {
    validity: u32,
    next: u32,
    /// What changed last.
    clock: u64,
    /// Flags and MODSEQ of each message.
    messages: BTreeMap<u32, (u8, u64)>,
    /// When messages went.
    gone: Vec<(u32, u64)>,
    has_mod_seq: bool,
}

#[derive(Clone, Debug)]
enum Happening {
    Arrive(u8),
    /// At this place, of so many two hundred and fifty-sixths.
    Flag(u8, u8),
    Expunge(u8),
    /// Another mailbox of the same name.
    Anew,
    /// It loses its MODSEQs, or gets them.
    ModSeq(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => (0..4_u8).prop_map(Happening::Arrive),
        8 => (any::<u8>(), 0..4_u8).prop_map(|(at, flags)| Happening::Flag(at, flags)),
        6 => any::<u8>().prop_map(Happening::Expunge),
        1 => Just(Happening::Anew),
        1 => any::<bool>().prop_map(Happening::ModSeq),
    ]
}

impl Mailbox {
    fn new() -> Self {
        let (messages, gone) = (BTreeMap::new(), Vec::new());
        Self { validity: 1, next: 1, clock: 1, messages, gone, has_mod_seq: true }
    }

    fn at(&self, place: u8) -> Option<u32> {
        self.messages.keys().nth(usize::from(place) * self.messages.len() / 256).copied()
    }

    fn happen(&mut self, what: &Happening) {
        self.clock += 1;
        match *what {
            Happening::Arrive(flags) => {
                self.messages.insert(self.next, (flags, self.clock));
                self.next += 1 + u32::from(flags) / 2;
            }
            Happening::Flag(at, flags) => {
                if let Some(at) = self.at(at) {
                    self.messages.insert(at, (flags, self.clock));
                }
            }
            Happening::Expunge(at) => {
                if let Some(at) = self.at(at) {
                    self.messages.remove(&at);
                    self.gone.push((at, self.clock));
                }
            }
            Happening::Anew => {
                let (validity, has_mod_seq) = (self.validity + 1, self.has_mod_seq);
                *self = Self { validity, has_mod_seq, ..Self::new() };
            }
            Happening::ModSeq(has) => self.has_mod_seq = has,
        }
    }

    /// The FETCH responses for these messages.
    fn fetch(&self, set: &SequenceSet, since: u64) -> Vec<Event> {
        let largest = self.messages.keys().last().copied().unwrap_or(0);
        let mut events = Vec::new();
        for (at, (this, (which, changed))) in self.messages.iter().enumerate() {
            if set.contains(*this, largest) && *changed > since {
                let number = MessageNumber::new(at as u32 + 1).unwrap();
                let message = FetchedMessage::Number(number);
                let items = vec![FetchItem::Uid(uid(*this)), FetchItem::Flags(flags(*which))];
                events.push(Event::FetchItems { handle: None, message, items });
                events.push(Event::FetchEnd { handle: None, message });
            }
        }
        events
    }

    /// What a server answers.
    fn answer(&self, command: &Command, way: SyncWay) -> Vec<Event> {
        let name = CommandName::of(command);
        let status =
            |code| Event::Status { status: Status::ok("").with_code(code), untrusted: false };
        let mut events = Vec::new();
        match command {
            Command::Enable(names) => {
                events
                    .push(Event::Data { handle: None, response: Response::Enabled(names.clone()) });
            }
            Command::Select { parameters, .. } => {
                events.push(Event::Exists(self.messages.len() as u32));
                events.push(status(Code::UidValidity(UidValidity::new(self.validity))));
                events.push(status(Code::UidNext(uid(self.next))));
                if way != SyncWay::Compare {
                    let code = if self.has_mod_seq {
                        Code::HighestModSeq(mod_seq(self.clock))
                    } else {
                        Code::Plain(PlainCode::NoModSeq)
                    };
                    events.push(status(code));
                }
                assert!(way == SyncWay::Qresync || parameters.qresync.is_none());
                assert!(way != SyncWay::Compare || parameters.is_empty());
                if let Some(qresync) = &parameters.qresync
                    && qresync.validity.get() == self.validity
                    && self.has_mod_seq
                {
                    let (known, since) = (qresync.known.as_ref().unwrap(), qresync.mod_seq.get());
                    let went = |(this, when): &&(u32, u64)| {
                        *when > since && known.as_list().contains(*this)
                    };
                    let mut went: Vec<u32> =
                        self.gone.iter().filter(went).map(|(this, _)| *this).collect();
                    went.sort_unstable();
                    if let Ok(uids) = UidSet::new(went.into_iter().map(uid).collect()) {
                        events.push(Event::Data {
                            handle: None,
                            response: Response::Vanished { earlier: true, uids },
                        });
                    }
                    let known = SequenceSet::try_from(known).unwrap();
                    events.extend(self.fetch(&known, since));
                }
            }
            Command::Fetch { set: MessageSet::Set(set), uid: true, modifiers, .. } => {
                assert!(!self.messages.is_empty());
                let since = modifiers.changed_since.map_or(0, ModSeq::get);
                assert!(since == 0 || self.has_mod_seq && way != SyncWay::Compare);
                events.extend(self.fetch(set, since));
            }
            Command::Search(search) => {
                let [SearchKey::Uid(MessageSet::Set(set))] = &search.keys[..] else {
                    unreachable!()
                };
                assert!(search.uid);
                let found = self.messages.keys().filter(|this| set.contains(**this, u32::MAX));
                let numbers = found.copied().map(uid).collect();
                events.push(Event::Data {
                    handle: None,
                    response: Response::Search { numbers, mod_seq: None },
                });
            }
            other => unreachable!("{other:?}"),
        }
        events.push(Event::Completed {
            handle: Handle::SOME,
            command: name,
            status: Status::ok("done"),
        });
        events
    }
}

/// What a client keeps.
#[derive(Default)]
struct Kept {
    messages: BTreeMap<u32, FlagSet>,
    state: Option<SyncState>,
}

impl Kept {
    fn take(&mut self, resync: &mut Resync) {
        while let Some(change) = resync.next_change() {
            match change {
                Change::Reset => self.messages.clear(),
                Change::Gone(uids) => {
                    for uid in uids.iter() {
                        assert!(self.messages.remove(&uid.get()).is_some(), "{uid} was known");
                    }
                }
                Change::Message { uid, flags, is_new, .. } => {
                    let before = self.messages.insert(uid.get(), flags.expect("told"));
                    assert_eq!(before.is_none(), is_new, "{uid}");
                }
            }
        }
    }

    /// How many commands it took.
    fn sync(&mut self, mailbox: &Mailbox, way: SyncWay) -> usize {
        let (enable, limits) = (way == SyncWay::Qresync, Limits::new());
        let state = self.state.take();
        let mut resync = Resync::by(MailboxName::inbox(), state, way, enable, &limits);
        let mut commands = 0;
        while let Some(command) = resync.next_command() {
            commands += 1;
            assert_eq!(resync.next_command(), None, "one at a time");
            for event in mailbox.answer(&command, way) {
                assert_eq!(resync.outcome(), None);
                resync.on_event(&event);
                self.take(&mut resync);
            }
        }
        let state = resync.outcome().unwrap().as_ref().unwrap();
        // It is kept as text.
        self.state = Some(state.to_string().parse().unwrap());
        assert_eq!(self.state.as_ref(), Some(state));
        assert_eq!(
            state.known().iter().collect::<Vec<_>>(),
            self.messages.keys().copied().collect::<Vec<_>>()
        );
        commands
    }
}

fn way() -> impl Strategy<Value = SyncWay> {
    prop::sample::select([SyncWay::Qresync, SyncWay::Condstore, SyncWay::Compare].to_vec())
}

proptest! {
    #[test]
    fn a_client_comes_to_have_what_the_server_has(
        sessions in proptest::collection::vec(
            (proptest::collection::vec(happening(), 0..30), way()),
            1..9,
        ),
    ) {
        let (mut mailbox, mut kept) = (Mailbox::new(), Kept::default());
        for (happenings, way) in sessions {
            happenings.iter().for_each(|what| mailbox.happen(what));
            kept.sync(&mailbox, way);
            let theirs: BTreeMap<u32, FlagSet> =
                mailbox.messages.iter().map(|(uid, (which, _))| (*uid, flags(*which))).collect();
            prop_assert_eq!(&kept.messages, &theirs, "{:?}", way);
            // A server with MODSEQs is asked little when nothing happened.
            let again = kept.sync(&mailbox, way);
            let most = if way == SyncWay::Qresync { 3 } else { 2 };
            prop_assert!(again <= most);
        }
    }
}

#[test]
fn nothing_is_asked_when_nothing_happened() {
    let mut mailbox = Mailbox::new();
    (0..9).for_each(|_| mailbox.happen(&Happening::Arrive(0)));
    for (way, first, later) in
        [(SyncWay::Qresync, 3, 2), (SyncWay::Condstore, 2, 1), (SyncWay::Compare, 2, 2)]
    {
        let mut kept = Kept::default();
        assert_eq!((kept.sync(&mailbox, way), kept.sync(&mailbox, way)), (first, later), "{way:?}");
    }
}

/// The events of responses as they are printed, of those that come whole.
fn events(lines: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for line in lines.lines() {
        let line = [line.trim(), "\r\n"].concat();
        let parsed = Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict());
        let (response, _) = parsed.map_err(|SyntaxError { offset }| (offset, line)).unwrap();
        match response {
            Response::Exists(exists) => events.push(Event::Exists(exists)),
            Response::Status(status) => events.push(Event::Status { status, untrusted: false }),
            Response::Tagged(_, status) => {
                events.push(Event::Completed {
                    handle: Handle::SOME,
                    command: CommandName::Select,
                    status,
                });
            }
            Response::Fetch { number, items } => {
                let message = FetchedMessage::Number(number);
                events.push(Event::FetchItems { handle: None, message, items });
                events.push(Event::FetchEnd { handle: None, message });
            }
            data => events.push(Event::Data { handle: None, response: data }),
        }
    }
    events
}

fn begun(state: &str) -> Resync {
    let state = state.parse().unwrap();
    Resync::by(MailboxName::inbox(), Some(state), SyncWay::Qresync, false, &Limits::new())
}

#[test]
fn the_example_of_rfc_7162_says_what_changed() {
    // RFC 7162 §3.2.5.1, but for the ranges of the client's UIDs: one from the first to the last.
    let mut resync = begun("1 67890007 90060115194045000 41:211,214:541");
    let Some(Command::Select { parameters, .. }) = resync.next_command() else { unreachable!() };
    let qresync = parameters.qresync.unwrap();
    assert_eq!(
        (qresync.validity.get(), qresync.mod_seq.get()),
        (67_890_007, 90_060_115_194_045_000)
    );
    assert_eq!(qresync.known.unwrap().to_string(), "41:541");
    let told = events(
        "* OK [CLOSED] bye
        * 100 EXISTS
        * OK [UIDVALIDITY 67890007] UIDVALIDITY
        * OK [UIDNEXT 600] Predicted next UID
        * OK [HIGHESTMODSEQ 90060115205545359] Highest mailbox mod-sequence
        * VANISHED (EARLIER) 41,43:116,118,120:211,214:540
        * 49 FETCH (UID 117 FLAGS (\\Seen \\Answered) MODSEQ (90060115194045001))
        * 50 FETCH (UID 119 FLAGS (\\Draft $MDNSent) MODSEQ (90060115194045308))
        * 51 FETCH (UID 541 FLAGS (\\Seen $Forwarded) MODSEQ (90060115194045001))
        A03 OK [READ-WRITE] mailbox selected",
    );
    told.iter().for_each(|event| resync.on_event(event));
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    while let Some(change) = resync.next_change() {
        match change {
            Change::Gone(uids) => gone.push(uids.to_string()),
            Change::Message { uid, is_new: false, flags, mod_seq } => {
                assert!(flags.is_some() && mod_seq.is_some());
                changed.push(uid.get());
            }
            other => unreachable!("{other:?}"),
        }
    }
    assert_eq!(gone.join(","), "41,43:116,118,120:211,214:540");
    assert_eq!(changed, [117, 119, 541]);
    // What is new has to be asked for: the server was told of UIDs up to 541.
    let Some(Command::Fetch { set, .. }) = resync.next_command() else { unreachable!() };
    assert_eq!(set.to_string(), "542:*");
    // RFC 3501 §6.4.8: the last message is told in any case.
    events("* 100 FETCH (UID 541 FLAGS ())").iter().for_each(|event| resync.on_event(event));
    resync.on_event(&Event::Completed {
        handle: Handle::SOME,
        command: CommandName::Fetch,
        status: Status::ok("done"),
    });
    assert!(matches!(resync.next_change(), Some(Change::Message { is_new: false, .. })));
    assert_eq!(resync.next_change(), None);
    let state = resync.outcome().unwrap().as_ref().unwrap();
    assert_eq!(state.to_string(), "1 67890007 90060115205545359 42,117,119,541");
}

#[test]
fn another_uid_validity_makes_all_messages_new() {
    // RFC 7162 §3.2.5
    let mut resync = begun("1 67890007 20050715194045000 41,43:211,214:541");
    assert!(matches!(resync.next_command(), Some(Command::Select { .. })));
    let told = events(
        "* 464 EXISTS
        * OK [UIDVALIDITY 3857529045] UIDVALIDITY
        * OK [UIDNEXT 550] Predicted next UID
        * OK [HIGHESTMODSEQ 90060128194045007] Highest mailbox mod-sequence
        A02 OK [READ-WRITE] Sorry, UIDVALIDITY mismatch",
    );
    told.iter().for_each(|event| resync.on_event(event));
    assert_eq!(resync.next_change(), Some(Change::Reset));
    let Some(Command::Fetch { set, .. }) = resync.next_command() else { unreachable!() };
    assert_eq!(set.to_string(), "1:*");
}

#[test]
fn what_goes_wrong_leaves_no_state() {
    let refused = |event: &Event| {
        let mut resync = begun("1 1 5 1:9");
        resync.next_command().unwrap();
        resync.on_event(event);
        assert_eq!(resync.next_command(), None);
        resync.outcome().unwrap().clone().unwrap_err()
    };
    let (command, status) = (CommandName::Select, Status::no("no such mailbox"));
    let error =
        refused(&Event::Completed { handle: Handle::SOME, command, status: status.clone() });
    assert_eq!(error, ResyncError::Refused { command, status });
    assert_eq!(refused(&Event::Lost { handle: Handle::SOME, command }), ResyncError::Lost);
    // A server that claims more than is to be held.
    let limits = Limits { ids: 2, ..Limits::new() };
    let mut resync = Resync::by(MailboxName::inbox(), None, SyncWay::Compare, false, &limits);
    resync.next_command().unwrap();
    let told = "* 9 EXISTS\n* 1 FETCH (UID 1)\n* 2 FETCH (UID 3)\n* 3 FETCH (UID 5)";
    events(told).iter().for_each(|event| resync.on_event(event));
    assert_eq!(resync.outcome(), Some(&Err(ResyncError::TooMany)));
}

fn condstore(state: &str) -> Resync {
    let state = state.parse().unwrap();
    Resync::by(MailboxName::inbox(), Some(state), SyncWay::Condstore, false, &Limits::new())
}

fn tell(resync: &mut Resync, lines: &str) {
    events(lines).iter().for_each(|event| resync.on_event(event));
}

fn done(resync: &mut Resync, command: CommandName) {
    resync.on_event(&Event::Completed {
        handle: Handle::SOME,
        command,
        status: Status::ok("done"),
    });
}

fn changes(resync: &mut Resync) -> Vec<String> {
    let shown = |change| match change {
        Change::Reset => "reset".to_string(),
        Change::Gone(uids) => std::format!("gone {uids}"),
        Change::Message { uid, is_new, .. } => std::format!("{uid} {is_new}"),
    };
    core::iter::from_fn(|| resync.next_change()).map(shown).collect()
}

fn asked(resync: &mut Resync) -> Option<CommandName> {
    resync.next_command().as_ref().map(CommandName::of)
}

#[test]
fn what_cannot_be_read_makes_nothing_gone() {
    // A search that nobody answers: everything is asked for.
    let mut resync = condstore("1 1 5 1:9");
    asked(&mut resync).unwrap();
    tell(&mut resync, "* 9 EXISTS\n* OK [UIDVALIDITY 1] x\n* OK [HIGHESTMODSEQ 6] x\na OK x");
    assert_eq!(asked(&mut resync), Some(CommandName::Fetch));
    done(&mut resync, CommandName::Fetch);
    assert_eq!(asked(&mut resync), Some(CommandName::Search));
    let searching = resync.clone();
    done(&mut resync, CommandName::Search);
    let Some(Command::Fetch { set, .. }) = resync.next_command() else { unreachable!() };
    assert_eq!((set.to_string(), changes(&mut resync)), ("1:*".to_string(), Vec::new()));
    // One that cannot be read, and a message of which the UID cannot.
    let unread = Some(&Err(ResyncError::Unread));
    for line in [Event::Unparsed(bytes::Bytes::new()), Event::TooLong { message: None }] {
        let mut resync = searching.clone();
        resync.on_event(&line);
        assert_eq!(asked(&mut resync), None);
        assert_eq!(resync.outcome(), unread);
    }
    let mut resync = searching;
    tell(&mut resync, "* 3 FETCH (FLAGS () UID x)");
    assert!(changes(&mut resync).is_empty());
    assert_eq!(resync.outcome(), unread);
    // A mailbox of which nobody says how many messages it has is not an empty one.
    let mut resync = condstore("1 1 5 1:9");
    asked(&mut resync).unwrap();
    tell(&mut resync, "* OK [UIDVALIDITY 1] x\na OK x");
    assert!(changes(&mut resync).is_empty());
    assert_eq!(resync.outcome(), unread);
}

#[test]
fn what_comes_in_between_is_there_and_what_it_says_is_for_the_next_time() {
    let mut resync = condstore("1 1 5 1:39");
    asked(&mut resync).unwrap();
    tell(
        &mut resync,
        "* 39 EXISTS\n* OK [UIDVALIDITY 1] x\n* OK [UIDNEXT 40] x\n* OK [HIGHESTMODSEQ 6] x\na OK x",
    );
    asked(&mut resync).unwrap();
    done(&mut resync, CommandName::Fetch);
    asked(&mut resync).unwrap();
    tell(
        &mut resync,
        "* 40 EXISTS\n* 40 FETCH (UID 40 FLAGS () MODSEQ (7))\n* OK [HIGHESTMODSEQ 7] x\n* SEARCH 1 2 4",
    );
    done(&mut resync, CommandName::Search);
    assert_eq!(changes(&mut resync), ["40 true", "gone 3,5:39"]);
    assert_eq!(resync.outcome().unwrap().as_ref().unwrap().to_string(), "1 1 6 1:2,4,40");
}

#[test]
fn a_server_that_forgot_is_asked_for_everything() {
    let mut resync = condstore("1 1 100 1:9");
    asked(&mut resync).unwrap();
    tell(&mut resync, "* 9 EXISTS\n* OK [UIDVALIDITY 1] x\n* OK [HIGHESTMODSEQ 50] x\na OK x");
    let Some(Command::Fetch { set, .. }) = resync.next_command() else { unreachable!() };
    assert_eq!(set.to_string(), "1:*");
}

#[test]
fn all_that_goes_between_two_commands_leaves_something_to_do() {
    let mut resync = condstore("1 1 5 1:9");
    asked(&mut resync).unwrap();
    tell(
        &mut resync,
        "* 9 EXISTS\n* OK [UIDVALIDITY 1] x\n* OK [HIGHESTMODSEQ 6] x\na OK x\n* VANISHED 1:9",
    );
    let Some(Command::Fetch { set, .. }) = resync.next_command() else { unreachable!() };
    assert_eq!(set.to_string(), "10:*");
    done(&mut resync, CommandName::Fetch);
    assert_eq!(changes(&mut resync), ["gone 1:9"]);
    assert!(resync.outcome().unwrap().is_ok());
}

#[test]
fn the_mailbox_that_was_selected_before_is_another_one() {
    // RFC 7162 §3.2.11
    let before = Resync { foreign: true, ..begun("1 1 5 1:9") };
    let codes = "* 9 EXISTS\n* OK [UIDVALIDITY 1] x\n* OK [UIDNEXT 10] x\n* OK [HIGHESTMODSEQ 5] x";
    let theirs = "* VANISHED 5\n* 4 FETCH (UID 7 FLAGS (\\Deleted))\n* 1 EXPUNGE";
    for closed in ["* OK [CLOSED] x", "* OK nothing"] {
        let mut resync = before.clone();
        asked(&mut resync).unwrap();
        tell(&mut resync, &std::format!("{theirs}\n{closed}\n{codes}\na OK x"));
        assert_eq!(changes(&mut resync), Vec::<String>::new());
        // All are known, and so each has its number.
        let messages = resync.selected().messages();
        let numbers: Vec<_> = messages.map(|(n, one)| (n.get(), one.uid.get())).collect();
        assert_eq!(numbers, (1..=9).map(|n| (n, n)).collect::<Vec<_>>());
        assert_eq!(resync.outcome().unwrap().as_ref().unwrap().to_string(), "1 1 5 1:9");
    }
    let mut resync = before;
    asked(&mut resync).unwrap();
    tell(
        &mut resync,
        &std::format!("{theirs}\n* OK [CLOSED] x\n{codes}\n* VANISHED (EARLIER) 3\na OK x"),
    );
    assert_eq!(changes(&mut resync), ["gone 3"]);
}

#[test]
fn a_text_that_is_no_state_is_refused() {
    for text in [
        "",
        "1",
        "2 1 1 1",
        "1 x 1 1",
        "1 1 1",
        "1 1 1 1 1",
        "1 1 1 *",
        "1 1 1 1:*",
        "1 1 -1 -",
        "1  1 1",
    ] {
        assert!(text.parse::<SyncState>().is_err(), "{text}");
    }
    for text in ["1 1 0 -", "1 4294967295 9223372036854775807 1:4294967295"] {
        assert_eq!(text.parse::<SyncState>().unwrap().to_string(), text);
    }
}
