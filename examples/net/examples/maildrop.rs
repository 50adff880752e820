//! Serves a folder of mails over POP3.
//!
//! ```console
//! $ cargo run --release --example maildrop -- --dir mail --user alice:sesame
//! {"port": 40127}
//! $ cargo run --release --example fetch -- pop3://alice:sesame@localhost:40127 --ca mail/cert.pem --out new
//! fetched 3 new mails (4711 octets); 0 were known
//! ```
//!
//! Each file is a mail, sent with CRLF whatever its lines end in. One session at a time has the folder; what
//! it deletes is removed when it says `QUIT`, and not otherwise. `receive` writes such folders. Real
//! programs are tested against it.

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
    pop3::server::{Config, Server},
    wire::{ClearTextLogin, Policy, Security, Side, Transcript},
};
use postrider_net::{
    Handshake, Stderr,
    blocking::{MaybeTls, secure},
};
use ring::{
    hmac::{HMAC_SHA256, Key},
    rand::SystemRandom,
};

mod maildrop {
    pub(crate) mod arguments;
    pub(crate) mod folder;
    pub(crate) mod session;
}

use maildrop::{
    arguments::{Arguments, Tls},
    session::serve,
};
use postrider_net::program::{certificate::handshake, users::Users};

type Failure = Box<dyn Error + Send + Sync>;

/// What all sessions share.
struct Post {
    arguments: Arguments,
    handshake: Handshake,
    users: Users,
    /// What passwords are compared under.
    guesses: Key,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maildrop: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let files = arguments.cert.as_deref().zip(arguments.key.as_deref());
    let post = Arc::new(Post {
        handshake: handshake(&arguments.dir, &arguments.name, files)?,
        users: Users::new(core::slice::from_ref(&arguments.user))?,
        guesses: Key::generate(HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| "the system has no randomness")?,
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
            Tls::Stls => (plain, Security::StartTls(Policy::Required)),
            Tls::Never => (plain, Security::StartTls(Policy::Never)),
        };
        let clear = match self.arguments.tls {
            Tls::Never => ClearTextLogin::Allow,
            _ => ClearTextLogin::Refuse,
        };
        let config = Config::new(security)
            .with_clear_text_login(clear)
            .with_auth(self.users.logins(&self.arguments.name)?)
            .with_name(&self.arguments.name)?;
        let mut server = Server::new(config);
        if self.arguments.verbose {
            server.set_tap(Box::new(Transcript::new(Side::Server, Stderr::new())));
        }
        serve(self, server, stream)
    }
}
