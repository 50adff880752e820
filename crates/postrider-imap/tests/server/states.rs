//! Which command is taken where, how a session is held up and how it ends, and the words of the machine.

use std::time::Duration;

use crate::serving::{LOGIN, Make, Session, TIM, accepts, auth, open, waits, with};
use postrider_imap::server::{
    Compression, Config, Event, Feature, Features, Phrase, SelectData, Server,
};
use postrider_imap::{
    Command, Error, EsearchItem, EsearchResponse, FetchItem, InProgress, ListAttributes,
    ListResponse, MailboxName, MailboxStatus, MessageNumber, Misuse, NumberList, Response, State,
    Status, StatusValue, Text,
};
use postrider_testkit::{Role, Scenario, embedder, laws};
use postrider_wire::{AbortReason, Machine, TimerKind};

fn all() -> Features {
    use Feature as F;
    Features::from([F::Imap4Rev2, F::Acl, F::Catenate, F::ContextSort, F::Id, F::InProgress])
        .with(F::JmapAccess)
        .with(F::Metadata)
        .with(F::MultiAppend)
        .with(F::MultiSearch)
        .with(F::Notify)
        .with(F::Qresync)
        .with(F::QuotaSet)
        .with(F::Replace)
        .with(F::ThreadReferences)
        .with(F::UidBatches)
        .with(F::Unauthenticate)
}

fn config() -> Config {
    let auth = auth().with_clear_text(postrider_wire::ClearTextLogin::Allow);
    with(all()).with_auth(auth).with_compression(Compression::Offer)
}

/// Each command, and whether it may be given before login, after it, and in a mailbox (RFC 9051 §6, and
/// for the extensions where they say so).
const COMMANDS: &[(&str, [bool; 3])] = &[
    ("capability", [true, true, true]),
    ("noop", [true, true, true]),
    ("logout", [true, true, true]),
    ("id nil", [true, true, true]),
    ("login tim tanstaaftanstaaf", [true, false, false]),
    ("authenticate plain AHRpbQB0YW5zdGFhZnRhbnN0YWFm", [true, false, false]),
    // It is for this state, but there is no TLS here.
    ("starttls", [false, false, false]),
    ("enable condstore", [false, true, false]),
    ("select x", [false, true, true]),
    ("examine x", [false, true, true]),
    ("create x", [false, true, true]),
    ("delete x", [false, true, true]),
    ("rename x y", [false, true, true]),
    ("subscribe x", [false, true, true]),
    ("unsubscribe x", [false, true, true]),
    ("list \"\" *", [false, true, true]),
    ("lsub \"\" *", [false, true, true]),
    ("namespace", [false, true, true]),
    ("status x (messages)", [false, true, true]),
    ("append x {3+}\r\nabc", [false, true, true]),
    ("idle\r\ndone", [false, true, true]),
    ("notify none", [false, true, true]),
    ("compress deflate", [false, true, true]),
    ("unauthenticate", [false, true, true]),
    ("getjmapaccess", [false, true, true]),
    ("getquota x", [false, true, true]),
    ("getquotaroot x", [false, true, true]),
    ("setquota x (storage 9)", [false, true, true]),
    ("setacl x tim lr", [false, true, true]),
    ("deleteacl x tim", [false, true, true]),
    ("getacl x", [false, true, true]),
    ("listrights x tim", [false, true, true]),
    ("myrights x", [false, true, true]),
    ("getmetadata x /shared/comment", [false, true, true]),
    ("setmetadata x (/shared/comment nil)", [false, true, true]),
    ("esearch in (mailboxes x) all", [false, true, true]),
    ("check", [false, false, true]),
    ("close", [false, false, true]),
    ("unselect", [false, false, true]),
    ("expunge", [false, false, true]),
    ("uid expunge 7", [false, false, true]),
    ("search all", [false, false, true]),
    ("uid search all", [false, false, true]),
    ("sort (date) utf-8 all", [false, false, true]),
    ("thread references utf-8 all", [false, false, true]),
    ("cancelupdate \"a\"", [false, false, true]),
    ("fetch 1 flags", [false, false, true]),
    ("uid fetch 7 flags", [false, false, true]),
    ("store 1 flags ()", [false, false, true]),
    ("copy 1 x", [false, false, true]),
    ("move 1 x", [false, false, true]),
    ("replace 1 x {3+}\r\nabc", [false, false, true]),
    ("uidbatches 2000", [false, false, true]),
];

const PLACES: [Make; 3] = [Session::new, Session::logged_in, Session::selected];

#[test]
fn a_command_is_taken_where_it_may_be_given_and_bad_before_anyone_hears_of_it_elsewhere() {
    for (command, places) in COMMANDS {
        for (make, taken) in PLACES.iter().zip(places) {
            let mut session = make(config());
            let said = session.say(format!("c {command}\r\n"));
            let state = session.server.state();
            if *taken {
                assert!(said.contains("c OK "), "{state:?} {command}: {said}");
                continue;
            }
            assert!(said.starts_with("c BAD "), "{state:?} {command}: {said}");
            assert!(session.events.is_empty(), "{state:?} {command}: {:?}", session.events);
            // A bad IDLE has a bad DONE.
            assert!(session.say("d noop\r\n").ends_with("d OK NOOP completed\r\n"), "{command}");
        }
    }
}

#[test]
fn a_mailbox_that_is_only_read_is_not_changed() {
    // RFC 9051 §6.3.3: "no changes to the permanent state of the mailbox".
    let mut session = Session::logged_in(config());
    session.say("b examine inbox\r\n");
    session.events.clear();
    for line in [
        "store 1 flags ()",
        "uid store 7 flags ()",
        "expunge",
        "uid expunge 7",
        "move 1 x",
        "uid move 7 x",
        "replace 1 x {3+}\r\nabc",
    ] {
        let said = session.say(format!("c {line}\r\n"));
        assert_eq!(said, "c NO [READ-ONLY] the mailbox is read-only\r\n", "{line}");
    }
    assert!(session.events.is_empty() && !session.server.is_read_write());
    for line in ["fetch 1 flags", "copy 1 x", "append x {3+}\r\nabc", "search all", "close"] {
        let said = session.say(format!("c {line}\r\n"));
        assert!(said.starts_with("c OK "), "{line}: {said}");
    }
    // SELECT of one that cannot be changed.
    let mut session = Session::logged_in(config());
    session.ask("b select inbox\r\n");
    let mut data = SelectData::new(3);
    data.read_write = false;
    session.server.accept_select(&data).unwrap();
    assert!(session.go_on().ends_with("b OK [READ-ONLY] SELECT completed\r\n"));
    assert!(session.say("c expunge\r\n").starts_with("c NO [READ-ONLY] "));
    let mut session = Session::selected(config());
    assert!(session.server.is_read_write());
    assert!(session.say("c expunge\r\n").starts_with("c OK "));
}

/// RFC 9051 §6.3.2: the selected mailbox is left before the other is entered, whether that works or not,
/// and CLOSED tells where.
#[test]
fn a_refused_select_leaves_no_mailbox_selected_and_tells_so_once() {
    let closed = "* OK [CLOSED] previous mailbox is closed\r\n";
    for (begun, status, expected, state) in [
        (
            false,
            Status::no("gone"),
            "* OK [CLOSED] previous mailbox is closed\r\nc NO gone\r\n",
            State::Authenticated,
        ),
        (true, Status::no("gone"), "c NO gone\r\n", State::Authenticated),
        // What was not carried out leaves all as it is.
        (false, Status::bad("what"), "c BAD what\r\n", State::Selected),
        (true, Status::bad("what"), "c BAD what\r\n", State::Authenticated),
    ] {
        let mut session = Session::selected(config());
        session.ask("c select other\r\n");
        if begun {
            session.server.begin_select(&SelectData::new(1)).unwrap();
        }
        session.server.reject(status).unwrap();
        let said = session.go_on();
        assert!(said.ends_with(expected), "{said}");
        let times = usize::from(begun || expected.contains("CLOSED"));
        assert_eq!(said.matches(closed).count(), times, "{said}");
        assert_eq!(session.server.state(), state, "{said}");
    }
    let mut session = Session::selected(config());
    let said = session.say("c select other\r\n");
    assert!(said.starts_with(closed) && said.matches("[CLOSED]").count() == 1, "{said}");
    let mut session = Session::logged_in(config()).on(|server, _| server.decline());
    assert_eq!(session.say("c select other\r\n"), "c NO not supported here\r\n");
}

fn german(phrase: Phrase) -> Text {
    match phrase {
        Phrase::Ready => "bereit".into(),
        Phrase::LoggedIn => "angemeldet".into(),
        Phrase::UnknownCommand => "unbekannt".into(),
        Phrase::LoggingOut => "bis bald".into(),
        Phrase::Idling => "ich horche".into(),
        Phrase::Completed { command, .. } => Text::new(format!("{command} erledigt")).unwrap(),
        other => other.english(),
    }
}

#[test]
fn the_words_of_the_machine_can_be_other_words() {
    let mut session = Session::new(config().with_phrases(german));
    assert!(session.greeting.ends_with("] bereit\r\n"), "{}", session.greeting);
    assert!(session.say(LOGIN).ends_with("] angemeldet\r\n"));
    let said = session.say("b idle\r\ndone\r\nc foo\r\nd noop\r\ne logout\r\n");
    let expected = "+ ich horche\r\nb OK IDLE terminated\r\nc BAD unbekannt\r\n\
                    d OK NOOP erledigt\r\n* BYE bis bald\r\ne OK LOGOUT erledigt\r\n";
    assert_eq!(said, expected);
    // For one user, once it is known who that is; and greeting and farewell have their settings.
    let mut session = Session::new(config().with_greeting("moin").with_farewell("tschüss"));
    assert_eq!(session.greeting, "* OK moin\r\n");
    assert!(session.say(LOGIN).ends_with("] logged in\r\n"));
    session.server.set_phrases(german);
    assert_eq!(session.say("b noop\r\n"), "b OK NOOP erledigt\r\n");
    assert!(session.say("c logout\r\n").starts_with("* BYE tschüss\r\n"));
}

#[test]
fn a_command_that_takes_long_tells_how_far_it_is() {
    // RFC 9585 §4: the tag, and how much is done of how much.
    let mut session = Session::selected(config());
    assert_eq!(session.server.progress(None), Err(Misuse::NothingPending.into()));
    session.ask("c search all\r\n");
    session.server.progress(None).unwrap();
    session.server.progress(Some(InProgress { done: 3, goal: None })).unwrap();
    let goal = core::num::NonZeroU32::new(9);
    session.server.progress(Some(InProgress { done: 3, goal })).unwrap();
    session.server.accept().unwrap();
    let said = session.go_on();
    let expected = "* OK [INPROGRESS (\"c\" NIL NIL)] still at it\r\n\
                    * OK [INPROGRESS (\"c\" 3 NIL)] still at it\r\n\
                    * OK [INPROGRESS (\"c\" 3 9)] still at it\r\n\
                    c OK SEARCH completed\r\n";
    assert_eq!(said, expected);
    let mut session = Session::selected(open());
    session.ask("c noop\r\n");
    assert_eq!(session.server.progress(None), Err(Error::Misuse(Misuse::NotOffered)));
}

#[test]
fn a_user_that_asks_too_often_is_held_back() {
    let after = Duration::from_secs(7);
    let mut session = Session::selected(config());
    assert_eq!(session.server.hold_back(after), Err(Misuse::NothingPending.into()));
    for refused in [false, true] {
        session.ask("c noop\r\nd noop\r\n");
        session.server.hold_back(after).unwrap();
        assert_eq!(session.held(), Some(after));
        if refused {
            session.server.decline()
        } else {
            session.server.accept().unwrap()
        }
        assert_eq!(session.server.accept(), Err(Misuse::NothingPending.into()), "it was given");
        assert_eq!(session.go_on(), "", "nor is the next command taken");
        let said = session.fire(TimerKind::Delay);
        assert!(said.starts_with(if refused { "c NO " } else { "c OK " }), "{said}");
        assert!(said.ends_with("d OK NOOP completed\r\n"), "{said}");
        assert_eq!(session.held(), None);
    }
    // The time runs out before the verdict: that takes effect at once. IDLE, and a message, likewise.
    for (line, expected) in
        [("noop", "c OK "), ("idle", "+ idling"), ("append x {3}", "+ go ahead")]
    {
        for late in [false, true] {
            let mut session = Session::selected(config()).on(waits);
            session.say(format!("c {line}\r\n"));
            session.server.hold_back(after).unwrap();
            if late {
                assert_eq!(session.fire(TimerKind::Delay), "", "{line}");
            }
            session.server.accept().unwrap();
            let said = if late { session.go_on() } else { session.fire(TimerKind::Delay) };
            assert!(said.starts_with(expected), "{line}: {said}");
        }
    }
    // Twice, or where a refusal waits anyway: the longest holds.
    let mut session = Session::new(config());
    session.ask(LOGIN);
    for (seconds, held) in [(0, 2), (1, 2), (7, 7), (3, 7)] {
        session.server.hold_back(Duration::from_secs(seconds)).unwrap();
        assert_eq!(session.held(), Some(Duration::from_secs(held)), "{seconds}");
    }
    // A login, in the affirmative too, and no sooner than it says.
    let mut session = Session::new(config());
    session.ask(LOGIN);
    session.server.hold_back(after).unwrap();
    session.server.accept().unwrap();
    assert_eq!((session.go_on(), session.held()), (String::new(), Some(after)));
    assert!(session.fire(TimerKind::Delay).starts_with("a OK "));
}

const BYE: &str = "* BYE server is shutting down\r\n";

#[test]
fn a_shutdown_says_farewell_wherever_a_command_may_begin() {
    let places: [(&str, Make, &str, Option<Event>); 9] = [
        ("greeted", Session::new, "", None),
        ("half a command", Session::new, "a log", None),
        ("a literal waits", Session::new, "a login {3}\r\n", None),
        ("a login goes on", Session::new, "a authenticate plain\r\n", None),
        ("a login is held back", Session::new, "a login tim wrong\r\n", None),
        ("logged in", Session::logged_in, "", None),
        ("selected", Session::selected, "", None),
        ("idling", Session::selected, "c idle\r\n", Some(Event::IdleEnd)),
        (
            "a message comes",
            Session::logged_in,
            "c append x {9+}\r\nabc",
            Some(Event::Aborted(AbortReason::Discarded)),
        ),
    ];
    for (name, make, turn, notice) in places {
        let mut session = make(config());
        session.say(turn);
        session.events.clear();
        session.server.shutdown();
        let mut said = session.go_on();
        if session.held().is_some() {
            assert_eq!(said, "", "{name}");
            said = session.fire(TimerKind::Delay);
            assert_eq!(said, format!("a NO sorry\r\n{BYE}"), "{name}");
        } else {
            assert_eq!(said, BYE, "{name}");
        }
        assert!(session.closed && session.error.is_none(), "{name}: {:?}", session.error);
        assert_eq!(session.events, Vec::from_iter(notice), "{name}");
    }
    // Behind the answer to what was asked, and before the next command.
    for line in ["noop", "search all", "append x {3}"] {
        let mut session = Session::selected(config());
        session.ask(format!("c {line}\r\nd noop\r\n"));
        session.server.shutdown();
        session.on_event = waits;
        assert_eq!(session.go_on(), "", "{line}");
        session.server.reject(Status::no("no")).unwrap();
        assert_eq!(session.go_on(), format!("c NO no\r\n{BYE}"), "{line}");
        assert!(session.closed);
    }
    // Before the greeting: that comes first.
    let mut server = Server::new(config());
    server.shutdown();
    let session = Session::of(server);
    assert!(session.greeting.ends_with(BYE) && session.closed, "{}", session.greeting);
}

// --- the laws ---

fn role(event: &Event) -> Role {
    match event {
        Event::AppendBegin { .. } => Role::Begin,
        Event::AppendEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

/// Answers with something of each kind.
fn answers(server: &mut Server, event: &Event) {
    let inbox = MailboxName::inbox;
    let told = match event {
        Event::Command(Command::List(_)) => {
            let list = ListResponse::new(ListAttributes::default(), None, inbox());
            server.respond(&Response::List(list))
        }
        Event::Command(Command::Search(search)) if search.returns.is_some() => {
            let mut found = EsearchResponse::new(vec![EsearchItem::Count(3)]);
            found.tag = server.tag().cloned().map(Into::into);
            server.respond(&Response::Esearch(Box::new(found)))
        }
        Event::Command(Command::Search(_)) => {
            let numbers = NumberList::from_iter([1_u32, 3]);
            server.respond(&Response::Search { numbers, mod_seq: None })
        }
        Event::Command(Command::Notify(_)) => {
            let items = vec![StatusValue::Messages(3)];
            server.respond(&Response::MailboxStatus(MailboxStatus::new(inbox(), items)))
        }
        _ => Ok(()),
    };
    assert!(told.is_ok() || told == Err(Misuse::Full.into()), "{told:?}");
    accepts(server, event);
}

/// Tells of a new message whenever it may, three times.
fn scenario(name: &str, turns: &[&str]) -> Scenario<Server> {
    let make = || {
        let mut news = 3;
        let on_wait = move |server: &mut Server| {
            let items = vec![FetchItem::Rfc822Size(9)];
            let number = MessageNumber::new(news + 1).unwrap();
            let told = news > 0 && server.update(&Response::Fetch { number, items }).is_ok();
            news -= u32::from(told);
            told
        };
        (Server::new(config()), embedder(answers, on_wait))
    };
    let scenario = Scenario::new(name, make)
        .classify(role)
        .debug()
        .tap(Server::set_tap)
        .secret(b"tanstaaftanstaaf");
    turns.iter().fold(scenario, |all, turn| all.turn(turn.replace("TIM", TIM)))
}

#[test]
fn the_laws_hold_for_what_the_new_commands_bring() {
    for (name, turns, expected) in [
        (
            "enable, search, list",
            &[
                "a authenticate plain TIM\r\n",
                "b enable imap4rev2 qresync foo\r\nc list \"\" *\r\nd select inbox (condstore)\r\n\
                 e uid search all\r\nf search return (count) {3+}\r\nall\r\ng list (subscribed) \
                 \"\" (a b) return (children)\r\nh logout\r\n",
            ][..],
            "h OK LOGOUT completed\r\n",
        ),
        (
            "catenate",
            &[
                "a authenticate plain\r\n",
                "TIM\r\nb append x catenate (url \"/x\" text {5}\r\n",
                "hello url \"/y\" text {3+}\r\nabc) (\\Seen) {2+}\r\nhi\r\nc noop\r\n",
            ],
            "c OK NOOP completed\r\n",
        ),
        (
            "catenate that breaks",
            &[LOGIN, "b append x catenate (text {3+}\r\nabc foo \"/x\")\r\nc noop\r\n"],
            "c OK NOOP completed\r\n",
        ),
        (
            "notify",
            &[
                LOGIN,
                "b select inbox\r\n",
                "c notify set status (selected (messagenew messageexpunge))\r\n",
                "d noop\r\ne notify none\r\nf noop\r\n",
            ],
            "f OK NOOP completed\r\n",
        ),
        (
            "replace, unauthenticate",
            &[
                LOGIN,
                "b select inbox\r\nc uid replace 7 x {3+}\r\nabc\r\nd unauthenticate\r\n\
                      e login tim tanstaaftanstaaf\r\nf logout\r\n",
            ],
            "f OK LOGOUT completed\r\n",
        ),
    ] {
        let scenario = scenario(name, turns);
        let run = scenario.run();
        let said = String::from_utf8_lossy(run.output()).into_owned();
        assert!(said.ends_with(expected), "{name}: {said}");
        laws::all(&scenario);
    }
}
