//! A connection to a host that mail goes to.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postrider::drive::{DriveError, Next, tokio::Driver};
use postrider::relay::queue::{Connect, Send, Unreached};
use postrider::relay::tls::{Demand, TlsOutcome};
use postrider::smtp::client::{Client, Config, Content, Event, Report};
use postrider::smtp::{Body, Error, Unsendable};
use postrider::wire::{Machine, Policy, Security};
use postrider_net::Handshake;
use postrider_net::demand::{demanded, outcome};
use postrider_net::tokio::{MaybeTls, secure};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Relay;

/// For each address.
const PATIENCE: Duration = Duration::from_secs(30);
/// For a goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// How much of a mail is in memory.
const PIECE: usize = 64 * 1024;

pub(crate) struct Session {
    driver: Driver<Client, MaybeTls<TcpStream>>,
}

/// What came of a transaction.
pub(crate) enum Sent {
    Report(Report),
    Unsendable(Unsendable),
    Gone(String),
}

impl Session {
    /// Connects, as far as the demand is met and `EHLO` answered.
    pub(crate) async fn open(relay: &Relay, to: &Connect) -> Result<Self, Unreached> {
        let policy = match to.host.demand {
            Demand::Opportunistic => Policy::Opportunistic,
            _ => Policy::Required,
        };
        match Self::try_open(relay, to, policy).await {
            // A handshake that fails is no reason to lose the mail: in clear, then (RFC 7435 §3).
            Err(Unreached::Tls(_)) if to.host.demand.allows_clear_text() => {
                Self::try_open(relay, to, Policy::Never).await
            }
            other => other,
        }
    }

    async fn try_open(relay: &Relay, to: &Connect, policy: Policy) -> Result<Self, Unreached> {
        let connect = |error: &dyn std::fmt::Display| Unreached::Connect(error.to_string());
        let stream = timeout(PATIENCE, TcpStream::connect(to.address)).await;
        let stream = stream.map_err(|_| connect(&"no answer"))?.map_err(|error| connect(&error))?;
        let _ = stream.set_nodelay(true);
        let config = Config::new(relay.name.clone(), Security::StartTls(policy));
        let mut driver = Driver::new(Client::new(config), MaybeTls::plain(stream));
        loop {
            match driver.next().await {
                Ok(Next::Event(Event::Ready { .. })) => return Ok(Self { driver }),
                Ok(Next::Event(Event::Refused(reply))) => return Err(Unreached::Refused(reply)),
                Ok(Next::StartTls(token)) => {
                    let handshake = handshake(relay, to).map_err(Unreached::Tls)?;
                    let upgrade = |plain, ahead| async {
                        let handshake = handshake;
                        secure(&handshake, plain, ahead).await
                    };
                    driver = match driver.upgrade(token, upgrade).await {
                        Ok(driver) => driver,
                        Err(DriveError::Handshake(error)) => {
                            return Err(Unreached::Tls(outcome(&error)));
                        }
                        Err(error) => return Err(Unreached::Broken(error.to_string())),
                    };
                }
                Ok(Next::Closed) => return Err(Unreached::Broken("the host closed".into())),
                Ok(_) => {}
                Err(DriveError::Machine { error: Error::TlsRefused, .. }) => {
                    return Err(Unreached::Tls(TlsOutcome::NotOffered));
                }
                Err(error) => return Err(Unreached::Broken(error.to_string())),
            }
        }
    }

    /// Sends a mail to some of its recipients.
    pub(crate) async fn send(&mut self, send: &Send, file: File) -> io::Result<Sent> {
        let octets = file.metadata()?.len();
        let mut mail = Upload { file, piece: Bytes::new(), due: false };
        let mut send = send.clone();
        if send.parameters.body.is_none() {
            // Nobody said what is in it: it is looked at, once.
            let eight = !is_ascii(&mut mail.file)?;
            send.parameters.body = eight.then_some(Body::EightBitMime);
        }
        match self.driver.machine().send(send.transaction(Content::streamed(Some(octets)))) {
            Ok(()) => {}
            Err(Error::Unsendable(why)) => return Ok(Sent::Unsendable(why)),
            Err(error) => return Ok(Sent::Gone(error.to_string())),
        }
        loop {
            match self.driver.next().await {
                Ok(Next::Event(Event::Sent(report))) => return Ok(Sent::Report(report)),
                Ok(Next::Event(Event::Payload)) => mail.due = true,
                Ok(Next::App) if mail.due => mail.write(self.driver.machine())?,
                Ok(Next::Closed) => return Ok(Sent::Gone("the host closed".into())),
                Ok(_) => {}
                Err(error) => return Ok(Sent::Gone(error.to_string())),
            }
        }
    }

    /// Says goodbye.
    pub(crate) async fn close(mut self) {
        self.driver.machine().shutdown();
        let closed =
            async { while !matches!(self.driver.next().await, Ok(Next::Closed) | Err(_)) {} };
        let _ = timeout(GOODBYE, closed).await;
    }
}

/// A mail that is read as it goes.
struct Upload {
    file: File,
    piece: Bytes,
    due: bool,
}

impl Upload {
    /// As much as there is room for.
    fn write(&mut self, client: &mut Client) -> io::Result<()> {
        loop {
            if self.piece.is_empty() {
                let mut piece = Vec::with_capacity(PIECE);
                (&mut self.file).take(PIECE as u64).read_to_end(&mut piece)?;
                if piece.is_empty() {
                    self.due = false;
                    return client.finish_payload().map_err(io::Error::other);
                }
                self.piece = piece.into();
            }
            if client.write_payload(&mut self.piece).map_err(io::Error::other)? == 0 {
                return Ok(());
            }
        }
    }
}

fn is_ascii(file: &mut File) -> io::Result<bool> {
    let mut block = [0; 8 * 1024];
    let mut ascii = true;
    loop {
        match file.read(&mut block)? {
            0 => break,
            n => ascii &= block[..n].is_ascii(),
        }
    }
    io::Seek::rewind(file)?;
    Ok(ascii)
}

fn handshake(relay: &Relay, to: &Connect) -> Result<Handshake, TlsOutcome> {
    let failed = |error: &dyn std::fmt::Display| TlsOutcome::Failed(error.to_string());
    let config = demanded(&to.host.demand, &relay.roots).map_err(|error| failed(&error))?;
    let name = match &to.host.name {
        Some(name) => {
            ServerName::try_from(name.as_str().to_owned()).map_err(|error| failed(&error))?
        }
        None => ServerName::IpAddress(to.address.ip().into()),
    };
    Ok(Handshake::client(Arc::new(config), name))
}
