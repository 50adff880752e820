//! A mail on its way into a server behind `DATA`, in reads of 64 KiB, beside a count of its lines with
//! `memchr` in the same pieces. The server's figure has the copy into its inbox in it.

use std::{error::Error, hint::black_box};

use bytes::Buf;
use memchr::memchr_iter;
use postrider_smtp::{
    EhloName, Limits,
    server::{Config, Event, Server},
};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security};

use crate::race::Racer;

pub const SERVER: &str = "server";
pub const COUNT: &str = "memchr line count";

/// Octets of one read.
const READ: usize = 64 << 10;
/// Octets of one mail on the wire, about.
const SIZE: usize = 16 << 20;

/// A mail as it stands on the wire, its dots doubled and its end behind it.
pub struct Mail {
    pub wire: Vec<u8>,
    /// Octets of content.
    content: usize,
}

impl Mail {
    pub fn octets(&self) -> usize {
        self.wire.len()
    }

    /// So many of a line, which is content and holds no line end.
    fn of(line: &str) -> Self {
        let stuffed =
            if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") };
        let lines = SIZE / stuffed.len();
        let wire = [stuffed.repeat(lines), ".\r\n".into()].concat().into_bytes();
        Self { wire, content: lines * (line.len() + 2) }
    }
}

/// Texts, and the least share of the speed of a line count that receiving them is to have, one in so
/// many.
pub fn mails() -> [(&'static str, Mail, Option<f64>); 4] {
    let text = "The quick brown fox jumps over the lazy dog, and then it goes to sleep again.";
    [
        ("text", Mail::of(text), Some(8.0)),
        ("dots before text", Mail::of(&format!(".{text}")), Some(60.0)),
        ("dots", Mail::of(&".".repeat(76)), Some(60.0)),
        ("lone dots", Mail::of("."), Some(60.0)),
    ]
}

pub fn racers() -> Vec<Racer<Mail>> {
    vec![Racer { library: SERVER, run: receive }, Racer { library: COUNT, run: count }]
}

fn count(mail: &Mail) -> usize {
    mail.wire.chunks(READ).map(|read| memchr_iter(b'\n', black_box(read)).count()).sum()
}

fn receive(mail: &Mail) -> usize {
    let octets = take(&mail.wire).expect("it is a mail");
    assert_eq!(octets, mail.content, "all of the content came");
    octets
}

/// A session up to the end of a mail; how many octets of content came.
fn take(mut wire: &[u8]) -> Result<usize, Box<dyn Error>> {
    let limits = Limits::server().with_read(READ).with_message(1 << 30);
    let never = Security::StartTls(Policy::Never);
    let config = Config::new(EhloName::parse("foo.com")?, never).with_limits(limits);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    inbox.extend(
        b"HELO bar.com\r\nMAIL FROM:<Smith@bar.com>\r\nRCPT TO:<Jones@foo.com>\r\nDATA\r\n",
    );
    let mut content = 0;
    loop {
        match server.poll(&mut inbox)? {
            Progress::Event(Event::Chunk(octets)) => content += black_box(octets).len(),
            Progress::Event(Event::DataEnd) => return Ok(content),
            Progress::Event(_) => server.accept()?,
            _ => {
                let said = server.outbox().remaining();
                server.outbox().advance(said);
                read(&mut wire, &mut inbox)?;
            }
        }
    }
}

fn read(wire: &mut &[u8], inbox: &mut Inbox) -> Result<(), Box<dyn Error>> {
    let spare = inbox.spare_init().ok_or("the inbox is full")?;
    let n = spare.len().min(wire.len()).min(READ);
    let (now, later) = wire.split_at(n);
    if n == 0 {
        return Err("the mail does not end".into());
    }
    spare[..n].copy_from_slice(now);
    inbox.commit(n);
    *wire = later;
    Ok(())
}
