//! Serves mailboxes in memory over IMAP, an account a user.
//!
//! ```console
//! $ cargo run --release --example imap_server -- --dir /tmp/imap --user alice:sesame
//! {"port": 40143}
//! $ cargo run --release --example watch -- imap://alice:sesame@localhost:40143 --ca /tmp/imap/cert.pem
//! $ curl --ssl-reqd --cacert /tmp/imap/cert.pem -T letter.eml imap://alice:sesame@localhost:40143/INBOX
//! ```
//!
//! All sessions of a user share one account, and hear at once what another changes. Everything behind the
//! login is [`Service`] of the crate `postrider-mailbox`; what is here is the login, the loop, and who is
//! woken. What was stored is gone when the program ends. Real programs are tested against it.

use std::{
    collections::HashMap,
    convert::Infallible,
    error::Error,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use clap::Parser;
use postrider::{
    imap::{
        InternalDate,
        server::{Compression, Config, Server},
    },
    mailbox::memory::{Account, Service},
    wire::{Bytes, Policy, Security, Side, Transcript},
};
use postrider_net::{
    Handshake, Stderr,
    program::{certificate::handshake, users::Users},
    tokio::{MaybeTls, secure},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};

mod imap_server {
    pub(crate) mod arguments;
    pub(crate) mod session;
}

use imap_server::{arguments::Arguments, session::serve};

/// How the server calls itself.
const HOST: &str = "localhost";

type Failure = Box<dyn Error + Send + Sync>;

/// What all sessions share.
struct Post {
    arguments: Arguments,
    handshake: Handshake,
    users: Users,
    shelves: HashMap<String, Arc<Shelf>>,
    /// That of all who are not logged in.
    nobody: Arc<Shelf>,
}

/// The account of a user, and the bell that wakes all sessions when one may have changed it.
struct Shelf {
    account: Mutex<Account>,
    bell: watch::Sender<()>,
}

impl Shelf {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = run(Arguments::parse()).await;
    eprintln!("imap_server: {error}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<Infallible, Failure> {
    std::fs::create_dir_all(&arguments.dir)?;
    let since = u32::try_from(now()?.unix())?;
    let shelf = || Shelf { account: Account::new(since).into(), bell: watch::Sender::new(()) };
    let names = arguments.user.iter().map(|user| user.name.clone());
    let post = Arc::new(Post {
        handshake: handshake(&arguments.dir, HOST, None)?,
        users: Users::new(&arguments.user)?,
        shelves: names.map(|name| (name, Arc::new(shelf()))).collect(),
        nobody: Arc::new(shelf()),
        arguments,
    });
    let listener = TcpListener::bind(post.arguments.listen).await?;
    println!("{{\"port\": {}}}", listener.local_addr()?.port());
    // Who comes when all places are taken waits, in the queue of the system.
    let places = Arc::new(Semaphore::new(post.arguments.connections));
    loop {
        let place = Arc::clone(&places).acquire_owned().await?;
        let Ok((stream, _)) = listener.accept().await else {
            // Too many files are open, for example: it may pass.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let post = Arc::clone(&post);
        tokio::spawn(async move {
            let _place = place;
            let served = post.serve(stream).await;
            if let (Err(error), true) = (served, post.arguments.verbose) {
                eprintln!("a session ended: {error}");
            }
        });
    }
}

impl Post {
    async fn serve(&self, stream: TcpStream) -> Result<(), Failure> {
        stream.set_nodelay(true)?;
        let plain = MaybeTls::plain(stream);
        let (stream, security) = if self.arguments.implicit_tls {
            let (stream, tls) = secure(&self.handshake, plain, Bytes::new()).await?;
            (stream, Security::Implicit(tls))
        } else {
            (plain, Security::StartTls(Policy::Required))
        };
        let config = Config::new(security)
            .with_auth(self.users.logins(HOST)?)
            .with_features(Service::features())
            .with_compression(Compression::Offer);
        let mut server = Server::new(config);
        if self.arguments.verbose {
            server.set_tap(Box::new(Transcript::new(Side::Server, Stderr::new())));
        }
        serve(self, server, stream).await
    }
}

/// In UTC.
fn now() -> Result<InternalDate, Failure> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(InternalDate::from_unix(since.as_secs().try_into()?, 0)?)
}
