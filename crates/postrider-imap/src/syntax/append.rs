//! APPEND up to the literals that are its messages.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::combinator::{map, opt, rest_len, verify};
use nom::sequence::preceded;

use super::base::sp;
use super::command::Peeked;
use super::fetch::date_time;
use super::{Parsed, Unit, whole};
use crate::limits::Limits;
use crate::value::{AppendMessage, Flag, MailboxName};

/// Where messages go, and what is said of the first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AppendTo {
    pub(crate) mailbox: MailboxName,
    /// Its size is to be filled in.
    pub(crate) message: AppendMessage,
}

/// Reads an `APPEND` of which tag and name are known, up to the announcement of its first message,
/// which is left out:
///
/// ```text
/// append = "APPEND" SP mailbox 1*append-message
/// ```
///
/// (RFC 3502 §6.3.11). `None` also where the literal is the mailbox, which it may be.
pub(crate) fn append_to(octets: &Bytes, peeked: &Peeked, limits: &Limits) -> Option<AppendTo> {
    let unit = Unit::new(octets, limits);
    let arguments = octets.get(peeked.arguments..)?;
    let read = |i| (preceded(sp, |i| unit.astring(i)), |i| unit.append_message(i)).parse(i);
    let (mailbox, message) = whole(arguments, read)?;
    Some(AppendTo { mailbox: MailboxName::new(mailbox).ok()?, message: message? })
}

/// Reads what stands between two messages, the announcement of the second left out.
pub(crate) fn append_message(octets: &Bytes, limits: &Limits) -> Option<AppendMessage> {
    let unit = Unit::new(octets, limits);
    whole(octets, |i| unit.append_message(i))?
}

impl<'a> Unit<'a> {
    /// ```text
    /// append-message = [SP flag-list] [SP date-time] SP append-data
    /// ```
    ///
    /// `None` inside for flags that no client may set.
    fn append_message(&self, input: &'a [u8]) -> Parsed<'a, Option<AppendMessage>> {
        let flags = opt(preceded(sp, |i| self.flag_list(i)));
        let end = verify(preceded(sp, rest_len), |len: &usize| *len == 0);
        map((flags, opt(preceded(sp, date_time)), end), |(flags, date, _)| {
            let flags: Vec<Flag> = flags.unwrap_or_default();
            let storable = flags.iter().all(Flag::is_storable);
            storable.then_some(AppendMessage { flags, date, octets: 0 })
        })
        .parse(input)
    }
}
