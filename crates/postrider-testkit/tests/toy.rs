//! The toys keep the laws.

use bytes::Bytes;
use postrider_testkit::toy::{Client, ClientEvent, Server, ServerEvent};
use postrider_testkit::{Embedder, Outcome, Scenario, Told, laws};

fn server(name: &str) -> Scenario<Server> {
    Scenario::new(name, Server::with_embedder)
        .classify(ServerEvent::role)
        .tap(Server::set_tap)
        .debug()
        .state_limit(16 * 1024)
}

/// Greets, mails, upgrades, says and quits, each when the answer to the last is there.
struct Errand {
    step: usize,
    payload: Bytes,
}

impl Embedder<Client> for Errand {
    fn on_event(&mut self, client: &mut Client, event: &ClientEvent) {
        let _ = match (event, self.step) {
            (ClientEvent::Replied { .. }, 0) => client.mail(),
            (ClientEvent::Replied { .. }, 1) => client.start_tls(),
            (ClientEvent::Secured, 2) => client.say("hello"),
            (ClientEvent::Replied { .. }, _) => client.quit(),
            _ => return,
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
    let payload = Bytes::from_static(b"Dear Bob\r\n.\r\nAlice");
    (Client::new(), Box::new(Errand { step: 0, payload }))
}

#[test]
fn the_server_keeps_the_laws() {
    laws::all(&server("pipelined").turn("SAY a\r\nNOPE\r\nSAY b\r\nQUIT\r\n"));
    laws::all(&server("payload").turn("MAIL\r\n").turn("Hello\r\n..\r\nBob\r\n.\r\nQUIT\r\n"));
    laws::all(&server("bare newline").turn("MAIL\r\n").turn("a\n.\r\r\n.\r\nSAY x\r\n"));
    let long = [b"SAY ", &[b'x'; 500][..], b"\r\nSAY short\r\nQUIT\r\n"].concat();
    laws::all(&server("too long").turn(long));
    let login = server("login").secret(b"open sesame").turn("LOGIN open sesame\r\nQUIT\r\n");
    laws::all(&login);
}

#[test]
fn the_server_keeps_the_laws_across_tls() {
    laws::all(&server("tls").turn("STARTTLS\r\n").turn("STARTTLS\r\nSAY x\r\nQUIT\r\n"));
    laws::all(&server("plaintext behind").turn("STARTTLS\r\nSAY x\r\n"));
}

#[test]
fn the_server_keeps_the_laws_in_a_long_payload() {
    let mut mail = b"MAIL\r\n".to_vec();
    (0..200).for_each(|_| mail.extend_from_slice(b"..dots and words\r\n"));
    mail.extend_from_slice(b".\r\nQUIT\r\n");
    laws::all(&server("long payload").turn(mail));
}

#[test]
fn the_client_keeps_the_laws() {
    let errand = Scenario::new("errand", client)
        .debug()
        .turn("+ toy ready\r\n")
        .turn("= go ahead\r\n")
        .turn("+ taken\r\n")
        .turn("+ go ahead\r\n")
        .turn("+ hello\r\n")
        .turn("+ bye\r\n");
    laws::all(&errand);
    let run = errand.run();
    assert_eq!(run.outcome(), &Outcome::Closed);
    let sent = "MAIL\r\nDear Bob\r\n..\r\nAlice\r\n.\r\nSTARTTLS\r\nSAY hello\r\nQUIT\r\n";
    assert_eq!(run.output(), sent.as_bytes());
}

#[test]
fn a_run_tells_what_happened_in_order_with_chunks_joined() {
    let run = server("payload").turn("MAIL\r\n").turn("a\r\n").turn("..b\r\n.\r\n").run();
    let payload = Told::Payload(b"a\r\n.b\r\n".to_vec());
    let told = [Told::Event(ServerEvent::Begin), payload, Told::Event(ServerEvent::End)];
    assert_eq!(run.told(), told);
    assert_eq!(run.payload(), b"a\r\n.b\r\n");
    assert_eq!(run.output(), b"+ toy ready\r\n= go ahead\r\n+ taken\r\n");
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn a_peer_that_is_held_open_leaves_the_machine_waiting() {
    let run = server("silent").turn("SAY a\r\n").held_open().run();
    assert!(matches!(run.outcome(), Outcome::Waiting { input: true, app: false, .. }));
}
