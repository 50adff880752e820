//! The embedders that the tests of both machines share.
#![allow(dead_code, reason = "each test file uses a part of this")]

use std::collections::VecDeque;

use bytes::Bytes;
use postrider_pop3::client::{self, Client};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Error, Keyword, Maildrop, Reply, ResponseCode, UniqueId};
use postrider_testkit::{Embedder, Role};
use postrider_wire::{ClearTextLogin, Machine, Policy, Secret, Security};

/// Clear text, and logins in it: what most tests speak.
pub(crate) fn clear() -> Security {
    Security::StartTls(Policy::Never)
}

pub(crate) fn server_config() -> server::Config {
    server::Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow)
}

pub(crate) fn client_config() -> client::Config {
    client::Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow)
}

/// The maildrop of mrose, whose password is `tanstaaf`. In the house of mrose, `locked` is in use.
pub(crate) struct Host {
    mails: Vec<Bytes>,
    sending: Option<Bytes>,
}

impl Host {
    pub(crate) fn boxed(mails: &[&'static [u8]]) -> Box<dyn Embedder<Server>> {
        let mails = mails.iter().map(|mail| Bytes::from_static(mail)).collect();
        Box::new(Self { mails, sending: None })
    }

    fn maildrop(&self) -> Maildrop {
        let mut maildrop = Maildrop::new();
        for (n, mail) in self.mails.iter().enumerate() {
            maildrop.push(mail.len() as u64, UniqueId::new(&format!("uid-{n}")).unwrap());
        }
        maildrop
    }

    fn send(&mut self, server: &mut Server) -> Result<(), Error> {
        let Some(mail) = &mut self.sending else { return Ok(()) };
        while !mail.is_empty() && server.write_payload(mail)? > 0 {}
        if mail.is_empty() && server.finish_payload().is_ok() {
            self.sending = None;
        }
        Ok(())
    }
}

impl Embedder<Server> for Host {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        let verdict = match event {
            server::Event::Login { user, password, .. } => {
                match (&user[..], &password.expose()[..]) {
                    ("mrose", b"tanstaaf") => server.accept_login(self.maildrop()),
                    ("locked", b"tanstaaf") => {
                        let reply = Reply::err("Do you have another POP session running?").unwrap();
                        server.reject(reply.with_code(ResponseCode::InUse))
                    }
                    _ => server.reject(Reply::err("sorry").unwrap()),
                }
            }
            server::Event::Retrieve { message, .. } => {
                self.sending = self.mails.get(*message as usize - 1).cloned();
                server.accept()
            }
            server::Event::Commit { .. } => server.accept(),
            _ => {
                server.decline();
                Ok(())
            }
        };
        verdict.unwrap();
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        let before = self.sending.as_ref().map(Bytes::len);
        self.send(server).unwrap();
        before != self.sending.as_ref().map(Bytes::len)
    }
}

/// What a client under test does, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Do {
    Capa,
    Login(&'static str, &'static str),
    Stat,
    List(Option<u32>),
    Uidl(Option<u32>),
    Retr(u32),
    RetrAndDiscard(u32),
    Top(u32, u32),
    Dele(u32),
    Noop,
    Rset,
    Quit,
}

/// An embedder that goes through a list of commands, each as soon as the client takes it. What is
/// not taken once nothing is in flight is passed over.
pub(crate) fn fetcher(list: &[Do]) -> Box<dyn Embedder<Client>> {
    Box::new(Fetcher { todo: list.iter().copied().collect(), retrieving: VecDeque::new() })
}

struct Fetcher {
    todo: VecDeque<Do>,
    /// The retrievals that have not begun.
    retrieving: VecDeque<Do>,
}

impl Embedder<Client> for Fetcher {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        let (begin, refused) = match event {
            client::Event::RetrieveBegin { .. } => (true, false),
            client::Event::Refused { command: Keyword::Retr | Keyword::Top, .. } => (false, true),
            _ => (false, false),
        };
        let retrieval = if begin || refused { self.retrieving.pop_front() } else { None };
        if let (true, Some(Do::RetrAndDiscard(_))) = (begin, retrieval) {
            client.discard().unwrap();
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let mut acted = false;
        while client.is_ready() {
            let Some(&next) = self.todo.front() else { break };
            let taken = carry_out(client, next).is_ok();
            if !taken && client.in_flight() > 0 {
                break;
            }
            self.todo.pop_front();
            if taken && matches!(next, Do::Retr(_) | Do::RetrAndDiscard(_) | Do::Top(..)) {
                self.retrieving.push_back(next);
            }
            acted |= taken;
        }
        acted
    }
}

pub(crate) fn carry_out(client: &mut Client, next: Do) -> Result<(), Error> {
    match next {
        Do::Capa => client.capa(),
        Do::Login(user, password) => client.login(user, Secret::new(password.into())),
        Do::Stat => client.stat(),
        Do::List(n) => client.list(n),
        Do::Uidl(n) => client.uidl(n),
        Do::Retr(n) | Do::RetrAndDiscard(n) => client.retr(n),
        Do::Top(n, lines) => client.top(n, lines),
        Do::Dele(n) => client.dele(n),
        Do::Noop => client.noop(),
        Do::Rset => client.rset(),
        Do::Quit => client.quit(),
    }
}

/// What an event of the client means to a payload.
pub(crate) fn role(event: &client::Event) -> Role {
    match event {
        client::Event::RetrieveBegin { .. } => Role::Begin,
        client::Event::RetrieveEnd => Role::End,
        client::Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}
