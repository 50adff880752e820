//! STATUS.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{
    any_value, astring, atom, failure, mailbox, mod_seq, nil, number, number64, octet, sp, uid,
};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{MailboxStatus, Raw, StatusItem, StatusValue};

impl Grammar<'_> {
    /// `"(" status-att *(SP status-att) ")"`
    pub(crate) fn status_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<StatusItem>> {
        self.list1(input, |i| atom(i).map(|(rest, name)| (rest, StatusItem::read(name))))
    }

    /// What stands behind `STATUS `.
    ///
    /// `"STATUS" SP mailbox SP "(" [status-att-list] ")"`
    pub(crate) fn mailbox_status<'a>(&self, input: &'a [u8]) -> Parsed<'a, MailboxStatus> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, items) = self.list(self.sp(rest)?.0, |i| self.status_value(i))?;
        Ok((rest, MailboxStatus { mailbox, items }))
    }

    /// `status-att-val`, or another name with any value.
    fn status_value<'a>(&self, input: &'a [u8]) -> Parsed<'a, StatusValue> {
        let met = self.met();
        if let Ok((rest @ [b' ' | b')', ..], value)) = self.known_status(input) {
            return Ok((rest, value));
        }
        self.back_to(met);
        let (rest, _) = atom(input)?;
        // `any_value` takes the name of the next item for the value of this one where it has none;
        // both are then told as they came.
        let rest = sp(rest).and_then(|(rest, ())| any_value(rest)).map_or(rest, |(rest, _)| rest);
        let len = input.len().saturating_sub(rest.len());
        let item = input.get(..len).unwrap_or_default();
        Ok((rest, StatusValue::Unparsed(Raw::read(item))))
    }

    /// ```text
    /// status-att-val  = "MESSAGES" SP number / "UIDNEXT" SP nz-number /
    ///                   "UIDVALIDITY" SP nz-number / "UNSEEN" SP number / "DELETED" SP number /
    ///                   "SIZE" SP number64
    /// status-att-val =/ "HIGHESTMODSEQ" SP mod-sequence-valzer   ; RFC 7162 §7
    /// status-att-val =/ "APPENDLIMIT" SP (number / nil)          ; RFC 7889 §5
    /// status-att-val =/ "MAILBOXID" SP "(" objectid ")"          ; RFC 8474 §7
    /// status-att-val =/ "DELETED-STORAGE" SP number64            ; RFC 9208 §7
    /// ```
    fn known_status<'a>(&self, input: &'a [u8]) -> Parsed<'a, StatusValue> {
        let (rest, name) = atom(input)?;
        let (rest, ()) = self.sp(rest)?;
        match StatusItem::read(name) {
            StatusItem::Messages => number(rest).map(|(i, n)| (i, StatusValue::Messages(n))),
            StatusItem::Recent => number(rest).map(|(i, n)| (i, StatusValue::Recent(n))),
            StatusItem::UidNext => uid(rest).map(|(i, uid)| (i, StatusValue::UidNext(uid))),
            StatusItem::UidValidity => {
                self.uid_validity(rest).map(|(i, v)| (i, StatusValue::UidValidity(v)))
            }
            StatusItem::Unseen => number(rest).map(|(i, n)| (i, StatusValue::Unseen(n))),
            StatusItem::Deleted => number(rest).map(|(i, n)| (i, StatusValue::Deleted(n))),
            StatusItem::Size => self.number63(rest).map(|(i, n)| (i, StatusValue::Size(n))),
            StatusItem::HighestModSeq => {
                mod_seq(rest).map(|(i, m)| (i, StatusValue::HighestModSeq(m)))
            }
            StatusItem::AppendLimit => self.append_limit(rest),
            StatusItem::MailboxId => {
                let (rest, ()) = octet(rest, b'(')?;
                let (rest, id) = self.object_id(rest)?;
                let (rest, ()) = octet(rest, b')')?;
                Ok((rest, StatusValue::MailboxId(id)))
            }
            StatusItem::DeletedStorage => {
                self.number63(rest).map(|(i, n)| (i, StatusValue::DeletedStorage(n)))
            }
            StatusItem::Other(_) => failure(input),
        }
    }

    fn append_limit<'a>(&self, input: &'a [u8]) -> Parsed<'a, StatusValue> {
        if let Ok((rest, ())) = nil(input) {
            return Ok((rest, StatusValue::AppendLimit(None)));
        }
        let (rest, limit) = number64(input)?;
        if limit > u32::MAX.into() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        Ok((rest, StatusValue::AppendLimit(Some(limit))))
    }

    /// `number64 = 1*DIGIT`: unsigned, of 63 bits (RFC 9051 §9). The 64th is forgiven.
    pub(crate) fn number63<'a>(&self, input: &'a [u8]) -> Parsed<'a, u64> {
        let (rest, number) = number64(input)?;
        if i64::try_from(number).is_err() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        Ok((rest, number))
    }

    /// `objectid = 1*255(ALPHA / DIGIT / "_" / "-")` (RFC 8474 §7). Other strings are forgiven.
    pub(crate) fn object_id<'a>(&self, input: &'a [u8]) -> Parsed<'a, Bytes> {
        let (rest, id) = astring(input)?;
        let good = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
        let bare = input.first().is_some_and(good);
        let strict = bare && id.octets.len() <= 255 && id.octets.iter().all(good);
        if strict || self.forgives(Quirk::AtomOctet) {
            Ok((rest, id.to_bytes()))
        } else {
            failure(input)
        }
    }
}
