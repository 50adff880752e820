//! Whatever a server says and an embedder calls, nothing breaks.

use std::string::String;
use std::vec::Vec;

use bytes::{Buf, Bytes};
use postrider_wire::{ClearTextLogin, Secret};
use proptest::prelude::*;

use super::*;
use crate::{
    AppendMessage, FetchAttribute, Flag, Limits, MailboxName, Section, SequenceSet, StoreMode,
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

fn command(client: &mut Client, which: u8) -> Result<(), Error> {
    let set = SequenceSet::all();
    match which % 16 {
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
                    let answered = !matches!(which % 16, 9 | 13..);
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
