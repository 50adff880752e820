//! Notices to senders, as mails of their own.

use std::io::{Read, Write};
use std::sync::Arc;

use postrider::message::{DateTime, Zone};
use postrider::relay::dsn::{DsnWriter, Original};
use postrider::relay::queue::{Bounce, QueueItem};

use crate::{Failure, Relay, now, seed};

/// Octets of a mail that a notice brings back; of a longer one it is the header.
const FULL: u64 = 1024 * 1024;

/// Makes the mail and keeps it. It is not sent before the mail that it is about has its record.
pub(crate) fn make(
    relay: &Arc<Relay>,
    about: &QueueItem,
    due: &Bounce,
) -> Result<QueueItem, Failure> {
    let mut original = Vec::new();
    relay.spool.octets(&about.id)?.take(FULL + 1).read_to_end(&mut original)?;
    let sent = Original::new(about.sender.clone(), about.parameters.clone(), about.arrived);
    let sent = if original.len() as u64 > FULL {
        let end = original.windows(4).position(|four| four == b"\r\n\r\n");
        original.truncate(end.map_or(0, |end| end + 2));
        sent.with_header(&original)
    } else {
        sent.with_message(&original)
    };
    let at = now();
    let writer = DsnWriter::new(relay.name.clone(), DateTime::from_unix(at, Zone::UTC)?);
    let dsn = writer.write(&due.notice, &sent, &seed())?;
    let mut item = QueueItem::new(due.id.clone(), dsn.sender(), at)
        .with_parameters(dsn.mail_parameters().clone())
        .with_recipient(dsn.recipient().clone(), dsn.rcpt_parameters());
    item.notice_of = Some(due.notice_of.clone());
    let mut incoming = relay.spool.begin_named(due.id.clone())?;
    incoming.write_all(&dsn.to_vec()?)?;
    relay.spool.keep(incoming, &item)?;
    Ok(item)
}
