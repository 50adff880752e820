//! Cancellation: the future of `next()` is dropped anywhere, and nothing is lost, doubled or stuck.
#![cfg(feature = "tokio")]

mod common;

use bytes::Bytes;
use common::{Made, over_tokio, over_tokio_cancelled};
use postrider_testkit::{embedder, toy};

const MAIL: &[u8] = b"Dear Bob\r\n.\r\n..and so on\r\n";

/// Says something, mails, and quits.
fn client() -> Made<toy::Client> {
    let mut payload = None;
    let begun = std::rc::Rc::new(std::cell::Cell::new(false));
    let begin = begun.clone();
    let on_event = move |client: &mut toy::Client, event: &toy::ClientEvent| match event {
        toy::ClientEvent::Replied { text, .. } if text == "toy ready" => {
            client.say("hello").unwrap()
        }
        toy::ClientEvent::Replied { text, .. } if text == "hello" => client.mail().unwrap(),
        toy::ClientEvent::Replied { text, .. } if text == "taken" => client.quit().unwrap(),
        toy::ClientEvent::GoAhead => begin.set(true),
        _ => {}
    };
    let on_wait = move |client: &mut toy::Client| {
        if !begun.get() {
            return false;
        }
        let rest = payload.get_or_insert_with(|| Bytes::from(MAIL.repeat(500)));
        if rest.is_empty() {
            client.finish_payload().unwrap();
            begun.set(false);
            return true;
        }
        client.write_payload(rest).unwrap() > 0
    };
    (toy::Client::new(), embedder(on_event, on_wait))
}

#[test]
fn a_session_whose_waits_are_all_cancelled_is_the_same_session() {
    let (plain_client, plain_server) = over_tokio(client, toy::Server::with_embedder);
    plain_client.outcome.unwrap();
    assert_eq!(plain_server.payload, MAIL.repeat(500));
    for (capacity, seed) in [(1, 1), (7, 2), (64, 3), (4096, 4), (1 << 20, 5)] {
        let (client, server) =
            over_tokio_cancelled(client, toy::Server::with_embedder, capacity, seed);
        client.outcome.unwrap();
        assert_eq!(client.events, plain_client.events, "seed {seed}");
        assert_eq!(server.events, plain_server.events, "seed {seed}");
        assert_eq!(server.payload, plain_server.payload, "seed {seed}");
    }
}
