//! Bob picks up his mail by POP3, in the shape of RFC 1939 §10.

use bytes::Bytes;
use postrider::pop3::{Maildrop, UniqueId, client, server};
use postrider::wire::{ClearTextLogin, Policy, Secret, Security, Side, Transcript, TranscriptLog};

use crate::journey::road::{Actor, Road};
use crate::journey::spool::{Pieces, Spool};
use crate::journey::store::{PASSWORD, Store, USER};

/// Fetches the newest mail of the store. Returns Bob's copy.
pub(crate) fn fetch(road: Road, store: &Store, log: &TranscriptLog) -> Result<Spool, String> {
    // Clear text is opted into on both sides: there is no wire here to listen to.
    let clear = || Security::StartTls(Policy::Never);
    let allow = ClearTextLogin::Allow;
    let config = client::Config::new(clear()).with_clear_text_login(allow);
    let mut client = client::Client::new(config);
    client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    let config = server::Config::new(clear()).with_clear_text_login(allow);
    let server = server::Server::new(config);
    let mut reader = Reader { newest: 0, copy: Spool::new().map_err(text)?, whole: false };
    let mut maildrop = Drop { store, sending: None };
    road.run((client, &mut reader), (server, &mut maildrop))?;
    if reader.whole { Ok(reader.copy) } else { Err("no whole mail came".into()) }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// Bob's client.
struct Reader {
    newest: u32,
    copy: Spool,
    whole: bool,
}

impl Actor<client::Client> for Reader {
    fn event(&mut self, client: &mut client::Client, event: client::Event) -> Result<(), String> {
        use client::Event;
        match event {
            Event::Ready { .. } => client.login(USER, Secret::new(PASSWORD.into())),
            Event::LoggedIn(_) => client.stat(),
            Event::DropListing(listing) => {
                self.newest = listing.messages;
                client.list(None)
            }
            Event::ListEnd => client.retr(self.newest),
            Event::Chunk(octets) => return self.copy.push(&octets).map_err(text),
            Event::RetrieveEnd => {
                self.whole = true;
                client.quit()
            }
            Event::Refused { reply, .. } | Event::Rejected(reply) => {
                return Err(format!("the server said {reply}"));
            }
            Event::Aborted(why) => return Err(format!("the mail broke off: {why:?}")),
            _ => Ok(()),
        }
        .map_err(text)
    }

    fn act(&mut self, _: &mut client::Client) -> Result<bool, String> {
        Ok(false)
    }
}

/// Bob's server, at the store.
struct Drop<'a> {
    store: &'a Store,
    sending: Option<(Pieces, Bytes)>,
}

impl Actor<server::Server> for Drop<'_> {
    fn event(&mut self, server: &mut server::Server, event: server::Event) -> Result<(), String> {
        use server::Event;
        match event {
            Event::Login { user, password, .. }
                if Store::admits(user.as_bytes(), password.expose()) =>
            {
                let mut maildrop = Maildrop::new();
                for (index, mail) in self.store.mails.iter().enumerate() {
                    let uid = UniqueId::new(&format!("journey-{}", index + 1)).map_err(text)?;
                    maildrop.push(mail.spool.size(), uid);
                }
                server.accept_login(maildrop)
            }
            Event::Retrieve { message, .. } => {
                let mail = self.store.mail(message).ok_or("no such mail")?;
                self.sending = Some((mail.spool.reader().map_err(text)?, Bytes::new()));
                server.accept()
            }
            // Nothing was deleted, and nothing would be.
            Event::Commit { .. } => server.accept(),
            _ => {
                postrider::wire::Machine::decline(server);
                Ok(())
            }
        }
        .map_err(text)
    }

    fn act(&mut self, server: &mut server::Server) -> Result<bool, String> {
        let Some((pieces, piece)) = &mut self.sending else { return Ok(false) };
        if piece.is_empty() {
            *piece = pieces.next().map_err(text)?;
        }
        if piece.is_empty() {
            self.sending = None;
            server.finish_payload().map_err(text)?;
            return Ok(true);
        }
        Ok(server.write_payload(piece).map_err(text)? > 0)
    }
}
