//! Servers, and moments, that would have a client do what nobody asked for, or nothing at all.

mod talk;

use bytes::Bytes;
use postrider_imap::client::{Config, Event, Handle, Login, LoginBy, Resync, Selected};
use postrider_imap::{
    AppendMessage, Atom, Command, CommandName, Error, Fault, FetchAttribute, FetchModifiers, Flag,
    Limits, ListCommand, ListReturn, MailboxName, MessageSet, ModSeq, Raw, SearchCommand,
    SearchKey, SearchReturn, Section, SequenceSet, StatusItem, StoreMode, Uid,
};
use postrider_sasl::client::Credentials;
use postrider_wire::{
    ClearTextLogin, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo,
};
use talk::{Session, outcomes};

fn one(n: u32) -> SequenceSet {
    SequenceSet::one(n).unwrap()
}

fn name(name: &'static str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

fn scattered(n: u32) -> SequenceSet {
    let numbers: Vec<String> = (0..n).map(|n| (2 * n + 1).to_string()).collect();
    SequenceSet::parse(numbers.join(",")).unwrap()
}

fn implicit() -> Config {
    Config::new(Security::Implicit(TlsInfo::new()))
}

fn with(limits: Limits) -> Config {
    implicit().with_limits(limits)
}

fn tim() -> Login {
    let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into())).unwrap();
    Login::new(tim, [7; 32]).with_login_by([LoginBy::Login, LoginBy::Authenticate])
}

fn saving() -> SearchCommand {
    let all = SearchCommand::new(vec![SearchKey::All]).with_uid();
    all.with_returns(vec![SearchReturn::Save])
}

fn moved() -> Command {
    Command::Move { set: MessageSet::Saved, uid: true, mailbox: name("Trash") }
}

// --- to whom a command is said ---

#[test]
fn what_was_meant_for_one_mailbox_is_not_said_to_another() {
    for answer in ["BAD invalid mailbox name", "NO no"] {
        let mut session = Session::selected("");
        session.client.select(name("b")).unwrap();
        session.client.store(SequenceSet::all(), StoreMode::Add, true, [Flag::Deleted]).unwrap();
        session.client.send(Command::Expunge).unwrap();
        let list = session.client.send(ListCommand::new(name(""), "*")).unwrap();
        session.client.select(name("c")).unwrap();
        session.client.send(Command::Expunge).unwrap();
        session.says();
        let events = session.hears(&format!("a002 {answer}\r\n"));
        let ends: Vec<&str> = outcomes(&events).into_iter().map(|(_, end)| end).collect();
        assert_eq!(ends, ["refused", "state", "state"]);
        // What does not depend on it, and what was meant for the next.
        assert_eq!(session.says(), "a003 LIST \"\" *\r\n");
        assert_eq!(outcomes(&session.hears("a003 OK x\r\n")), [(list, "ok")]);
        assert_eq!(session.says(), "a004 SELECT c\r\n");
        session.hears("a004 OK x\r\n");
        assert_eq!(session.says(), "a005 EXPUNGE\r\n");
    }
    // The same when it is withdrawn.
    let mut session = Session::selected("");
    session.client.noop().unwrap();
    let select = session.client.select(name("b")).unwrap();
    session.client.send(Command::Expunge).unwrap();
    session.says();
    assert!(session.client.withdraw(select));
    session.hears("a002 OK x\r\n");
    assert_eq!((session.says(), session.client.pending()), (String::new(), 0));
}

#[test]
fn what_was_meant_for_one_user_is_not_said_as_another() {
    let mut session = Session::new("UNAUTHENTICATE AUTH=PLAIN SASL-IR LITERAL+");
    session.client.send(Command::Unauthenticate).unwrap();
    session.client.login_with(tim()).unwrap();
    session.client.append(name("b"), vec![AppendMessage::new(3)]).unwrap();
    assert_eq!(session.says(), "a001 UNAUTHENTICATE\r\n");
    let events = session.hears("a001 NO not now\r\n");
    assert_eq!(outcomes(&events).len(), 3);
    assert_eq!(session.says(), "");
}

/// RFC 5182 §2.1: a SEARCH that fails does not set `$` to what it would have found.
#[test]
fn what_was_to_be_found_is_not_taken_for_what_was_found_before() {
    for answer in ["BAD no such key", "NO [NOTSAVED] no"] {
        let mut session = Session::selected("");
        session.client.send(saving()).unwrap();
        let moved_one = session.client.send(moved()).unwrap();
        let again = session.client.send(saving()).unwrap();
        session.client.send(moved()).unwrap();
        session.says();
        let events = session.hears(&format!("a002 {answer}\r\n"));
        assert_eq!(outcomes(&events)[1..], [(moved_one, "state")], "{answer}");
        assert!(session.says().starts_with("a003 UID SEARCH RETURN (SAVE)"));
        assert_eq!(outcomes(&session.hears("a003 OK x\r\n")), [(again, "ok")]);
    }
}

#[test]
fn a_number_is_not_taken_before_it_is_known_that_a_message_went() {
    for line in ["* 3 EXPUNGE\r\n", "* VANISHED 3\r\n"] {
        let mut session = Session::selected("");
        session.client.noop().unwrap();
        session.client.fetch(one(5), FetchAttribute::Flags).unwrap();
        session.says();
        session.inbox.extend(line.as_bytes());
        let Ok(Progress::Event(first)) = session.client.poll(&mut session.inbox) else { panic!() };
        assert!(matches!(first, Event::Expunge(_) | Event::Data { .. }), "{first:?}");
    }
    // A line that may mean it.
    let limits = Limits::new().with_ids(2).with_unit(512, 512);
    for line in
        ["* 3 EXPUNGE 1\r\n", "* VANISHED x\r\n", &format!("* LIST {}\r\n", "x".repeat(700))]
    {
        let mut session = Session::with(with(limits), "");
        session.client.select(MailboxName::inbox()).unwrap();
        session.says();
        session.hears("a001 OK x\r\n");
        session.client.noop().unwrap();
        let fetch = session.client.fetch(one(5), FetchAttribute::Flags).unwrap();
        session.says();
        let mut events = Vec::new();
        for piece in line.as_bytes().chunks(100) {
            events.extend(session.hears(std::str::from_utf8(piece).unwrap()));
        }
        assert_eq!(outcomes(&events), [(fetch, "renumbered")], "{line}");
    }
}

#[test]
fn a_login_that_the_server_took_back_is_not_said() {
    let clear = Config::new(Security::StartTls(Policy::Never));
    let clear = clear.with_clear_text_login(ClearTextLogin::Allow);
    let mut session = Session::hello(clear, "* OK hi\r\n");
    session.client.capability().unwrap();
    session.client.login("tim", Secret::new("tanstaaf".into())).unwrap();
    session.says();
    // RFC 3501 §6.2.3
    let events = session.hears("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na001 OK x\r\n");
    assert_eq!(outcomes(&events).len(), 2);
    assert_eq!(session.says(), "");
}

/// Its meaning is not known, so that it might be about any of this.
#[test]
fn a_command_without_a_name_depends_on_all_before_it() {
    let wipe = |arguments: &'static str| Command::Other {
        uid: true,
        name: Atom::new("XWIPE").unwrap(),
        arguments: Raw::new(arguments).unwrap(),
    };
    let mut session = Session::selected("");
    session.client.select(name("b")).unwrap();
    session.client.send(wipe("1:*")).unwrap();
    session.says();
    session.hears("a002 BAD no\r\n");
    assert_eq!(session.says(), "");
    session.client.send(saving()).unwrap();
    session.client.send(wipe("$")).unwrap();
    session.says();
    session.hears("a003 BAD no\r\n");
    assert_eq!(session.says(), "");
}

/// RFC 5182 §2.1 lets a server take both in order, but a search that is refused by BAD saves nothing.
#[test]
fn what_was_saved_is_used_behind_the_answer() {
    let copy = Command::Copy { set: MessageSet::Saved, uid: true, mailbox: name("b") };
    let mut session = Session::selected("");
    session.client.send(saving()).unwrap();
    session.client.send(copy).unwrap();
    assert!(!session.says().contains('$'));
    session.hears("a002 OK x\r\n");
    assert_eq!(session.says(), "a003 UID COPY $ b\r\n");
    // What refines it, and uses that.
    let mut session = Session::selected("");
    session.client.send(saving()).unwrap();
    let saved = SearchKey::Uid(MessageSet::Saved);
    let refine = SearchCommand::new(vec![saved, SearchKey::Seen]).with_uid();
    session.client.send(refine.with_returns(vec![SearchReturn::Save])).unwrap();
    session.client.send(moved()).unwrap();
    session.says();
    session.hears("a002 BAD no such key\r\n");
    assert_eq!((session.says(), session.client.pending()), (String::new(), 0));
    // The second of two saves what the third uses.
    let mut session = Session::selected("");
    session.client.send(saving()).unwrap();
    session.client.send(saving()).unwrap();
    session.client.send(moved()).unwrap();
    session.says();
    session.hears("a002 BAD no such key\r\n");
    session.hears("a003 OK x\r\n");
    assert_eq!(session.says(), "a004 UID MOVE $ Trash\r\n");
}

// --- literals ---

#[test]
fn a_literal_is_sent_as_it_was_announced() {
    let two = || vec![AppendMessage::new(2), AppendMessage::new(22)];
    let write = |session: &mut Session| {
        session.client.write_payload(&mut Bytes::from_static(b"xy")).unwrap();
        session.client.finish_payload().unwrap();
        session.says()
    };
    let mut session = Session::new("MULTIAPPEND");
    session.client.append(name("b"), two()).unwrap();
    session.says();
    session.hears("+ go\r\n* OK [CAPABILITY IMAP4rev1 MULTIAPPEND LITERAL+] new\r\n");
    assert_eq!(write(&mut session), "xy {22}\r\n");
    assert_eq!(session.hears(""), []);
    // If the server refused it, these octets would be commands.
    let mut command = Bytes::from_static(b"a666 DELETE important\n");
    assert!(session.client.write_payload(&mut command).is_err());

    let mut session = Session::new("MULTIAPPEND LITERAL+");
    session.client.append(name("b"), two()).unwrap();
    session.says();
    session.hears("* OK [CAPABILITY IMAP4rev1 MULTIAPPEND] new\r\n");
    assert_eq!(write(&mut session), "xy {22+}\r\n");
    assert!(matches!(session.hears("")[..], [Event::AppendBegin { .. }]));

    // In an extension of the second message.
    let raw = Raw::new("({5}\r\nhello)").unwrap();
    let extended = AppendMessage::new(3).with_extensions(vec![(Atom::new("XX").unwrap(), raw)]);
    let mut session = Session::new("MULTIAPPEND");
    session.client.append(name("b"), vec![AppendMessage::new(2), extended]).unwrap();
    session.says();
    session.hears("+ go\r\n");
    assert_eq!(write(&mut session), "xy XX ({5}\r\n");
    session.hears("+ go\r\n");
    assert_eq!(session.says(), "hello) {3}\r\n");
    assert!(matches!(session.hears("+ go\r\n")[..], [Event::AppendBegin { .. }]));
}

#[test]
fn ok_to_what_was_not_said_is_no_outcome() {
    let mut session = Session::new("");
    let mail = session.client.append(name("b"), vec![AppendMessage::new(3)]).unwrap();
    session.says();
    let events = session.hears("a001 OK [APPENDUID 1 2] thanks\r\n");
    assert_eq!(outcomes(&events), [(mail, "lost")]);
    let ended = session.client.poll(&mut session.inbox);
    assert!(matches!(ended, Err(Error::Protocol { fault: Fault::TooEarly, .. })), "{ended:?}");

    let mut session = Session::greeted(implicit(), "");
    let login = session.client.login("a\nb", Secret::new("p\nq".into())).unwrap();
    session.says();
    assert_eq!(outcomes(&session.hears("a001 OK welcome\r\n")), [(login, "lost")]);

    // The first part of many: its handle has one outcome, too.
    let mut session = Session::with(with(Limits::new().with_line(2048)), "");
    session.client.select(MailboxName::inbox()).unwrap();
    session.says();
    session.hears("a001 OK x\r\n");
    let to = MailboxName::new("b\u{e4}").unwrap();
    let moved = session.client.send(Command::uid_move(scattered(500), to)).unwrap();
    session.says();
    assert_eq!(outcomes(&session.hears("a002 OK x\r\n")), [(moved, "lost")]);

    // A mechanism whose first word was not said.
    let mut session = Session::greeted(implicit(), "AUTH=PLAIN");
    session.client.login_with(tim().with_login_by([LoginBy::Authenticate])).unwrap();
    session.says();
    let events = session.hears("a001 OK x\r\n");
    assert!(matches!(events[..], [Event::LoginFailed { .. }]), "{events:?}");
}

#[test]
fn a_large_message_does_not_follow_what_nobody_reads() {
    let mut session = Session::new("LITERAL+");
    session.client.noop().unwrap();
    let large = vec![AppendMessage::new(1 << 20)];
    session.client.append(name("b"), large).unwrap();
    assert_eq!(session.says(), "a001 NOOP\r\n");
    assert_eq!(session.hears(""), []);
    session.hears("a001 OK x\r\n");
    assert_eq!(session.says(), "a002 APPEND b {1048576+}\r\n");
}

// --- ends ---

#[test]
fn an_answer_that_is_owed_has_its_timer() {
    let mut session = Session::new("LITERAL+");
    session.client.noop().unwrap();
    session.client.append(name("b"), vec![AppendMessage::new(3)]).unwrap();
    session.says();
    session.hears("");
    session.client.write_payload(&mut Bytes::from_static(b"abc")).unwrap();
    session.says();
    session.hears("a002 NO [OVERQUOTA] x\r\n");
    session.says();
    session.hears("");
    assert!(session.client.timers().iter().any(|timer| timer.kind == TimerKind::Reply));
    // DONE for which there is no room, since the server does not read.
    let mut session = Session::with(with(Limits::new().with_outbox(8)), "IDLE");
    session.client.idle().unwrap();
    session.hears("+ go\r\n");
    let timer = session.client.timers()[0];
    session.client.on_timeout(timer);
    session.hears("");
    assert!(!session.client.timers().is_empty());
    // Nothing is in flight, and there is no room for what waits.
    for shutdown in [false, true] {
        let mut session = Session::with(with(Limits::new().with_outbox(6)), "");
        session.client.noop().unwrap();
        session.hears("a001 OK x\r\n");
        if shutdown {
            session.client.shutdown();
        } else {
            session.client.noop().unwrap();
        }
        session.hears("");
        assert!(!session.client.timers().is_empty());
        // It does not outlast its reason.
        session.says();
        session.hears("");
        assert!(!session.says().is_empty());
        session.hears("a002 OK x\r\n");
        assert!(session.client.timers().iter().all(|timer| timer.kind != TimerKind::Reply));
    }
}

#[test]
fn a_body_has_its_end_however_the_session_ends() {
    for shutdown in [false, true] {
        let mut session = Session::new("");
        let mail = session.client.append(name("b"), vec![AppendMessage::new(3)]).unwrap();
        session.says();
        session.hears("+ go\r\n");
        let events = session.hears("* 1 FETCH (BODY[] {5}\r\nab");
        assert!(matches!(events[..], [Event::BodyBegin { .. }, Event::Chunk(_)]), "{events:?}");
        if shutdown {
            session.client.shutdown();
        } else {
            session.client.abort().unwrap();
        }
        let events = session.hears("");
        assert!(events.iter().any(|event| matches!(event, Event::Aborted(_))), "{events:?}");
        assert_eq!(outcomes(&events), [(mail, "lost")]);
    }
}

#[test]
fn a_part_is_not_the_whole() {
    let mut session = Session::with(with(Limits::new().with_line(2048)), "");
    session.client.select(MailboxName::inbox()).unwrap();
    session.says();
    session.hears("a001 OK x\r\n");
    let store = session.client.uid_store(scattered(500), StoreMode::Add, true, [Flag::Seen]);
    let store = store.unwrap();
    session.says();
    session.client.shutdown();
    assert_eq!(session.hears(""), []);
    let events = session.hears("a002 OK x\r\n");
    assert!(matches!(events[0], Event::Part { .. }), "{events:?}");
    assert_eq!(outcomes(&events), [(store, "closed")]);
    assert_eq!(session.says(), "a003 LOGOUT\r\n");
}

#[test]
fn a_server_that_answers_what_it_has_not_read_costs_no_outcome() {
    let mut session = Session::hello(with(Limits::new().with_outbox(10)), "* OK hi\r\n");
    session.client.login_with(tim()).unwrap();
    let events = session.hears("* CAPABILITY IMAP4rev1\r\na001 OK x\r\n");
    assert_eq!(outcomes(&events).len(), 1);

    let mut session = Session::with(with(Limits::new().with_outbox(6)), "IDLE");
    session.client.idle().unwrap();
    session.says();
    session.hears("+ go\r\n");
    let timer = session.client.timers()[0];
    session.client.on_timeout(timer);
    session.hears("");
    assert_eq!(outcomes(&session.hears("a001 OK x\r\n")).len(), 1);
}

#[test]
fn what_was_given_behind_idle_ends_it() {
    let mut session = Session::new("IDLE");
    session.client.noop().unwrap();
    session.client.idle().unwrap();
    session.client.noop().unwrap();
    session.says();
    session.hears("a001 OK x\r\n");
    assert_eq!(session.says(), "a002 IDLE\r\n");
    session.hears("+ go\r\n");
    assert_eq!(session.says(), "DONE\r\n");
    let every = core::time::Duration::from_secs(60);
    let mut session = Session::with(implicit().with_polling(every), "");
    session.client.noop().unwrap();
    session.client.idle().unwrap();
    session.client.noop().unwrap();
    session.says();
    session.hears("a001 OK x\r\n");
    assert_eq!(session.says(), "a002 NOOP\r\n");
    session.hears("a002 OK x\r\n");
    assert_eq!(session.says(), "a003 NOOP\r\n");
}

#[test]
fn a_second_idle_can_be_withdrawn_while_the_first_one_leaves() {
    let mut session = Session::new("IDLE");
    session.client.idle().unwrap();
    session.says();
    session.hears("+ go\r\n");
    session.client.idle().unwrap();
    assert_eq!(session.says(), "DONE\r\n");
    assert_eq!(session.client.done(), Ok(()));
    assert_eq!(session.client.pending(), 1);
}

#[test]
fn a_resynchronisation_whose_command_is_not_said_ends() {
    let mut session = Session::new("");
    session.client.noop().unwrap();
    session.says();
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), None);
    let handle = session.client.send(resync.next_command().unwrap()).unwrap();
    session.client.withdraw(handle);
    for event in session.hears("a001 OK x\r\n") {
        resync.on_event(&event);
    }
    assert!(resync.outcome().is_some());
}

#[test]
fn only_an_answer_without_a_tag_is_one() {
    let mut session = Session::hello(implicit(), "* PREAUTH bridge 3 - gluon session ID 7\r\n");
    session.client.noop().unwrap();
    session.says();
    for line in [" PREAUTH x\r\n", " BYE x\r\n", " OK\r\n x\r\n"] {
        let events = session.hears(line);
        let is_outcome = !outcomes(&events).is_empty();
        assert_eq!(is_outcome, line.starts_with(" OK"), "{line}: {events:?}");
    }
}

// --- whose answer it is ---

/// Whose a body is, and what ends it.
fn body_and_end(events: &[Event]) -> (Option<Handle>, Option<Handle>) {
    let body = events.iter().find_map(|event| match event {
        Event::BodyBegin { handle, .. } => Some(*handle),
        _ => None,
    });
    let end = events.iter().find_map(|event| match event {
        Event::FetchEnd { handle, .. } => Some(*handle),
        _ => None,
    });
    (body.flatten(), end.flatten())
}

#[test]
fn a_body_is_told_as_that_of_who_asked_for_it() {
    let mut session = Session::selected("");
    session.client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    let body = session.client.uid_fetch(one(3), FetchAttribute::peek(Section::all())).unwrap();
    session.says();
    for line in ["* 3 FETCH (UID 3 BODY[] {1}\r\nc)\r\n", "* 3 FETCH (BODY[] {1}\r\nc UID 3)\r\n"] {
        assert_eq!(body_and_end(&session.hears(line)), (Some(body), Some(body)), "{line}");
    }
    let mut session = Session::selected("");
    session.client.uid_fetch(one(3), FetchAttribute::InternalDate).unwrap();
    let size = session.client.uid_fetch(one(3), FetchAttribute::Rfc822Size).unwrap();
    let events = session.hears("* 3 FETCH (UID 3 RFC822.SIZE 5)\r\n");
    assert!(matches!(events[0], Event::FetchItems { handle, .. } if handle == Some(size)));
}

#[test]
fn data_is_told_as_that_of_who_asked_for_it() {
    let owner = |events: &[Event]| match events {
        [Event::Data { handle, .. }, ..] => *handle,
        other => panic!("{other:?}"),
    };
    let mut session = Session::new("");
    let list = session.client.send(ListCommand::new(name(""), "*")).unwrap();
    let lsub = Command::Lsub { reference: name(""), pattern: "*".into() };
    let lsub = session.client.send(lsub).unwrap();
    session.says();
    assert_eq!(owner(&session.hears("* LSUB () \"/\" a\r\n")), Some(lsub));
    assert_eq!(owner(&session.hears("* LIST () \"/\" a\r\n")), Some(list));

    let mut session = Session::selected("CONDSTORE QRESYNC");
    session.client.uid_fetch(one(3), FetchAttribute::peek(Section::all())).unwrap();
    let mut modifiers = FetchModifiers::new();
    modifiers.changed_since = Some(ModSeq::new(5).unwrap());
    modifiers.vanished = true;
    let (set, attributes) = (SequenceSet::all().into(), FetchAttribute::Flags.into());
    let changed = Command::Fetch { set, uid: true, attributes, modifiers };
    let changed = session.client.send(changed).unwrap();
    session.says();
    assert_eq!(owner(&session.hears("* VANISHED (EARLIER) 5:9\r\n")), Some(changed));

    // Another question of the same kind.
    let mut session = Session::selected("CONDSTORE QRESYNC");
    let changed = |first, last| {
        let mut modifiers = FetchModifiers::new();
        modifiers.changed_since = Some(ModSeq::new(5).unwrap());
        modifiers.vanished = true;
        let set = SequenceSet::between(first, last).unwrap().into();
        Command::Fetch { set, uid: true, attributes: FetchAttribute::Flags.into(), modifiers }
    };
    session.client.send(changed(1, 100)).unwrap();
    let second = session.client.send(changed(200, 300)).unwrap();
    session.says();
    assert_eq!(owner(&session.hears("* VANISHED (EARLIER) 210\r\n")), Some(second));

    // STATUS with LIST, and STATUS alone: the answers look the same.
    let mut session = Session::new("LIST-STATUS");
    let returns = vec![ListReturn::Status(vec![StatusItem::Unseen])];
    let list = ListCommand::new(name(""), "*").with_returns(returns);
    session.client.send(list).unwrap();
    session.client.send(Command::status(name("b"), [StatusItem::Messages])).unwrap();
    assert_eq!(session.says(), "a001 LIST \"\" * RETURN (STATUS (UNSEEN))\r\n");
}

#[test]
fn numbers_are_forgotten_where_a_message_may_have_gone() {
    let limits = Limits::new().with_unit(512, 512);
    for line in [
        "* 1 EXPUNGE 1\r\n",
        "* 1\tEXPUNGE\r\n",
        "* VANISHED(EARLIER) 3\r\n",
        &format!("* 1 EXPUNGE {}\r\n", "x".repeat(700)),
    ] {
        let mut session = Session::with(with(limits), "");
        session.client.select(MailboxName::inbox()).unwrap();
        session.says();
        let mut mailbox = Selected::new(&Limits::new());
        let mut all = session.hears("* 9 EXISTS\r\na001 OK x\r\n* 5 FETCH (UID 50 FLAGS ())\r\n");
        for piece in line.as_bytes().chunks(100) {
            all.extend(session.hears(std::str::from_utf8(piece).unwrap()));
        }
        let told: Vec<bool> = all.iter().map(|event| mailbox.on_event(event).is_ok()).collect();
        assert!(told.contains(&false), "{line}: {all:?}");
        assert_eq!(mailbox.number_of(Uid::new(50).unwrap()), None, "{line}");
    }
}

#[test]
fn what_is_broken_does_not_leave_its_owner_to_what_follows() {
    for broken in [
        "* 3 FETCH (UID 3 BODY[] {1}\r\nx GARBAGE\r\n",
        "* 3 FETCH (UID 3 BODY[] {1}\r\nx (((\r\n",
        "* 3 FETCH (UID 3 FLAGS (\r\n",
        "* 3 FETCH (UID 3 BODY[] NIL X\r\n",
    ] {
        let mut session = Session::selected("");
        session.client.uid_fetch(one(3), FetchAttribute::peek(Section::all())).unwrap();
        session.says();
        session.hears(broken);
        let events = session.hears("* 9 FETCH (FLAGS ())\r\n");
        assert!(
            events.iter().all(|event| !matches!(
                event,
                Event::FetchItems { handle: Some(_), .. } | Event::FetchEnd { handle: Some(_), .. }
            )),
            "{broken}: {events:?}"
        );
    }
}

#[test]
fn a_withdrawn_login_takes_with_it_what_needs_one() {
    let mut session = Session::greeted(implicit(), "AUTH=PLAIN SASL-IR");
    session.client.noop().unwrap();
    let login = session.client.login_with(tim()).unwrap();
    let select = session.client.select(name("b")).unwrap();
    session.client.withdraw(login);
    let events = session.hears("a001 OK x\r\n");
    assert_eq!(outcomes(&events)[..2], [(login, "withdrawn"), (select, "state")]);
    assert_eq!(session.client.pending(), 0);
    let named = |event: &Event| matches!(event, Event::Unsent { command, .. } if *command == CommandName::Select);
    assert!(events.iter().any(named));
}
