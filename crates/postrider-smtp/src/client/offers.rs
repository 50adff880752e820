//! What a mail needs, against what the server offers: decided before the first octet of it is written.

use alloc::collections::BTreeSet;
use alloc::string::String;

use postrider_wire::dot::OutgoingNewlines;

use super::{Chunking, Client, Content, LeftOut, Transaction};
use crate::{
    Body, Error, Extension, ForwardPath, MailParameters, Mailbox, Misuse, RcptParameters,
    SizeOffer, Unsendable,
};

/// How the octets of a mail travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// Behind `DATA`.
    Data,
    /// In one chunk of so many octets.
    Chunk(u64),
    /// In chunks, as they come: nobody knows how many there will be.
    Chunks,
}

/// A mail that can be sent.
pub(super) struct Plan {
    /// With the parameters that are said.
    pub(super) transaction: Transaction,
    pub(super) transport: Transport,
    pub(super) left_out: LeftOut,
    /// The domains of recipients in this session, where the server counts them.
    pub(super) domains: BTreeSet<String>,
}

/// What the octets of a mail are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Octets {
    /// How many there are once every newline is CRLF and the last line is complete (RFC 1870 §5).
    size: u64,
    /// Whether any is beyond US-ASCII.
    eight_bit: bool,
    /// Where the first bare CR or LF stands.
    bare: Option<u64>,
    /// Whether the last line is complete, or there is none.
    complete: bool,
}

impl Octets {
    fn of(mail: &[u8]) -> Self {
        let (mut added, mut bare, mut cr) = (0_u64, None, None);
        let mut blame = |at: usize| {
            added = added.saturating_add(1);
            bare.get_or_insert(at as u64);
        };
        for at in memchr::memchr2_iter(b'\r', b'\n', mail) {
            let is_lf = mail.get(at) == Some(&b'\n');
            match cr.take() {
                Some(before) if is_lf && usize::saturating_add(before, 1) == at => continue,
                Some(before) => blame(before),
                None => {}
            }
            if is_lf {
                blame(at);
            } else {
                cr = Some(at);
            }
        }
        if let Some(before) = cr {
            blame(before);
        }
        let complete = matches!(mail.last(), None | Some(b'\r' | b'\n'));
        let end = if complete { 0 } else { 2 };
        let size = (mail.len() as u64).saturating_add(added).saturating_add(end);
        Self { size, eight_bit: !mail.is_ascii(), bare, complete }
    }
}

impl Client {
    /// Whether [`Client::send`] would take this mail, but for the moment.
    ///
    /// # Errors
    ///
    /// [`Error::Unsendable`], and [`Misuse::NoRecipient`] for a mail to nobody.
    pub fn check_offers(&self, transaction: &Transaction) -> Result<(), Error> {
        self.plan(transaction.clone()).map(drop)
    }

    pub(super) fn plan(&self, mut transaction: Transaction) -> Result<Plan, Error> {
        if transaction.recipients.is_empty() {
            return Err(Misuse::NoRecipient.into());
        }
        let octets = match &transaction.content {
            Content::Whole(mail) => Some(Octets::of(mail)),
            Content::Streamed { .. } => None,
        };
        let mut recipients = transaction.recipients.iter();
        let ascii = transaction.path.is_ascii() && recipients.all(|to| to.path.is_ascii());
        transaction.parameters.smtp_utf8 |= !ascii;
        self.check_promises(&transaction.parameters)?;
        self.check_body(&mut transaction, octets)?;
        let transport = self.transport(&transaction, octets)?;
        self.check_size(&mut transaction, transport, octets)?;
        let domains = self.check_counts(&transaction)?;
        let left_out = self.leave_out(&mut transaction);
        Ok(Plan { transaction, transport, left_out, domains })
    }

    fn has(&self, extension: Extension) -> bool {
        self.capabilities.has(extension)
    }

    /// What is promised to nobody unless the server promises it too.
    pub(super) fn check_promises(&self, parameters: &MailParameters) -> Result<(), Unsendable> {
        let binary = self.has(Extension::BinaryMime) && self.has(Extension::Chunking);
        if parameters.body == Some(Body::BinaryMime) && !binary {
            return Err(Unsendable::Binary);
        }
        if parameters.smtp_utf8 && !self.has(Extension::SmtpUtf8) {
            return Err(Unsendable::Utf8);
        }
        let secure = self.tls().is_some() && self.has(Extension::RequireTls);
        if parameters.require_tls && !secure {
            return Err(Unsendable::RequireTls);
        }
        Ok(())
    }

    fn check_body(
        &self,
        to_send: &mut Transaction,
        octets: Option<Octets>,
    ) -> Result<(), Unsendable> {
        let body = &mut to_send.parameters.body;
        if *body == Some(Body::BinaryMime) {
            return Ok(());
        }
        if octets.is_some_and(|octets| octets.eight_bit) {
            *body = Some(Body::EightBitMime);
        }
        match (*body, self.has(Extension::EightBitMime)) {
            (_, true) => Ok(()),
            (Some(Body::EightBitMime), false) => Err(Unsendable::EightBit),
            (_, false) => {
                *body = None;
                Ok(())
            }
        }
    }

    fn transport(
        &self,
        to_send: &Transaction,
        octets: Option<Octets>,
    ) -> Result<Transport, Unsendable> {
        let in_chunks = match &to_send.content {
            Content::Whole(mail) => Transport::Chunk(mail.len() as u64),
            Content::Streamed { octets: Some(octets) } => Transport::Chunk(*octets),
            Content::Streamed { octets: None } => Transport::Chunks,
        };
        if to_send.parameters.body == Some(Body::BinaryMime) {
            return Ok(in_chunks);
        }
        let bare = octets.and_then(|octets| octets.bare);
        let as_it_is = octets.is_some_and(|octets| octets.bare.is_none() && octets.complete);
        let chunks = match (self.has(Extension::Chunking), self.config.chunking) {
            (false, _) | (_, Chunking::Never) => false,
            (true, Chunking::Always) => true,
            (true, Chunking::WhenUseful) => as_it_is,
        };
        match bare {
            Some(offset) if chunks || self.config.newlines == OutgoingNewlines::Refuse => {
                Err(Unsendable::BareNewline { offset })
            }
            _ if chunks => Ok(in_chunks),
            _ => Ok(Transport::Data),
        }
    }

    fn check_size(
        &self,
        to_send: &mut Transaction,
        transport: Transport,
        octets: Option<Octets>,
    ) -> Result<(), Unsendable> {
        let size = &mut to_send.parameters.size;
        *size = match (transport, octets, &to_send.content) {
            (Transport::Chunk(octets), ..) => Some(octets),
            (_, Some(octets), _) => Some(octets.size),
            (_, None, Content::Streamed { octets: Some(octets) }) => Some(*octets),
            _ => *size,
        };
        match (self.capabilities.size(), *size) {
            (Some(SizeOffer::AtMost(most)), Some(octets)) if octets > most => {
                return Err(Unsendable::TooLarge { octets, most });
            }
            (None, _) => *size = None,
            _ => {}
        }
        Ok(())
    }

    /// RFC 9422 §4. The domains of the session, where they count.
    fn check_counts(&self, to_send: &Transaction) -> Result<BTreeSet<String>, Unsendable> {
        let limits = self.capabilities.limits();
        let exceeds = |count: usize, most: u32| u32::try_from(count).map_or(true, |n| n > most);
        let recipients = to_send.recipients.len();
        if let Some(most) = limits.rcpt_max.filter(|most| exceeds(recipients, *most)) {
            return Err(Unsendable::Recipients { most });
        }
        if let Some(most) = limits.mail_max.filter(|most| self.begun >= *most) {
            return Err(Unsendable::Mails { most });
        }
        let Some(most) = limits.rcpt_domain_max else { return Ok(BTreeSet::new()) };
        let mut domains = self.domains.clone();
        domains.extend(to_send.recipients.iter().filter_map(|to| domain(&to.path)));
        if exceeds(domains.len(), most) {
            return Err(Unsendable::Domains { most });
        }
        Ok(domains)
    }

    fn leave_out(&self, to_send: &mut Transaction) -> LeftOut {
        let mut left_out = self.leave_out_of_mail(&mut to_send.parameters);
        for to in &mut to_send.recipients {
            left_out.dsn |= self.leave_out_of_rcpt(&mut to.parameters);
        }
        left_out
    }

    pub(super) fn leave_out_of_mail(&self, parameters: &mut MailParameters) -> LeftOut {
        let mut left_out = LeftOut::default();
        if !self.has(Extension::Dsn) {
            left_out.dsn = parameters.ret.take().is_some() | parameters.envid.take().is_some();
        }
        if !self.has(Extension::Auth) {
            left_out.auth = parameters.auth.take().is_some();
        }
        left_out
    }

    /// Whether there was anything to leave out.
    pub(super) fn leave_out_of_rcpt(&self, parameters: &mut RcptParameters) -> bool {
        let offered = self.has(Extension::Dsn);
        !offered && (parameters.notify.take().is_some() | parameters.orcpt.take().is_some())
    }
}

fn domain(path: &ForwardPath) -> Option<String> {
    path.mailbox().map(Mailbox::domain).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::vec::Vec;

    use bytes::{Buf, Bytes};
    use postrider_wire::OutboxWriter;
    use postrider_wire::dot::{OutgoingNewlines, Stuffer};

    use super::Octets;

    /// Every text of up to five of these.
    fn texts() -> Vec<Vec<u8>> {
        let mut texts = Vec::from([Vec::new()]);
        let mut last = texts.clone();
        for _ in 0..5 {
            last = last
                .iter()
                .flat_map(|text| b"\r\nx.\xe9".iter().map(|octet| [text, &[*octet][..]].concat()))
                .collect();
            texts.extend(last.iter().cloned());
        }
        texts
    }

    #[test]
    fn a_mail_is_measured_as_it_is_sent() {
        for text in texts() {
            let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
            let mut out = OutboxWriter::new(1000);
            stuffer.encode(&mut Bytes::from(text.clone()), &mut out).unwrap();
            let octets = Octets::of(&text);
            assert_eq!(octets.size, stuffer.content(), "{text:?}");
            assert_eq!(octets.eight_bit, text.contains(&0xe9));
            let mut strict = Stuffer::new(OutgoingNewlines::Refuse);
            let mut unused = OutboxWriter::new(1000);
            let taken = strict.encode(&mut Bytes::from(text.clone()), &mut unused);
            let finished = taken.map(|_| ()).and_then(|()| strict.finish(&mut unused));
            assert_eq!(octets.bare.is_none(), finished.is_ok(), "{text:?}");
            if octets.bare.is_none() && octets.complete {
                let n = out.reader().remaining();
                let dots = text.windows(3).filter(|w| w == b"\r\n.").count()
                    + usize::from(text.starts_with(b"."));
                assert_eq!(n, text.len() + dots, "{text:?} goes as it is");
            }
        }
    }
}
