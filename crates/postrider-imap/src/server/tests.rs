//! Whatever a client says and an embedder calls, nothing breaks.

use std::vec::Vec;

use bytes::{Buf, Bytes};
use proptest::prelude::*;

use super::*;
use crate::{BodySection, FetchItem, Flag, Limits, MessageNumber, Section, Uid, UidSet};

#[derive(Clone, Debug)]
enum Op {
    Feed(Vec<u8>),
    Poll,
    Drain(usize),
    Answer(u8),
    Shutdown,
    Timeout,
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
            "logout\r\n",
            "\r\n",
            "x",
            "\0",
            "\n",
        ]
        .to_vec(),
    );
    let feed = prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
        1 => Just(b"a login mrc x\r\nb select inbox\r\nc fetch 1 body[]\r\n".to_vec()),
        1 => Just(b"a login mrc x\r\nb select inbox\r\nc idle\r\n".to_vec()),
    ];
    prop_oneof![
        8 => feed.prop_map(Op::Feed),
        8 => Just(Op::Poll),
        4 => (0_usize..200).prop_map(Op::Drain),
        8 => any::<u8>().prop_map(Op::Answer),
        1 => Just(Op::Shutdown),
        1 => Just(Op::Timeout),
        1 => Just(Op::Eof),
    ]
}

fn answer(server: &mut Server, which: u8) -> Result<(), Error> {
    let name = BodySection::Section(Section::all());
    let number = |n| MessageNumber::new(n).unwrap();
    match which % 15 {
        0 | 1 => server.accept(),
        2 => server.accept_select(SelectData::new(3)),
        3 => server.reject(Status::no("no")),
        4 => server.fetch_items(number(1), &[FetchItem::Flags([Flag::Seen].into())]),
        5 => server.body_begin(number(2), &name, None, 5),
        6 => server.write_payload(&mut Bytes::from_static(b"12345")).map(|_| ()),
        7 => server.finish_payload(),
        8 => server.body_nil(number(1), &name, Some(3)),
        9 => server.exists(4),
        10 => server.expunge(number(1)),
        11 => server.recent(0),
        12 => server.discard(&Status::no("no")),
        13 => server.accept_append(1.into(), UidSet::one(Uid::new(7).unwrap())),
        _ => {
            server.decline();
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn nothing_breaks_a_server(ops in proptest::collection::vec(op(), 0..80), tls in 0_u8..3) {
        let security = match tls {
            0 => Security::Implicit(TlsInfo::new()),
            1 => Security::StartTls(Policy::Required),
            _ => Security::StartTls(Policy::Opportunistic),
        };
        let config = Config::new(security)
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_compression(Compression::Offer)
            .with_limits(Limits::new().with_unit(512, 512).with_outbox(64));
        let mut server = Server::new(config);
        let mut inbox = server.new_inbox();
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
                        prop_assert!(!input || !inbox.is_full());
                        prop_assert!(input || app || !server.outbox().is_empty());
                    }
                    Ok(Progress::Closed) => prop_assert!(server.outbox().is_empty()),
                    Ok(Progress::Event(_)) | Err(_) => {}
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
                Op::Eof => inbox.set_eof(),
            }
        }
    }
}
