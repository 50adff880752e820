//! One SMTP conversation: from Alice's client to her MTA, or from there to Bob's.

use bytes::Bytes;
use postrider::smtp::client::{Client, Config, Event, Outcome};
use postrider::smtp::{Body, EhloName, ForwardPath, MailParameters, ReversePath};
use postrider::wire::{Machine, Policy, Security, Side, Transcript, TranscriptLog};

use crate::journey::mta::Mta;
use crate::journey::road::{Actor, Road};
use crate::journey::spool::{Pieces, Spool};

/// Who sends to whom.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) from: ReversePath,
    pub(crate) to: ForwardPath,
}

/// Sends a mail to an MTA, which keeps what it took.
pub(crate) fn send(
    road: Road,
    name: &str,
    envelope: &Envelope,
    mail: &Spool,
    mta: &mut Mta<'_>,
    log: &TranscriptLog,
) -> Result<(), String> {
    let name = EhloName::parse(name).map_err(text)?;
    let mut client = Client::new(Config::new(name, Security::StartTls(Policy::Never)));
    client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    let mut sender = Sender {
        envelope,
        size: mail.size(),
        body: if mail.is_ascii() { Body::SevenBit } else { Body::EightBitMime },
        pieces: mail.reader().map_err(text)?,
        piece: None,
        outcome: None,
    };
    let server = mta.server()?;
    road.run((client, &mut sender), (server, mta))?;
    match sender.outcome {
        Some(Outcome::Accepted(_)) => Ok(()),
        Some(Outcome::Refused(reply)) => Err(format!("{} refused the mail: {reply}", mta.host())),
        outcome => Err(format!("{} did not take the mail: {outcome:?}", mta.host())),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// The sending side.
struct Sender<'a> {
    envelope: &'a Envelope,
    size: u64,
    body: Body,
    pieces: Pieces,
    /// What is being sent; `None` before `DATA` was answered.
    piece: Option<Bytes>,
    outcome: Option<Outcome>,
}

impl Actor<Client> for Sender<'_> {
    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), String> {
        match event {
            Event::Ready { .. } => {
                let parameters = MailParameters::new().with_size(self.size).with_body(self.body);
                client.mail(self.envelope.from.clone(), parameters)
            }
            Event::Mail(_) => client.rcpt(self.envelope.to.clone()),
            Event::Rcpt { reply, .. } if reply.is_refusal() => {
                return Err(format!("the recipient was refused: {reply}"));
            }
            Event::Rcpt { .. } => client.data(),
            Event::DataBegin(_) => {
                self.piece = Some(Bytes::new());
                Ok(())
            }
            Event::End(outcome) => {
                self.outcome = Some(outcome);
                client.shutdown();
                Ok(())
            }
            Event::Refused(reply) => return Err(format!("no session: {reply}")),
            _ => Ok(()),
        }
        .map_err(text)
    }

    fn act(&mut self, client: &mut Client) -> Result<bool, String> {
        let Some(piece) = &mut self.piece else { return Ok(false) };
        if piece.is_empty() {
            *piece = self.pieces.next().map_err(text)?;
        }
        if piece.is_empty() {
            self.piece = None;
            client.finish_payload().map_err(text)?;
            return Ok(true);
        }
        Ok(client.write_payload(piece).map_err(text)? > 0)
    }
}
