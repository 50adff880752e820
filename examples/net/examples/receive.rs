//! Takes mails and writes them into a folder.
//!
//! ```console
//! $ cargo run --release --example receive -- --dir /tmp/mail --user alice:sesame
//! {"port": 40125}
//! $ cargo run --release --example send -- --url smtp://alice:sesame@localhost:40125 \
//!     --ca /tmp/mail/cert.pem --from alice@a.example --to bob@b.example letter.eml
//! ```
//!
//! Each mail is a file with the octets that came, beside it a file of JSON with its envelope; nothing
//! is put before them. It takes mail for everybody but those of `--refuse`, so it is no server for the
//! Internet: it shows what one looks like, and real programs are tested against it.

use std::{
    error::Error,
    io::{self, Write},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    sync::Arc,
    thread,
};

use bytes::Bytes;
use clap::Parser;
use postrider::{
    smtp::{EhloName, ForwardPath, server},
    wire::{Policy, Security, Side, Transcript},
};
use postrider_net::{
    Handshake, Stderr,
    blocking::{MaybeTls, secure},
};

mod receive {
    pub(crate) mod arguments;
    pub(crate) mod session;
    pub(crate) mod spool;
}

use postrider_net::program::{certificate::handshake, users::Users};
use receive::{
    arguments::{Arguments, Tls},
    session::serve,
    spool::Spool,
};

type Failure = Box<dyn Error + Send + Sync>;

/// What all sessions share.
struct Post {
    arguments: Arguments,
    name: EhloName,
    handshake: Handshake,
    spool: Spool,
    users: Users,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("receive: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let spool = Spool::new(&arguments.dir)?;
    let post = Arc::new(Post {
        name: EhloName::parse(&arguments.name)?,
        handshake: handshake(
            &arguments.dir,
            &arguments.name,
            arguments.cert.as_deref().zip(arguments.key.as_deref()),
        )?,
        users: Users::new(&arguments.user)?,
        spool,
        arguments,
    });
    let listener = TcpListener::bind(post.arguments.listen)?;
    let mut out = io::stdout();
    writeln!(out, "{{\"port\": {}}}", listener.local_addr()?.port())?;
    out.flush()?;
    for stream in listener.incoming() {
        let post = Arc::clone(&post);
        let session = thread::Builder::new().spawn(move || {
            if let Err(error) = stream.map_err(Failure::from).and_then(|stream| post.serve(stream))
            {
                eprintln!("a session ended: {error}");
            }
        });
        if let Err(error) = session {
            eprintln!("a session cannot begin: {error}");
        }
    }
    Ok(())
}

impl Post {
    fn serve(&self, stream: TcpStream) -> Result<(), Failure> {
        stream.set_nodelay(true)?;
        let plain = MaybeTls::plain(stream);
        let (stream, security) = match self.arguments.tls {
            Tls::Implicit => {
                let (stream, tls) = secure(&self.handshake, plain, Bytes::new())?;
                (stream, Security::Implicit(tls))
            }
            Tls::Starttls if self.arguments.clear => {
                (plain, Security::StartTls(Policy::Opportunistic))
            }
            Tls::Starttls => (plain, Security::StartTls(Policy::Required)),
            Tls::Never => (plain, Security::StartTls(Policy::Never)),
        };
        let mut server = server::Server::new(self.config(security)?);
        if self.arguments.verbose {
            server.set_tap(Box::new(Transcript::new(Side::Server, Stderr::new())));
        }
        serve(self, server, stream)
    }

    /// What is offered: all that asks nothing of a program that keeps mails as they come.
    fn config(&self, security: Security) -> Result<server::Config, Failure> {
        let name = self.name.clone();
        let config = match (self.arguments.lmtp, self.arguments.user.is_empty()) {
            (true, _) => server::Config::lmtp(name, security),
            (false, true) => server::Config::new(name, security),
            (false, false) => server::Config::submission(name, security),
        };
        let trusting = self.arguments.trusting;
        let config = config.with_smtp_utf8(true).with_binary_mime(true).with_dsn(true);
        let config = config.with_xclient(trusting).with_xforward(trusting);
        let config = config.with_proxy(self.arguments.proxied);
        if self.arguments.user.is_empty() {
            return Ok(config);
        }
        Ok(config.with_auth(self.users.logins(&self.arguments.name)?))
    }

    fn refuses(&self, path: &ForwardPath) -> bool {
        names(&self.arguments.refuse, path)
    }

    /// Whether the mailbox takes no more.
    fn is_full(&self, path: &ForwardPath) -> bool {
        names(&self.arguments.full, path)
    }
}

fn names(addresses: &[String], path: &ForwardPath) -> bool {
    let mailbox = path.mailbox().map(|mailbox| mailbox.as_str());
    addresses.iter().any(|address| Some(address.as_str()) == mailbox)
}
