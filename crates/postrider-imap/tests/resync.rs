//! A client that knows a mailbox from before, and a server that tells what changed: the machine and
//! its helpers together, as an embedder uses them.

mod talk;

use bytes::Buf;
use postrider_imap::client::{Change, Client, Config, Event, Resync, SyncState, SyncWay};
use postrider_imap::{MailboxName, MessageNumber, Uid};
use postrider_wire::{Machine, Progress, Security, TlsInfo};
use talk::Session;

/// Plays `server`, each part of it when the client has said something, and tells what the client said
/// and what changed.
fn play(state: &str, server: &[&str]) -> (Vec<String>, Vec<String>, Resync) {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    let (mut said, mut changes) = (Vec::new(), Vec::new());
    let mut resync: Option<Resync> = None;
    let mut server = server.iter();
    inbox.extend(server.next().expect("a greeting").as_bytes());
    loop {
        let event = match client.poll(&mut inbox).expect("no fault") {
            Progress::Event(event) => event,
            Progress::Wait { .. } => {
                let outbox = client.outbox();
                let len = outbox.remaining();
                said.push(String::from_utf8(outbox.copy_to_bytes(len).to_vec()).expect("ASCII"));
                match server.next() {
                    Some(part) => assert!(inbox.extend(part.as_bytes()) > 0),
                    None => break,
                }
                continue;
            }
            other => panic!("{other:?}"),
        };
        if matches!(event, Event::Ready) {
            let state: SyncState = state.parse().expect("a state");
            resync = Some(Resync::new(&client, MailboxName::inbox(), Some(state)));
        }
        let Some(resync) = &mut resync else { continue };
        resync.on_event(&event);
        while let Some(change) = resync.next_change() {
            changes.push(match change {
                Change::Reset => "all are new".to_owned(),
                Change::Gone(uids) => format!("gone {uids}"),
                Change::Message { uid, is_new, .. } => format!("{uid} {is_new}"),
                other => panic!("{other:?}"),
            });
        }
        if let Some(command) = resync.next_command() {
            client.send(command).expect("it may be said");
        }
    }
    (said, changes, resync.expect("ready"))
}

#[test]
fn a_server_with_qresync_is_asked_for_what_is_new_alone() {
    let (said, changes, resync) = play(
        "1 67890007 715194045000 41:43,50",
        &[
            "* PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC] hi\r\n",
            "* ENABLED QRESYNC\r\na001 OK enabled\r\n",
            "* 4 EXISTS\r\n* OK [UIDVALIDITY 67890007] x\r\n* OK [UIDNEXT 53] x\r\n\
             * OK [HIGHESTMODSEQ 715194045009] x\r\n* VANISHED (EARLIER) 42\r\n\
             * 2 FETCH (UID 43 FLAGS (\\Seen) MODSEQ (715194045005))\r\na002 OK [READ-WRITE] x\r\n",
            "* 4 FETCH (UID 52 FLAGS ())\r\na003 OK x\r\n",
        ],
    );
    let asked = [
        "a001 ENABLE QRESYNC\r\n",
        "a002 SELECT INBOX (QRESYNC (67890007 715194045000 41:50))\r\n",
        "a003 UID FETCH 51:* FLAGS\r\n",
        "",
    ];
    assert_eq!(said, asked);
    assert_eq!(changes, ["gone 42", "43 false", "52 true"]);
    let state = resync.outcome().expect("done").as_ref().expect("well");
    assert_eq!(state.to_string(), "1 67890007 715194045009 41,43,50,52");
    let four = MessageNumber::new(4).expect("above zero");
    let uid = resync.selected().message(four).map(|message| message.uid);
    assert_eq!(uid, Uid::new(52).ok());
}

#[test]
fn a_server_with_condstore_is_asked_for_changes_and_for_what_is_left() {
    let (said, changes, _) = play(
        "1 7 100 1:3",
        &[
            "* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hi\r\n",
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [HIGHESTMODSEQ 120] x\r\na001 OK x\r\n",
            "* 2 FETCH (UID 3 MODSEQ (110) FLAGS (\\Deleted))\r\na002 OK x\r\n",
            "* SEARCH 1 3\r\na003 OK x\r\n",
            "* 3 FETCH (UID 9 FLAGS ())\r\na004 OK x\r\n",
        ],
    );
    let asked = [
        "a001 SELECT INBOX (CONDSTORE)\r\n",
        "a002 UID FETCH 1:3 FLAGS (CHANGEDSINCE 100)\r\n",
        "a003 UID SEARCH UID 1:3\r\n",
        "a004 UID FETCH 4:* FLAGS\r\n",
        "",
    ];
    assert_eq!(said, asked);
    assert_eq!(changes, ["3 false", "gone 2", "9 true"]);
}

#[test]
fn a_server_with_neither_is_asked_for_everything() {
    let (said, changes, resync) = play(
        "1 7 0 1:3",
        &[
            "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n",
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\na001 OK x\r\n",
            "* 1 FETCH (FLAGS () UID 1)\r\n* 2 FETCH (UID 4 FLAGS ())\r\na002 OK x\r\n",
        ],
    );
    assert_eq!(said, ["a001 SELECT INBOX\r\n", "a002 UID FETCH 1:* FLAGS\r\n", ""]);
    assert_eq!(changes, ["1 false", "4 true", "gone 2:3"]);
    let state = resync.outcome().expect("done").as_ref().expect("well");
    assert_eq!(state.to_string(), "1 7 0 1,4");
}

// --- beyond the end, and before the beginning ---

/// Gives events to a resynchronisation and, behind each, its commands to the client; tells the changes.
fn follow(session: &mut Session, resync: &mut Resync, octets: &str) -> Vec<String> {
    let mut changes = Vec::new();
    session.inbox.extend(octets.as_bytes());
    loop {
        if let Some(command) = resync.next_command() {
            session.client.send(command).unwrap();
        }
        let Ok(Progress::Event(event)) = session.client.poll(&mut session.inbox) else {
            return changes;
        };
        resync.on_event(&event);
        while let Some(change) = resync.next_change() {
            changes.push(match change {
                Change::Reset => "reset".to_owned(),
                Change::Gone(uids) => format!("gone {}", uids.as_list()),
                Change::Message { uid, is_new, .. } => {
                    format!("{}{uid}", if is_new { "new " } else { "" })
                }
                other => panic!("{other:?}"),
            });
        }
    }
}

/// With this state from before, against a server with CONDSTORE; SELECT is said.
fn begun(before: &str) -> (Session, Resync) {
    let mut session = Session::new("CONDSTORE");
    let before = before.parse().unwrap();
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), Some(before));
    follow(&mut session, &mut resync, "");
    (session, resync)
}

/// What a mailbox with CONDSTORE says of itself that has so many messages.
fn changed_since(exists: u32, next: u32) -> String {
    format!(
        "* {exists} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n\
         * OK [HIGHESTMODSEQ 120] x\r\na001 OK [READ-WRITE] x\r\n"
    )
}

#[test]
fn what_goes_while_a_command_is_in_flight_does_not_take_its_answer() {
    let (mut session, mut resync) = begun("1 7 100 1:3");
    follow(&mut session, &mut resync, &changed_since(3, 4));
    follow(&mut session, &mut resync, "a002 OK x\r\n");
    assert_eq!(follow(&mut session, &mut resync, "* VANISHED 1:3\r\n"), ["gone 1:3"]);
    follow(&mut session, &mut resync, "* SEARCH\r\na003 OK x\r\n");
    assert_eq!(resync.state().unwrap().to_string(), "1 7 120 -");

    // All that is known goes, and there is more.
    let (mut session, mut resync) = begun("1 7 100 5");
    follow(&mut session, &mut resync, &changed_since(3, 8));
    let went = "* 1 FETCH (UID 5 FLAGS () MODSEQ (110))\r\n* 1 EXPUNGE\r\na002 OK x\r\n";
    assert_eq!(follow(&mut session, &mut resync, went), ["5", "gone 5"]);
    assert!(session.says().ends_with("a003 UID FETCH 6:* FLAGS\r\n"));
}

#[test]
fn what_is_known_is_not_numbered_where_something_unknown_went() {
    let (mut session, mut resync) = begun("1 7 100 1:3");
    follow(&mut session, &mut resync, &changed_since(3, 4));
    follow(&mut session, &mut resync, "a002 OK x\r\n");
    let swapped = "* SEARCH 1 2 3\r\n* 1 EXPUNGE\r\n* 3 EXISTS\r\na003 OK x\r\n";
    follow(&mut session, &mut resync, swapped);
    assert!(resync.outcome().unwrap().is_ok());
    assert_eq!(resync.selected().number_of(Uid::new(2).unwrap()), None);
}

#[test]
fn what_is_told_of_the_mailbox_before_is_not_believed_of_the_next() {
    let config = Config::new(Security::Implicit(TlsInfo::new()));
    let mut session = Session::hello(config, "* PREAUTH hi\r\n");
    session.client.select(MailboxName::new("old").unwrap()).unwrap();
    session.says();
    session.hears("* 9 EXISTS\r\na001 OK x\r\n");
    let before = "1 7 0 1:3".parse().unwrap();
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), Some(before));
    follow(&mut session, &mut resync, "");
    let old = "* VANISHED 2\r\n* 1 FETCH (UID 777 FLAGS ())\r\n";
    assert!(follow(&mut session, &mut resync, old).is_empty());
    follow(&mut session, &mut resync, "* CAPABILITY IMAP4rev1\r\na002 OK x\r\n");
    // Nor is how many messages that had.
    let closed = "* 10 EXISTS\r\n* OK [CLOSED] x\r\n* OK [UIDVALIDITY 7] x\r\na003 OK x\r\n";
    assert!(follow(&mut session, &mut resync, closed).is_empty());
    assert!(resync.outcome().unwrap().is_err());
}

#[test]
fn what_comes_too_late_changes_nothing() {
    let mut session = Session::new("CONDSTORE");
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), None);
    follow(&mut session, &mut resync, "");
    let mut resync = resync.with_examine().with_at_most(SyncWay::Compare);
    let empty = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\na001 OK x\r\n";
    follow(&mut session, &mut resync, empty);
    assert!(resync.outcome().unwrap().is_ok());
}

#[test]
fn an_account_that_is_wrong_somewhere_is_made_anew() {
    let (mut session, mut resync) = begun("1 7 100 1,3");
    follow(&mut session, &mut resync, &changed_since(3, 4));
    follow(&mut session, &mut resync, "a002 OK x\r\n");
    follow(&mut session, &mut resync, "* SEARCH 1 2 3\r\na003 OK x\r\n");
    assert!(session.says().ends_with("a004 UID FETCH 1:* FLAGS\r\n"));
}

#[test]
fn a_resynchronisation_goes_on_as_long_as_the_session() {
    let mut session = Session::new("CONDSTORE");
    let before = "1 7 50 10:12".parse().unwrap();
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), Some(before));
    assert_eq!(resync.way(), SyncWay::Condstore);
    follow(&mut session, &mut resync, "");
    let changes = follow(
        &mut session,
        &mut resync,
        "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [HIGHESTMODSEQ 50] x\r\na001 OK [READ-WRITE] x\r\n",
    );
    // Nothing changed, and each number is known by that.
    assert!(changes.is_empty() && resync.outcome().unwrap().is_ok());
    assert_eq!(resync.selected().known(), 3);
    let changes = follow(&mut session, &mut resync, "* 1 EXPUNGE\r\n* 3 EXISTS\r\n");
    assert_eq!(changes, ["gone 10"]);
    let changes = follow(&mut session, &mut resync, "* 3 FETCH (UID 20 FLAGS () MODSEQ (60))\r\n");
    assert_eq!(changes, ["new 20"]);
    let changes = follow(&mut session, &mut resync, "* VANISHED 11,20\r\n");
    assert_eq!(changes, ["gone 11,20"]);
    // The MODSEQ of one message is not that of all.
    assert_eq!(resync.state().unwrap().to_string(), "1 7 50 12");
    follow(&mut session, &mut resync, "* OK [UIDVALIDITY 8] x\r\n");
    assert_eq!(resync.state(), None);
}

#[test]
fn a_mailbox_can_be_examined() {
    let mut session = Session::new("CONDSTORE");
    let resync = Resync::new(&session.client, MailboxName::inbox(), None);
    let mut resync = resync.with_examine();
    follow(&mut session, &mut resync, "");
    assert_eq!(session.says(), "a001 EXAMINE INBOX (CONDSTORE)\r\n");
    let empty = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\na001 OK [READ-ONLY] x\r\n";
    follow(&mut session, &mut resync, empty);
    assert_eq!(resync.state().unwrap().to_string(), "1 7 0 -");
}

#[test]
fn what_the_server_offers_is_asked_where_it_is_not_known() {
    for (offers, most, way, said) in [
        ("CONDSTORE QRESYNC ENABLE", SyncWay::Qresync, SyncWay::Qresync, "a002 ENABLE QRESYNC\r\n"),
        (
            "CONDSTORE QRESYNC ENABLE",
            SyncWay::Condstore,
            SyncWay::Condstore,
            "a002 SELECT INBOX (CONDSTORE)\r\n",
        ),
        ("IDLE", SyncWay::Qresync, SyncWay::Compare, "a002 SELECT INBOX\r\n"),
    ] {
        let config = Config::new(Security::Implicit(TlsInfo::new()));
        let mut session = Session::hello(config, "* PREAUTH hi\r\n");
        let mut resync =
            Resync::new(&session.client, MailboxName::inbox(), None).with_at_most(most);
        follow(&mut session, &mut resync, "");
        assert_eq!(session.says(), "a001 CAPABILITY\r\n");
        let answer = format!("* CAPABILITY IMAP4rev1 {offers}\r\na001 OK x\r\n");
        follow(&mut session, &mut resync, &answer);
        assert_eq!((session.says().as_str(), resync.way()), (said, way));
    }
    // A server that does not say.
    let config = Config::new(Security::Implicit(TlsInfo::new()));
    let mut session = Session::hello(config, "* PREAUTH hi\r\n");
    let mut resync = Resync::new(&session.client, MailboxName::inbox(), None);
    follow(&mut session, &mut resync, "");
    follow(&mut session, &mut resync, "a001 BAD x\r\n");
    assert!(session.says().ends_with("a002 SELECT INBOX\r\n"));
}
