//! An MTA: takes a mail, stamps it, keeps it.

use postrider::smtp::server::{Config, Event, Server};
use postrider::smtp::{EhloName, ForwardPath, Reply, ReversePath};
use postrider::wire::{Machine, Policy, Security};

use crate::journey::road::Actor;
use crate::journey::spool::Spool;

/// The largest mail that travels in this story.
pub(crate) const LARGEST: u64 = 4 * 1024 * 1024 * 1024;
/// What the trace fields may add to it on the way.
const TRACE: u64 = 1024 * 1024;

/// Makes the trace fields of a mail from what the MTA knows of it.
pub(crate) type Stamp<'a> = Box<dyn Fn(&Arrival) -> Result<Vec<u8>, String> + Send + 'a>;

/// What an MTA knows of a mail when its content begins.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) client: EhloName,
    pub(crate) extended: bool,
    pub(crate) from: ReversePath,
    pub(crate) to: Vec<ForwardPath>,
}

/// A mail as an MTA keeps it: its own trace fields, then what it was given.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) stamp: Vec<u8>,
    pub(crate) spool: Spool,
}

/// A receiving MTA for one conversation.
pub(crate) struct Mta<'a> {
    host: &'static str,
    /// The domain it takes mail for; any other if it relays.
    domain: Option<&'static str>,
    stamp: Stamp<'a>,
    hello: Option<(EhloName, bool)>,
    from: Option<ReversePath>,
    to: Vec<ForwardPath>,
    incoming: Option<Taken>,
    taken: Option<Taken>,
}

impl<'a> Mta<'a> {
    /// An MTA that takes mail for `domain`, or for the whole world.
    pub(crate) fn new(host: &'static str, domain: Option<&'static str>, stamp: Stamp<'a>) -> Self {
        let (hello, from, to) = (None, None, Vec::new());
        Self { host, domain, stamp, hello, from, to, incoming: None, taken: None }
    }

    /// How it calls itself.
    pub(crate) fn host(&self) -> &'static str {
        self.host
    }

    /// A machine for its next conversation.
    pub(crate) fn server(&self) -> Result<Server, String> {
        let name = EhloName::parse(self.host).map_err(|error| error.to_string())?;
        let config = Config::new(name, Security::StartTls(Policy::Never));
        let limits = config.limits.clone().with_message(LARGEST + TRACE);
        Ok(Server::new(config.with_limits(limits)))
    }

    /// The mail that it took.
    pub(crate) fn into_taken(self) -> Option<Taken> {
        self.taken
    }

    fn serves(&self, path: &ForwardPath) -> bool {
        let domain = path.mailbox().map(|mailbox| mailbox.domain());
        self.domain.is_none_or(|own| domain.is_none_or(|asked| asked.eq_ignore_ascii_case(own)))
    }

    fn begin(&mut self) -> Result<(), String> {
        let (client, extended) = self.hello.clone().ok_or("no EHLO before DATA")?;
        let from = self.from.clone().ok_or("no MAIL before DATA")?;
        let arrival = Arrival { client, extended, from, to: std::mem::take(&mut self.to) };
        let stamp = (self.stamp)(&arrival)?;
        let mut spool = Spool::new().map_err(|error| error.to_string())?;
        spool.push(&stamp).map_err(|error| error.to_string())?;
        self.incoming = Some(Taken { stamp, spool });
        Ok(())
    }
}

impl Actor<Server> for Mta<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), String> {
        match event {
            Event::Ehlo { name, extended, .. } => {
                self.hello = Some((name, extended));
                server.accept()
            }
            Event::Mail { path, .. } => {
                self.from = Some(path);
                self.to.clear();
                server.accept()
            }
            Event::Rcpt { path, .. } if self.serves(&path) => {
                self.to.push(path);
                server.accept()
            }
            Event::Rcpt { .. } => {
                let reply = Reply::new(550, "no such user here").map_err(|e| e.to_string())?;
                server.reject(reply)
            }
            Event::DataBegin => {
                self.begin()?;
                server.accept()
            }
            Event::Chunk(octets) => {
                let incoming = self.incoming.as_mut().ok_or("content of no mail")?;
                return incoming.spool.push(&octets).map_err(|error| error.to_string());
            }
            Event::DataEnd => {
                self.taken = self.incoming.take();
                server.accept()
            }
            Event::Aborted(_) => {
                self.incoming = None;
                Ok(())
            }
            Event::Reset => Ok(()),
            _ => {
                server.decline();
                Ok(())
            }
        }
        .map_err(|error| error.to_string())
    }

    fn act(&mut self, _: &mut Server) -> Result<bool, String> {
        Ok(false)
    }
}
