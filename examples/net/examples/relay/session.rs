//! A connection to a host, from `connect` to `QUIT`.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
    time::Duration,
};

use postrider::{
    drive::{DriveError, Next, tokio::Driver},
    relay::{
        queue::{Connect, Send, Unreached},
        tls::{Demand, TlsOutcome},
    },
    smtp::{
        Error, Unsendable,
        client::{Client, Config, Content, Event, Report},
    },
    wire::{Bytes, Machine, Policy, Security},
};
use postrider_net::{
    Handshake,
    demand::{demanded, outcome},
    tokio::{MaybeTls, secure},
};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};

use crate::{Failure, Post};

/// For each address of a host.
const PATIENCE: Duration = Duration::from_secs(30);
/// For the answer to `QUIT`, which nobody needs.
const FAREWELL: Duration = Duration::from_secs(2);
/// Mails up to this size are handed over whole; larger ones are read as they go.
const WHOLE: u64 = 1024 * 1024;
/// How much of those is in memory.
const PIECE: usize = 64 * 1024;

/// A host that has answered `EHLO`, behind the TLS that is demanded of it.
pub(crate) struct Connection {
    driver: Driver<Client, MaybeTls<TcpStream>>,
    /// Without TLS, because that failed.
    pub(crate) fell_back: bool,
}

/// What came of a mail.
pub(crate) enum Told {
    Report(Report),
    Unsendable(Unsendable),
    /// The connection is of no use any more.
    Gone(Unreached),
}

/// Why there is no connection.
enum Fault {
    /// The handshake failed.
    Handshake(io::Error),
    Other(Unreached),
}

impl Connection {
    pub(crate) async fn open(post: &Post, id: &str, connect: &Connect) -> Result<Self, Unreached> {
        let optional = connect.host.demand.allows_clear_text();
        let policy = if optional { Policy::Opportunistic } else { Policy::Required };
        let opened = match Self::attempt(post, connect, policy).await {
            // Nobody who reads along is kept off by that, and the mail is not lost over it (RFC 7435 §3).
            Err(Fault::Handshake(error)) if optional => {
                post.log(id, &format!("{}: in clear text, because of tls: {error}", connect.host));
                let opened = Self::attempt(post, connect, Policy::Never).await;
                opened.map(|connection| Self { fell_back: true, ..connection })
            }
            opened => opened,
        };
        match opened {
            Ok(mut connection) => {
                let tls = connection.driver.machine().tls().and_then(|tls| tls.version.clone());
                let tls = tls.unwrap_or_else(|| "clear text".into());
                let (host, address) = (&connect.host, connect.address);
                let demand = demand(&host.demand);
                post.log(id, &format!("{host} at {address}: {tls}, demanded is {demand}"));
                Ok(connection)
            }
            Err(Fault::Handshake(error)) => Err(Unreached::Tls(outcome(&error))),
            Err(Fault::Other(why)) => Err(why),
        }
    }

    async fn attempt(post: &Post, connect: &Connect, policy: Policy) -> Result<Self, Fault> {
        let handshake = handshake(post, connect)
            .map_err(|error| Fault::Other(Unreached::Tls(TlsOutcome::Failed(error.to_string()))))?;
        let stream = match timeout(PATIENCE, TcpStream::connect(connect.address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Fault::Other(Unreached::Connect(error.to_string()))),
            Err(_) => return Err(Fault::Other(Unreached::Connect("no answer in time".into()))),
        };
        // Commands are small, and each is waited for.
        let _ = stream.set_nodelay(true);
        let config = Config::new(post.name.clone(), Security::StartTls(policy));
        let mut driver = Driver::new(Client::new(config), MaybeTls::plain(stream));
        loop {
            match driver.next().await.map_err(fault)? {
                Next::StartTls(token) => {
                    let upgrade = |plain, ahead| secure(&handshake, plain, ahead);
                    driver = driver.upgrade(token, upgrade).await.map_err(fault)?;
                }
                Next::Event(Event::Ready { .. }) => {
                    return Ok(Self { driver, fell_back: false });
                }
                Next::Event(Event::Refused(reply)) => {
                    return Err(Fault::Other(Unreached::Refused(reply)));
                }
                Next::Event(_) | Next::App => {}
                Next::Closed => return Err(Fault::Other(ended())),
            }
        }
    }

    /// Sends the mail with these octets.
    pub(crate) async fn send(&mut self, send: &Send, octets: &Path) -> Result<Told, Failure> {
        let mut file = File::open(octets)?;
        let size = file.metadata()?.len();
        let content = if size <= WHOLE {
            let mut whole = Vec::new();
            file.read_to_end(&mut whole)?;
            Content::whole(whole)
        } else {
            Content::streamed(Some(size))
        };
        match self.driver.machine().send(send.transaction(content)) {
            Ok(()) => {}
            Err(Error::Unsendable(why)) => return Ok(Told::Unsendable(why)),
            Err(error) => return Ok(Told::Gone(Unreached::Broken(error.to_string()))),
        }
        let mut payload = None;
        loop {
            match self.driver.next().await {
                Ok(Next::Event(Event::Sent(report))) => return Ok(Told::Report(report)),
                Ok(Next::Event(Event::Payload)) => payload = Some(Bytes::new()),
                Ok(Next::App) => upload(self.driver.machine(), &mut file, &mut payload)?,
                Ok(Next::Event(_) | Next::StartTls(_)) => {}
                Ok(Next::Closed) => return Ok(Told::Gone(ended())),
                Err(error) => return Ok(Told::Gone(Unreached::Broken(error.to_string()))),
            }
        }
    }

    /// Says goodbye, and does not wait long for the answer.
    pub(crate) async fn close(mut self) {
        self.driver.machine().shutdown();
        let rest =
            async { while !matches!(self.driver.next().await, Ok(Next::Closed) | Err(_)) {} };
        let _ = timeout(FAREWELL, rest).await;
    }
}

/// Gives the client what it takes of a mail.
fn upload(
    client: &mut Client,
    file: &mut File,
    payload: &mut Option<Bytes>,
) -> Result<(), Failure> {
    let Some(piece) = payload else { return Ok(()) };
    loop {
        if piece.is_empty() {
            let mut block = vec![0; PIECE];
            let n = file.read(&mut block)?;
            if n == 0 {
                *payload = None;
                // Of another size than it was: nobody has it.
                if client.finish_payload().is_err() {
                    let _ = client.abort();
                }
                return Ok(());
            }
            block.truncate(n);
            *piece = block.into();
        }
        match client.write_payload(piece) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // The client tells what became of the mail.
            Err(_) => {
                *payload = None;
                return Ok(());
            }
        }
    }
}

/// What the host has to prove, and the name that it hears (RFC 7672 §8.1, RFC 8461 §4).
fn handshake(post: &Post, connect: &Connect) -> Result<Handshake, rustls::Error> {
    let config = demanded(&connect.host.demand, &post.roots)?;
    let name = connect.host.name.as_ref();
    let name = name.and_then(|name| ServerName::try_from(name.as_str().to_owned()).ok());
    // An address is not told.
    let name = name.unwrap_or_else(|| ServerName::from(connect.address.ip()));
    Ok(Handshake::client(Arc::new(config), name).with_patience(PATIENCE))
}

fn demand(demand: &Demand) -> &'static str {
    match demand {
        Demand::Opportunistic => "nothing",
        Demand::Encrypted => "tls",
        _ => "tls with a proof",
    }
}

fn fault(error: DriveError<Error>) -> Fault {
    match error {
        DriveError::Handshake(error) => Fault::Handshake(error),
        DriveError::Machine { error: Error::TlsRefused, .. } => {
            Fault::Other(Unreached::Tls(TlsOutcome::NotOffered))
        }
        error => Fault::Other(Unreached::Broken(error.to_string())),
    }
}

fn ended() -> Unreached {
    Unreached::Broken("the host ended the session".into())
}
