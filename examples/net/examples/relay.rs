//! A small relay: takes mails by SMTP, keeps them in a folder, and brings them to where they go.
//!
//! ```console
//! $ cargo run --release --example relay -- --dir /tmp/spool --name mx.a.example --zone world.zone
//! {"port": 40125}
//! ```
//!
//! What is decided, `postrider::relay` decides: the way to each domain, what its TLS has to offer, when a
//! mail is tried again and what its sender is told. Here are sockets, files and the clock. It takes mail
//! from whoever reaches it, for everybody: keep it on loopback.
//!
//! A mail is two files, its octets (`ID.eml`) and its item of the queue (`ID.json`), and it is taken when
//! the second has its name. After a stop, however it came, the folder is all that is needed.

use std::collections::HashMap;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;
use postrider::relay::queue::{Config, QueueItem};
use postrider::relay::route::{Reach, Router};
use postrider::relay::tls::sts::StsMemory;
use postrider::smtp::{EhloName, server};
use postrider::wire::{Policy, Security};
use postrider_net::Handshake;
use postrider_net::program::certificate::handshake;
use postrider_net::resolver::Resolver;
use postrider_net::tokio::MaybeTls;
use rustls::RootCertStore;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

mod relay {
    pub(crate) mod arguments;
    pub(crate) mod bounce;
    pub(crate) mod delivery;
    pub(crate) mod intake;
    pub(crate) mod session;
    pub(crate) mod spool;
}

use relay::arguments::Arguments;
use relay::spool::Spool;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What all sessions and deliveries share.
struct Relay {
    name: EhloName,
    spool: Spool,
    router: Router,
    resolver: Resolver,
    roots: RootCertStore,
    handshake: Handshake,
    config: Config,
    /// What is known of policies of MTA-STS, by domain.
    policies: Mutex<HashMap<String, StsMemory>>,
    /// Deliveries at the same time.
    places: Semaphore,
    /// Goes to `true` when the program is to end.
    ending: watch::Sender<bool>,
    arguments: Arguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let spool = Spool::open(&arguments.dir)?;
    let mut router = Router::new().with_own_name(&arguments.name)?;
    if arguments.private {
        router = router.with_reach(Reach::Any);
    }
    let relay = Arc::new(Relay {
        name: EhloName::parse(&arguments.name)?,
        router,
        resolver: arguments.zone.resolver().await?,
        roots: arguments.roots()?,
        handshake: handshake(&arguments.dir, &arguments.name, None)?,
        config: Config::new().with_schedule(arguments.schedule()),
        policies: Mutex::new(spool.policies()),
        places: Semaphore::new(arguments.concurrency),
        ending: watch::Sender::new(false),
        spool,
        arguments,
    });
    let listener = TcpListener::bind(relay.arguments.listen).await?;
    for item in relay.spool.recover()? {
        relay.begin(item);
    }
    let mut out = std::io::stdout();
    writeln!(out, "{{\"port\": {}}}", listener.local_addr()?.port())?;
    out.flush()?;
    let mut end = std::pin::pin!(ended());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => relay.take(stream),
                // Too many files are open, for example: it may pass.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            () = &mut end => break,
        }
    }
    drop(listener);
    // Sessions say 421, deliveries finish the transaction that they are in.
    relay.ending.send_replace(true);
    let drained = async {
        while relay.ending.receiver_count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), drained).await;
    relay.log("", "ends");
    Ok(())
}

/// Somebody wants the program to end.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut term), Ok(mut int)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

impl Relay {
    /// Serves a client.
    fn take(self: &Arc<Self>, stream: TcpStream) {
        let relay = Arc::clone(self);
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let security = Security::StartTls(Policy::Opportunistic);
            let config = server::Config::new(relay.name.clone(), security)
                .with_dsn(true)
                .with_smtp_utf8(true)
                .with_require_tls(true);
            let server = server::Server::new(config);
            let ending = relay.ending.subscribe();
            let served =
                relay::intake::serve(&relay, server, MaybeTls::plain(stream), ending).await;
            if let Err(error) = served {
                relay.log("", &format!("a session ended: {error}"));
            }
        });
    }

    /// Brings a mail to its end, beside all else.
    fn begin(self: &Arc<Self>, item: QueueItem) {
        let relay = Arc::clone(self);
        let ending = self.ending.subscribe();
        tokio::spawn(async move {
            let id = item.id.clone();
            if let Err(error) = relay::delivery::run(&relay, item, ending).await {
                // It stays as it was saved last, and is found at the next start.
                relay.log(&id, &format!("left alone: {error}"));
            }
        });
    }

    fn log(&self, id: &str, text: &str) {
        // One line a time; who reads it may be gone.
        let _ = writeln!(std::io::stderr().lock(), "{} {id} {text}", now());
    }

    fn sts_memory(&self, domain: &str) -> StsMemory {
        let policies = self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        policies.get(domain).cloned().unwrap_or_default()
    }

    /// Remembers a policy, here and on the disk, if it is news.
    fn set_sts_memory(&self, domain: String, memory: &StsMemory) -> std::io::Result<()> {
        let mut policies = self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        if policies.get(&domain).cloned().unwrap_or_default() == *memory {
            return Ok(());
        }
        policies.insert(domain, memory.clone());
        self.spool.save_policies(&policies)
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Chance enough for jitter, boundaries and names of mails.
fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    // Without chance there are the clock and a count.
    if ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut seed).is_err() {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        seed[..16].copy_from_slice(&since.as_nanos().to_be_bytes());
    }
    seed
}
