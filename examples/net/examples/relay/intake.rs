//! A connection of a client, from the greeting to the end.

use std::{io, net::SocketAddr, sync::Arc};

use postrider::{
    drive::{Next, tokio::Driver},
    message::{DateTime, HeaderSection, Zone, split},
    relay::{
        DomainName, HOPS, Stamp, check_hops, loops, queue::QueueItem,
        tls::require_tls::tls_required_no,
    },
    smtp::{
        Body, EnhancedStatusCode, Reply,
        server::{Config, Event, Server},
    },
    wire::{Machine, Policy, Security},
};
use postrider_net::tokio::{MaybeTls, secure};
use tokio::{net::TcpStream, task::block_in_place};

use super::spool::Letter;
use crate::{Failure, Post, now};

/// Octets of a header section that are looked at.
const HEAD: usize = 256 * 1024;
/// How often a mail may have been here before: lists of lists make it pass several times.
const PASSES: usize = 5;

/// Serves one client.
pub(crate) async fn serve(post: &Arc<Post>, stream: TcpStream, peer: SocketAddr) {
    let _busy = post.busy();
    if let Err(error) = session(post, stream, peer).await {
        post.log(&peer.to_string(), &format!("the session ended: {error}"));
    }
}

async fn session(post: &Arc<Post>, stream: TcpStream, peer: SocketAddr) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let config = Config::new(post.name.clone(), Security::StartTls(Policy::Opportunistic))
        .with_smtp_utf8(true)
        .with_dsn(true)
        .with_require_tls(true);
    let mut driver = Driver::new(Server::new(config), MaybeTls::plain(stream));
    let mut session = Session { post, peer, item: None, letter: None };
    let mut closing = post.closing.subscribe();
    let mut is_closing = false;
    loop {
        let next = tokio::select! {
            next = driver.next() => next?,
            _ = closing.wait_for(|closing| *closing), if !is_closing => {
                is_closing = true;
                driver.machine().shutdown();
                continue;
            }
        };
        match next {
            Next::StartTls(token) => {
                let upgrade = |plain, ahead| secure(&post.handshake, plain, ahead);
                driver = driver.upgrade(token, upgrade).await?;
            }
            Next::Event(event) => session.event(driver.machine(), event)?,
            Next::App => {}
            Next::Closed => return Ok(()),
        }
    }
}

struct Session<'a> {
    post: &'a Arc<Post>,
    peer: SocketAddr,
    /// Its name is given to it with its octets.
    item: Option<QueueItem>,
    letter: Option<Incoming>,
}

/// What came of a mail so far.
struct Incoming {
    letter: Letter,
    /// Its first octets, as they came.
    head: Vec<u8>,
    is_ascii: bool,
}

impl Session<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ehlo { .. } => server.accept()?,
            Event::Mail { path, parameters, .. } => {
                self.item = Some(QueueItem::new("", path, now()).with_parameters(parameters));
                server.accept()?;
            }
            // Whoever relays for strangers relays their spam.
            Event::Rcpt { .. } if !self.peer.ip().is_loopback() => {
                server.reject(reply(550, (7, 1), "no relaying for strangers")?)?;
            }
            Event::Rcpt { path, parameters, .. } => {
                let item = self.item.take();
                self.item = item.map(|item| item.with_recipient(path, parameters));
                server.accept()?;
            }
            Event::DataBegin => match self.begin(server) {
                Ok(incoming) => {
                    self.letter = Some(incoming);
                    server.accept()?;
                }
                Err(error) => server.reject(self.cannot_keep(&error)?)?,
            },
            Event::Chunk(octets) => {
                if let Some(incoming) = &mut self.letter {
                    let room = HEAD.saturating_sub(incoming.head.len()).min(octets.len());
                    incoming.head.extend(octets.get(..room).unwrap_or_default());
                    incoming.is_ascii &= octets.is_ascii();
                    if let Err(error) = incoming.letter.write(&octets) {
                        self.letter = None;
                        let reply = self.cannot_keep(&error)?;
                        server.discard(reply)?;
                    }
                }
            }
            Event::DataEnd => match block_in_place(|| self.keep()) {
                Ok(id) => server.accept_with(reply(250, (0, 0), &format!("queued as {id}"))?)?,
                Err(Refusal::Reply(reply)) => server.reject(reply)?,
                Err(Refusal::Disk(error)) => server.reject(self.cannot_keep(&error)?)?,
            },
            Event::Aborted(_) | Event::Reset => {
                self.item = None;
                self.letter = None;
            }
            _ => server.decline(),
        }
        Ok(())
    }

    /// With what this host writes on top (RFC 5321 §4.4).
    fn begin(&self, server: &Server) -> io::Result<Incoming> {
        let mut letter = self.post.spool.begin()?;
        let stamp = self.stamp(server, &letter.id).map_err(io::Error::other)?;
        letter.write(stamp.to_field().as_bytes())?;
        Ok(Incoming { letter, head: Vec::new(), is_ascii: true })
    }

    fn stamp(&self, server: &Server, id: &str) -> Result<Stamp, Failure> {
        let date = DateTime::from_unix(now(), Zone::UTC)?;
        let mut stamp = Stamp::new(self.post.name.clone(), date)
            .with_protocol(server.protocol_keyword().parse()?)
            .with_id(id)?;
        if let Some(name) = server.client_name() {
            stamp = stamp.with_peer(name.clone(), self.peer.ip());
        }
        if let Some(tls) = server.tls()
            && let (Some(version), Some(cipher)) = (&tls.version, &tls.cipher)
        {
            stamp = stamp.with_tls(version, cipher)?;
        }
        let to = self.item.iter().flat_map(|item| &item.recipients);
        let to: Vec<_> = to.map(|recipient| recipient.path.clone()).collect();
        Ok(stamp.with_recipients(&to))
    }

    /// On the disk, and on its way. Its name.
    fn keep(&mut self) -> Result<String, Refusal> {
        let (Some(mut item), Some(incoming)) = (self.item.take(), self.letter.take()) else {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        };
        let Incoming { letter, head, is_ascii } = incoming;
        let section = HeaderSection::parse(split(&head).0);
        let headers = section.headers();
        let own: Vec<_> = DomainName::parse(self.post.name.as_str()).into_iter().collect();
        let passes =
            check_hops(headers, HOPS).and_then(|_| loops::check_own_passes(headers, &own, PASSES));
        if let Err(circles) = passes {
            return Err(refusal(circles.reply_code(), circles.status(), &circles.to_string()));
        }
        item.id.clone_from(&letter.id);
        item.tls_optional = tls_required_no(headers);
        // It has grown; and nobody here has proved who he is (RFC 4954 §5).
        (item.parameters.size, item.parameters.auth) = (None, None);
        if !is_ascii && item.parameters.body.is_none() {
            // Nobody said so, and the client that sends it cannot look ahead.
            item.parameters.body = Some(Body::EightBitMime);
        }
        letter.keep(&self.post.spool, &item)?;
        let (id, count) = (item.id.clone(), item.recipients.len());
        self.post.log(&id, &format!("taken from {} for {count}", item.sender));
        self.post.take(item);
        Ok(id)
    }

    /// Why is told to whoever runs this, not to the client.
    fn cannot_keep(&self, error: &io::Error) -> Result<Reply, Failure> {
        eprintln!("relay: a mail cannot be kept: {error}");
        reply(452, (3, 1), "the mail cannot be kept for now")
    }
}

/// Why a mail is not taken.
enum Refusal {
    Disk(io::Error),
    Reply(Reply),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

fn refusal(code: u16, status: EnhancedStatusCode, text: &str) -> Refusal {
    match Reply::new(code, text).and_then(|reply| reply.with_enhanced(status)) {
        Ok(reply) => Refusal::Reply(reply),
        Err(error) => io::Error::other(error).into(),
    }
}

fn reply(code: u16, (subject, detail): (u16, u16), text: &str) -> Result<Reply, Failure> {
    let class = u8::try_from(code / 100)?;
    Ok(Reply::new(code, text)?.with_enhanced(EnhancedStatusCode::new(class, subject, detail)?)?)
}
