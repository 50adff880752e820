//! Whatever a client says and an embedder calls, nothing breaks.

use std::vec::Vec;

use bytes::{Buf, Bytes};
use postrider_sasl::server::Credential;
use postrider_wire::{ClearTextLogin, Policy, Secret, Security};
use proptest::prelude::*;

use super::*;
use crate::{
    BodySection, Command, EsearchItem, EsearchResponse, FetchItem, Flag, InProgress, Limits,
    ListAttributes, ListResponse, MailboxName, MailboxStatus, MessageNumber, Misuse, NumberList,
    PlainCode, Section, StatusValue, Uid, UidSet,
};

#[derive(Clone, Debug)]
enum Op {
    Feed(Vec<u8>),
    Poll,
    Drain(usize),
    Answer(u8),
    Shutdown,
    Timeout,
    LetGo,
    Agree,
    Eof,
}

fn op() -> impl Strategy<Value = Op> {
    let words = prop::sample::select(
        [
            "a ",
            "login mrc x\r\n",
            "login {3}\r\n",
            "mrc x\r\n",
            "{2+}\r\n",
            "{999999}\r\n",
            "select inbox\r\n",
            "examine inbox\r\n",
            "fetch 1:* full\r\n",
            "fetch 1 body[]\r\n",
            "store 1 flags ()\r\n",
            "noop\r\n",
            "idle\r\n",
            "done\r\n",
            "append inbox {3+}\r\nabc",
            "append inbox {3}\r\n",
            " (\\Seen) {2+}\r\nab",
            " {0}\r\n",
            "compress deflate\r\n",
            "capability\r\n",
            "starttls\r\n",
            "authenticate plain\r\n",
            "authenticate plain AG1yYwB4\r\n",
            "AG1yYwB4\r\n",
            "*\r\n",
            "enable condstore imap4rev2\r\n",
            "enable qresync uidonly utf8=accept\r\n",
            "list \"\" *\r\n",
            "list (subscribed) \"\" % return (status (messages))\r\n",
            "status inbox (messages highestmodseq)\r\n",
            "search unseen\r\n",
            "uid search return (all) 1:*\r\n",
            "select inbox (qresync (1 7))\r\n",
            "uid fetch 1:* flags (changedsince 7 vanished)\r\n",
            "uid store 7 +flags (\\Seen)\r\n",
            "uid expunge 7\r\n",
            "uid move 7 trash\r\n",
            "close\r\n",
            "unselect\r\n",
            "unauthenticate\r\n",
            "notify set (selected (messagenew messageexpunge)) (personal (mailboxname))\r\n",
            "notify set (selected-delayed (messagenew messageexpunge))\r\n",
            "notify none\r\n",
            "append inbox catenate (text {3+}\r\nabc url \"/x\")\r\n",
            "append inbox catenate (url \"/x\")\r\n",
            "uid replace 7 inbox {3+}\r\nabc\r\n",
            "GET / HTTP/1.1\r\n",
            "logout\r\n",
            "\r\n",
            "x",
            "\0",
            "\n",
        ]
        .to_vec(),
    );
    let feed = prop_oneof![
        4 => words.clone().prop_map(|word| word.as_bytes().to_vec()),
        8 => words.prop_map(|word| [b"a ", word.as_bytes()].concat()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
        1 => Just(b"a login mrc x\r\nb select inbox\r\nc fetch 1 body[]\r\n".to_vec()),
        1 => Just(b"a login mrc x\r\nb select inbox\r\nc idle\r\n".to_vec()),
        1 => Just(b"a login mrc x\r\nb enable qresync uidonly\r\nc select inbox\r\n".to_vec()),
        1 => Just(b"a authenticate plain AG1yYwB4\r\nb notify set (selected (messagenew \
                    messageexpunge))\r\nc select inbox\r\n".to_vec()),
    ];
    prop_oneof![
        8 => feed.prop_map(Op::Feed),
        8 => Just(Op::Poll),
        4 => (0_usize..200).prop_map(Op::Drain),
        8 => any::<u8>().prop_map(Op::Answer),
        1 => Just(Op::Shutdown),
        1 => Just(Op::Timeout),
        2 => Just(Op::LetGo),
        2 => Just(Op::Agree),
        1 => Just(Op::Eof),
    ]
}

fn answer(server: &mut Server, which: u8) -> Result<(), Error> {
    let name = BodySection::Section(Section::all());
    let number = |n| MessageNumber::new(n).unwrap();
    let uid = |n| Uid::new(n).unwrap();
    let flags = || std::vec![FetchItem::Flags([Flag::Seen].into())];
    let inbox = MailboxName::inbox;
    let list = || ListResponse::new(ListAttributes::default(), None, inbox());
    match which % 41 {
        0 | 1 => server.accept(),
        2 => server.accept_select(&SelectData::new(3)),
        3 => server.reject(Status::no("no")),
        4 => server.fetch_items(number(1), &[FetchItem::Flags([Flag::Seen].into())]),
        5 => server.body_begin(number(2), &name, None, 5),
        6 => server.write_payload(&mut Bytes::from_static(b"12345")).map(|_| ()),
        7 => server.finish_payload(),
        8 => server.body_nil(number(1), &name, Some(3)),
        9 => server.update(&Response::Exists(4)),
        10 => server.update(&Response::Expunge(number(1))),
        11 => server.update(&Response::Recent(0)),
        12 => server.discard(&Status::no("no")),
        13 => server.accept_append(1.into(), UidSet::one(uid(7))),
        14 => server.begin_select(&SelectData { list: Some(list()), ..SelectData::new(3) }),
        15 => server.accept_with(Status::ok("yes").with_code(PlainCode::Alert.into())),
        16 => server.accept_with(Status::no("no")),
        17 => server.hold_back(core::time::Duration::ZERO),
        18 => server.credential(Credential::Password(Secret::new("x".into()))),
        19 => server.credential(Credential::Unknown),
        20 => server.progress(None),
        21 => server.progress(Some(InProgress { done: 1, goal: None })),
        22 => server.fetch_items(uid(7), &flags()),
        23 => server.body_begin(uid(7), &name, None, 5),
        24 => server.update(&Response::Vanished { earlier: false, uids: UidSet::one(uid(7)) }),
        25 => server.update(&Response::Fetch { number: number(3), items: flags() }),
        26 => server.update(&Response::UidFetch { uid: uid(7), items: flags() }),
        27 => server.update(&Response::Status(Status::no("soon"))),
        28 => server.update(&Response::List(list())),
        29 => {
            let items = std::vec![StatusValue::Messages(3)];
            server.update(&Response::MailboxStatus(MailboxStatus::new(inbox(), items)))
        }
        30 => server.update(&Response::Status(Status::bye("not now"))),
        31 => server.respond(&Response::List(list())),
        32 => {
            let numbers: NumberList = [1_u32, 3].into_iter().collect();
            server.respond(&Response::Search { numbers, mod_seq: None })
        }
        33 => {
            let found = EsearchResponse::new(std::vec![EsearchItem::Count(3)]);
            server.respond(&Response::Esearch(Box::new(found)))
        }
        34 => {
            let items = std::vec![StatusValue::Messages(3)];
            server.respond(&Response::MailboxStatus(MailboxStatus::new(inbox(), items)))
        }
        35 => server.respond(&Response::Expunge(number(1))),
        36 => server.respond(&Response::Vanished { earlier: true, uids: UidSet::one(uid(7)) }),
        37 => server.respond(&Response::Fetch { number: number(3), items: flags() }),
        38 => server.respond(&Response::Status(Status::ok("working"))),
        39 => {
            server.abort();
            Ok(())
        }
        _ => {
            server.decline();
            Ok(())
        }
    }
}

/// Says yes to what was asked.
fn agree(server: &mut Server, event: &Event) {
    let answer = match event {
        Event::Command(Command::Select { .. } | Command::Examine { .. }) => {
            server.accept_select(&SelectData::new(3))
        }
        Event::Credential(_) => server.credential(Credential::Password(Secret::new("x".into()))),
        _ => server.accept(),
    };
    // A notice waits for nothing.
    let notice = answer == Err(Misuse::NothingPending.into());
    assert!(notice || answer.is_ok(), "{event:?}: {answer:?}");
}

/// How far a session is before anything may happen.
const OPENINGS: [&str; 8] = [
    "",
    "a login mrc x\r\n",
    "a login mrc x\r\nb select inbox\r\n",
    "a login mrc x\r\nb select inbox\r\nc idle\r\n",
    "a login mrc x\r\nb select inbox\r\nc append inbox {9+}\r\nabc",
    "a login mrc x\r\nb enable imap4rev2 qresync\r\nc select inbox\r\n",
    "a login mrc x\r\nb enable uidonly utf8=accept\r\nc select inbox\r\n",
    "a authenticate plain AG1yYwB4\r\nb notify set (selected (messagenew messageexpunge)) \
     (personal (mailboxname))\r\nc select inbox\r\n",
];

/// PLAIN in clear text as well.
fn auth() -> postrider_sasl::server::Config {
    postrider_sasl::server::Config::new([1; 32])
        .with_mechanisms([postrider_sasl::Mechanism::Plain])
        .with_clear_text(ClearTextLogin::Allow)
}

/// All there is.
fn all() -> Features {
    Feature::ALL.iter().copied().collect()
}

proptest! {
    #[test]
    fn nothing_breaks_a_server(
        ops in proptest::collection::vec(op(), 0..80),
        opening in prop::sample::select(OPENINGS.to_vec()),
        tls in 0_u8..3,
        plain in prop::bool::weighted(0.2),
    ) {
        let security = match tls {
            0 => Security::Implicit(TlsInfo::new()),
            1 => Security::StartTls(Policy::Required),
            _ => Security::StartTls(Policy::Opportunistic),
        };
        let config = Config::new(security)
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_compression(Compression::Offer)
            .with_auth(auth())
            .with_features(if plain { Features::none() } else { all() })
            .with_limits(Limits::new().with_unit(512, 512).with_outbox(64).with_bad_commands(20, 20));
        let mut server = Server::new(config);
        let mut inbox = server.new_inbox();
        let (mut rest, mut asked) = (opening.as_bytes(), None);
        loop {
            let fed = inbox.extend(rest);
            rest = &rest[fed..];
            let progress = server.poll(&mut inbox);
            let said = server.outbox().len();
            server.outbox().advance(said);
            match progress {
                Ok(Progress::Event(event)) => agree(&mut server, &event),
                Ok(_) if fed + said > 0 => {}
                _ => break,
            }
        }
        for op in ops {
            match op {
                Op::Feed(octets) => {
                    inbox.extend(&octets);
                }
                Op::Poll => match server.poll(&mut inbox) {
                    Ok(Progress::StartTls(token)) => {
                        let plain = std::mem::replace(&mut inbox, Inbox::new(1));
                        if let Ok(fresh) = server.tls_established(token, TlsInfo::new(), plain) {
                            inbox = fresh;
                        }
                    }
                    Ok(Progress::Wait { input, app }) => {
                        let held = server.timers().iter().any(|one| one.kind == TimerKind::Delay);
                        prop_assert!(!input || !inbox.is_full());
                        prop_assert!(input || app || held || !server.outbox().is_empty());
                    }
                    Ok(Progress::Closed) => prop_assert!(server.outbox().is_empty()),
                    Ok(Progress::Event(event)) => asked = Some(event),
                    Err(_) => {}
                },
                Op::Drain(most) => {
                    let n = server.outbox().len().min(most);
                    server.outbox().advance(n);
                }
                Op::Answer(which) => {
                    let before = server.outbox().len();
                    if answer(&mut server, which).is_err() {
                        prop_assert_eq!(server.outbox().len(), before);
                    }
                }
                Op::Shutdown => server.shutdown(),
                Op::Timeout => {
                    if let Some(timer) = server.timers().first().copied() {
                        server.on_timeout(timer);
                    }
                }
                Op::LetGo => {
                    let delay = |timer: &&Timer| timer.kind == TimerKind::Delay;
                    if let Some(timer) = server.timers().iter().find(delay).copied() {
                        server.on_timeout(timer);
                    }
                }
                Op::Agree => {
                    if let Some(event) = asked.take()
                        && server.pending().is_some()
                        && !server.in_payload()
                    {
                        agree(&mut server, &event);
                    }
                }
                Op::Eof => inbox.set_eof(),
            }
        }
    }
}
