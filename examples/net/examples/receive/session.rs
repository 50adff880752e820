//! One connection, from the greeting to the end.

use std::{io, net::TcpStream};

use postrider::{
    drive::{Next, blocking::Driver},
    smtp::{
        EnhancedStatusCode, ForwardPath, MailParameters, Reply, ReversePath,
        server::{Event, Server},
    },
    wire::Machine,
};
use postrider_net::blocking::{MaybeTls, secure};
use serde_json::{Value, json};

use super::spool::Letter;
use crate::{Failure, Post};

/// Serves one client.
pub(crate) fn serve(
    post: &Post,
    server: Server,
    stream: MaybeTls<TcpStream>,
) -> Result<(), Failure> {
    let mut driver = Driver::new(server, stream);
    let mut session = Session { post, envelope: None, letter: None };
    loop {
        match driver.next()? {
            Next::StartTls(token) => {
                let handshake = &post.handshake;
                driver = driver.upgrade(token, |plain, ahead| secure(handshake, plain, ahead))?;
            }
            Next::Event(event) => session.event(driver.machine(), event)?,
            Next::App => {}
            Next::Closed => return Ok(()),
        }
    }
}

/// Who sends to whom.
struct Envelope {
    from: ReversePath,
    parameters: MailParameters,
    to: Vec<ForwardPath>,
}

struct Session<'a> {
    post: &'a Post,
    envelope: Option<Envelope>,
    letter: Option<Letter>,
}

impl Session<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ehlo { .. } => server.accept()?,
            Event::Mail { path, parameters, .. } => {
                self.envelope = Some(Envelope { from: path, parameters, to: Vec::new() });
                server.accept()?;
            }
            Event::Rcpt { path, .. } if self.post.refuses(&path) => {
                server.reject(reply(550, (1, 1), "no such mailbox here")?)?;
            }
            Event::Rcpt { path, .. } => {
                server.accept()?;
                self.envelope.iter_mut().for_each(|envelope| envelope.to.push(path.clone()));
            }
            Event::DataBegin => match self.post.spool.begin() {
                Ok(letter) => {
                    self.letter = Some(letter);
                    server.accept()?;
                }
                Err(error) => server.reject(cannot_keep(&error)?)?,
            },
            Event::Chunk(octets) => {
                if let Some(letter) = &mut self.letter
                    && let Err(error) = letter.write(&octets)
                {
                    self.letter = None;
                    server.discard(cannot_keep(&error)?)?;
                }
            }
            Event::DataEnd => match self.keep(server) {
                Ok(()) => server.accept()?,
                Err(error) => server.reject(cannot_keep(&error)?)?,
            },
            Event::Aborted(_) | Event::Reset => {
                self.envelope = None;
                self.letter = None;
            }
            // Whatever else a later version may ask.
            _ => server.decline(),
        }
        Ok(())
    }

    fn keep(&mut self, server: &Server) -> io::Result<()> {
        let (Some(envelope), Some(mut letter)) = (self.envelope.take(), self.letter.take()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        letter.keep(&envelope.told(server))
    }
}

impl Envelope {
    fn told(&self, server: &Server) -> Value {
        let to: Vec<_> = self.to.iter().map(ForwardPath::to_string).collect();
        json!({
            "from": self.from.to_string(),
            "to": to,
            "size": self.parameters.size,
            "body": self.parameters.body.map(|body| body.as_str()),
            "client": server.client_name().map(ToString::to_string),
            "tls": server.tls().and_then(|tls| tls.version.clone()),
        })
    }
}

fn reply(code: u16, (subject, detail): (u16, u16), text: &str) -> Result<Reply, Failure> {
    let class = u8::try_from(code / 100)?;
    Ok(Reply::new(code, text)?.with_enhanced(EnhancedStatusCode::new(class, subject, detail)?)?)
}

/// Why is told to whoever runs this, not to the client.
fn cannot_keep(error: &io::Error) -> Result<Reply, Failure> {
    eprintln!("a mail cannot be kept: {error}");
    reply(452, (3, 1), "the mail cannot be kept for now")
}
