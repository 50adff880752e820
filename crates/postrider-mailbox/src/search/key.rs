//! One key of a search, and how it is asked of a message.

use bytes::Bytes;
use postrider_imap::{Date, FlagSet, ModSeq};
use postrider_message::FieldName;

use super::program::Asked;
use super::ranges::Ranges;
use super::{Substring, fields};
use crate::{Metadata, Need};

/// What is asked of a message.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// It has all of these flags.
    HasAll(FlagSet),
    /// It has one of these flags.
    HasAny(FlagSet),
    Larger(u64),
    Smaller(u64),
    Arrived(Day),
    Saved(Day),
    /// It arrived then or before.
    ArrivedUntil(i64),
    /// It arrived then or after.
    ArrivedFrom(i64),
    ModSeq(ModSeq),
    Numbers(Ranges),
    Uids(Ranges),
    EmailId(Bytes),
    ThreadId(Bytes),
    Sent(Day),
    Subject(Substring),
    Addresses(FieldName, Substring),
    Field(Bytes, Substring),
    Body(Substring),
    Text(Substring),
}

/// A day, and where another must lie.
#[derive(Debug, Clone, Copy)]
pub(super) enum Day {
    Before(Date),
    On(Date),
    Since(Date),
}

impl Day {
    fn holds(self, date: Date) -> bool {
        match self {
            Self::Before(day) => date < day,
            Self::On(day) => date == day,
            Self::Since(day) => date >= day,
        }
    }
}

impl Key {
    /// How much of a message it needs.
    pub(super) const fn need(&self) -> Need {
        match self {
            Self::Sent(_) | Self::Subject(_) | Self::Addresses(..) | Self::Field(..) => {
                Need::Header
            }
            Self::Body(_) | Self::Text(_) => Need::Message,
            _ => Need::Metadata,
        }
    }

    /// Cheap keys are asked first.
    pub(super) const fn cost(&self) -> u8 {
        match self {
            Self::HasAll(_) | Self::HasAny(_) | Self::Larger(_) | Self::Smaller(_) => 0,
            Self::Arrived(_) | Self::Saved(_) | Self::ModSeq(_) => 1,
            Self::ArrivedUntil(_) | Self::ArrivedFrom(_) => 2,
            Self::Numbers(_) | Self::Uids(_) | Self::EmailId(_) | Self::ThreadId(_) => 3,
            Self::Sent(_) => 4,
            Self::Subject(_) | Self::Addresses(..) | Self::Field(..) => 5,
            Self::Body(_) | Self::Text(_) => 6,
        }
    }

    /// Whether the message is that; `None` where more of it must be read.
    #[inline]
    pub(super) fn ask(&self, asked: &Asked<'_, '_>) -> Option<bool> {
        let Metadata { uid, flags, internal_date, size, mod_seq, save_date, .. } = asked.metadata;
        Some(match self {
            Self::HasAll(set) => flags.is_superset(set),
            Self::HasAny(set) => flags.intersects(set),
            Self::Larger(octets) => size > octets,
            Self::Smaller(octets) => size < octets,
            Self::Arrived(day) => day.holds((*internal_date).into()),
            Self::Saved(day) => save_date.is_some_and(|date| day.holds(date.into())),
            Self::ArrivedUntil(time) => internal_date.unix() <= *time,
            Self::ArrivedFrom(time) => internal_date.unix() >= *time,
            Self::ModSeq(least) => mod_seq.is_some_and(|mod_seq| mod_seq >= *least),
            Self::Numbers(ranges) => ranges.contains(asked.number.get()),
            Self::Uids(ranges) => ranges.contains(uid.get()),
            _ => return self.ask_more(asked),
        })
    }

    fn ask_more(&self, asked: &Asked<'_, '_>) -> Option<bool> {
        let is = |id: &Bytes, own: &Option<postrider_imap::ObjectId>| {
            own.as_ref().is_some_and(|own| own.as_bytes() == id)
        };
        match self {
            Self::EmailId(id) => Some(is(id, &asked.metadata.email_id)),
            Self::ThreadId(id) => Some(is(id, &asked.metadata.thread_id)),
            Self::Sent(day) => {
                let headers = asked.source.headers()?;
                Some(fields::sent(headers).is_some_and(|date| day.holds(date)))
            }
            Self::Subject(string) => Some(fields::subject(asked.source.headers()?, string)),
            Self::Addresses(name, string) => {
                Some(fields::addresses(asked.source.headers()?, *name, string))
            }
            Self::Field(name, string) => Some(fields::named(asked.source.headers()?, name, string)),
            Self::Body(string) => asked.texts.map(|texts| texts.has(string)),
            Self::Text(string) => {
                // What the header section decides needs no message.
                if fields::any(asked.source.headers()?, string) {
                    return Some(true);
                }
                asked.texts.map(|texts| texts.has_in_inner_fields(string) || texts.has(string))
            }
            _ => None,
        }
    }
}
