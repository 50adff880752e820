//! The laws, on machines made of this crate's parts: a server and a client of a toy protocol with
//! commands, a dot-stuffed payload, an upgrade and a farewell.

use bytes::Bytes;
use postrider_testkit::toy::{Client, ClientEvent, Error, Server, ServerEvent};
use postrider_testkit::{Declines, Outcome, Pair, PairEnd, Scenario, embedder, laws};

fn server(name: &str) -> Scenario<Server> {
    Scenario::new(name, Server::with_embedder)
        .classify(ServerEvent::role)
        .tap(Server::set_tap)
        .debug()
        .state_limit(16 * 1024)
}

#[test]
fn pipelined_commands_that_fill_the_outbox() {
    let scenario = server("flood").turn("SAY ten octets\r\n".repeat(200) + "QUIT\r\n");
    laws::all(&scenario);
    assert_eq!(scenario.run().output().len(), 13 + 200 * 14 + 7);
}

#[test]
fn a_mail_of_dots_and_what_an_attacker_hides_in_it() {
    laws::all(&server("dots").turn("MAIL\r\n").turn("..\r\n...\r\n..a\r\n.\r\nSAY x\r\n"));
    laws::all(&server("smuggle").turn("MAIL\r\n").turn("a\r\n.\nMAIL\r\n.\r\n.\r\nQUIT\r\n"));
    laws::all(&server("endless").turn("MAIL\r\n").turn([b'.'; 9000]));
}

#[test]
fn lines_without_an_end() {
    laws::all(&server("endless line").turn([b'x'; 3000]));
    laws::all(&server("carriage returns").turn("\r".repeat(400) + "\n" + "QUIT\r\n"));
    laws::all(&server("line feeds").turn("\n\n\nSAY\n a\r\nQUIT\n\r\n"));
}

#[test]
fn an_upgrade_and_a_secret() {
    let login = "LOGIN open sesame\r\n";
    laws::all(&server("secret").secret(b"open sesame").turn("STARTTLS\r\n").turn(login));
    let behind = server("plaintext behind").turn(["STARTTLS\r\n", login].concat());
    laws::all(&behind);
    assert!(matches!(behind.run().outcome(), Outcome::Failed(Error::Upgrade(_))));
}

#[test]
fn an_embedder_that_declines_everything() {
    let make = || (Server::new(), Box::new(Declines) as _);
    let scenario = Scenario::new("declines", make).classify(ServerEvent::role);
    laws::all(&scenario.turn("SAY a\r\nLOGIN b\r\nMAIL\r\n").turn("x\r\n.\r\n"));
}

#[test]
fn a_mail_crosses_from_client_to_server_however_it_is_cut() {
    let mail = Bytes::from("Dear Bob\n.\r..\r\nAlice ".repeat(100));
    let client = move || {
        let mut left = mail.clone();
        let on_event = |client: &mut Client, event: &ClientEvent| {
            let _ = match event {
                ClientEvent::Replied { text, .. } if text == "toy ready" => client.mail(),
                ClientEvent::Replied { .. } => client.quit(),
                _ => Ok(()),
            };
        };
        let on_wait = move |client: &mut Client| match client.write_payload(&mut left) {
            Ok(0) => client.finish_payload().is_ok(),
            Ok(_) => true,
            Err(_) => false,
        };
        (Client::new(), embedder(on_event, on_wait))
    };
    let crlf = "Dear Bob\r\n.\r\n..\r\nAlice ".repeat(100) + "\r\n";
    let pair = Pair::new(client, Server::with_embedder).capacity(50);
    for seed in 0..50 {
        let run = pair.run(seed);
        assert_eq!(run.end, PairEnd::Finished);
        assert_eq!(run.server.payload(), crlf.as_bytes());
    }
}
