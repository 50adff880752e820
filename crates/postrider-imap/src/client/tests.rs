//! Whatever a server says and an embedder calls, nothing breaks.

use std::string::String;
use std::vec::Vec;

use bytes::{Buf, Bytes};
use postrider_wire::{ClearTextLogin, Secret};
use proptest::prelude::*;

use super::*;
use crate::{
    AppendMessage, Atom, FetchAttribute, Flag, Limits, MailboxName, SearchCommand, SearchKey,
    Section, SequenceSet, StoreMode,
};

#[derive(Clone, Debug)]
enum Op {
    Feed(Vec<u8>),
    Poll,
    Drain,
    Command(u8),
    Discard,
    Shutdown,
    Timeout,
    Eof,
}

fn op() -> impl Strategy<Value = Op> {
    let words = prop::sample::select(
        [
            "* OK hi\r\n",
            "* PREAUTH hi\r\n",
            "* BYE x\r\n",
            "a001 OK x\r\n",
            "a002 OK x\r\n",
            "a003 NO x\r\n",
            "* CAPABILITY IMAP4rev1 STARTTLS\r\n",
            "* OK [CAPABILITY IDLE LITERAL+ MULTIAPPEND COMPRESS=DEFLATE] x\r\n",
            "+ go\r\n",
            "* 3 EXISTS\r\n",
            "* 1 FETCH (",
            "BODY[] {5}\r\n",
            "12345",
            "UID 7",
            ")",
            "\r\n",
            "FLAGS (\\Seen)",
            " ",
            "BODY[1] NIL",
            "RFC822 \"a\\\"b\"",
            "X ((\"y\" {2}\r\n",
            "{",
            "\"",
            "* LIST {3}\r\n",
        ]
        .to_vec(),
    );
    let feed = prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    prop_oneof![
        8 => feed.prop_map(Op::Feed),
        8 => Just(Op::Poll),
        4 => Just(Op::Drain),
        4 => any::<u8>().prop_map(Op::Command),
        1 => Just(Op::Discard),
        1 => Just(Op::Shutdown),
        1 => Just(Op::Timeout),
        1 => Just(Op::Eof),
    ]
}

/// How many kinds of calls there are.
const KINDS: u8 = 20;

fn command(client: &mut Client, which: u8) -> Result<(), Error> {
    let set = SequenceSet::all();
    match which % KINDS {
        16 => client.send(SearchCommand::new(Vec::from([SearchKey::All]))),
        17 => client.send(Command::Namespace),
        18 => client.send(Command::Close),
        19 => client.send(Command::Unauthenticate),
        8 => client.idle(),
        9 => client.done(),
        10 => client.compress(),
        11 => client.append(MailboxName::inbox(), Vec::from([AppendMessage::new(3)])),
        12 => {
            let two = [AppendMessage::new(0), AppendMessage::new(5)];
            client.append(MailboxName::inbox(), Vec::from(two))
        }
        13 => client.write_payload(&mut Bytes::from_static(b"abc")).map(drop),
        14 => client.finish_payload(),
        15 => client.abort(),
        0 => client.capability(),
        1 => client.noop(),
        2 => client.login("m\u{e4}c", Secret::new(String::from("s\u{e4}cret"))),
        3 => client.select(MailboxName::inbox()),
        4 => client.fetch(set, FetchAttribute::body(Section::all())),
        5 => client.store(set, StoreMode::Remove, true, [Flag::Seen]),
        6 => client.examine(MailboxName::inbox()),
        _ => client.logout(),
    }
}

proptest! {
    #[test]
    fn nothing_breaks_a_client(ops in proptest::collection::vec(op(), 0..80), tls in 0_u8..4) {
        let security = match tls {
            0 => Security::Implicit(TlsInfo::new()),
            1 => Security::StartTls(Policy::Required),
            2 => Security::StartTls(Policy::Opportunistic),
            _ => Security::StartTls(Policy::Never),
        };
        let config = Config::new(security)
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_limits(Limits::new().with_unit(512, 512).with_read(7).with_outbox(64));
        let mut client = Client::new(config);
        let mut inbox = client.new_inbox();
        let (mut begun, mut ended) = (0_u32, 0_u32);
        let (mut commands, mut outcomes) = (0_u32, 0_u32);
        for op in ops {
            match op {
                Op::Feed(octets) => {
                    inbox.extend(&octets);
                }
                Op::Poll => match client.poll(&mut inbox) {
                    Ok(Progress::Event(Event::BodyBegin { .. })) => begun += 1,
                    Ok(Progress::Event(Event::BodyEnd | Event::Aborted(_))) => ended += 1,
                    Ok(Progress::StartTls(token)) => {
                        let plain = std::mem::replace(&mut inbox, Inbox::new(1));
                        if let Ok(fresh) = client.tls_established(token, TlsInfo::new(), plain) {
                            inbox = fresh;
                        }
                    }
                    Ok(Progress::Wait { input, .. }) => prop_assert!(!input || !inbox.is_full()),
                    Ok(Progress::Event(Event::Completed { .. } | Event::Lost { .. })) => outcomes += 1,
                    Ok(Progress::Closed) | Err(_) => {
                        prop_assert_eq!(begun, ended);
                        // Law 13. LOGOUT may be one of the machine's own, at the end.
                        prop_assert!((commands..=commands + 1).contains(&outcomes));
                    }
                    Ok(Progress::Event(_)) => {}
                },
                Op::Drain => {
                    let n = client.outbox().len();
                    client.outbox().advance(n);
                }
                Op::Command(which) => {
                    let before = client.outbox().len();
                    let answered = !matches!(which % KINDS, 9 | 13..=15);
                    match command(&mut client, which) {
                        Ok(()) => commands += u32::from(answered),
                        Err(_) => prop_assert_eq!(client.outbox().len(), before),
                    }
                }
                Op::Discard => client.discard(),
                Op::Shutdown => client.shutdown(),
                Op::Timeout => {
                    if let Some(timer) = client.timers().first().copied() {
                        client.on_timeout(timer);
                    }
                }
                Op::Eof => inbox.set_eof(),
            }
            prop_assert!(begun >= ended && begun - ended <= 1);
        }
    }
}

#[test]
fn tags_are_counted_with_three_digits_and_more_when_they_run_out() {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    client.tags = 998;
    client.stage = Stage::Ready;
    let mut inbox = client.new_inbox();
    for tag in ["a999", "a1000"] {
        client.noop().unwrap();
        let n = client.outbox().len();
        assert_eq!(client.outbox().copy_to_bytes(n), std::format!("{tag} NOOP\r\n"));
        inbox.extend(std::format!("{tag} OK\r\n").as_bytes());
        assert!(matches!(client.poll(&mut inbox), Ok(Progress::Event(Event::Completed { .. }))));
    }
}

/// A client that somebody has logged in.
fn logged_in() -> (Client, Inbox) {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n");
    while matches!(client.poll(&mut inbox), Ok(Progress::Event(_))) {}
    (client, inbox)
}

fn answered(client: &mut Client, inbox: &mut Inbox, answer: &str) {
    let n = client.outbox().len();
    client.outbox().advance(n);
    inbox.extend(answer.as_bytes());
    while matches!(client.poll(inbox), Ok(Progress::Event(_))) {}
}

#[test]
fn a_command_leads_where_the_rfcs_say() {
    let (mut client, mut inbox) = logged_in();
    client.send(Command::Enable(Vec::from([Atom::from_static("QRESYNC")]))).unwrap();
    answered(&mut client, &mut inbox, "* ENABLED QRESYNC\r\na001 OK done\r\n");
    // RFC 9051 §6.4 and §6.3.1: CLOSE needs a mailbox that is selected, ENABLE needs that none is.
    assert_eq!(client.send(Command::Close), Err(Misuse::NotNow.into()));
    client.select(MailboxName::inbox()).unwrap();
    answered(&mut client, &mut inbox, "a002 OK [READ-WRITE] done\r\n");
    assert_eq!(client.send(Command::Enable(Vec::new())), Err(Misuse::NotNow.into()));
    client.send(Command::Close).unwrap();
    answered(&mut client, &mut inbox, "a003 OK done\r\n");
    assert_eq!(client.state(), State::Authenticated);
    // RFC 8437 §3: as if nobody had logged in yet.
    client.send(Command::Unauthenticate).unwrap();
    answered(&mut client, &mut inbox, "a004 OK done\r\n");
    assert_eq!((client.state(), client.capabilities()), (State::NotAuthenticated, None));
}

#[test]
fn what_only_the_machine_may_say_is_refused_by_any_name() {
    let (mut client, _) = logged_in();
    for name in ["STARTTLS", "starttls", "AUTHENTICATE", "Idle", "COMPRESS", "APPEND", "LOGOUT"] {
        let name = Atom::new(name).unwrap();
        let arguments = crate::Raw::new("x").unwrap();
        let command = Command::Other { uid: false, name, arguments };
        assert_eq!(client.send(command), Err(Misuse::NotNow.into()));
    }
    let plain = Command::Authenticate { mechanism: Atom::from_static("PLAIN"), initial: None };
    for command in [Command::StartTls, plain, Command::Compress(Atom::from_static("LZW"))] {
        assert_eq!(client.send(command), Err(Misuse::NotNow.into()));
    }
    assert!(client.outbox().is_empty());
    // It is IDLE whichever way it is said.
    assert_eq!(client.send(Command::Idle), Err(Misuse::NotOffered.into()));
    client.send(Command::Compress(Atom::from_static("deflate"))).unwrap();
}

#[test]
fn literals_wait_only_where_they_must_and_utf8_is_quoted_where_it_may_be() {
    let comment = |value: &'static str| {
        let entry =
            crate::MetadataEntry { name: "/private/comment".into(), value: Some(value.into()) };
        Command::SetMetadata { mailbox: MailboxName::inbox(), entries: Vec::from([entry]) }
    };
    let said = |client: &mut Client| {
        let n = client.outbox().len();
        String::from_utf8(client.outbox().copy_to_bytes(n).to_vec()).unwrap()
    };
    let (mut client, mut inbox) = logged_in();
    client.send(comment("f\u{fc}r\nalle")).unwrap();
    assert!(said(&mut client).ends_with("{9}\r\n"), "it waits");
    answered(&mut client, &mut inbox, "+ go\r\n");
    answered(&mut client, &mut inbox, "a001 OK [CAPABILITY LITERAL+] done\r\n");
    client.send(comment("f\u{fc}r\nalle")).unwrap();
    assert!(said(&mut client).ends_with("{9+}\r\nf\u{fc}r\nalle)\r\n"));
    answered(&mut client, &mut inbox, "a002 OK [CAPABILITY LITERAL-] done\r\n");
    client.send(comment("f\u{fc}r")).unwrap();
    assert!(said(&mut client).ends_with("{4+}\r\nf\u{fc}r)\r\n"));
    answered(&mut client, &mut inbox, "a003 OK done\r\n");
    client.send(Command::Enable(Vec::from([Atom::from_static("UTF8=ACCEPT")]))).unwrap();
    answered(&mut client, &mut inbox, "* ENABLED UTF8=ACCEPT\r\na004 OK done\r\n");
    client.send(comment("f\u{fc}r")).unwrap();
    assert!(said(&mut client).ends_with("\"f\u{fc}r\")\r\n"));
}
