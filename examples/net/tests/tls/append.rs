//! IMAP the other way round: the client appends the letter.

use bytes::Bytes;
use postrider::imap::{AppendMessage, MailboxName, client, server};
use postrider::wire::{Machine, Secret, Security};
use postrider_testkit::{Role, embedder};

use crate::imap::Imap;
use crate::protocol::{Line, Made, Protocol};

pub(crate) struct Append;

impl Protocol for Append {
    type Client = client::Client;
    type Server = server::Server;

    const NAME: &'static str = "imap append";
    const UPLOADS: bool = true;

    fn client(security: Security, letter: Bytes) -> Made<client::Client> {
        use client::Event;
        let octets = letter.len() as u64;
        let mut todo = ["logout", "append", "login"].to_vec();
        let on_event = move |client: &mut client::Client, event: &Event| {
            if !matches!(event, Event::Ready | Event::Completed { .. }) {
                return;
            }
            let messages = || vec![AppendMessage::new(octets)];
            let given = match todo.pop() {
                Some("login") => client.login("bob", Secret::new("sesame".into())),
                Some("append") => client.append(MailboxName::inbox(), messages()),
                Some(_) => client.logout(),
                None => return,
            };
            given.unwrap();
        };
        let mut rest = Some(letter);
        let on_wait = move |client: &mut client::Client| match &mut rest {
            Some(letter) if !letter.is_empty() => client.write_payload(letter).is_ok_and(|n| n > 0),
            Some(_) if client.finish_payload().is_ok() => rest.take().is_some(),
            _ => false,
        };
        (client::Client::new(client::Config::new(security)), embedder(on_event, on_wait))
    }

    fn server(security: Security, _: Bytes) -> Made<server::Server> {
        use server::Event;
        let on_event = |server: &mut server::Server, event: &Event| match event {
            Event::AppendBegin { .. } | Event::Chunk(_) | Event::Aborted(_) => {}
            Event::Login { .. } | Event::Append { .. } | Event::AppendEnd => {
                server.accept().unwrap();
            }
            _ => server.decline(),
        };
        (server::Server::new(server::Config::new(security)), embedder(on_event, |_| false))
    }

    fn client_role(_: &client::Event) -> Role {
        Role::Other
    }

    fn server_role(event: &server::Event) -> Role {
        match event {
            server::Event::AppendBegin { .. } => Role::Begin,
            server::Event::AppendEnd => Role::End,
            server::Event::Aborted(_) => Role::Aborted,
            _ => Role::Other,
        }
    }

    fn asks_for_more(event: &server::Event) -> bool {
        Imap::asks_for_more(event)
    }

    const HELLO: &'static [(&'static str, &'static str)] = Imap::HELLO;
    const UPGRADE: &'static str = Imap::UPGRADE;
    const GO_AHEAD: &'static str = Imap::GO_AHEAD;
    const COMMANDS: &'static str = Imap::COMMANDS;
    const QUIT: (&'static str, &'static str) = Imap::QUIT;
    const GREETING: &'static str = Imap::GREETING;

    fn answer(line: &str) -> Line {
        Imap::answer(line)
    }

    const REPLIES: &'static str = Imap::REPLIES;
}
