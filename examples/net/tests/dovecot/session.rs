//! One session of our client, command by command.

use std::time::Duration;

use bytes::Bytes;
use postrider::{
    drive::{Next, blocking::Driver},
    imap::{
        CommandName, FetchItem, MailboxName, Response, State, Status, Uid,
        client::{Client, Config, Event, Handle, Login, LoginBy},
    },
    sasl::{
        Mechanism,
        client::{Choice, Credentials},
    },
    wire::{Policy, Secret, Security},
};
use postrider_net::{
    Handshake,
    blocking::secure,
    program::{login::entropy, road},
};

use crate::rig::{PASSWORD, Rig};

pub(crate) use road::Stream;

/// How the connection is made safe.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tls {
    StartTls,
    Implicit,
}

pub(crate) struct Imap {
    driver: Option<Driver<Client, Stream>>,
    handshake: Handshake,
}

/// What came of a command.
pub(crate) struct Outcome {
    pub(crate) status: Status,
    /// What was told until then.
    pub(crate) events: Vec<Event>,
}

impl Imap {
    /// A session in which nobody is logged in.
    pub(crate) fn connect(rig: &Rig, tls: Tls, change: impl FnOnce(Config) -> Config) -> Self {
        let handshake = road::handshake("localhost", Some(&rig.certificate())).unwrap();
        let port = match tls {
            Tls::StartTls => rig.port("IMAP"),
            Tls::Implicit => rig.port("IMAPS"),
        };
        let implicit = matches!(tls, Tls::Implicit).then_some(&handshake);
        let (stream, info) = road::open("localhost", port, implicit).unwrap();
        let security = info.map_or(Security::StartTls(Policy::Required), Security::Implicit);
        let client = Client::new(change(Config::new(security)));
        let mut imap = Self { driver: Some(Driver::new(client, stream)), handshake };
        while imap.event() != Event::Ready {}
        imap
    }

    /// A session of this user, over TLS from the first octet, that knows what the server can do.
    pub(crate) fn open(rig: &Rig, user: &str) -> Self {
        let mut imap = Self::connect(rig, Tls::Implicit, |config| config);
        imap.log_in(user, &[]);
        imap
    }

    /// The same, with the inbox selected.
    pub(crate) fn inbox(rig: &Rig, user: &str) -> Self {
        let mut imap = Self::open(rig, user);
        imap.select("INBOX");
        imap
    }

    /// Logs in, by one of these mechanisms, or by any.
    pub(crate) fn log_in(&mut self, user: &str, mechanisms: &[Mechanism]) {
        let credentials = Credentials::password(user, Secret::new(PASSWORD.into())).unwrap();
        self.log_in_as(credentials, mechanisms);
        if self.client().capabilities().is_none() {
            self.run(Client::capability);
        }
    }

    pub(crate) fn log_in_as(&mut self, credentials: Credentials, mechanisms: &[Mechanism]) {
        let mut login = Login::new(credentials, entropy().unwrap());
        if !mechanisms.is_empty() {
            login = login
                .with_choice(Choice::default().with_mechanisms(mechanisms.iter().copied()))
                .with_login_by([LoginBy::Authenticate]);
        }
        let outcome = self.run(|client| client.login_with(login));
        assert!(outcome.status.is_ok(), "{:?}", outcome.status);
        assert_eq!(self.client().state(), State::Authenticated);
    }

    pub(crate) fn client(&mut self) -> &mut Client {
        self.driver.as_mut().unwrap().machine()
    }

    /// The next event, if one comes in time.
    pub(crate) fn event_within(&mut self, time: Option<Duration>) -> Option<Event> {
        loop {
            let driver = self.driver.as_mut().unwrap();
            let next = match time {
                Some(time) => driver.next_timeout(time).unwrap(),
                None => driver.next().unwrap(),
            };
            match next {
                Next::Event(Event::DeriveKey(due)) => {
                    driver.machine().key(due.derive()).unwrap();
                }
                Next::Event(event) => return Some(event),
                Next::App if time.is_some() => return None,
                Next::App => {}
                Next::StartTls(token) => {
                    let driver = self.driver.take().unwrap();
                    let handshake = &self.handshake;
                    let upgraded =
                        driver.upgrade(token, |plain, ahead| secure(handshake, plain, ahead));
                    self.driver = Some(upgraded.unwrap());
                }
                Next::Closed => panic!("the session ended"),
            }
        }
    }

    pub(crate) fn event(&mut self) -> Event {
        self.event_within(None).unwrap()
    }

    /// Gives a command and waits for its outcome.
    pub(crate) fn run(
        &mut self,
        give: impl FnOnce(&mut Client) -> Result<Handle, postrider::imap::Error>,
    ) -> Outcome {
        let handle = give(self.client()).unwrap();
        self.wait(handle)
    }

    /// The same, where the server must not refuse. Returns what was told.
    pub(crate) fn ok(
        &mut self,
        give: impl FnOnce(&mut Client) -> Result<Handle, postrider::imap::Error>,
    ) -> Vec<Event> {
        let Outcome { status, events } = self.run(give);
        assert!(status.is_ok(), "{status:?}");
        events
    }

    pub(crate) fn wait(&mut self, handle: Handle) -> Outcome {
        let mut events = Vec::new();
        loop {
            match self.event() {
                Event::Completed { handle: of, status, .. } if of == handle => {
                    return Outcome { status, events };
                }
                Event::LoginFailed { fault, .. } => panic!("{fault}"),
                event @ (Event::Lost { .. } | Event::Unsent { .. }) => panic!("{event:?}"),
                event => events.push(event),
            }
        }
    }

    pub(crate) fn select(&mut self, mailbox: &str) -> Vec<Event> {
        self.ok(|client| client.select(name(mailbox)))
    }

    /// Appends a mail. Returns the code of the answer.
    pub(crate) fn append(&mut self, mailbox: &str, mail: &[u8]) -> Status {
        use postrider::imap::AppendMessage;
        let message = AppendMessage::new(mail.len() as u64);
        let handle = self.client().append(name(mailbox), vec![message]).unwrap();
        let mut octets = Bytes::copy_from_slice(mail);
        loop {
            match self.event() {
                Event::Completed { handle: of, status, .. } if of == handle => return status,
                Event::AppendBegin { .. } => {
                    while !octets.is_empty() {
                        if self.client().write_payload(&mut octets).unwrap() == 0 {
                            // Lets the driver write.
                            self.event_within(Some(Duration::ZERO));
                        }
                    }
                    self.client().finish_payload().unwrap();
                }
                _ => {}
            }
        }
    }

    pub(crate) fn log_out(mut self) {
        self.client().logout().unwrap();
        loop {
            match self.driver.as_mut().unwrap().next().unwrap() {
                Next::Closed => return,
                Next::Event(Event::Completed { command: CommandName::Logout, status, .. }) => {
                    assert!(status.is_ok());
                }
                _ => {}
            }
        }
    }
}

pub(crate) fn name(mailbox: &str) -> MailboxName {
    let encoding = postrider::imap::MailboxEncoding::ModifiedUtf7;
    MailboxName::encode(mailbox, encoding).unwrap()
}

/// The data among events.
pub(crate) fn data(events: Vec<Event>) -> Vec<Response> {
    let response = |event| match event {
        Event::Data { handle: Some(_), response, .. } => Some(response),
        _ => None,
    };
    events.into_iter().filter_map(response).collect()
}

/// What each FETCH response told, by UID.
pub(crate) fn items(events: &[Event]) -> Vec<(Uid, Vec<FetchItem>)> {
    let mut all = Vec::new();
    let mut open = Vec::new();
    for event in events {
        match event {
            Event::FetchItems { items, .. } => open.extend(items.iter().cloned()),
            Event::FetchEnd { .. } => {
                let items = std::mem::take(&mut open);
                let uid = items.iter().find_map(|item| match item {
                    FetchItem::Uid(uid) => Some(*uid),
                    _ => None,
                });
                all.extend(uid.map(|uid| (uid, items)));
            }
            _ => {}
        }
    }
    all
}
