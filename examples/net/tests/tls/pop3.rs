//! POP3: the server sends the letter.

use bytes::Bytes;
use postrider::pop3::{Maildrop, UniqueId, client, server};
use postrider::wire::{Machine, Secret, Security};
use postrider_testkit::{Role, embedder};

use crate::protocol::{Line, Made, Protocol, sends};

pub(crate) struct Pop3;

impl Protocol for Pop3 {
    type Client = client::Client;
    type Server = server::Server;

    const NAME: &'static str = "pop3";
    const UPLOADS: bool = false;

    fn client(security: Security, _: Bytes) -> Made<client::Client> {
        use client::Event;
        let on_event = |client: &mut client::Client, event: &Event| match event {
            Event::Ready { .. } => client.login("bob", Secret::new("sesame".into())).unwrap(),
            Event::LoggedIn(_) => client.retr(1).unwrap(),
            Event::RetrieveEnd => client.quit().unwrap(),
            _ => {}
        };
        (client::Client::new(client::Config::new(security)), embedder(on_event, |_| false))
    }

    fn server(security: Security, letter: Bytes) -> Made<server::Server> {
        use server::Event;
        let octets = letter.len() as u64;
        let on_event = move |server: &mut server::Server, event: &Event| match event {
            Event::Login { user, password, .. }
                if &user[..] == "bob" && &password.expose()[..] == b"sesame" =>
            {
                let mut maildrop = Maildrop::new();
                maildrop.push(octets, UniqueId::new("1").unwrap());
                server.accept_login(maildrop).unwrap();
            }
            Event::Retrieve { .. } | Event::Commit { .. } => server.accept().unwrap(),
            _ => server.decline(),
        };
        let on_wait = sends(
            letter,
            |server: &mut server::Server, rest| server.write_payload(rest).unwrap_or(0),
            |server| server.finish_payload().is_ok(),
        );
        (server::Server::new(server::Config::new(security)), embedder(on_event, on_wait))
    }

    fn client_role(event: &client::Event) -> Role {
        match event {
            client::Event::RetrieveBegin { .. } => Role::Begin,
            client::Event::RetrieveEnd => Role::End,
            client::Event::Aborted(_) => Role::Aborted,
            _ => Role::Other,
        }
    }

    fn server_role(_: &server::Event) -> Role {
        Role::Other
    }

    fn asks_for_more(_: &server::Event) -> bool {
        true
    }

    const HELLO: &'static [(&'static str, &'static str)] = &[("", "+OK")];
    const UPGRADE: &'static str = "STLS\r\n";
    const GO_AHEAD: &'static str = "+OK";
    const COMMANDS: &'static str = "USER mallory\r\nPASS evil\r\n";
    const QUIT: (&'static str, &'static str) = ("QUIT\r\n", "+OK");

    const GREETING: &'static str = "+OK ready\r\n";

    fn answer(line: &str) -> Line {
        match line {
            "STLS" => Line::GoAhead("+OK go ahead\r\n".into()),
            "QUIT" => Line::Say("+OK bye\r\n".into()),
            _ => Line::Say("-ERR not known\r\n".into()),
        }
    }

    const REPLIES: &'static str = "+OK you are mallory\r\n";
}
