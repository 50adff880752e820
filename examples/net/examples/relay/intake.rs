//! Mails that come in.

use std::io::Write;
use std::sync::Arc;

use postrider::drive::{Next, tokio::Driver};
use postrider::message::{DateTime, HeaderSection, Zone};
use postrider::relay::queue::QueueItem;
use postrider::relay::tls::require_tls::tls_required_no;
use postrider::relay::{HOPS, Protocol, Stamp, check_hops};
use postrider::smtp::server::{Event, Server};
use postrider::smtp::{EnhancedStatusCode, Reply, ReversePath};
use postrider::wire::Machine;
use postrider_net::tokio::{MaybeTls, secure};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::spool::Incoming;
use crate::{Failure, Relay, now};

/// Octets of a header section that are looked at.
const HEADER: usize = 64 * 1024;

/// Serves one client.
pub(crate) async fn serve(
    relay: &Arc<Relay>,
    server: Server,
    stream: MaybeTls<TcpStream>,
    mut ending: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let peer = stream.get_ref().peer_addr()?.ip();
    let mut driver = Driver::new(server, stream);
    let mut session = Session { relay, peer, item: None, incoming: None, header: Vec::new() };
    loop {
        let next = tokio::select! {
            next = driver.next() => next?,
            // 421 at the next place for it.
            _ = ending.wait_for(|ending| *ending), if !*ending.borrow() => {
                driver.machine().shutdown();
                continue;
            }
        };
        match next {
            Next::StartTls(token) => {
                let upgrade = |plain, ahead| secure(&relay.handshake, plain, ahead);
                driver = driver.upgrade(token, upgrade).await?;
            }
            Next::Event(event) => session.event(driver.machine(), event)?,
            Next::App => {}
            Next::Closed => return Ok(()),
        }
    }
}

struct Session<'a> {
    relay: &'a Arc<Relay>,
    peer: std::net::IpAddr,
    item: Option<QueueItem>,
    incoming: Option<Incoming>,
    /// The beginning of the mail.
    header: Vec<u8>,
}

impl Session<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ehlo { .. } => server.accept()?,
            Event::Mail { path, parameters, .. } => {
                self.item = Some(QueueItem::new("", path, now()).with_parameters(parameters));
                server.accept()?;
            }
            Event::Rcpt { path, parameters, .. } => {
                let item = self
                    .item
                    .take()
                    .unwrap_or_else(|| QueueItem::new("", ReversePath::null(), now()));
                self.item = Some(item.with_recipient(path, parameters));
                server.accept()?;
            }
            Event::DataBegin => match self.begin(server) {
                Ok(()) => server.accept()?,
                Err(error) => server.reject(cannot_keep(self.relay, &error)?)?,
            },
            Event::Chunk(octets) => {
                let room = HEADER.saturating_sub(self.header.len()).min(octets.len());
                self.header.extend_from_slice(&octets[..room]);
                if let Some(incoming) = &mut self.incoming
                    && let Err(error) = incoming.write_all(&octets)
                {
                    self.incoming = None;
                    server.discard(cannot_keep(self.relay, &error.into())?)?;
                }
            }
            Event::DataEnd => match self.keep() {
                Ok(Some(reply)) => server.reject(reply)?,
                Ok(None) => server.accept()?,
                Err(error) => server.reject(cannot_keep(self.relay, &error)?)?,
            },
            Event::Aborted(_) | Event::Reset => {
                self.item = None;
                self.incoming = None;
            }
            // Whatever else a later version may ask.
            _ => server.decline(),
        }
        Ok(())
    }

    /// Writes the trace field of this hop (RFC 5321 §4.4).
    fn begin(&mut self, server: &Server) -> Result<(), Failure> {
        let item = self.item.as_mut().ok_or("a mail without an envelope")?;
        let mut incoming = self.relay.spool.begin()?;
        item.id.clone_from(&incoming.id);
        item.arrived = now();
        let date = DateTime::from_unix(item.arrived, Zone::UTC)?;
        let mut stamp = Stamp::new(self.relay.name.clone(), date)
            .with_protocol(server.protocol_keyword().parse::<Protocol>()?)
            .with_id(&item.id)?;
        if let Some(name) = server.client_name() {
            stamp = stamp.with_peer(name.clone(), self.peer);
        }
        if let Some((Some(version), Some(cipher))) =
            server.tls().map(|tls| (tls.version.as_deref(), tls.cipher.as_deref()))
        {
            stamp = stamp.with_tls(version, cipher)?;
        }
        let paths: Vec<_> = item.recipients.iter().map(|one| one.path.clone()).collect();
        let field = stamp.with_recipients(&paths).to_field();
        incoming.write_all(field.as_bytes())?;
        self.header.clear();
        self.header.extend_from_slice(field.as_bytes());
        self.incoming = Some(incoming);
        Ok(())
    }

    /// What is kept is on its way at once. Returns why it is refused, if it is.
    fn keep(&mut self) -> Result<Option<Reply>, Failure> {
        let (Some(item), Some(incoming)) = (self.item.take(), self.incoming.take()) else {
            return Err("a mail without a beginning".into());
        };
        let section = HeaderSection::parse(&self.header[..]);
        if let Err(circle) = check_hops(section.headers(), HOPS) {
            let reply = Reply::new(circle.reply_code(), "the mail goes in circles")?;
            return Ok(Some(reply.with_enhanced(circle.status())?));
        }
        let optional = tls_required_no(section.headers());
        // The size that was declared is not that of what is sent: this hop has added its field.
        let mut item = item.with_tls_optional(optional);
        item.parameters.size = None;
        // Who may believe it ends here (RFC 4954 §5): nobody has logged in.
        item.parameters.auth = None;
        self.relay.spool.keep(incoming, &item)?;
        let whom = item.recipients.len();
        self.relay.log(&item.id, &format!("taken from {} for {whom} recipients", item.sender));
        self.relay.begin(item);
        Ok(None)
    }
}

/// Why is told to whoever runs this, not to the client.
fn cannot_keep(relay: &Relay, error: &Failure) -> Result<Reply, Failure> {
    relay.log("", &format!("a mail cannot be kept: {error}"));
    let full = EnhancedStatusCode::new(4, 3, 1)?;
    Ok(Reply::new(452, "the mail cannot be kept for now")?.with_enhanced(full)?)
}
