//! What may be told when: news and answers against what the client waits for (RFC 9051 §7.5.1, RFC 2177,
//! RFC 5465).

use crate::serving::{Session, with};
use bytes::Bytes;
use postrider_imap::server::{Config, Feature, SelectData, Server};
use postrider_imap::{
    BodySection, Error, EsearchItem, EsearchResponse, FetchItem, Flag, IdParameters,
    ListAttributes, ListResponse, MailboxName, MailboxStatus, MessageNumber, MetadataResponse,
    Misuse, ModSeq, Namespaces, NumberList, Response, Section, Status, StatusValue, Thread, Uid,
    UidSet,
};
use postrider_wire::TimerKind;

fn one() -> MessageNumber {
    MessageNumber::new(1).unwrap()
}

fn uids() -> UidSet {
    UidSet::one(Uid::new(7).unwrap())
}

fn flags() -> Vec<FetchItem> {
    vec![FetchItem::Flags([Flag::Seen].into())]
}

fn vanished(earlier: bool) -> Response {
    Response::Vanished { earlier, uids: uids() }
}

/// What a letter of the tables stands for.
fn response(letter: char) -> Response {
    let numbers = || NumberList::from_iter([1_u32, 3]);
    let inbox = MailboxName::inbox;
    match letter {
        'E' => Response::Exists(4),
        'R' => Response::Recent(1),
        'G' => Response::Flags([Flag::Seen].into()),
        'F' => Response::Fetch { number: one(), items: flags() },
        'U' => Response::UidFetch { uid: Uid::new(7).unwrap(), items: flags() },
        'X' => Response::Expunge(one()),
        'V' => vanished(false),
        'v' => vanished(true),
        'L' => ListResponse::new(ListAttributes::default(), None, inbox()).into(),
        'S' => Response::MailboxStatus(MailboxStatus::new(inbox(), vec![StatusValue::Messages(3)])),
        'M' => Response::Metadata(MetadataResponse::Changed {
            mailbox: inbox(),
            entries: vec!["/shared/comment".into()],
        }),
        'e' => Response::Esearch(Box::new(EsearchResponse::new(vec![EsearchItem::Count(3)]))),
        's' => Response::Search { numbers: numbers(), mod_seq: None },
        'o' => Response::Sort { numbers: numbers(), mod_seq: None },
        't' => Response::Thread(Thread::new(Vec::new()).unwrap()),
        'n' => Response::Namespace(Namespaces::new(Vec::new(), Vec::new(), Vec::new())),
        'd' => Response::Id(IdParameters::default()),
        'i' => Response::Status(Status::ok("for your information")),
        'b' => Response::Status(Status::bye("not by this way")),
        'c' => Response::Capability(Vec::new()),
        letter => panic!("{letter}"),
    }
}

const LETTERS: &str = "ERGFUXVvLSMesotndibc";

fn config() -> Config {
    with([
        Feature::Idle,
        Feature::Notify,
        Feature::Sort,
        Feature::ThreadReferences,
        Feature::Esearch,
        Feature::SearchRes,
        Feature::MultiSearch,
        Feature::Metadata,
        Feature::Namespace,
        Feature::Id,
        Feature::UidPlus,
        Feature::Move,
        Feature::Unselect,
        Feature::Qresync,
        Feature::UidOnly,
        Feature::Unauthenticate,
        Feature::Imap4Rev2,
    ])
}

/// A session in which the last line is asked and waits.
fn place(lines: &str) -> Session {
    let mut session = Session::logged_in(config());
    let (before, last) = lines.rsplit_once('|').unwrap_or(("", lines));
    for line in before.split('|').filter(|line| !line.is_empty()) {
        let said = session.say(format!("c {line}\r\n"));
        assert!(said.contains("c OK") || said.contains("+ idling"), "{line}: {said}");
    }
    if !last.is_empty() {
        let said = session.ask(format!("d {last}\r\n"));
        assert!(!said.contains("BAD"), "{last}: {said}");
    }
    session
}

type Tell = fn(&mut Server, &Response) -> Result<(), Error>;

/// Which responses are taken there. What is not changes nothing.
fn taken(lines: &str, tell: Tell) -> String {
    let takes = |letter: &char| {
        let mut session = place(lines);
        let room = session.server.room();
        match tell(&mut session.server, &response(*letter)) {
            Ok(()) => true,
            Err(Error::Misuse(Misuse::NotNow | Misuse::NothingPending)) => {
                assert_eq!(session.server.room(), room, "{lines}: {letter}");
                false
            }
            Err(error) => panic!("{lines}: {letter}: {error}"),
        }
    };
    LETTERS.chars().filter(takes).collect()
}

/// The letters in their order.
fn sorted(letters: &str) -> String {
    LETTERS.chars().filter(|letter| letters.contains(*letter)).collect()
}

/// News of the selected mailbox beside a command: all, and all but that messages are gone.
const ALL: &str = "ERGFXei";
const HOLD: &str = "ERGFei";

#[test]
fn news_goes_when_the_client_expects_it() {
    for (lines, expected) in [
        // Nothing is asked.
        ("", ""),
        ("select inbox|", ""),
        // RFC 9051 §7.5.1: not "while responding to a FETCH, STORE, or SEARCH command".
        ("select inbox|fetch 1 flags", HOLD),
        ("select inbox|store 1 flags ()", HOLD),
        ("select inbox|search all", HOLD),
        ("select inbox|search return (count) all", HOLD),
        ("select inbox|sort (date) utf-8 all", HOLD),
        ("select inbox|thread references utf-8 all", HOLD),
        // "UID FETCH, UID STORE, and UID SEARCH are different commands", without numbers.
        ("select inbox|uid fetch 7 flags", ALL),
        ("select inbox|uid store 7 flags ()", ALL),
        ("select inbox|uid search all", ALL),
        ("select inbox|uid search uid 7", ALL),
        ("select inbox|uid sort (date) utf-8 all", ALL),
        ("select inbox|uid thread references utf-8 all", ALL),
        // A number among the keys means what it meant when it was said.
        ("select inbox|uid search 1:5", HOLD),
        ("select inbox|uid search not (or seen 1)", HOLD),
        ("select inbox|uid sort (date) utf-8 1", HOLD),
        ("select inbox|uid thread references utf-8 1", HOLD),
        // `$` stands where numbers do.
        ("select inbox|uid search $", HOLD),
        // The others.
        ("select inbox|noop", ALL),
        ("select inbox|check", ALL),
        ("select inbox|expunge", ALL),
        ("select inbox|copy 1 x", ALL),
        ("select inbox|list \"\" *", ALL),
        ("select inbox|idle", ALL),
        ("select inbox|notify none", ALL),
        ("select inbox|append inbox {3+}", ALL),
        ("select inbox|esearch all", ALL),
        // A mailbox that is left or entered.
        ("select inbox|close", "i"),
        ("select inbox|unselect", "i"),
        ("select inbox|unauthenticate", "i"),
        ("select inbox|select other", "i"),
        ("select inbox|examine other", "i"),
        ("select inbox", "i"),
        // None is selected.
        ("noop", "i"),
        ("idle", "i"),
        ("idle|", "i"),
        // RFC 2177: "the server may send untagged responses" as long as IDLE goes on.
        ("select inbox|idle|", ALL),
    ] {
        assert_eq!(taken(lines, Server::update), sorted(expected), "{lines}");
        let server = place(lines).server;
        assert_eq!(server.may_update(), expected.contains('E'), "{lines}");
        assert_eq!(server.may_expunge(), expected.contains('X'), "{lines}");
    }
}

#[test]
fn notify_tells_what_was_asked_for_at_any_time() {
    let of = |groups: &str| format!("notify set {groups}|");
    let selected = of("(selected (messagenew messageexpunge flagchange))");
    let delayed = of("(selected-delayed (messagenew messageexpunge))");
    let others = of("(personal (messagenew messageexpunge mailboxname))");
    let both = of("(personal (mailboxname)) (selected (messagenew messageexpunge))");
    let none = of("(selected none) (personal (mailboxname))");
    for (notify, before, between) in [
        // RFC 5465 §6.1.1: "immediate notifications for the currently selected mailbox".
        (&selected, "LSMi", "ERGFXLSMei"),
        // §6.1.2: "delay a MessageExpunge event until the client issues a command".
        (&delayed, "LSMi", "ERGFLSMei"),
        // §3.1: without SELECTED "this is the same as specifying SELECTED NONE".
        (&others, "LSMi", "LSMi"),
        (&none, "LSMi", "LSMi"),
        (&both, "LSMi", "ERGFXLSMei"),
    ] {
        assert_eq!(taken(notify, Server::update), sorted(before), "{notify}");
        let idle = format!("{notify}select inbox|");
        assert_eq!(taken(&idle, Server::update), sorted(between), "{notify}");
        let fetch = format!("{notify}select inbox|fetch 1 flags");
        assert_eq!(taken(&fetch, Server::update), sorted("ERGFLSMei"), "{notify}");
        let noop = format!("{notify}select inbox|noop");
        assert_eq!(taken(&noop, Server::update), sorted("ERGFXLSMei"), "{notify}");
        // While a mailbox is being entered, nothing is told of another.
        let select = format!("{notify}select inbox|select other");
        assert_eq!(taken(&select, Server::update), "i", "{notify}");
        // What was asked for ends with NONE.
        let over = format!("{notify}select inbox|notify none|");
        assert_eq!(taken(&over, Server::update), "", "{notify}");
    }
    // Not before it is accepted, and not once it is refused.
    let mut session = place("select inbox|notify set (selected (messagenew messageexpunge))");
    assert_eq!(session.server.update(&response('L')), Err(Error::Misuse(Misuse::NotNow)));
    postrider_wire::Machine::decline(&mut session.server);
    session.go_on();
    assert!(!session.server.may_update());
}

#[test]
fn an_answer_goes_to_the_command_that_asks_for_it() {
    for (lines, expected) in [
        ("select inbox|", ""),
        ("select inbox|noop", "Gi"),
        ("select inbox|fetch 1 flags", "GFi"),
        ("select inbox|uid fetch 7 flags", "GFi"),
        ("select inbox|store 1 flags ()", "GFi"),
        ("select inbox|search all", "GFesi"),
        ("select inbox|sort (date) utf-8 all", "GFeoi"),
        ("select inbox|thread references utf-8 all", "Gti"),
        ("select inbox|esearch all", "Gei"),
        ("select inbox|copy 1 x", "GFi"),
        ("select inbox|move 1 x", "GFXi"),
        ("select inbox|expunge", "GXi"),
        ("select inbox|uid expunge 7", "GXi"),
        ("select inbox|close", "i"),
        ("select inbox|select other", "i"),
        ("select inbox", "i"),
        ("list \"\" *", "LSMi"),
        ("status inbox (messages)", "Si"),
        ("create x", "Li"),
        ("rename x y", "Li"),
        ("delete x", "Li"),
        ("namespace", "ni"),
        ("id nil", "di"),
        ("getmetadata inbox /shared/comment", "Mi"),
        ("notify set status (inboxes (messagenew messageexpunge))", "LSi"),
        ("idle|", ""),
    ] {
        // What is said of messages is said of those of the selected mailbox.
        assert_eq!(taken(lines, Server::respond), sorted(expected), "{lines}");
    }
    // RFC 7162 §3.2.10.1: VANISHED (EARLIER) is caused by UID FETCH or SELECT alone.
    let qresync = |lines: &str| format!("enable qresync|{lines}");
    for (lines, expected) in [
        ("select inbox|uid fetch 7 flags (changedsince 7 vanished)", "GFvi"),
        ("select inbox|noop", "Gi"),
        ("select inbox|uid expunge 7", "GXVi"),
    ] {
        assert_eq!(taken(&qresync(lines), Server::respond), sorted(expected), "{lines}");
    }
}

/// RFC 7162 §3.2.10.2: "the server MUST use the VANISHED response ... instead of the EXPUNGE response for
/// all mailboxes that don't return NOMODSEQ". RFC 9586 has no numbers.
#[test]
fn how_it_is_told_that_messages_are_gone_is_what_the_client_enabled() {
    for (enabled, mod_seqs, expected) in [
        ("", true, "X"),
        ("enable condstore", true, "X"),
        ("enable qresync", true, "V"),
        ("enable qresync", false, "XV"),
        ("enable uidonly", true, "V"),
        ("enable uidonly", false, "V"),
    ] {
        let mut session = Session::logged_in(config());
        if !enabled.is_empty() {
            session.say(format!("b {enabled}\r\n"));
        }
        session.ask("c select inbox\r\n");
        let mut data = SelectData::new(3);
        data.highest_mod_seq = mod_seqs.then(|| ModSeq::new(9).unwrap());
        session.server.accept_select(&data).unwrap();
        session.go_on();
        session.ask("d expunge\r\n");
        let server = &mut session.server;
        let told = |letter: &char| {
            let told = server.update(&response(*letter)).is_ok();
            assert_eq!(server.respond(&response(*letter)).is_ok(), told, "{enabled} {letter}");
            told
        };
        let taken: String = "XVv".chars().filter(told).collect();
        assert_eq!(taken, expected, "{enabled} {mod_seqs}");
    }
}

#[test]
fn a_mailbox_is_told_of_in_its_order_and_until_it_is_accepted() {
    let not_now = Err(Error::Misuse(Misuse::NotNow));
    let mut session = place("select inbox");
    assert_eq!(session.server.fetch_items(one(), &flags()), Err(Misuse::NothingPending.into()));
    session.server.begin_select(&SelectData::new(3)).unwrap();
    // What QRESYNC tells, and what changed meanwhile is told later.
    session.server.respond(&response('F')).unwrap();
    session.server.respond(&response('G')).unwrap();
    assert_eq!(session.server.respond(&response('X')), not_now);
    assert_eq!(session.server.update(&response('E')), not_now);
    assert_eq!(
        session.server.begin_select(&SelectData::new(3)),
        Err(Misuse::NothingPending.into())
    );
    session.server.accept().unwrap();
    let said = session.go_on();
    assert!(said.contains("* 3 EXISTS\r\n") && said.contains("* 1 FETCH (FLAGS (\\Seen))\r\n"));
    assert!(said.ends_with("d OK [READ-WRITE] SELECT completed\r\n"), "{said}");
}

#[test]
fn nothing_goes_into_an_open_payload() {
    let payload = Err(Error::Misuse(Misuse::Payload));
    let mut session =
        place("notify set (selected (messagenew messageexpunge))|select inbox|fetch 1 body[]");
    let section = BodySection::Section(Section::all());
    session.server.body_begin(one(), &section, None, 3).unwrap();
    for letter in LETTERS.chars() {
        assert_eq!(session.server.update(&response(letter)), payload, "{letter}");
        assert_eq!(session.server.respond(&response(letter)), payload, "{letter}");
    }
    assert!(!session.server.may_update() && !session.server.may_expunge());
    assert_eq!(session.server.fetch_items(one(), &flags()), payload);
    session.server.write_payload(&mut Bytes::from_static(b"abc")).unwrap();
    session.server.finish_payload().unwrap();
    // Between the items of one message: its response is ended first.
    session.server.update(&response('E')).unwrap();
    session.server.fetch_items(one(), &flags()).unwrap();
    session.server.accept().unwrap();
    let said = session.go_on();
    let expected = "* 1 FETCH (BODY[] {3}\r\nabc)\r\n* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n\
                    d OK FETCH completed\r\n";
    assert_eq!(said, expected);
}

#[test]
fn what_is_held_back_is_no_place_for_answers_but_for_news() {
    let mut session = place("select inbox|noop");
    session.server.hold_back(std::time::Duration::from_secs(3)).unwrap();
    session.server.accept().unwrap();
    assert_eq!(session.go_on(), "");
    assert_eq!(session.server.respond(&response('i')), Err(Misuse::NothingPending.into()));
    session.server.update(&response('E')).unwrap();
    assert_eq!(session.go_on(), "* 4 EXISTS\r\n");
    assert_eq!(session.fire(TimerKind::Delay), "d OK NOOP completed\r\n");
}

#[test]
fn what_is_not_asked_for_changes_nothing_after_the_end() {
    let mut session = place("select inbox|");
    assert!(session.say("x logout\r\n").ends_with("x OK LOGOUT completed\r\n"));
    for letter in LETTERS.chars() {
        assert!(session.server.update(&response(letter)).is_err(), "{letter}");
        assert!(session.server.respond(&response(letter)).is_err(), "{letter}");
    }
}
