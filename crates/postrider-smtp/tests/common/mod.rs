//! What the integration tests share.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use postrider_smtp::client::{self, Client, Outcome};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{EhloName, ForwardPath, MailParameters, Reply, ReversePath};
use postrider_testkit::{Embedder, embedder};
use postrider_wire::{Policy, Security};

pub(crate) fn name(text: &str) -> EhloName {
    EhloName::parse(text).unwrap()
}

pub(crate) fn client(policy: Policy) -> Client {
    Client::new(client::Config::new(name("bar.com"), Security::StartTls(policy)))
}

pub(crate) fn server(policy: Policy) -> Server {
    Server::new(server::Config::new(name("foo.com"), Security::StartTls(policy)))
}

/// Takes everything, but for Green, who has no mailbox here.
pub(crate) fn takes_mail() -> Box<dyn Embedder<Server>> {
    let on_event = |server: &mut Server, event: &server::Event| {
        let verdict = match event {
            server::Event::Rcpt { path, .. } if path.to_string().starts_with("<Green@") => {
                server.reject(Reply::new(550, "No such user here").unwrap())
            }
            server::Event::Chunk(_) | server::Event::Aborted(_) | server::Event::Reset => return,
            _ => server.accept(),
        };
        verdict.unwrap();
    };
    embedder(on_event, |_| false)
}

/// What a client did and learned.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) begun: usize,
    /// Recipients that `RCPT` was said for, and those that had an outcome.
    pub(crate) asked: usize,
    pub(crate) answered: usize,
    pub(crate) outcomes: Vec<Outcome>,
}

/// Sends mails one after the other, each to all recipients, then quits.
pub(crate) struct Sends {
    pub(crate) from: &'static str,
    pub(crate) to: Vec<&'static str>,
    pub(crate) mails: Vec<Bytes>,
    pub(crate) parameters: MailParameters,
    /// Sends each mail in chunks of so many octets, not behind `DATA`.
    pub(crate) chunk: Option<usize>,
    /// Goes on with the next mail whatever became of the last.
    pub(crate) perseveres: bool,
    pub(crate) log: Rc<RefCell<Log>>,
    asked: usize,
    accepted: usize,
    payload: Option<Bytes>,
    /// What of the mail is not announced yet.
    rest: Bytes,
}

impl Sends {
    pub(crate) fn new(from: &'static str, to: &[&'static str], mails: &[&[u8]]) -> Self {
        Self {
            from,
            to: to.to_vec(),
            mails: mails.iter().map(|mail| Bytes::copy_from_slice(mail)).collect(),
            parameters: MailParameters::new(),
            chunk: None,
            perseveres: false,
            log: Rc::default(),
            asked: 0,
            accepted: 0,
            payload: None,
            rest: Bytes::new(),
        }
    }

    /// The same in chunks.
    pub(crate) fn in_chunks(mut self, octets: usize) -> Self {
        self.chunk = Some(octets);
        self
    }

    pub(crate) fn boxed(self) -> Box<dyn Embedder<Client>> {
        Box::new(self)
    }

    fn next_mail(&mut self, client: &mut Client) {
        (self.asked, self.accepted) = (0, 0);
        if self.mails.is_empty() {
            let _ = client.quit();
        } else if client
            .mail(ReversePath::parse(self.from).unwrap(), self.parameters.clone())
            .is_ok()
        {
            self.log.borrow_mut().begun += 1;
        }
    }

    fn next_recipient(&mut self, client: &mut Client) {
        let Some(to) = self.to.get(self.asked) else {
            if self.accepted == 0 {
                let _ = client.rset();
            } else if self.chunk.is_some() {
                self.rest = self.mails.remove(0);
                self.next_chunk(client);
            } else {
                let _ = client.data();
            }
            return;
        };
        self.asked += 1;
        if client.rcpt(ForwardPath::parse(to).unwrap()).is_ok() {
            self.log.borrow_mut().asked += 1;
        }
    }

    fn next_chunk(&mut self, client: &mut Client) {
        let size = self.chunk.unwrap_or_default().min(self.rest.len());
        let chunk = self.rest.split_to(size);
        if client.bdat(size as u64, self.rest.is_empty()).is_ok() {
            self.payload = Some(chunk);
        }
    }
}

impl Embedder<Client> for Sends {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Ready { .. } => self.next_mail(client),
            client::Event::Mail(_) => self.next_recipient(client),
            client::Event::Bdat(_) => self.next_chunk(client),
            client::Event::Unanswered { .. } => self.log.borrow_mut().answered += 1,
            client::Event::Rcpt { reply, .. } => {
                self.log.borrow_mut().answered += 1;
                self.accepted += usize::from(reply.is_positive());
                self.next_recipient(client);
            }
            client::Event::DataBegin(_) => self.payload = Some(self.mails.remove(0)),
            client::Event::End(outcome) => {
                self.payload = None;
                self.log.borrow_mut().outcomes.push(outcome.clone());
                let (asked, answered) = (self.log.borrow().asked, self.log.borrow().answered);
                assert_eq!(asked, answered, "each recipient has its answer before the end");
                let failed = matches!(outcome, Outcome::NotSent | Outcome::Refused(_));
                if failed && !self.perseveres {
                    self.mails.clear();
                }
                self.next_mail(client);
            }
            _ => {}
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let Some(payload) = &mut self.payload else { return false };
        if !payload.is_empty() {
            return client.write_payload(payload).is_ok_and(|n| n > 0);
        }
        self.payload = None;
        client.finish_payload().is_ok()
    }
}

/// The values of `"key": …` in a JSON file with one member a line, strings unescaped.
pub(crate) fn members(json: &str, key: &str) -> Vec<String> {
    let prefix = format!("\"{key}\": ");
    let lines = json.lines().map(str::trim).filter_map(|line| line.strip_prefix(&prefix));
    lines.map(|value| unescape(value.trim_end_matches(','))).collect()
}

fn unescape(value: &str) -> String {
    let Some(text) = value.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return value.to_owned();
    };
    let (mut out, mut rest) = (String::new(), text.chars());
    while let Some(c) = rest.next() {
        out.push(match c {
            '\\' => match rest.next() {
                Some('r') => '\r',
                Some('n') => '\n',
                Some('u') => {
                    let hex: String = rest.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap()
                }
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    out
}

pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
