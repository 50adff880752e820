//! SMTP: the client sends the letter.

use bytes::Bytes;
use postrider::smtp::{EhloName, ForwardPath, MailParameters, ReversePath, client, server};
use postrider::wire::{Machine, Security};
use postrider_testkit::{Role, embedder};

use crate::certificates::NAME;
use crate::protocol::{Line, Made, Protocol, sends};

pub(crate) struct Smtp;

impl Protocol for Smtp {
    type Client = client::Client;
    type Server = server::Server;

    const NAME: &'static str = "smtp";
    const UPLOADS: bool = true;

    fn client(security: Security, letter: Bytes) -> Made<client::Client> {
        use client::Event;
        let name = EhloName::parse("laptop.a.example").unwrap();
        let on_event = move |client: &mut client::Client, event: &Event| match event {
            Event::Ready { .. } => {
                let from = ReversePath::parse("alice@a.example").unwrap();
                client.mail(from, MailParameters::new()).unwrap();
            }
            Event::Mail(_) => client.rcpt(ForwardPath::parse("bob@b.example").unwrap()).unwrap(),
            Event::Rcpt { .. } => client.data().unwrap(),
            Event::End(_) => client.shutdown(),
            _ => {}
        };
        let on_wait = sends(
            letter,
            |client: &mut client::Client, rest| client.write_payload(rest).unwrap_or(0),
            |client| client.finish_payload().is_ok(),
        );
        let client = client::Client::new(client::Config::new(name, security));
        (client, embedder(on_event, on_wait))
    }

    fn server(security: Security, _: Bytes) -> Made<server::Server> {
        use server::Event;
        let name = EhloName::parse(NAME).unwrap();
        let on_event = |server: &mut server::Server, event: &Event| match event {
            Event::Chunk(_) | Event::Aborted(_) | Event::Reset => {}
            _ => server.accept().unwrap(),
        };
        let server = server::Server::new(server::Config::new(name, security));
        (server, embedder(on_event, |_| false))
    }

    fn client_role(_: &client::Event) -> Role {
        Role::Other
    }

    fn server_role(event: &server::Event) -> Role {
        match event {
            server::Event::DataBegin => Role::Begin,
            server::Event::DataEnd => Role::End,
            server::Event::Aborted(_) => Role::Aborted,
            _ => Role::Other,
        }
    }

    fn asks_for_more(event: &server::Event) -> bool {
        !matches!(event, server::Event::Ehlo { .. })
    }

    const HELLO: &'static [(&'static str, &'static str)] =
        &[("", "220 "), ("EHLO evil.example\r\n", "250 ")];
    const UPGRADE: &'static str = "STARTTLS\r\n";
    const GO_AHEAD: &'static str = "220 ";
    const COMMANDS: &'static str = "EHLO evil.example\r\nMAIL FROM:<mallory@evil.example>\r\n";
    const QUIT: (&'static str, &'static str) = ("QUIT\r\n", "221 ");

    const GREETING: &'static str = "220 mx.b.example\r\n";

    fn answer(line: &str) -> Line {
        match line.split(' ').next() {
            Some("EHLO") => Line::Say("250-mx.b.example\r\n250-SIZE 1\r\n250 STARTTLS\r\n".into()),
            Some("STARTTLS") => Line::GoAhead("220 go ahead\r\n".into()),
            Some("QUIT") => Line::Say("221 bye\r\n".into()),
            _ => Line::Say("502 not known\r\n".into()),
        }
    }

    const REPLIES: &'static str = "250-evil.example\r\n250 SIZE 1\r\n";
}
