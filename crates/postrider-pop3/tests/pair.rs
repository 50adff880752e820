//! Client against server: what is put in comes out (law 7).

mod common;

use core::time::Duration;

use common::{Do, Host, client_config, fetcher, server_config};
use postrider_pop3::client::{self, Client, Event, Pipelining};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Keyword, Limits, Maildrop, UniqueId};
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd, embedder};
use postrider_wire::{Machine, Policy, Security};
use proptest::prelude::*;

const ONE: &[u8] = b".\r\n..\r\n\r\nSubject: dots\r\n\r\n.x\r\n";
const TWO: &[u8] = b"";

const LIST: &[Do] = &[
    Do::Capa,
    Do::Login("mrose", "tanstaaf"),
    Do::Stat,
    Do::List(None),
    Do::Uidl(None),
    Do::Retr(1),
    Do::RetrAndDiscard(1),
    Do::Retr(2),
    Do::Dele(2),
    Do::Rset,
    Do::Dele(3),
    Do::Dele(1),
    Do::Retr(1),
    Do::Noop,
    Do::Quit,
];

#[test]
fn a_session_under_tls_arrives_whole_however_the_pipes_cut_it() {
    let client = || {
        let config = client::Config::new(Security::StartTls(Policy::Required));
        (Client::new(config), fetcher(LIST))
    };
    let server = || {
        let config = server::Config::new(Security::StartTls(Policy::Required));
        (Server::new(config), Host::boxed(&[ONE, TWO]))
    };
    for (seed, capacity) in (0..60).zip([1, 3, 64, 4096].into_iter().cycle()) {
        let run = Pair::new(client, server).capacity(capacity).run(seed);
        assert_eq!(run.end, PairEnd::Finished);
        assert_eq!(run.client.outcome(), &Outcome::Closed);
        assert_eq!(run.server.outcome(), &Outcome::Closed);
        assert_eq!(run.client.payload(), [ONE, TWO].concat());
        let refused = run.client.events().filter(|event| matches!(event, Event::Refused { .. }));
        assert_eq!(refused.count(), 2, "DELE 3, and RETR of what is deleted");
        let Some(server::Event::Commit { deleted, .. }) = run.server.events().last() else {
            panic!("{:?}", run.server.told());
        };
        assert_eq!(deleted, &[1]);
    }
}

/// Ten messages and more are asked for without waiting, and each answer is what was asked for.
#[test]
fn ten_messages_in_flight_arrive_in_order_over_a_jittery_road() {
    const MAILS: &[&[u8]] = &[ONE, b"A: b\r\n\r\n1\r\n2\r\n", b"..\r\n", TWO, b"last\r\n"];
    const LIST: &[Do] = &[
        Do::Capa,
        Do::Login("mrose", "tanstaaf"),
        Do::Retr(1),
        Do::Retr(2),
        Do::Uidl(None),
        Do::Retr(3),
        Do::Top(2, 1),
        Do::Retr(6),
        Do::Retr(4),
        Do::RetrAndDiscard(1),
        Do::Dele(3),
        Do::Retr(3),
        Do::List(Some(2)),
        Do::Top(2, 0),
        Do::Retr(5),
        Do::Retr(5),
        Do::Quit,
    ];
    let client = |pipelining, in_flight| {
        move || {
            let limits = Limits::client().with_in_flight(in_flight);
            let config = client_config().with_limits(limits).with_pipelining(pipelining);
            (Client::new(config), fetcher(LIST))
        }
    };
    let server = || {
        let limits = Limits::server().with_outbox(2048).with_inbox(255, 255);
        (Server::new(server_config().with_limits(limits)), Host::boxed(MAILS))
    };
    let mut elapsed = Vec::new();
    for (pipelining, in_flight) in
        [(Pipelining::Offered, 2048), (Pipelining::Always, 40), (Pipelining::Never, 2048)]
    {
        let mut took = Duration::ZERO;
        for (seed, capacity) in (0..40).zip([1, 7, 64, 4096].into_iter().cycle()) {
            let pair = Pair::new(client(pipelining, in_flight), server)
                .capacity(capacity)
                .jitter(Duration::from_millis(200));
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!(run.client.outcome(), &Outcome::Closed);
            assert_eq!(run.server.outcome(), &Outcome::Closed);
            let top: &[u8] = b"A: b\r\n\r\n1\r\n";
            let (header, last) = (&top[..8], MAILS[4]);
            let mails = [ONE, MAILS[1], MAILS[2], top, TWO, header, last, last].concat();
            assert_eq!(run.client.payload(), mails);
            let refused = run.client.events().filter_map(|event| match event {
                Event::Refused { command, message, .. } => Some((*command, *message)),
                _ => None,
            });
            let refused: Vec<_> = refused.collect();
            assert_eq!(refused, [(Keyword::Retr, Some(6)), (Keyword::Retr, Some(3))]);
            if capacity == 4096 {
                took += run.elapsed;
            }
        }
        elapsed.push(took);
    }
    let [offered, _, never] = elapsed[..] else { panic!() };
    assert!(offered * 2 < never, "that is what it is for: {offered:?}, {never:?}");
}

#[test]
fn nul_and_octets_beyond_ascii_arrive_as_they_are() {
    let client = || {
        (
            Client::new(client_config()),
            fetcher(&[Do::Login("mrose", "tanstaaf"), Do::Retr(1), Do::Quit]),
        )
    };
    let mail: &[u8] = b"\0\x80\xff\r\n.\t\r\n";
    let server = move || (Server::new(server_config()), Host::boxed(&[mail]));
    let run = Pair::new(client, server).run(7);
    assert_eq!(run.client.payload(), mail);
    assert_eq!(run.end, PairEnd::Finished);
}

#[test]
fn a_long_maildrop_is_listed_through_a_narrow_outbox() {
    const MESSAGES: u32 = 5000;
    let lists = || {
        const LIST: &[Do] =
            &[Do::Login("mrose", "tanstaaf"), Do::List(None), Do::Uidl(None), Do::Quit];
        (Client::new(client_config()), fetcher(LIST))
    };
    let server = || {
        let on_event = |server: &mut Server, event: &server::Event| match event {
            server::Event::Login { .. } => {
                let mut maildrop = Maildrop::new();
                for n in 1..=MESSAGES {
                    maildrop.push(u64::from(n), UniqueId::new(&format!("u{n}")).unwrap());
                }
                server.accept_login(maildrop).unwrap();
            }
            server::Event::Commit { .. } => server.accept().unwrap(),
            _ => server.decline(),
        };
        let limits = Limits::server().with_outbox(2048);
        let server = Server::new(server_config().with_limits(limits));
        (server, embedder(on_event, |_| false))
    };
    let run = Pair::new(lists, server).capacity(512).run(1);
    assert_eq!(run.end, PairEnd::Finished);
    let octets = run.client.events().filter_map(|event| match event {
        Event::ScanListing(listing) => Some(listing.octets),
        _ => None,
    });
    assert!(octets.eq((1..=MESSAGES).map(u64::from)));
    let uids = run.client.events().filter_map(|event| match event {
        Event::UniqueIdListing { message, uid, .. } => Some((*message, uid.to_string())),
        _ => None,
    });
    assert!(uids.eq((1..=MESSAGES).map(|n| (n, format!("u{n}")))));
}

/// A server that writes a message from chunks as they are cut here.
struct Writer {
    size: u64,
    chunks: Vec<Vec<u8>>,
    next: usize,
    rest: bytes::Bytes,
    sending: Option<()>,
}

impl Embedder<Server> for Writer {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        match event {
            server::Event::Login { .. } => {
                let mut maildrop = Maildrop::new();
                maildrop.push(self.size, UniqueId::new("x").unwrap());
                server.accept_login(maildrop).unwrap();
            }
            server::Event::Retrieve { .. } => {
                self.sending = Some(());
                server.accept().unwrap();
            }
            _ => server.accept().unwrap(),
        }
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        let Some(()) = self.sending else { return false };
        loop {
            if !self.rest.is_empty() {
                if server.write_payload(&mut self.rest).unwrap() == 0 {
                    return true;
                }
            } else if let Some(chunk) = self.chunks.get(self.next) {
                self.rest = bytes::Bytes::copy_from_slice(chunk);
                self.next += 1;
            } else {
                if server.finish_payload().is_ok() {
                    self.sending = None;
                }
                return true;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_lines_arrive_as_crlf_lines(
        lines in proptest::collection::vec("[.a\u{e9}]{0,5}", 1..8),
        cut in 1usize..7,
        seed in any::<u64>(),
    ) {
        // The host keeps its mail with LF, and without an end to the last line.
        let stored = lines.join("\n");
        let mut sent = lines.join("\r\n");
        if !sent.is_empty() && !sent.ends_with("\r\n") {
            sent.push_str("\r\n");
        }
        let size = sent.len() as u64;
        let chunks: Vec<Vec<u8>> = stored.as_bytes().chunks(cut).map(<[u8]>::to_vec).collect();
        let client = || {
            const LIST: &[Do] = &[Do::Login("mrose", "tanstaaf"), Do::Retr(1), Do::Quit];
            (Client::new(client_config()), fetcher(LIST))
        };
        let server = move || {
            let rest = bytes::Bytes::new();
            let chunks = chunks.clone();
            let writer = Writer { size, chunks, next: 0, rest, sending: None };
            (Server::new(server_config()), Box::new(writer) as Box<dyn Embedder<Server>>)
        };
        let run = Pair::new(client, server).capacity(5).run(seed);
        prop_assert_eq!(run.end, PairEnd::Finished);
        prop_assert_eq!(run.client.payload(), sent.into_bytes());
        prop_assert_eq!(run.server.outcome(), &Outcome::Closed);
    }
}
