//! Embedders for both machines.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::collections::VecDeque;

use bytes::Bytes;
use postrider_imap::client::{self, Client};
use postrider_imap::server::{self, SelectData, Server};
use postrider_imap::{
    BodySection, Command, CommandName, Error, FetchAttribute, FetchItem, FetchedMessage, Flag,
    MailboxName, MessageNumber, MessageSet, Misuse, Partial, Response, Section, SectionText,
    SequenceSet, State, Status, Uid,
};
use postrider_testkit::{Embedder, Role};
use postrider_wire::{Machine, Secret};

pub(crate) fn number(n: u32) -> MessageNumber {
    MessageNumber::new(n).expect("counted from 1")
}

pub(crate) fn message(n: u32) -> FetchedMessage {
    FetchedMessage::Number(number(n))
}

pub(crate) fn client_role(event: &client::Event) -> Role {
    match event {
        client::Event::BodyBegin { .. } => Role::Begin,
        client::Event::BodyEnd => Role::End,
        client::Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

/// A client that logs in, selects the inbox, fetches, and logs out.
pub(crate) struct Guest {
    user: &'static str,
    password: Secret<String>,
    set: SequenceSet,
    attributes: Vec<FetchAttribute>,
}

impl Guest {
    pub(crate) fn new(user: &'static str, password: &str, set: SequenceSet) -> Self {
        let attributes = vec![FetchAttribute::Flags, FetchAttribute::body(Section::all())];
        Self { user, password: Secret::new(password.to_owned()), set, attributes }
    }

    pub(crate) fn fetching(mut self, attributes: Vec<FetchAttribute>) -> Self {
        self.attributes = attributes;
        self
    }
}

impl Embedder<Client> for Guest {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        use client::Event;
        let answer = match event {
            Event::Ready if client.state() == State::NotAuthenticated => {
                client.login(self.user, self.password.clone())
            }
            Event::Ready => client.select(MailboxName::inbox()),
            Event::Completed { command, status, .. } if status.is_ok() => match command {
                CommandName::Login => client.select(MailboxName::inbox()),
                CommandName::Select => client.fetch(self.set.clone(), self.attributes.clone()),
                CommandName::Fetch => client.logout(),
                _ => return,
            },
            Event::Completed { .. } => client.logout(),
            _ => return,
        };
        // Law 14 ends the session in the middle of the story.
        if answer != Err(Misuse::NotNow.into()) {
            answer.expect("allowed here");
        }
    }
}

/// A server for a mailbox of two mails (or one large one) that lets everybody in.
pub(crate) struct Host {
    mails: Vec<Bytes>,
    todo: VecDeque<Todo>,
}

#[derive(Clone, Debug)]
enum Todo {
    Items(u32, Vec<FetchItem>),
    Begin(u32, BodySection, Option<u64>, u64),
    Payload(Bytes),
    Finish,
    Accept,
}

impl Default for Host {
    fn default() -> Self {
        Self::new(vec![
            Bytes::from_static(b"Subject: one\r\n\r\nHello\r\n"),
            Bytes::from_static(b"Subject: two\r\n\r\n"),
        ])
    }
}

impl Host {
    pub(crate) fn new(mails: Vec<Bytes>) -> Self {
        Self { mails, todo: VecDeque::new() }
    }

    fn exists(&self) -> u32 {
        u32::try_from(self.mails.len()).expect("few")
    }

    fn plan(&mut self, seq: u32, attribute: &FetchAttribute) {
        if let Some(request) = attribute.body_request() {
            let mail = &self.mails[seq as usize - 1];
            let header = memchr_header(mail);
            let whole = match request.name.section().piece() {
                None => mail.clone(),
                Some(SectionText::Header) => mail.slice(..header),
                _ => mail.slice(header..),
            };
            let part = request.partial.map_or_else(|| whole.clone(), |one| part(&whole, one));
            let origin = request.partial.map(|partial| partial.origin());
            self.todo.push_back(Todo::Begin(seq, request.name, origin, part.len() as u64));
            self.todo.push_back(Todo::Payload(part));
            self.todo.push_back(Todo::Finish);
            return;
        }
        let item = match attribute {
            FetchAttribute::Rfc822Size => {
                FetchItem::Rfc822Size(self.mails[seq as usize - 1].len() as u64)
            }
            FetchAttribute::Uid => FetchItem::Uid(Uid::new(seq + 100).expect("not 0")),
            _ => FetchItem::Flags([Flag::Seen].into()),
        };
        self.todo.push_back(Todo::Items(seq, vec![item]));
    }

    fn carry_out(&mut self, server: &mut Server, command: &Command) -> Result<(), Error> {
        match command {
            Command::Select { .. } | Command::Examine { .. } => {
                server.accept_select(&SelectData::new(self.exists()))
            }
            Command::Fetch { set: MessageSet::Set(set), attributes, .. } => {
                let attributes = attributes.clone().into_list();
                for seq in set.resolve(self.exists()).into_iter().flatten() {
                    for attribute in &attributes {
                        self.plan(seq, attribute);
                    }
                }
                self.todo.push_back(Todo::Accept);
                self.work(server);
                Ok(())
            }
            Command::Store(store) if !store.silent => server
                .fetch_items(number(1), &[FetchItem::Flags([Flag::Seen].into())])
                .and_then(|()| server.accept()),
            Command::Store(_) => server.accept(),
            Command::Noop if server.state() == State::Selected => {
                server.update(&Response::Exists(self.exists())).and_then(|()| server.accept())
            }
            Command::Noop => server.accept(),
            _ => {
                server.decline();
                Ok(())
            }
        }
    }

    /// Does what fits into the outbox. Whether anything was done.
    fn work(&mut self, server: &mut Server) -> bool {
        let mut worked = false;
        while let Some(todo) = self.todo.front_mut() {
            let done = match todo {
                Todo::Items(seq, items) => server.fetch_items(number(*seq), items),
                Todo::Begin(seq, name, origin, octets) => {
                    server.body_begin(number(*seq), name, *origin, *octets)
                }
                Todo::Payload(payload) => {
                    worked |= server.write_payload(payload).expect("open") > 0;
                    if !payload.is_empty() {
                        return worked;
                    }
                    Ok(())
                }
                Todo::Finish => server.finish_payload(),
                Todo::Accept => server.accept(),
            };
            if done == Err(Misuse::Full.into()) {
                return worked;
            }
            done.expect("allowed here");
            worked = true;
            self.todo.pop_front();
        }
        worked
    }
}

fn memchr_header(mail: &[u8]) -> usize {
    mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 4)
}

fn part(whole: &Bytes, partial: Partial) -> Bytes {
    let from = usize::try_from(partial.origin()).unwrap_or(usize::MAX).min(whole.len());
    let len = usize::try_from(partial.octets()).unwrap_or(usize::MAX).min(whole.len() - from);
    whole.slice(from..from + len)
}

impl Embedder<Server> for Host {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        use server::Event;
        let answer = match event {
            Event::Login { user, .. } if user == "nobody" => server.reject(Status::no("no")),
            Event::Login { .. } => server.accept(),
            Event::Command(command) => self.carry_out(server, command),
            _ => {
                server.decline();
                Ok(())
            }
        };
        if answer != Err(Misuse::Full.into()) {
            answer.expect("allowed here");
        } else {
            server.decline();
        }
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        self.work(server)
    }
}
