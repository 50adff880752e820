//! IMAP: the server sends the letter.

use bytes::Bytes;
use postrider::imap::{
    BodySection, Command, FetchAttribute, FetchAttributes, MailboxName, MessageNumber, Section,
    SequenceSet, client, server,
};
use postrider::wire::{Machine, Secret, Security};
use postrider_testkit::{Role, embedder};

use crate::protocol::{Line, Made, Protocol, sends};

pub(crate) struct Imap;

impl Protocol for Imap {
    type Client = client::Client;
    type Server = server::Server;

    const NAME: &'static str = "imap";
    const UPLOADS: bool = false;

    fn client(security: Security, _: Bytes) -> Made<client::Client> {
        use client::Event;
        let mut todo = ["logout", "fetch", "select", "login"].to_vec();
        let on_event = move |client: &mut client::Client, event: &Event| {
            if !matches!(event, Event::Ready | Event::Completed { .. }) {
                return;
            }
            let whole = || FetchAttributes::from(FetchAttribute::body(Section::all()));
            let given = match todo.pop() {
                Some("login") => client.login("bob", Secret::new("sesame".into())),
                Some("select") => client.select(MailboxName::inbox()),
                Some("fetch") => client.fetch(SequenceSet::one(1).unwrap(), whole()),
                Some(_) => client.logout(),
                None => return,
            };
            given.unwrap();
        };
        (client::Client::new(client::Config::new(security)), embedder(on_event, |_| false))
    }

    fn server(security: Security, letter: Bytes) -> Made<server::Server> {
        use server::Event;
        let octets = letter.len() as u64;
        let on_event = move |server: &mut server::Server, event: &Event| match event {
            Event::Login { user, password, .. }
                if &user[..] == b"bob" && &password.expose()[..] == b"sesame" =>
            {
                server.accept().unwrap();
            }
            Event::Command(Command::Select { .. }) => {
                server.accept_select(&server::SelectData::new(1)).unwrap();
            }
            Event::Command(Command::Fetch { .. }) => {
                let whole = BodySection::Section(Section::all());
                server.body_begin(MessageNumber::new(1).unwrap(), &whole, None, octets).unwrap();
            }
            _ => server.decline(),
        };
        let on_wait = sends(
            letter,
            |server: &mut server::Server, rest| server.write_payload(rest).unwrap_or(0),
            |server| {
                let finished = server.finish_payload().is_ok();
                if finished {
                    server.accept().unwrap();
                }
                finished
            },
        );
        (server::Server::new(server::Config::new(security)), embedder(on_event, on_wait))
    }

    fn client_role(event: &client::Event) -> Role {
        match event {
            client::Event::BodyBegin { .. } => Role::Begin,
            client::Event::BodyEnd => Role::End,
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

    const HELLO: &'static [(&'static str, &'static str)] = &[("", "* OK")];
    const UPGRADE: &'static str = "a STARTTLS\r\n";
    const GO_AHEAD: &'static str = "a OK";
    const COMMANDS: &'static str = "b LOGIN mallory evil\r\n";
    const QUIT: (&'static str, &'static str) = ("c LOGOUT\r\n", "* BYE");

    const GREETING: &'static str = "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n";

    fn answer(line: &str) -> Line {
        let (tag, command) = line.split_once(' ').unwrap();
        match command.to_ascii_uppercase().as_str() {
            "STARTTLS" => Line::GoAhead(format!("{tag} OK go ahead\r\n")),
            "CAPABILITY" => {
                Line::Say(format!("* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n"))
            }
            "LOGOUT" => Line::Say(format!("* BYE bye\r\n{tag} OK bye\r\n")),
            _ => Line::Say(format!("{tag} BAD not known\r\n")),
        }
    }

    const REPLIES: &'static str = "* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n";
}
