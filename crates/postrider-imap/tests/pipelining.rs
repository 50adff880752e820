//! Commands beside each other: which wait, whose answer is whose, and one outcome for each.

mod talk;

use bytes::Bytes;
use postrider_imap::client::{Config, Event, Handle, Selected};
use postrider_imap::{
    AppendMessage, Atom, Command, CommandName, FetchAttribute, FetchItem, Flag, Limits,
    ListCommand, MailboxName, Response, SearchCommand, SearchKey, SearchReturn, Section,
    SequenceSet, State, StatusItem, StoreMode, Uid,
};
use postrider_wire::{Machine, Progress, Security, TimerKind, TlsInfo};
use talk::{Session, outcomes};

fn one(n: u32) -> SequenceSet {
    SequenceSet::one(n).unwrap()
}

fn name(name: &'static str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

/// Whose the data is, by the kind of the response.
fn owners(events: &[Event]) -> Vec<Option<Handle>> {
    let owner = |event: &Event| match event {
        Event::Data { handle, .. }
        | Event::FetchItems { handle, .. }
        | Event::BodyBegin { handle, .. } => Some(*handle),
        _ => None,
    };
    events.iter().filter_map(owner).collect()
}

#[test]
fn what_is_not_ambiguous_leaves_in_one_breath_and_answers_are_told_apart() {
    let mut session = Session::new("");
    let client = &mut session.client;
    let list = client.send(ListCommand::new(name(""), "*")).unwrap();
    let items = vec![StatusItem::Messages];
    let of = |mailbox| Command::Status { mailbox, items: items.clone() };
    let (b, a) = (client.send(of(name("b"))).unwrap(), client.send(of(name("a"))).unwrap());
    let noop = client.noop().unwrap();
    assert_eq!(client.pending(), 4);
    assert_eq!(
        session.says(),
        "a001 LIST \"\" *\r\na002 STATUS b (MESSAGES)\r\na003 STATUS a (MESSAGES)\r\na004 NOOP\r\n"
    );
    let events = session.hears(
        "* STATUS a (MESSAGES 1)\r\n* LIST () \"/\" a\r\na001 OK x\r\n* STATUS b (MESSAGES 2)\r\n\
         a004 OK x\r\na003 NO x\r\n* STATUS c (MESSAGES 2)\r\na002 OK x\r\n",
    );
    assert_eq!(owners(&events), [Some(a), Some(list), Some(b), None]);
    assert_eq!(outcomes(&events), [(list, "ok"), (noop, "ok"), (a, "refused"), (b, "ok")]);
    assert_eq!(session.client.pending(), 0);
}

#[test]
fn what_is_ambiguous_waits_and_keeps_its_place() {
    let mut session = Session::selected("");
    let client = &mut session.client;
    let search = |key| SearchCommand::new(vec![key]).with_uid();
    let first = client.send(search(SearchKey::Seen)).unwrap();
    let second = client.send(search(SearchKey::Draft)).unwrap();
    // It could go, and does not overtake.
    let third = client.noop().unwrap();
    assert_eq!(session.says(), "a002 UID SEARCH SEEN\r\n");
    let events = session.hears("* SEARCH 3\r\na002 OK x\r\n");
    assert_eq!(owners(&events), [Some(first)]);
    assert_eq!(session.says(), "a003 UID SEARCH DRAFT\r\na004 NOOP\r\n");
    let events = session.hears("* SEARCH\r\na003 OK x\r\na004 OK x\r\n");
    assert_eq!(owners(&events), [Some(second)]);
    assert_eq!(outcomes(&events), [(second, "ok"), (third, "ok")]);

    // ESEARCH tells whose it is (RFC 4466 §2.6.1).
    let client = &mut session.client;
    let search = |key| search(key).with_returns(vec![SearchReturn::Count]);
    let first = client.send(search(SearchKey::Seen)).unwrap();
    let second = client.send(search(SearchKey::Draft)).unwrap();
    assert_eq!(session.says().lines().count(), 2);
    let events = session.hears(
        "* ESEARCH (TAG \"a006\") UID COUNT 5\r\n* ESEARCH (TAG \"a005\") UID COUNT 1\r\n\
         * ESEARCH UID COUNT 1\r\na006 OK x\r\na005 OK x\r\n",
    );
    assert_eq!(owners(&events), [Some(second), Some(first), None]);
}

#[test]
fn fetches_are_pipelined_and_told_apart() {
    let mut session = Session::selected("");
    let client = &mut session.client;
    let bodies: Vec<Handle> = (1..=3)
        .map(|n| client.uid_fetch(one(n), FetchAttribute::peek(Section::all())).unwrap())
        .collect();
    let flags = client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    assert_eq!(session.says().lines().count(), 4);
    // The server works on several at once, and tells what nobody asked for.
    let events = session.hears(
        "* 2 FETCH (UID 2 BODY[] {1}\r\nb)\r\n\
         * 1 FETCH (FLAGS (\\Seen) UID 1)\r\n\
         * 1 FETCH (UID 1 BODY[] {1}\r\na)\r\n\
         * 7 FETCH (RFC822.SIZE 3)\r\n\
         * 3 FETCH (UID 3 FLAGS () BODY[] {1}\r\nc)\r\n",
    );
    let told: Vec<Option<Handle>> = events
        .iter()
        .filter_map(|event| match event {
            Event::FetchEnd { handle, .. } => Some(*handle),
            _ => None,
        })
        .collect();
    assert_eq!(told, [Some(bodies[1]), Some(flags), Some(bodies[0]), None, Some(bodies[2])]);
    let events = session.hears(
        "a002 OK x\r\na004 OK x\r\na003 OK x\r\n* 3 FETCH (UID 3 FLAGS ())\r\na005 OK x\r\n",
    );
    assert_eq!(owners(&events), [Some(flags)]);
    let expected = [(bodies[0], "ok"), (bodies[2], "ok"), (bodies[1], "ok"), (flags, "ok")];
    assert_eq!(outcomes(&events), expected);
}

#[test]
fn what_may_be_the_answer_to_several_is_that_of_none_until_the_uid_is_known() {
    let mut session = Session::selected("");
    let body = || FetchAttribute::peek(Section::all());
    let first = session.client.uid_fetch(one(100), body()).unwrap();
    let second = session.client.uid_fetch(one(50), body()).unwrap();
    let flags = session.client.uid_fetch(one(50), FetchAttribute::Flags).unwrap();
    // The octets before the UID, and the second first.
    let events = session.hears("* 7 FETCH (BODY[] {2}\r\nB1 UID 50)\r\n");
    assert_eq!(owners(&events), [None, Some(second)]);
    assert!(
        matches!(&events[events.len() - 1], Event::FetchEnd { handle, .. } if *handle == Some(second))
    );
    // RFC 9051 §6.4.9: what answers UID FETCH has the UID.
    let events = session.hears("* 9 FETCH (FLAGS (\\Seen))\r\n* 7 FETCH (FLAGS () UID 50)\r\n");
    assert_eq!(owners(&events), [None, Some(flags)]);
    // Where only one is left, it is certain.
    session.hears("a003 OK x\r\na004 OK x\r\n");
    let events = session.hears("* 8 FETCH (BODY[] {2}\r\nB2 UID 100)\r\na002 OK x\r\n");
    assert_eq!(owners(&events), [Some(first), Some(first)]);
}

#[test]
fn strings_that_are_not_ascii_have_their_charset() {
    let mut session = Session::selected("");
    let search = || SearchCommand::new(vec![SearchKey::Subject("\u{e9}".into())]).with_uid();
    session.client.send(search()).unwrap();
    assert_eq!(session.says(), "a002 UID SEARCH CHARSET UTF-8 SUBJECT {2}\r\n");
    // Where UTF-8 is what all strings are, it may not stand (RFC 6855 §3).
    let mut session = Session::new("ENABLE UTF8=ACCEPT");
    session.client.send(Command::Enable(vec![Atom::new("UTF8=ACCEPT").unwrap()])).unwrap();
    session.says();
    session.hears("* ENABLED UTF8=ACCEPT\r\na001 OK x\r\n");
    session.client.select(MailboxName::inbox()).unwrap();
    session.says();
    let events = session.hears("a002 OK x\r\n");
    assert!(matches!(events[0], Event::Selecting { .. }), "{events:?}");
    session.client.send(search()).unwrap();
    assert_eq!(session.says(), "a003 UID SEARCH SUBJECT \"\u{e9}\"\r\n");
}

#[test]
fn sets_longer_than_a_line_are_said_in_parts() {
    let limits = Limits::new().with_line(2048);
    let config = Config::new(Security::Implicit(TlsInfo::new())).with_limits(limits);
    let mut session = Session::with(config, "");
    session.client.select(MailboxName::inbox()).unwrap();
    session.says();
    session.hears("a001 OK x\r\n");
    let numbers: Vec<String> = (0..500).map(|n| (2 * n + 1).to_string()).collect();
    let set = SequenceSet::parse(numbers.join(",")).unwrap();
    let fetch = session.client.uid_fetch(set.clone(), FetchAttribute::Flags).unwrap();
    let store = session.client.uid_store(set.clone(), StoreMode::Add, true, [Flag::Seen]).unwrap();
    let (mut asked, mut parts, mut ended) = (Vec::new(), 0, Vec::new());
    loop {
        let said = session.says();
        let Some((line, "")) = said.split_once("\r\n") else { break };
        assert!(line.len() <= 2048, "{}", line.len());
        let words: Vec<&str> = line.split(' ').collect();
        asked.extend(words[3].split(',').map(str::to_owned));
        let events = session.hears(&format!("{} OK x\r\n", words[0]));
        parts += events.iter().filter(|event| matches!(event, Event::Part { .. })).count();
        ended.extend(outcomes(&events));
        assert!(session.client.pending() <= 2);
    }
    assert_eq!(asked, [&numbers[..], &numbers[..]].concat());
    assert_eq!(ended, [(fetch, "ok"), (store, "ok")]);
    assert_eq!(parts, 2);

    // Refused in the middle: the rest is not said.
    let fetch = session.client.uid_fetch(set, FetchAttribute::Flags).unwrap();
    let said = session.says();
    let tag = said.split(' ').next().unwrap();
    let events = session.hears(&format!("{tag} NO x\r\n"));
    assert_eq!(outcomes(&events), [(fetch, "refused")]);
    assert_eq!(session.says(), "");
}

#[test]
fn numbers_that_may_mean_other_messages_by_now_are_not_said() {
    let mut session = Session::selected("");
    let client = &mut session.client;
    let noop = client.noop().unwrap();
    let five = client.fetch(one(5), FetchAttribute::Flags).unwrap();
    let all = client.fetch(SequenceSet::all(), FetchAttribute::Envelope).unwrap();
    let uid = client.uid_fetch(one(5), FetchAttribute::Flags).unwrap();
    assert_eq!(session.says(), "a002 NOOP\r\n");
    let events = session.hears("* 3 EXPUNGE\r\na002 OK x\r\n");
    assert_eq!(outcomes(&events), [(five, "renumbered"), (noop, "ok")]);
    // All are all, and UIDs stay.
    assert_eq!(session.says(), "a003 FETCH 1:* ENVELOPE\r\na004 UID FETCH 5 FLAGS\r\n");
    let events = session.hears("a003 OK x\r\na004 OK x\r\n");
    assert_eq!(outcomes(&events), [(all, "ok"), (uid, "ok")]);
}

#[test]
fn what_follows_a_select_that_fails_is_not_said() {
    let mut session = Session::new("");
    let client = &mut session.client;
    let enable = client.send(Command::Enable(vec![Atom::new("QRESYNC").unwrap()])).unwrap();
    let select = client.select(name("gone")).unwrap();
    let fetch = client.fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    let list = client.send(ListCommand::new(name(""), "*")).unwrap();
    let close = client.send(Command::Close).unwrap();
    // Nothing is selected any more then.
    assert!(client.send(Command::Expunge).is_err());
    assert_eq!(session.says(), "a001 ENABLE QRESYNC\r\n");
    let events = session.hears("a001 OK x\r\n");
    assert_eq!(outcomes(&events), [(enable, "ok")]);
    assert_eq!(session.says(), "a002 SELECT gone\r\n");
    let events = session.hears("a002 NO x\r\n");
    assert_eq!(outcomes(&events), [(select, "refused"), (fetch, "state"), (close, "state")]);
    assert_eq!(session.says(), "a003 LIST \"\" *\r\n");
    let events = session.hears("a003 OK x\r\n");
    assert_eq!(outcomes(&events), [(list, "ok")]);
    assert_eq!(session.client.state(), State::Authenticated);
}

#[test]
fn everything_has_its_outcome_when_the_session_ends() {
    for end in ["* BYE gone\r\n", "a9 OK who?\r\n", ""] {
        let mut session = Session::selected("");
        let client = &mut session.client;
        let fetch = client.fetch(SequenceSet::all(), FetchAttribute::body(Section::all())).unwrap();
        let mail = client.append(name("b"), vec![AppendMessage::new(3)]).unwrap();
        let idle = client.idle();
        assert!(idle.is_err(), "it is not offered");
        let select = client.select(name("c")).unwrap();
        session.says();
        let events = session.hears("* 1 FETCH (BODY[] {5}\r\nab");
        assert!(matches!(events[..], [Event::BodyBegin { .. }, Event::Chunk(_)]));
        let events = if end.is_empty() {
            session.inbox.set_eof();
            session.hears("")
        } else {
            session.hears(&format!("cde)\r\n{end}"))
        };
        assert_eq!(events.iter().any(|event| matches!(event, Event::Aborted(_))), end.is_empty());
        assert_eq!(outcomes(&events), [(fetch, "lost"), (mail, "closed"), (select, "closed")]);
        assert!(session.client.poll(&mut session.inbox).is_err());
    }
}

#[test]
fn shutdown_lets_what_is_said_be_answered() {
    let mut session = Session::selected("");
    let client = &mut session.client;
    let noop = client.noop().unwrap();
    let select = client.select(name("c")).unwrap();
    session.says();
    session.client.shutdown();
    assert_eq!(outcomes(&session.hears("")), [(select, "closed")]);
    assert_eq!(outcomes(&session.hears("a002 OK x\r\n")), [(noop, "ok")]);
    assert_eq!(session.says(), "a003 LOGOUT\r\n");
    session.hears("* BYE x\r\na003 OK x\r\n");
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

// --- IDLE, and what stands for it ---

#[test]
fn a_command_ends_idle_and_follows_it() {
    let mut session = Session::selected("IDLE");
    let idle = session.client.idle().unwrap();
    assert_eq!(session.says(), "a002 IDLE\r\n");
    session.hears("+ idling\r\n");
    let fetch = session.client.fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    let again = session.client.idle().unwrap();
    assert_eq!(session.says(), "DONE\r\n");
    let events = session.hears("a002 OK x\r\n");
    assert_eq!(outcomes(&events), [(idle, "ok")]);
    assert_eq!(session.says(), "a003 FETCH 1:* FLAGS\r\n");
    assert_eq!(outcomes(&session.hears("a003 OK x\r\n")), [(fetch, "ok")]);
    assert_eq!(session.says(), "a004 IDLE\r\n");
    session.hears("+ idling\r\n");
    session.client.done().unwrap();
    assert_eq!(session.says(), "DONE\r\n");
    assert_eq!(outcomes(&session.hears("a004 OK x\r\n")), [(again, "ok")]);
    // One that was not said yet.
    session.client.noop().unwrap();
    let idle = session.client.idle().unwrap();
    session.client.done().unwrap();
    assert_eq!(outcomes(&session.hears("a005 OK x\r\n"))[0], (idle, "withdrawn"));
}

#[test]
fn without_idle_the_client_asks_as_often_as_it_is_told() {
    let every = core::time::Duration::from_secs(180);
    let config = Config::new(Security::Implicit(TlsInfo::new())).with_polling(every);
    let mut session = Session::with(config, "");
    let idle = session.client.idle().unwrap();
    assert_eq!(session.says(), "");
    assert_eq!(session.hears(""), [Event::IdleBegun]);
    assert_eq!(session.client.pending(), 1);
    for tag in ["a001", "a002"] {
        let [timer] = session.client.timers() else { panic!("{:?}", session.client.timers()) };
        assert_eq!((timer.kind, timer.after), (TimerKind::Renewal, every));
        let timer = *timer;
        session.client.on_timeout(timer);
        session.hears("");
        assert_eq!(session.says(), format!("{tag} NOOP\r\n"));
        let events = session.hears(&format!("* 4 EXISTS\r\n{tag} OK x\r\n"));
        assert_eq!(events, [Event::Exists(4)]);
    }
    session.client.done().unwrap();
    assert_eq!(session.says(), "a003 NOOP\r\n");
    let events = session.hears("a003 OK x\r\n");
    let [Event::Completed { handle, command: CommandName::Noop, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((*handle, session.client.pending()), (idle, 0));
    assert!(session.client.timers().is_empty());

    // The connection goes while nothing is in flight.
    let idle = session.client.idle().unwrap();
    session.hears("");
    session.inbox.set_eof();
    assert_eq!(outcomes(&session.hears("")), [(idle, "lost")]);
}

// --- APPEND beside others ---

#[test]
fn messages_are_appended_one_behind_the_other_without_waiting() {
    let mut session = Session::new("LITERAL+");
    let client = &mut session.client;
    let first = client.append(name("a"), vec![AppendMessage::new(2)]).unwrap();
    let second = client.append(name("b"), vec![AppendMessage::new(1)]).unwrap();
    let noop = client.noop().unwrap();
    let mut said = session.says();
    let mut events = session.hears("");
    for (mail, handle) in [("xy", first), ("z", second)] {
        let [Event::AppendBegin { handle: of, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(*of, handle);
        session.client.write_payload(&mut Bytes::from_static(mail.as_bytes())).unwrap();
        session.client.finish_payload().unwrap();
        said += &session.says();
        events = session.hears("");
        said += &session.says();
    }
    assert_eq!(said, "a001 APPEND a {2+}\r\nxy\r\na002 APPEND b {1+}\r\nz\r\na003 NOOP\r\n");
    let events = session.hears("a001 OK x\r\na002 NO x\r\na003 OK x\r\n");
    assert_eq!(outcomes(&events), [(first, "ok"), (second, "refused"), (noop, "ok")]);
}

#[test]
fn a_command_with_a_literal_lets_none_overtake() {
    let mut session = Session::new("");
    let client = &mut session.client;
    let create =
        client.send(Command::Create(postrider_imap::Create::new(name("a\"b\u{e9}")))).unwrap();
    let noop = client.noop().unwrap();
    let said = session.says();
    assert!(said.starts_with("a001 CREATE {"), "{said}");
    // Refused before it was said: nothing of it follows.
    let events = session.hears("a001 NO x\r\n");
    assert_eq!(outcomes(&events), [(create, "refused")]);
    assert_eq!(session.says(), "a002 NOOP\r\n");
    assert_eq!(outcomes(&session.hears("a002 OK x\r\n")), [(noop, "ok")]);
}

// --- what nobody asked for ---

#[test]
fn stray_answers_are_told_and_stop_nothing() {
    let mut session = Session::selected("");
    let noop = session.client.noop().unwrap();
    let events = session.hears("+ what?\r\n* BAD Unknown command\r\n* SEARCH 1\r\n+\r\n");
    assert!(
        matches!(
            events[..],
            [
                Event::Unknown(_),
                Event::Status { .. },
                Event::Data { handle: None, .. },
                Event::Unknown(_)
            ]
        ),
        "{events:?}"
    );
    assert_eq!(outcomes(&session.hears("a002 OK x\r\n")), [(noop, "ok")]);
    // The server answers a line that it could not read without a tag, and says nothing more: the
    // timer ends that.
    let noop = session.client.noop().unwrap();
    session.hears("* BAD Unknown command\r\n");
    let timer = session.client.timers()[0];
    assert_eq!(timer.kind, TimerKind::Reply);
    session.client.on_timeout(timer);
    assert_eq!(outcomes(&session.hears("")), [(noop, "lost")]);
}

/// Proton Mail Bridge answers a LIST that it cannot read without a tag.
#[test]
fn an_answer_without_a_tag_is_that_of_the_oldest_command() {
    let config = Config::new(Security::Implicit(TlsInfo::new()));
    let mut session = Session::hello(config, "* PREAUTH bridge 3 - gluon session ID 7\r\n");
    let list = session.client.send(ListCommand::new(name(""), "*")).unwrap();
    let noop = session.client.noop().unwrap();
    assert_eq!(session.says().lines().count(), 2);
    let events = session.hears(" BAD [Error offset=14]: expected CR\r\na002 OK x\r\n");
    assert_eq!(outcomes(&events), [(list, "refused"), (noop, "ok")]);
    assert!(matches!(session.hears(" BAD again\r\n")[..], [Event::Unparsed(_)]));
    // Others do not, and what they mean is not known.
    let mut session = Session::selected("");
    session.client.noop().unwrap();
    assert!(matches!(session.hears(" BAD what\r\n")[..], [Event::Unparsed(_)]));
}

#[test]
fn the_mirror_follows_commands_that_run_side_by_side() {
    let mut session = Session::new("");
    let mut mailbox = Selected::new(&Limits::new());
    session.client.select(MailboxName::inbox()).unwrap();
    let mut all = session.hears("* 3 EXISTS\r\na001 OK x\r\n");
    session.client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    session.client.noop().unwrap();
    session.client.send(Command::Expunge).unwrap();
    all.extend(session.hears(
        "* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 20 FLAGS ())\r\n* 3 FETCH (UID 30 FLAGS ())\r\n\
         a002 OK x\r\n* 4 EXISTS\r\na003 OK x\r\n* 2 EXPUNGE\r\na004 OK x\r\n",
    ));
    for event in &all {
        mailbox.on_event(event).unwrap();
    }
    let uids: Vec<Option<Uid>> =
        (1..=3).map(|n| mailbox.message(n.try_into().unwrap()).map(|one| one.uid)).collect();
    assert_eq!(uids, [Some(Uid::new(10).unwrap()), Some(Uid::new(30).unwrap()), None]);
    let vanished =
        |event: &Event| matches!(event, Event::Data { response: Response::Vanished { .. }, .. });
    assert!(!all.iter().any(vanished));
    assert!(all.iter().any(|event| {
        matches!(event, Event::FetchItems { items, .. } if matches!(items[..], [FetchItem::Uid(_), ..]))
    }));
}
