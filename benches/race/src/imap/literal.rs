//! A message of 1 MiB on its way into a client as a literal, in reads of 64 KiB, beside `memcpy` of the
//! same pieces. The client's figure has the copy into its inbox in it.

use std::{cell::RefCell, error::Error, hint::black_box};

use bytes::{Buf, BufMut};
use postrider_imap::{
    FetchAttribute, Limits, MailboxName, Section, SequenceSet,
    client::{Client, Config, Event},
};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Secret, Security};

use crate::race::Racer;

pub const CLIENT: &str = "postrider";
pub const MEMCPY: &str = "memcpy";

/// Octets of one read.
const READ: usize = 64 << 10;
/// Octets of the message.
const SIZE: usize = 1 << 20;

/// A session in which a message is fetched again and again.
pub struct Session(RefCell<State>);

struct State {
    client: Client,
    inbox: Inbox,
    /// What the server sends of the FETCH response.
    response: Vec<u8>,
    /// Where `memcpy` puts a read.
    read: Vec<u8>,
}

impl Session {
    /// One session, as the unit of the workload.
    pub fn units() -> Result<Vec<Self>, Box<dyn Error>> {
        let config = Config::new(Security::StartTls(Policy::Never))
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_limits(Limits::new().with_read(READ));
        let client = Client::new(config);
        let inbox = client.new_inbox();
        let mut response = format!("* 1 FETCH (BODY[] {{{SIZE}}}\r\n").into_bytes();
        let line = b"The quick brown fox jumps over the lazy dog, and then it goes to sleep.\r\n";
        response.extend(line.iter().cycle().take(SIZE));
        response.extend(b")\r\n");
        let mut state = State { client, inbox, response, read: vec![0; READ] };
        state.inbox.extend(b"* OK IMAP4rev1 Service Ready\r\n");
        state.until_done(&[])?;
        state.client.login("mrc", Secret::new("secret".to_string()))?;
        state.until_done(&[])?;
        state.client.select(MailboxName::inbox())?;
        state.until_done(&[])?;
        Ok(vec![Self(RefCell::new(state))])
    }

    pub fn octets(&self) -> usize {
        self.0.borrow().response.len()
    }
}

pub fn racers() -> Vec<Racer<Session>> {
    vec![Racer { library: CLIENT, run: receive }, Racer { library: MEMCPY, run: copy }]
}

fn copy(session: &Session) -> usize {
    let State { response, read, .. } = &mut *session.0.borrow_mut();
    for piece in response.chunks(READ) {
        read[..piece.len()].copy_from_slice(black_box(piece));
        black_box(&read);
    }
    response.len()
}

fn receive(session: &Session) -> usize {
    let octets = session.0.borrow_mut().fetch().expect("it is a session");
    assert_eq!(octets, SIZE, "all of the message came");
    octets
}

impl State {
    /// Fetches the message; how many octets of it came.
    fn fetch(&mut self) -> Result<usize, Box<dyn Error>> {
        self.client.fetch(SequenceSet::one(1)?, FetchAttribute::peek(Section::all()))?;
        let response = core::mem::take(&mut self.response);
        let octets = self.until_done(&response);
        self.response = response;
        octets
    }

    /// Plays the server up to the end of a command: answers each with OK, behind the response.
    fn until_done(&mut self, mut response: &[u8]) -> Result<usize, Box<dyn Error>> {
        let mut octets = 0;
        loop {
            match self.client.poll(&mut self.inbox)? {
                Progress::Event(Event::Chunk(chunk)) => octets += black_box(chunk).len(),
                Progress::Event(Event::Completed { .. } | Event::Ready) => return Ok(octets),
                Progress::Event(_) => {}
                _ if !response.is_empty() => read(&mut response, &mut self.inbox)?,
                _ => {
                    let said = self.client.outbox().remaining();
                    let said = self.client.outbox().copy_to_bytes(said);
                    let tag = said.split(|octet| *octet == b' ').next().unwrap_or_default();
                    if said.is_empty() {
                        return Err("the client waits for nothing".into());
                    }
                    self.inbox.extend(&[tag, b" OK done\r\n"].concat());
                }
            }
        }
    }
}

fn read(wire: &mut &[u8], inbox: &mut Inbox) -> Result<(), Box<dyn Error>> {
    let mut spare = inbox.spare().ok_or("the inbox is full")?;
    let n = spare.remaining_mut().min(wire.len()).min(READ);
    let (now, later) = wire.split_at(n);
    spare.put_slice(now);
    *wire = later;
    Ok(())
}
