//! Capabilities said are those that were configured, and nothing else is taken: each feature, ENABLE, and
//! what is different once something is enabled.

use crate::serving::{Session, accepts, capabilities, waits, with};
use postrider_imap::server::{Event, Feature, Features, SelectData, Server};
use postrider_imap::{Error, Literals, MailboxName, Misuse, NumberList, Response, Uid};
use postrider_wire::Machine;

/// A feature, the words that say it, and commands that need it.
type Row = (Feature, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        Feature::Acl,
        "ACL RIGHTS=texk",
        &["getacl x", "setacl x tim lr", "deleteacl x tim", "listrights x tim", "myrights x"],
    ),
    (Feature::AppendLimit, "APPENDLIMIT=67108864", &["status x (appendlimit)"]),
    (
        Feature::Binary,
        "BINARY",
        &[
            "fetch 1 binary[1]",
            "fetch 1 binary.peek[1]<0.3>",
            "fetch 1 binary.size[1]",
            "append x ~{3+}\r\nabc",
        ],
    ),
    (Feature::Catenate, "CATENATE", &["append x catenate (url \"/x\")"]),
    (Feature::Children, "CHILDREN", &[]),
    (
        Feature::CondStore,
        "ENABLE CONDSTORE",
        &[
            "select x (condstore)",
            "fetch 1 modseq",
            "fetch 1 flags (changedsince 7)",
            "store 1 (unchangedsince 7) flags ()",
            "search modseq 7",
            "status x (highestmodseq)",
            "search not (or seen modseq 7)",
        ],
    ),
    (
        Feature::ContextSearch,
        "CONTEXT=SEARCH ESEARCH",
        &[
            "search return (update) all",
            "search return (context) all",
            "search return (partial 1:9) all",
            "cancelupdate \"a\"",
        ],
    ),
    (
        Feature::ContextSort,
        "CONTEXT=SEARCH CONTEXT=SORT ESEARCH ESORT SORT",
        &["sort return (update) (date) utf-8 all"],
    ),
    (Feature::CreateSpecialUse, "CREATE-SPECIAL-USE SPECIAL-USE", &["create x (use (\\Sent))"]),
    (Feature::Esearch, "ESEARCH", &["search return (count) all", "uid search return () all"]),
    (Feature::Esort, "ESEARCH ESORT SORT", &["sort return (count) (date) utf-8 all"]),
    (Feature::Filters, "FILTERS", &["search filter x"]),
    (Feature::Id, "ID", &["id nil"]),
    (Feature::Idle, "IDLE", &["idle"]),
    (Feature::InProgress, "INPROGRESS", &[]),
    (Feature::JmapAccess, "JMAPACCESS", &["getjmapaccess"]),
    (
        Feature::ListExtended,
        "LIST-EXTENDED",
        &["list (subscribed) \"\" *", "list \"\" (x y)", "list \"\" * return (children)"],
    ),
    (
        Feature::ListMetadata,
        "LIST-EXTENDED LIST-METADATA METADATA METADATA-SERVER",
        &["list \"\" * return (metadata (/shared/comment))"],
    ),
    (
        Feature::ListMyRights,
        "ACL RIGHTS=texk LIST-EXTENDED LIST-MYRIGHTS",
        &["list \"\" * return (myrights)"],
    ),
    (Feature::ListStatus, "LIST-EXTENDED LIST-STATUS", &["list \"\" * return (status (messages))"]),
    (
        Feature::Metadata,
        "METADATA METADATA-SERVER",
        &["getmetadata x /shared/comment", "setmetadata x (/shared/comment nil)"],
    ),
    (
        Feature::MetadataServer,
        "METADATA-SERVER",
        &["getmetadata \"\" /shared/comment", "setmetadata \"\" (/shared/comment nil)"],
    ),
    (Feature::Move, "MOVE", &["move 1 x", "uid move 7 x"]),
    (Feature::MultiAppend, "MULTIAPPEND", &["append x {1+}\r\na {1+}\r\nb"]),
    (Feature::MultiSearch, "ESEARCH MULTISEARCH", &["esearch in (mailboxes x) return (count) all"]),
    (Feature::Namespace, "NAMESPACE", &["namespace"]),
    (Feature::Notify, "NOTIFY", &["notify none"]),
    (
        Feature::ObjectId,
        "OBJECTID",
        &["fetch 1 emailid", "fetch 1 threadid", "search emailid x", "status x (mailboxid)"],
    ),
    (Feature::Partial, "PARTIAL", &["uid fetch 1:* flags (partial 1:9)"]),
    (Feature::Preview, "PREVIEW", &["fetch 1 preview", "fetch 1 (preview (lazy))"]),
    (Feature::Quota, "QUOTA", &["getquota x", "getquotaroot x"]),
    (Feature::QuotaMailbox, "QUOTA QUOTA=RES-MAILBOX", &[]),
    (Feature::QuotaMessage, "QUOTA QUOTA=RES-MESSAGE", &["status x (deleted)"]),
    (Feature::QuotaStorage, "QUOTA QUOTA=RES-STORAGE", &["status x (deleted-storage)"]),
    (Feature::QuotaSet, "QUOTA QUOTASET", &["setquota x (storage 9)"]),
    (Feature::Replace, "REPLACE", &["replace 1 x {3+}\r\nabc", "uid replace 7 x {3+}\r\nabc"]),
    (Feature::SaveDate, "SAVEDATE", &["fetch 1 savedate", "search savedatesupported"]),
    (Feature::SearchFuzzy, "SEARCH=FUZZY", &["search fuzzy subject x"]),
    (
        Feature::SearchRes,
        "ESEARCH SEARCHRES",
        &["search return (save) all", "fetch $ flags", "search $", "copy $ x"],
    ),
    (Feature::Sort, "SORT", &["sort (date) utf-8 all", "uid sort (reverse size) utf-8 all"]),
    (Feature::SortDisplay, "SORT SORT=DISPLAY", &["sort (displayfrom) utf-8 all"]),
    (Feature::SpecialUse, "SPECIAL-USE", &[]),
    (Feature::StatusSize, "STATUS=SIZE", &["status x (size)"]),
    (Feature::ThreadOrderedSubject, "THREAD=ORDEREDSUBJECT", &["thread orderedsubject utf-8 all"]),
    (Feature::ThreadReferences, "THREAD=REFERENCES", &["uid thread references utf-8 all"]),
    (Feature::UidBatches, "UIDBATCHES", &["uidbatches 2000"]),
    (Feature::UidPlus, "UIDPLUS", &["uid expunge 7"]),
    (Feature::Unauthenticate, "UNAUTHENTICATE", &["unauthenticate"]),
    (Feature::Unselect, "UNSELECT", &["unselect"]),
    (Feature::Within, "WITHIN", &["search younger 9", "search not older 9"]),
    // What has to be enabled besides.
    (
        Feature::Qresync,
        "ENABLE CONDSTORE QRESYNC",
        &["select x (qresync (1 7))", "uid fetch 1:* flags (changedsince 7 vanished)"],
    ),
    (Feature::UidOnly, "ENABLE UIDONLY", &[]),
    (Feature::Utf8Accept, "ENABLE UTF8=ACCEPT", &["append x utf8 (~{3+}\r\nabc)"]),
    (
        Feature::Imap4Rev2,
        "BINARY CHILDREN ENABLE ESEARCH IDLE IMAP4rev2 LIST-EXTENDED LIST-STATUS MOVE NAMESPACE \
         SEARCHRES SPECIAL-USE STATUS=SIZE UIDPLUS UNSELECT",
        &["status x (deleted)"],
    ),
];

fn enabling(feature: Feature) -> &'static str {
    match feature {
        Feature::Qresync => "qresync",
        Feature::Utf8Accept => "utf8=accept",
        _ => "condstore",
    }
}

fn words(features: Features) -> Vec<String> {
    let mut words = capabilities(&mut Session::logged_in(with(features)));
    words.sort();
    words
}

#[test]
fn each_feature_is_said_by_its_words_and_by_no_other() {
    assert_eq!(words(Features::none()), ["IMAP4rev1", "LITERAL+"]);
    for (feature, said, _) in ROWS {
        let mut all: Vec<&str> = said.split_whitespace().chain(["IMAP4rev1", "LITERAL+"]).collect();
        all.sort_unstable();
        assert_eq!(words([*feature].into()), all, "{feature}");
    }
    // All together are no more than each, and without one its own word is gone.
    let all: Features = ROWS.iter().map(|row| row.0).collect();
    assert_eq!(all.iter().count(), ROWS.len(), "each feature has its row");
    for (feature, ..) in ROWS {
        let rest = words(all.without(*feature));
        let own = words([*feature].into());
        assert!(own.iter().any(|word| !rest.contains(word)), "{feature}");
    }
    // A stranger hears of little, whatever there is.
    let mut stranger = Session::new(with(all));
    assert_eq!(capabilities(&mut stranger), ["IMAP4rev1", "LITERAL+", "IMAP4rev2", "ID"]);
}

#[test]
fn what_needs_a_feature_is_bad_without_and_asked_with_it() {
    for (feature, _, commands) in ROWS {
        for command in *commands {
            let line = format!("c {command}\r\n");
            let mut without = Session::selected(with([]));
            let said = without.say(&line);
            assert!(said.starts_with("c BAD "), "{line}: {said}");
            let asked = without.events.iter().filter(|one| !matches!(one, Event::Aborted(_)));
            let messages = asked.filter(|one| {
                !matches!(one, Event::Append { .. } | Event::AppendBegin { .. } | Event::Chunk(_))
            });
            assert_eq!(messages.count(), 0, "{line}: {:?}", without.events);
            assert!(without.say("d noop\r\n").ends_with("d OK NOOP completed\r\n"), "{line}");

            let mut session = Session::logged_in(with([*feature]));
            session.say(format!("b enable {}\r\nb select inbox\r\n", enabling(*feature)));
            session.events.clear();
            let said = session.say(&line);
            assert!(!said.contains("BAD") && !said.contains("NO "), "{line}: {said}");
            let asked = |one: &Event| matches!(one, Event::Command(_) | Event::AppendEnd);
            assert_eq!(session.events.iter().filter(|one| asked(one)).count(), 1, "{line}");
        }
    }
}

#[test]
fn what_no_feature_has_is_bad_whatever_there_is() {
    let all: Features = ROWS.iter().map(|row| row.0).collect();
    for line in [
        "xlist \"\" *",
        "setannotation x",
        "uid noop",
        "fetch 1 x-gm-msgid",
        "fetch 1 annotation (/comment value)",
        "store 1 x-gm-labels (x)",
        "store 1 flags (\\Recent)",
        "search x-gm-raw x",
        "search foo",
        "sort (foo) utf-8 all",
        "thread foo utf-8 all",
        "status x (foo)",
        "list (foo) \"\" *",
        "list \"\" * return (foo)",
        "search return (foo) all",
        "select x (foo)",
        "create x (foo)",
        "fetch 1 flags (foo)",
        "fetch 1 flags (changedsince 7 vanished)",
        "fetch 1 flags (partial 1:9)",
        "uid fetch 7 flags (vanished)",
        "append x (\\Recent) {1+}\r\na",
    ] {
        let mut session = Session::logged_in(with(all));
        session.say("b enable qresync\r\nb select inbox\r\n");
        session.events.clear();
        let said = session.say(format!("c {line}\r\n"));
        assert!(said.starts_with("c BAD "), "{line}: {said}");
        assert!(session.events.is_empty(), "{line}: {:?}", session.events);
    }
}

#[test]
fn enable_answers_with_what_is_new_and_known() {
    // RFC 5161 §3.1: unknown names are ignored; §3.2: what was not enabled before is told.
    let features = || with([Feature::Qresync, Feature::Utf8Accept]);
    let mut session = Session::logged_in(features());
    for (names, told, heard) in [
        ("foo idle", "* ENABLED\r\n", &[][..]),
        // Known, but not there.
        ("uidonly imap4rev2", "* ENABLED\r\n", &[]),
        ("condstore", "* ENABLED CONDSTORE\r\n", &[Feature::CondStore]),
        ("Condstore", "* ENABLED\r\n", &[]),
        (
            "foo qresync utf8=accept qresync",
            "* ENABLED QRESYNC UTF8=ACCEPT\r\n",
            &[Feature::Qresync, Feature::Utf8Accept],
        ),
    ] {
        session.events.clear();
        let said = session.say(format!("c enable {names}\r\n"));
        assert_eq!(said, format!("{told}c OK ENABLE completed\r\n"), "{names}");
        let notices: Vec<Event> = heard.iter().map(|one| Event::Enabled(*one)).collect();
        assert_eq!(session.events, notices, "{names}");
    }
    // RFC 7162 §3.2.3: QRESYNC has CONDSTORE with it.
    let mut session = Session::logged_in(features());
    session.say("c enable qresync\r\n");
    let both = [Event::Enabled(Feature::CondStore), Event::Enabled(Feature::Qresync)];
    assert_eq!(session.events, both);
    assert_eq!(session.server.enabled_features(), [Feature::Qresync].into());
    // RFC 5161 §3.1: "only valid in the authenticated state ..., before any mailbox is selected".
    for (mut session, expected) in [
        (Session::new(features()), "c BAD not in this state\r\n"),
        (Session::selected(features()), "c BAD not in this state\r\n"),
        (Session::logged_in(with([Feature::Idle])), "c BAD unknown command\r\n"),
    ] {
        assert_eq!(session.say("c enable condstore\r\n"), expected);
        assert!(session.server.enabled_features().is_empty());
    }
    let mut session = Session::logged_in(features());
    assert!(session.say("c enable\r\n").starts_with("c BAD "));
}

#[test]
fn a_command_that_uses_condstore_enables_it() {
    // RFC 7162 §3.1: its "CONDSTORE enabling commands".
    for command in [
        "select x (condstore)",
        "status x (highestmodseq)",
        "fetch 1 (flags modseq)",
        "fetch 1 flags (changedsince 7)",
        "store 1 (unchangedsince 7) flags ()",
        "search modseq 7",
    ] {
        let mut session = Session::selected(with([Feature::CondStore]));
        session.say(format!("c {command}\r\nd {command}\r\n"));
        assert_eq!(session.events[0], Event::Enabled(Feature::CondStore), "{command}");
        assert_eq!(session.events.len(), 3, "{command}: once, before the first");
        assert_eq!(session.server.enabled_features(), [Feature::CondStore].into());
    }
    let mut session = Session::selected(with([Feature::CondStore]));
    session.say("c fetch 1 flags\r\nd select x\r\ne status x (messages)\r\nf search all\r\n");
    assert!(session.server.enabled_features().is_empty());
}

#[test]
fn a_notice_is_no_question() {
    fn declines(server: &mut Server, event: &Event) {
        match event {
            Event::Enabled(_) => {
                assert_eq!(server.accept(), Err(Error::Misuse(Misuse::NothingPending)));
                let select = server.accept_select(&SelectData::new(3));
                assert_eq!(select, Err(Error::Misuse(Misuse::NothingPending)));
                server.decline();
            }
            event => accepts(server, event),
        }
    }
    let mut session = Session::logged_in(with([Feature::CondStore])).on(declines);
    let said = session.say("c select x (condstore)\r\nd fetch 1 modseq\r\n");
    assert!(said.contains("c OK [READ-WRITE] ") && said.ends_with("d OK FETCH completed\r\n"));
}

#[test]
fn rev2_is_another_language() {
    let config = || with([Feature::Imap4Rev2]).with_literals(Literals::Minus);
    let name = || MailboxName::new("entwürfe").unwrap();
    let mut talk = Vec::new();
    for enable in ["", "c enable imap4rev2\r\n"] {
        let mut session = Session::logged_in(config());
        session.say(enable);
        session.ask("d select inbox\r\n");
        let mut data = SelectData::new(3);
        (data.recent, data.unseen) = (1, Some(2));
        let list = |name| postrider_imap::ListResponse::new([].into(), None, name);
        data.list = Some(list(name()));
        session.server.accept_select(&data).unwrap();
        let select = session.go_on();
        session.ask("e uid search all\r\n");
        session.server.update(&Response::Recent(1)).unwrap();
        let numbers = NumberList::from_iter([1_u32, 2, 3]);
        session.server.respond(&Response::Search { numbers, mod_seq: None }).unwrap();
        session.server.accept().unwrap();
        let search = session.go_on();
        session.ask("f search seen\r\n");
        let numbers = NumberList::default();
        session.server.respond(&Response::Search { numbers, mod_seq: None }).unwrap();
        session.server.accept().unwrap();
        talk.push((select, search, session.go_on()));
    }
    let [one, two] = &talk[..] else { panic!() };
    // RFC 9051 Appendix E: RECENT and UNSEEN are gone, LIST is told, SEARCH is answered by ESEARCH.
    assert!(one.0.contains("RECENT") && one.0.contains("[UNSEEN 2]") && !one.0.contains("LIST"));
    assert!(!two.0.contains("RECENT") && !two.0.contains("UNSEEN"), "{}", two.0);
    assert!(two.0.contains("* LIST () NIL \"entwürfe\"\r\n"), "{}", two.0);
    assert_eq!(one.1, "* 1 RECENT\r\n* SEARCH 1 2 3\r\ne OK UID SEARCH completed\r\n");
    assert_eq!(two.1, "* ESEARCH (TAG \"e\") UID ALL 1:3\r\ne OK UID SEARCH completed\r\n");
    assert_eq!(one.2, "* SEARCH\r\nf OK SEARCH completed\r\n");
    assert_eq!(two.2, "* ESEARCH (TAG \"f\")\r\nf OK SEARCH completed\r\n");
}

#[test]
fn once_utf8_is_accepted_a_search_has_no_charset() {
    // RFC 6855 §3
    let mut session = Session::logged_in(with([Feature::Utf8Accept]));
    session.say("b select inbox\r\n");
    assert_eq!(session.say("c search charset utf-8 all\r\n"), "c OK SEARCH completed\r\n");
    let mut session = Session::logged_in(with([Feature::Utf8Accept]));
    session.say("b enable utf8=accept\r\nb select inbox\r\n");
    assert_eq!(session.say("c search charset utf-8 all\r\n"), "c BAD syntax error\r\n");
    let said = session.say("c search subject \"entwürfe\"\r\nd select \"entwürfe\"\r\n");
    assert!(said.starts_with("c OK ") && said.contains("\nd OK "), "{said}");
}

#[test]
fn under_uidonly_numbers_of_messages_are_refused() {
    // RFC 9586 §3: BAD with UIDREQUIRED.
    let config = || with([Feature::UidOnly, Feature::Move, Feature::Replace, Feature::Sort]);
    let mut session = Session::logged_in(config());
    session.say("b enable uidonly\r\nb select inbox\r\n");
    session.events.clear();
    for line in [
        "fetch 1 flags",
        "store 1 flags ()",
        "copy 1 x",
        "move 1 x",
        "search all",
        "sort (date) utf-8 all",
        "uid search 1:3",
        "uid search not (or seen 1)",
        "replace 1 x {3+}\r\nabc",
    ] {
        let said = session.say(format!("c {line}\r\n"));
        assert!(said.starts_with("c BAD [UIDREQUIRED] "), "{line}: {said}");
    }
    assert!(session.events.is_empty(), "{:?}", session.events);
    let mut session = Session::logged_in(config());
    session.say("b enable uidonly\r\nb select inbox\r\n");
    for line in ["uid fetch 7 flags", "uid search uid 7", "uid store 7 flags ()", "uid move 7 x"] {
        let said = session.say(format!("c {line}\r\n"));
        assert!(said.starts_with("c OK "), "{line}: {said}");
    }
    session.on_event = waits;
    session.say("c uid fetch 7 uid\r\n");
    let items = [postrider_imap::FetchItem::Uid(Uid::new(7).unwrap())];
    let number = postrider_imap::MessageNumber::new(1).unwrap();
    assert_eq!(session.server.fetch_items(number, &items), Err(Misuse::NotNow.into()));
    session.server.fetch_items(Uid::new(7).unwrap(), &items).unwrap();
    session.server.accept().unwrap();
    assert_eq!(session.go_on(), "* 7 UIDFETCH (UID 7)\r\nc OK UID FETCH completed\r\n");
    // Not enabled, numbers are as ever.
    let mut session = Session::selected(config());
    assert_eq!(session.say("c fetch 1 flags\r\n"), "c OK FETCH completed\r\n");
}
