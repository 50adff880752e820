//! One SMTP conversation: from Alice's client to her MTA, or from there to Bob's.

use bytes::Bytes;
use postrider::smtp::client::{
    Client, Config, Content, Event, RecipientOutcome, Report, Transaction,
};
use postrider::smtp::{Body, EhloName, ForwardPath, ReversePath};
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

/// Submits a mail to an MTA, which keeps what it took.
pub(crate) fn submit(
    road: Road,
    name: &str,
    envelope: &Envelope,
    mail: &Spool,
    mta: &mut Mta<'_>,
    log: &TranscriptLog,
) -> Result<(), String> {
    let host = mta.host();
    let report = send(road, name, mail, mta, log, |content| {
        Transaction::new(envelope.from.clone(), content).to(envelope.to.clone())
    })?;
    match report.recipients.first().map(|recipient| &recipient.outcome) {
        Some(RecipientOutcome::Failed(failure)) => Err(format!("{host}: {failure}")),
        _ => Ok(()),
    }
}

/// Sends a mail to an MTA, and tells what became of it for each recipient.
pub(crate) fn send(
    road: Road,
    name: &str,
    mail: &Spool,
    mta: &mut Mta<'_>,
    log: &TranscriptLog,
    transaction: impl FnOnce(Content) -> Transaction,
) -> Result<Report, String> {
    let name = EhloName::parse(name).map_err(text)?;
    let mut client = Client::new(Config::new(name, Security::StartTls(Policy::Never)));
    client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    let body = if mail.is_ascii() { Body::SevenBit } else { Body::EightBitMime };
    let mut transaction = transaction(Content::streamed(Some(mail.size())));
    transaction.parameters.body = Some(body);
    let mut sender = Sender {
        transaction: Some(transaction),
        pieces: mail.reader().map_err(text)?,
        piece: None,
        report: None,
    };
    let server = mta.server()?;
    road.run((client, &mut sender), (server, mta))?;
    sender.report.ok_or_else(|| format!("{} was not asked", mta.host()))
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// The sending side.
struct Sender {
    transaction: Option<Transaction>,
    pieces: Pieces,
    /// What is being sent; `None` before the mail is due.
    piece: Option<Bytes>,
    report: Option<Report>,
}

impl Actor<Client> for Sender {
    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), String> {
        match event {
            Event::Ready { .. } => match self.transaction.take() {
                Some(transaction) => client.send(transaction),
                None => Ok(()),
            },
            Event::Payload => {
                self.piece = Some(Bytes::new());
                Ok(())
            }
            Event::Sent(report) => {
                self.piece = None;
                self.report = Some(report);
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
