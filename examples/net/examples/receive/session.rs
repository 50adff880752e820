//! One connection, from the greeting to the end.

use std::{io, net::TcpStream};

use postrider::{
    drive::{Next, blocking::Driver},
    sasl::Mechanism,
    smtp::{
        Attributes, EnhancedStatusCode, EnvelopeId, ForwardPath, MailParameters, RcptParameters,
        Reply, ReversePath,
        proxy::Header,
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
    let mut session = Session { post, mechanism: None, envelope: None, letter: None };
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
    to: Vec<(ForwardPath, RcptParameters)>,
}

struct Session<'a> {
    post: &'a Post,
    /// How the client logs in.
    mechanism: Option<Mechanism>,
    envelope: Option<Envelope>,
    letter: Option<Letter>,
}

impl Session<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        match event {
            // Told by those alone who are trusted.
            Event::Ehlo { .. } | Event::Xclient(_) | Event::Xforward(_) => server.accept()?,
            Event::Credential(request) => {
                self.mechanism = Some(request.mechanism);
                server.credential(self.post.users.credential(&request))?;
            }
            // Nobody here may act as somebody else.
            Event::Authenticated { identity, .. } => {
                match identity.authzid.as_ref().is_none_or(|other| *other == identity.authcid) {
                    true => server.accept()?,
                    false => server.reject(reply(535, (7, 8), "not as somebody else")?)?,
                }
            }
            Event::Mail { path, parameters, .. } => {
                self.envelope = Some(Envelope { from: path, parameters, to: Vec::new() });
                server.accept()?;
            }
            Event::Rcpt { path, .. } if self.post.refuses(&path) => {
                server.reject(reply(550, (1, 1), "no such mailbox here")?)?;
            }
            Event::Rcpt { path, parameters, .. } => {
                if let Some(envelope) = &mut self.envelope {
                    envelope.to.push((path, parameters));
                }
                server.accept()?;
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
            // It is on the disk for all the others.
            Event::Deliver { path, .. } if self.post.is_full(&path) => {
                server.reject(reply(452, (2, 2), "the mailbox is full")?)?;
            }
            Event::Deliver { .. } => server.accept()?,
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
        let (Some(mut envelope), Some(letter)) = (self.envelope.take(), self.letter.take()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        envelope.to.retain(|(path, _)| !self.post.is_full(path));
        letter.keep(&envelope.told(server, self.mechanism))
    }
}

impl Envelope {
    fn told(&self, server: &Server, mechanism: Option<Mechanism>) -> Value {
        let with = &self.parameters;
        json!({
            "from": self.from.to_string(),
            "to": strings(self.to.iter().map(|(path, _)| Some(path))),
            "size": with.size,
            "body": with.body.map(|body| body.as_str()),
            "smtputf8": with.smtp_utf8,
            "auth": with.auth.as_ref().map(ToString::to_string),
            "ret": with.ret.map(|ret| ret.as_str()),
            "envid": with.envid.as_ref().map(EnvelopeId::decoded),
            "notify": strings(self.to.iter().map(|(_, with)| with.notify.as_ref())),
            "orcpt": strings(self.to.iter().map(|(_, with)| with.orcpt.as_ref())),
            "client": server.client_name().map(ToString::to_string),
            "protocol": server.protocol_keyword(),
            "proxied": server.proxied().and_then(Header::source).map(|source| source.to_string()),
            "xclient": server.xclient().map(words),
            "xforward": server.xforward().map(words),
            "user": server.authenticated().map(|identity| &identity.authcid),
            "mechanism": mechanism.map(Mechanism::name),
            "tls": server.tls().and_then(|tls| tls.version.as_ref()),
        })
    }
}

fn words(told: &Attributes) -> String {
    told.to_string().trim().to_owned()
}

fn strings<'a, T: ToString + 'a>(values: impl Iterator<Item = Option<&'a T>>) -> Vec<Value> {
    values.map(|value| value.map_or(Value::Null, |value| value.to_string().into())).collect()
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
