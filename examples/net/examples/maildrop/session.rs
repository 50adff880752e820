//! One connection, from the greeting to the end.

use std::{io, net::TcpStream};

use bytes::Bytes;
use postrider::{
    drive::{Next, blocking::Driver},
    pop3::{
        Maildrop, Reply, ResponseCode,
        server::{Event, Server},
    },
    wire::{Machine, Secret},
};
use postrider_net::blocking::{MaybeTls, secure};
use ring::hmac::Context;

use super::folder::{Folder, Letter};
use crate::{Failure, Post};

/// Serves one client.
pub(crate) fn serve(
    post: &Post,
    server: Server,
    stream: MaybeTls<TcpStream>,
) -> Result<(), Failure> {
    let mut driver = Driver::new(server, stream);
    let mut session = Session { post, folder: None, current: None };
    loop {
        match driver.next()? {
            Next::StartTls(token) => {
                let handshake = &post.handshake;
                driver = driver.upgrade(token, |plain, ahead| secure(handshake, plain, ahead))?;
            }
            Next::Event(event) => {
                session.event(driver.machine(), event)?;
                session.write(driver.machine())?;
            }
            Next::App => session.write(driver.machine())?,
            Next::Closed => return Ok(()),
        }
    }
}

struct Session<'a> {
    post: &'a Post,
    folder: Option<Folder>,
    /// The mail that goes out, and what was read of it and not written.
    current: Option<(Letter, Bytes)>,
}

impl Session<'_> {
    fn event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        match event {
            Event::Login { user, password, .. } => match self.knows(&user, &password) {
                true => self.open(server)?,
                false => server.reject(coded("wrong name or password", ResponseCode::Auth)?)?,
            },
            Event::Credential(request) => {
                server.credential(self.post.users.credential(&request))?;
            }
            // Nobody here may act as somebody else.
            Event::Authenticated { identity, .. } => {
                match identity.authzid.as_ref().is_none_or(|other| *other == identity.authcid) {
                    true => self.open(server)?,
                    false => server.reject(coded("not as somebody else", ResponseCode::Auth)?)?,
                }
            }
            Event::Retrieve { message, .. } => match self.mail(message) {
                Ok(letter) => {
                    self.current = Some((letter, Bytes::new()));
                    server.accept()?;
                }
                Err(error) => server.reject(fault(&error)?)?,
            },
            Event::Commit { deleted, .. } => {
                let folder = self.folder.as_ref().ok_or("no maildrop is open")?;
                match folder.remove(&deleted) {
                    Ok(()) => server.accept()?,
                    Err(error) => server.reject(fault(&error)?)?,
                }
                self.folder = None;
            }
            // Whatever else a later version may ask.
            _ => server.decline(),
        }
        Ok(())
    }

    /// Whether these are name and password. How long it takes says nothing of either.
    fn knows(&self, user: &str, password: &Secret<Vec<u8>>) -> bool {
        let known = &self.post.arguments.user;
        let of = |user: &str, password: &[u8]| {
            let mut context = Context::with_key(&self.post.guesses);
            context.update(&user.len().to_be_bytes());
            context.update(user.as_bytes());
            context.update(password);
            context.sign()
        };
        let given = of(user, password.expose());
        let right = of(&known.name, known.password.expose().as_bytes());
        // Under a key that nobody knows, an order of hashes is none of passwords.
        given.as_ref() == right.as_ref()
    }

    /// Lets in, where nobody else is.
    fn open(&mut self, server: &mut Server) -> Result<(), Failure> {
        let opened: Result<Option<(Folder, Maildrop)>, Failure> =
            Folder::open(&self.post.arguments.dir);
        match opened {
            Ok(Some((folder, maildrop))) => {
                self.folder = Some(folder);
                server.accept_login(maildrop)?;
            }
            Ok(None) => server.reject(coded("another session has it", ResponseCode::InUse)?)?,
            Err(error) => server.reject(fault(&error)?)?,
        }
        Ok(())
    }

    fn mail(&self, message: u32) -> io::Result<Letter> {
        self.folder.as_ref().ok_or(io::ErrorKind::NotFound)?.mail(message)
    }

    /// Gives the machine what it takes.
    fn write(&mut self, server: &mut Server) -> Result<(), Failure> {
        while let Some((letter, piece)) = &mut self.current {
            if piece.is_empty() && !server.is_payload_complete() {
                match letter.next() {
                    Ok(Some(next)) => *piece = next,
                    Ok(None) => {}
                    Err(error) => {
                        self.current = None;
                        server.abort()?;
                        return Err(error.into());
                    }
                }
            }
            if piece.is_empty() {
                self.current = None;
                // The file is not what it was at the login: the client must not take it for the mail.
                if let Err(error) = server.finish_payload() {
                    server.abort()?;
                    return Err(error.into());
                }
            } else if server.write_payload(piece)? == 0 {
                // What is in the way leaves first.
                return Ok(());
            }
        }
        Ok(())
    }
}

fn coded(text: &str, code: ResponseCode) -> Result<Reply, Failure> {
    Ok(Reply::err(text)?.with_code(code))
}

/// Why is told to whoever runs this, not to the client.
fn fault(error: &impl core::fmt::Display) -> Result<Reply, Failure> {
    eprintln!("the maildrop fails: {error}");
    coded("the maildrop fails", ResponseCode::SysTemp)
}
