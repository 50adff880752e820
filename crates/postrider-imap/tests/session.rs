//! The sample session of RFC 3501 §8, octet for octet, through both machines.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use postrider_imap::client::{self, Client};
use postrider_imap::server::{self, SelectData, Server};
use postrider_imap::{
    Address, BodySection, BodyStructureBuilder, Code, Command, CommandName, Envelope,
    EnvelopeFields, FetchAttribute, FetchAttributes, FetchItem, FetchedMessage, Flag, InternalDate,
    MailboxName, MessageNumber, MessageSet, PartFields, PlainCode, Section, SelectParameters,
    SequenceSet, Status, StoreMode, StoreValue,
};
use postrider_testkit::{Outcome, Scenario, embedder};
use postrider_wire::{ClearTextLogin, Policy, Secret, Security};

const GREETING: &str = "* OK IMAP4rev1 Service Ready\r\n";

/// What the client says and the server answers. The printed listing folds the FETCH response of
/// `a003`; on the wire it is one line.
const TURNS: [(&str, &str); 6] = [
    ("a001 login mrc secret\r\n", "a001 OK LOGIN completed\r\n"),
    (
        "a002 select inbox\r\n",
        "* 18 EXISTS\r\n\
         * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n\
         * 2 RECENT\r\n\
         * OK [UNSEEN 17] Message 17 is the first unseen message\r\n\
         * OK [UIDVALIDITY 3857529045] UIDs valid\r\n\
         a002 OK [READ-WRITE] SELECT completed\r\n",
    ),
    (
        "a003 fetch 12 full\r\n",
        "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" \
         RFC822.SIZE 4286 ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \
         \"IMAP4rev1 WG mtg summary and minutes\" \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((NIL NIL \"imap\" \"cac.washington.edu\")) \
         ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")\
         (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \
         \"<B27397-0100000@cac.washington.edu>\") \
         BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))\r\n\
         a003 OK FETCH completed\r\n",
    ),
    (
        "a004 fetch 12 body[header]\r\n",
        "* 12 FETCH (BODY[HEADER] {342}\r\n\
         Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n\
         From: Terry Gray <gray@cac.washington.edu>\r\n\
         Subject: IMAP4rev1 WG mtg summary and minutes\r\n\
         To: imap@cac.washington.edu\r\n\
         cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n\
         Message-Id: <B27397-0100000@cac.washington.edu>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\
         \r\n\
         )\r\n\
         a004 OK FETCH completed\r\n",
    ),
    (
        "a005 store 12 +flags \\deleted\r\n",
        "* 12 FETCH (FLAGS (\\Seen \\Deleted))\r\na005 OK +FLAGS completed\r\n",
    ),
    (
        "a006 logout\r\n",
        "* BYE IMAP4rev1 server terminating connection\r\na006 OK LOGOUT completed\r\n",
    ),
];

fn header() -> &'static str {
    let (_, behind) = TURNS[3].1.split_once("{342}\r\n").expect("a literal");
    &behind[..342]
}

fn full() -> Vec<FetchItem> {
    let terry = [Address::mailbox(Some(b"Terry Gray"), b"gray", b"cac.washington.edu")];
    let envelope = Envelope::new(&EnvelopeFields {
        date: Some(b"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)"),
        subject: Some(b"IMAP4rev1 WG mtg summary and minutes"),
        from: &terry,
        sender: &terry,
        reply_to: &terry,
        to: &[Address::mailbox(None, b"imap", b"cac.washington.edu")],
        cc: &[
            Address::mailbox(None, b"minutes", b"CNRI.Reston.VA.US"),
            Address::mailbox(Some(b"John Klensin"), b"KLENSIN", b"MIT.EDU"),
        ],
        message_id: Some(b"<B27397-0100000@cac.washington.edu>"),
        ..EnvelopeFields::default()
    });
    let mut body = BodyStructureBuilder::new();
    body.part(&PartFields {
        parameters: &[(b"CHARSET", b"US-ASCII")],
        lines: Some(92),
        ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 3028)
    });
    vec![
        FetchItem::Flags([Flag::Seen].into()),
        FetchItem::InternalDate(InternalDate::new([1996, 7, 17], [2, 44, 25], -7 * 60).ok()),
        FetchItem::Rfc822Size(4286),
        FetchItem::Envelope(envelope),
        FetchItem::Body(body.finish().expect("one part")),
    ]
}

fn twelve() -> MessageNumber {
    MessageNumber::new(12).expect("not 0")
}

fn clear() -> Security {
    Security::StartTls(Policy::Never)
}

/// The listing as the RFC prints it, without white space, which it adds for the eye.
#[test]
fn the_session_is_that_of_the_text_of_rfc3501() {
    let Some(path) = postrider_testkit::shared("rfc/rfc3501.txt") else {
        eprintln!("skipped: the text of RFC 3501 is not here");
        return;
    };
    let text = String::from_utf8_lossy(&std::fs::read(path).expect("readable")).into_owned();
    let (_, listing) = text.split_once("S:   * OK IMAP4rev1 Service Ready").expect("the session");
    let (listing, _) = listing.split_once("\n9.      Formal Syntax").expect("its end");
    let printed: String = listing
        .lines()
        .filter(|line| !line.starts_with("Crispin") && !line.starts_with("RFC 3501"))
        .map(|line| line.trim_start())
        .map(|line| line.strip_prefix("C:").unwrap_or(line))
        .map(|line| line.strip_prefix("S:").unwrap_or(line))
        .collect();
    let ours: String = TURNS.iter().flat_map(|(command, answer)| [*command, *answer]).collect();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(bare(&ours), bare(&printed));
}

#[test]
fn the_server_says_the_session_of_rfc3501_8() {
    let make = || {
        let config = server::Config::new(clear())
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_greeting("IMAP4rev1 Service Ready")
            .with_farewell("IMAP4rev1 server terminating connection");
        (Server::new(config), embedder(|server, event| answer(server, event).unwrap(), |_| false))
    };
    let session = Scenario::new("rfc3501-8", make);
    let session = TURNS.iter().fold(session, |session, (command, _)| session.turn(*command));
    let run = session.run();
    let expected: String =
        [GREETING].into_iter().chain(TURNS.iter().map(|(_, answer)| *answer)).collect();
    // A list of flags is a set, and the server has its own order for them.
    let expected = expected.replace("\\Seen \\Deleted", "\\Deleted \\Seen");
    assert_eq!(String::from_utf8_lossy(run.output()), expected);
    assert_eq!(run.outcome(), &Outcome::Closed);
}

fn answer(server: &mut Server, event: &server::Event) -> Result<(), postrider_imap::Error> {
    use server::Event;
    match event {
        Event::Login { user, password, .. } => {
            assert_eq!((&user[..], &password.expose()[..]), (&b"mrc"[..], &b"secret"[..]));
            server.accept_with(Status::ok("LOGIN completed"))
        }
        Event::Command(Command::Select { mailbox, parameters }) => {
            assert_eq!(*mailbox, MailboxName::inbox());
            assert_eq!(*parameters, SelectParameters::default());
            let mut data = SelectData::new(18);
            data.recent = 2;
            data.unseen = Some(17);
            data.uid_validity = Some(3_857_529_045.into());
            server.accept_select(&data)
        }
        Event::Command(Command::Fetch { set, attributes, uid: false, .. }) => {
            assert_eq!(*set, MessageSet::from(twelve()));
            match attributes.clone().into_list().as_slice() {
                [FetchAttribute::BodySection { section, peek: false, partial: None }] => {
                    let name = BodySection::Section(section.clone());
                    server.body_begin(twelve(), &name, None, 342)?;
                    server.write_payload(&mut Bytes::from_static(header().as_bytes()))?;
                    server.finish_payload()?;
                }
                full_list => {
                    assert_eq!(full_list, FetchAttributes::Full.into_list());
                    server.fetch_items(twelve(), &full())?;
                }
            }
            server.accept()
        }
        Event::Command(Command::Store(store)) => {
            assert_eq!((store.mode, store.silent, store.uid), (StoreMode::Add, false, false));
            assert_eq!(store.what, StoreValue::Flags([Flag::Deleted].into()));
            server
                .fetch_items(twelve(), &[FetchItem::Flags([Flag::Seen, Flag::Deleted].into())])?;
            server.accept_with(Status::ok("+FLAGS completed"))
        }
        other => panic!("not asked in this session: {other:?}"),
    }
}

#[test]
fn the_client_understands_the_session_of_rfc3501_8() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let log = heard.clone();
    let make = move || {
        let config = client::Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow);
        let log = log.clone();
        let mut fetches = 0;
        let on_event = move |client: &mut Client, event: &client::Event| {
            log.borrow_mut().push(event.clone());
            next(client, event, &mut fetches).expect("allowed here");
        };
        (Client::new(config), embedder(on_event, |_| false))
    };
    let session = Scenario::new("rfc3501-8", make).turn(GREETING);
    let session = TURNS.iter().fold(session, |session, (_, answer)| session.turn(*answer));
    let run = session.run();

    // Case aside, the client differs in one command: it puts a single flag into parentheses too.
    let said = String::from_utf8_lossy(run.output()).to_ascii_lowercase();
    let expected: String = TURNS.iter().map(|(command, _)| *command).collect();
    assert_eq!(said.replace("(\\deleted)", "\\deleted"), expected);
    assert_eq!(run.outcome(), &Outcome::Closed);
    assert_eq!(run.payload(), header().as_bytes());

    let heard = heard.borrow();
    let items = |event: &client::Event| {
        matches!(event, client::Event::FetchItems { message, items, .. }
        if *message == FetchedMessage::Number(twelve()) && *items == full())
    };
    assert!(heard.iter().any(items));
    let header = BodySection::Section(Section::header());
    let begin = |event: &client::Event| {
        matches!(event, client::Event::BodyBegin { message, section, origin: None, declared: Some(342), .. }
            if *message == FetchedMessage::Number(twelve()) && *section == header)
    };
    assert!(heard.iter().any(begin));
    assert!(heard.contains(&client::Event::Exists(18)));
    let unseen = |event: &client::Event| matches!(event, client::Event::Status { status, .. } if status.code == Some(Code::Unseen(17)));
    assert!(heard.iter().any(unseen));
}

fn next(
    client: &mut Client,
    event: &client::Event,
    fetches: &mut u32,
) -> Result<(), postrider_imap::Error> {
    let client::Event::Completed { command, status, .. } = event else {
        if *event == client::Event::Ready {
            client.login("mrc", Secret::new("secret".to_owned()))?;
        }
        return Ok(());
    };
    assert!(status.is_ok());
    let twelve = SequenceSet::one(12)?;
    let given = match command {
        CommandName::Login => client.select(MailboxName::inbox()),
        CommandName::Select => {
            assert_eq!(status.code, Some(Code::Plain(PlainCode::ReadWrite)));
            client.fetch(twelve, FetchAttributes::Full)
        }
        CommandName::Fetch => {
            *fetches += 1;
            match fetches {
                1 => client.fetch(twelve, FetchAttribute::body(Section::header())),
                _ => client.store(twelve, StoreMode::Add, false, [Flag::Deleted]),
            }
        }
        CommandName::Store => client.logout(),
        _ => return Ok(()),
    };
    given.map(drop)
}
