//! A search of a store in one call.

use postrider_imap::{MessageNumber, Uid};
use postrider_message::HeaderSection;
use postrider_mime::Message;

use super::{Search, Verdict};
use crate::results::{Found, FoundMessage};
use crate::{Messages, Metadata, Need, Source};

/// Asks all these messages, which ascend, and gives those that are found, in their order. A message
/// that is gone is not found.
///
/// A message of 4 GiB and more, which has no tree, is found where its metadata and its header section
/// decide that, and only there.
///
/// # Errors
///
/// What went wrong in the store.
pub fn run<S: Messages>(
    search: &Search,
    messages: impl IntoIterator<Item = (MessageNumber, Uid)>,
    store: &S,
) -> Result<Found, S::Error> {
    let mut found = Found::default();
    for (number, uid) in messages {
        let Some(metadata) = store.metadata(uid)? else { continue };
        if is_found(search, number, &metadata, store)? {
            found.push(FoundMessage::new(number, uid, metadata.mod_seq));
        }
    }
    Ok(found)
}

fn is_found<S: Messages>(
    search: &Search,
    number: MessageNumber,
    metadata: &Metadata,
    store: &S,
) -> Result<bool, S::Error> {
    let mut verdict = search.test(number, metadata, Source::metadata());
    if verdict == Verdict::Needs(Need::Header) {
        let Some(octets) = store.header(metadata.uid)? else { return Ok(false) };
        let header = HeaderSection::parse(octets);
        verdict = search.test(number, metadata, Source::header(header.headers()));
    }
    if let Verdict::Needs(_) = verdict {
        let Some(octets) = store.octets(metadata.uid)? else { return Ok(false) };
        verdict = match Message::parse(octets) {
            Ok(message) => search.test(number, metadata, Source::message(&message)),
            Err(_) => Verdict::No,
        };
    }
    Ok(verdict == Verdict::Yes)
}
