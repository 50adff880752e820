//! A small mail relay: takes mails over SMTP, and brings each to the hosts of its recipients' domains.
//!
//! ```console
//! $ cargo run --release --example relay -- --dir /tmp/spool --name mx.a.example --log
//! {"port": 40131}
//! $ cargo run --release --example send -- --url smtp://localhost:40131 --starttls never \
//!     --from alice@a.example --to bob@b.example letter.eml
//! ```
//!
//! A mail has its 250 once it is on the disk. From there [`Delivery`](postrider::relay::queue::Delivery)
//! says what is to be done, and the modules of this program do it: `route` asks the DNS, `session` talks to
//! a host, `spool` writes down, `notice` makes a bounce. After a stop, whatever kind of stop, the spool is
//! picked up. It relays for clients on this machine alone.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use postrider::{
    relay::{
        queue::{self, QueueItem},
        route::{Reach, Router},
    },
    smtp::EhloName,
};
use postrider_net::{
    Handshake,
    program::{certificate::handshake, failure::Escaped, flags, road::roots},
    resolver::Resolver,
};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::RootCertStore;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Semaphore, watch},
};

mod relay {
    pub(crate) mod arguments;
    pub(crate) mod carrier;
    pub(crate) mod intake;
    pub(crate) mod notice;
    pub(crate) mod policies;
    pub(crate) mod session;
    pub(crate) mod spool;
}

use relay::{arguments::Arguments, carrier, intake, policies::Policies, spool::Spool};

/// How long sessions and attempts may go on behind the signal to end.
const FAREWELL: Duration = Duration::from_secs(20);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What everything here shares.
struct Post {
    arguments: Arguments,
    name: EhloName,
    /// The end of a server.
    handshake: Handshake,
    roots: RootCertStore,
    spool: Spool,
    resolver: Resolver,
    policies: Policies,
    router: Router,
    config: queue::Config,
    /// Attempts at a time.
    places: Semaphore,
    /// Whether the program is to end.
    closing: watch::Sender<bool>,
    /// Sessions and attempts that go on.
    busy: watch::Sender<usize>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Arguments = match flags::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let (spool, found) = Spool::open(&arguments.dir)?;
    let mut router = Router::new().with_own_name(&arguments.name)?;
    if arguments.private {
        router = router.with_reach(Reach::Any);
    }
    let post = Arc::new(Post {
        name: EhloName::parse(&arguments.name)?,
        handshake: handshake(&arguments.dir, &arguments.name, None)?,
        roots: roots(arguments.ca.as_deref())?,
        policies: Policies::open(&arguments.dir),
        spool,
        resolver: arguments.zone.resolver().await?,
        router,
        config: queue::Config::new().with_schedule(arguments.schedule()),
        places: Semaphore::new(arguments.parallel),
        closing: watch::Sender::new(false),
        busy: watch::Sender::new(0),
        arguments,
    });
    let listener = TcpListener::bind(post.arguments.listen).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    println!("{{\"port\": {}}}", listener.local_addr()?.port());
    for item in found {
        post.log(&item.id, "found in the spool");
        post.take(item);
    }
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let post = Arc::clone(&post);
                    tokio::spawn(async move { intake::serve(&post, stream, peer).await });
                }
                // Too many files are open, for example: it may pass.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    drop(listener);
    post.closing.send_replace(true);
    let mut busy = post.busy.subscribe();
    // What goes on for longer is cut off: the spool knows of it.
    let _ = tokio::time::timeout(FAREWELL, busy.wait_for(|count| *count == 0)).await;
    Ok(())
}

impl Post {
    /// Sees to a mail that lies in the spool.
    fn take(self: &Arc<Self>, item: QueueItem) {
        tokio::spawn(carrier::carry(Arc::clone(self), item));
    }

    /// Whether the program is to end.
    fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// As long as this lives, the end waits.
    fn busy(&self) -> Busy<'_> {
        self.busy.send_modify(|count| *count += 1);
        Busy(&self.busy)
    }

    /// One line of what happens to a mail.
    fn log(&self, id: &str, what: &str) {
        if self.arguments.log {
            eprintln!("{id}: {}", Escaped::new(what));
        }
    }
}

/// Something goes on.
struct Busy<'a>(&'a watch::Sender<usize>);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// In seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Octets that nobody can guess.
fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    // Without them the program cannot go on: nothing else could be as unlike any other.
    SystemRandom::new().fill(&mut octets).expect("the system has randomness");
    octets
}
