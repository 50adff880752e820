//! One connection, from the greeting to the end.

use std::sync::Arc;

use postrider::{
    drive::{Next, tokio::Driver},
    imap::{
        PlainCode, Status,
        server::{Event, Server},
    },
    mailbox::memory::Service,
    wire::Machine,
};
use postrider_net::tokio::{MaybeTls, secure};
use tokio::{net::TcpStream, sync::watch};

use crate::{Failure, Post, Shelf, now};

/// Serves one client.
pub(crate) async fn serve(
    post: &Post,
    server: Server,
    stream: MaybeTls<TcpStream>,
) -> Result<(), Failure> {
    let mut driver = Driver::new(server, stream);
    // NOOP and ID may come before the login.
    let mut user = User::new(&post.nobody)?;
    loop {
        let next = tokio::select! {
            next = driver.next() => next?,
            rung = user.bell.changed() => rung.map(|()| Next::App)?,
        };
        match next {
            Next::StartTls(token) => {
                let upgrade = |plain, ahead| secure(&post.handshake, plain, ahead);
                driver = driver.upgrade(token, upgrade).await?;
            }
            Next::Event(event) => on_event(post, &mut user, driver.machine(), event)?,
            Next::App => user.go_on(driver.machine())?,
            Next::Closed => return Ok(()),
        }
    }
}

fn on_event(
    post: &Post,
    user: &mut User,
    server: &mut Server,
    event: Event,
) -> Result<(), Failure> {
    let name = match event {
        Event::Credential(request) => {
            return Ok(server.credential(post.users.credential(&request))?);
        }
        Event::Login { user, password, .. } => {
            let name = String::from_utf8(user.into()).unwrap_or_default();
            post.users.knows(&name, &password).then_some(name)
        }
        // Nobody here may act as somebody else.
        Event::Authenticated { identity, .. } => {
            let other = identity.authzid.filter(|other| *other != identity.authcid);
            other.is_none().then_some(identity.authcid)
        }
        event => return user.on_event(server, event),
    };
    match name.and_then(|name| post.shelves.get(&name)) {
        Some(shelf) => {
            *user = User::new(shelf)?;
            server.accept()?;
        }
        None => {
            let status = Status::no("wrong name or password");
            server.reject(status.with_code(PlainCode::AuthenticationFailed.into()))?;
        }
    }
    Ok(())
}

/// Who is logged in, or nobody.
struct User {
    service: Service,
    shelf: Arc<Shelf>,
    bell: watch::Receiver<()>,
}

impl User {
    fn new(shelf: &Arc<Shelf>) -> Result<Self, Failure> {
        let service = Service::new(&mut shelf.account(), now()?);
        Ok(Self { service, bell: shelf.bell.subscribe(), shelf: Arc::clone(shelf) })
    }

    fn on_event(&mut self, server: &mut Server, event: Event) -> Result<(), Failure> {
        // Octets that come in change nothing yet.
        let is_chunk = matches!(event, Event::Chunk(_));
        self.service.set_now(now()?);
        let other = self.service.on_event(server, &mut self.shelf.account(), event)?;
        other.into_iter().for_each(|_| server.decline());
        self.shelf.bell.send_if_modified(|()| !is_chunk);
        Ok(())
    }

    fn go_on(&mut self, server: &mut Server) -> Result<(), Failure> {
        let was_busy = self.service.is_busy();
        self.service.go_on(server, &mut self.shelf.account())?;
        // FETCH sets \Seen.
        self.shelf.bell.send_if_modified(|()| was_busy);
        Ok(())
    }
}

impl Drop for User {
    fn drop(&mut self) {
        self.shelf.account().close(self.service.session());
    }
}
