//! Law 7 on the toys: what one end puts in, the other gives back.

use std::time::Duration;

use bytes::Bytes;
use postrider_testkit::toy::{Client, ClientEvent, Error, Server};
use postrider_testkit::{Declines, Embedder, Outcome, Pair, PairEnd, embedder};

const MAIL: &str = "Dear Bob\r\n.\r\n..and so on\r\n";

/// Mails a long text over TLS, then quits.
struct Mails {
    step: usize,
    payload: Bytes,
}

impl Embedder<Client> for Mails {
    fn on_event(&mut self, client: &mut Client, event: &ClientEvent) {
        let _ = match (self.step, event) {
            (0, _) => client.start_tls(),
            (1, ClientEvent::Secured) => client.mail(),
            (2, ClientEvent::GoAhead) => return,
            _ => client.quit(),
        };
        self.step += 1;
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        match client.write_payload(&mut self.payload) {
            Ok(0) => client.finish_payload().is_ok(),
            Ok(_) => true,
            Err(_) => false,
        }
    }
}

fn client() -> (Client, Box<dyn Embedder<Client>>) {
    let payload = Bytes::from(MAIL.repeat(500));
    (Client::new(), Box::new(Mails { step: 0, payload }))
}

#[test]
fn a_mail_arrives_unharmed_however_it_is_cut() {
    for capacity in [1, 7, 4096] {
        let pair = Pair::new(client, Server::with_embedder).capacity(capacity);
        for seed in 0..20 {
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!(run.server.payload(), MAIL.repeat(500).as_bytes());
            assert_eq!(run.client.outcome(), &Outcome::Closed);
            assert_eq!(run.server.outcome(), &Outcome::Closed);
        }
    }
}

#[test]
fn two_that_wait_for_each_other_are_a_deadlock() {
    let mute = || (Client::new(), Box::new(Declines) as Box<dyn Embedder<Client>>);
    let run = Pair::new(mute, Server::with_embedder).run(1);
    assert_eq!(run.end, PairEnd::Deadlock);
    assert!(matches!(run.client.outcome(), Outcome::Waiting { input: true, app: true, .. }));
    assert!(matches!(run.server.outcome(), Outcome::Waiting { input: true, app: false, .. }));
}

#[test]
fn a_patient_pair_lets_timers_run_out_in_virtual_time() {
    let mute = || (Client::new(), Box::new(Declines) as Box<dyn Embedder<Client>>);
    let run = Pair::new(mute, Server::with_embedder).patient().run(1);
    assert_eq!(run.end, PairEnd::Finished);
    assert_eq!(run.server.output(), b"+ toy ready\r\n+ bye\r\n");
    assert!(run.elapsed >= Duration::from_secs(300));
}

#[test]
fn a_server_that_does_not_answer_in_time_fails_the_client() {
    let silent = || (Server::new(), embedder(|_: &mut Server, _| {}, |_| false));
    let says = |client: &mut Client, _: &ClientEvent| {
        let _ = client.say("anybody?");
    };
    let chatty = move || (Client::new(), embedder(says, |_| false));
    let run = Pair::new(chatty, silent).patient().run(3);
    assert_eq!(run.client.outcome(), &Outcome::Failed(Error::Timeout));
}

#[test]
fn latency_is_paid_once_for_each_turn() {
    let pair = Pair::new(client, Server::with_embedder).latency(Duration::from_secs(1));
    // Greeting, STARTTLS, MAIL, payload and QUIT: nine crossings, and more for a full pipe.
    assert!(pair.run(0).elapsed >= Duration::from_secs(9));
}

#[test]
fn jitter_makes_a_conversation_later_and_changes_nothing_else() {
    let client = || {
        let on_event = |client: &mut Client, event: &ClientEvent| match event {
            ClientEvent::Replied { text, .. } if text == "toy ready" => {
                client.say("hello").unwrap()
            }
            ClientEvent::Replied { text, .. } if text == "hello" => client.quit().unwrap(),
            _ => {}
        };
        (Client::new(), embedder(on_event, |_| false))
    };
    let even = Pair::new(client, Server::with_embedder);
    let uneven = Pair::new(client, Server::with_embedder).jitter(Duration::from_millis(500));
    let mut later = 0;
    for seed in 0..20 {
        let (even, uneven) = (even.run(seed), uneven.run(seed));
        assert_eq!(even.client.output(), uneven.client.output());
        assert_eq!(uneven.end, PairEnd::Finished);
        later += usize::from(uneven.elapsed > even.elapsed);
    }
    assert!(later > 15, "{later} of 20 took longer");
}
