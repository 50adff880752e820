//! Responses: which kind, and what is in it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::base::{atom, failure, nz_number, string, uid, while_octets};
use super::{Grammar, Parsed};
use crate::command::{Tag, is_tag_octet};
use crate::quirks::Quirk;
use crate::response::Response;
use crate::value::{ListKind, ListResponse, MessageNumber, Raw, StatusKind};

impl Grammar<'_> {
    /// A response without its line end.
    ///
    /// ```text
    /// response        = *(continue-req / response-data) response-done
    /// response-tagged = tag SP resp-cond-state CRLF
    /// response-data   = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data /
    ///                   capability-data / enable-data) CRLF
    /// ```
    pub(crate) fn response<'a>(&self, input: &'a [u8]) -> Parsed<'a, Response> {
        let input = match input.first() {
            Some(0) if self.forgives(Quirk::Nul) => while_octets(input, |octet| octet == 0).1,
            _ => input,
        };
        let mut read = match input.split_first() {
            Some((b'*', rest)) => self.untagged(self.sp(rest)?.0),
            Some((b'+', rest)) => self
                .continuation(rest)
                .map(|(rest, continuation)| (rest, Response::Continue(continuation))),
            _ => self.tagged(input),
        };
        // A response is large: it stays where it is.
        if let Ok((rest, _)) = &mut read
            && !rest.is_empty()
        {
            *rest = self.trailer(rest);
        }
        read
    }

    /// The responses that come by thousands, in the form in which nearly all servers send them: FETCH
    /// and LIST. `None` for others, for broken ones, and where something was forgiven.
    ///
    /// A response is made where it is to stay, by `done`: each hand that it passed through would copy
    /// it.
    #[inline(always)]
    pub(crate) fn frequent<T>(&self, unit: &[u8], done: impl FnOnce(Response) -> T) -> Option<T> {
        let data = unit.strip_prefix(b"* ")?;
        if let Some(rest) = data.strip_prefix(b"LIST ") {
            let (attributes, delimiter, mailbox) = self.plain_list(rest)?;
            let (kind, extended) = (ListKind::List, Vec::new());
            let list = ListResponse { kind, attributes, delimiter, mailbox, extended };
            return Some(done(Response::List(list)));
        }
        let (rest, number) = nz_number(data).ok()?;
        let number = MessageNumber::from(number);
        let items = self.plain_items(rest.strip_prefix(b" FETCH ")?)?;
        self.met().is_empty().then(|| done(Response::Fetch { number, items }))
    }

    /// What some servers put before the line end: blanks, further CRs, `+`.
    fn trailer<'a>(&self, input: &'a [u8]) -> &'a [u8] {
        let mut rest = self.blanks(input);
        if rest.first() == Some(&b'\r') && self.forgives(Quirk::LineEnd) {
            rest = while_octets(rest, |octet| octet == b'\r').1;
        }
        if rest == b"+" && self.forgives(Quirk::Trailing) {
            rest = &[];
        }
        rest
    }

    fn tagged<'a>(&self, input: &'a [u8]) -> Parsed<'a, Response> {
        let (tag, rest) = while_octets(input, is_tag_octet);
        let Some(tag) = Tag::read(tag) else { return failure(input) };
        let (rest, ()) = self.sp(rest)?;
        let (word, rest) = while_octets(rest, |octet| octet.is_ascii_alphabetic());
        let Some(kind @ (StatusKind::Ok | StatusKind::No | StatusKind::Bad)) = status_kind(word)
        else {
            return failure(input);
        };
        let (rest, status) = self.status(kind, rest)?;
        Ok((rest, Response::Tagged(tag, status)))
    }

    /// What stands behind `* `.
    fn untagged<'a>(&self, input: &'a [u8]) -> Parsed<'a, Response> {
        if input.first().is_some_and(u8::is_ascii_digit) {
            return self.numbered(input);
        }
        if let Some(rest) = input.strip_prefix(b"LIST ") {
            // Of the others there are not thousands in a row.
            return self.list_response(ListKind::List, self.blanks(rest));
        }
        let Ok((rest, name)) = atom(input) else { return other(input) };
        if let Some(kind) = status_kind(name) {
            let (rest, status) = self.status(kind, rest)?;
            return Ok((rest, Response::Status(status)));
        }
        let mut folded = [0_u8; LONGEST];
        let Some(folded) = folded.get_mut(..name.len()) else { return other(input) };
        folded.copy_from_slice(name);
        folded.make_ascii_uppercase();
        match &*folded {
            b"LIST" => self.listed(ListKind::List, rest),
            b"LSUB" => self.listed(ListKind::Lsub, rest),
            b"XLIST" => self.listed(ListKind::Xlist, rest),
            b"SEARCH" => {
                let (rest, (numbers, mod_seq)) = self.search_results(rest)?;
                Ok((rest, Response::Search { numbers, mod_seq }))
            }
            b"SORT" => {
                let (rest, (numbers, mod_seq)) = self.search_results(rest)?;
                Ok((rest, Response::Sort { numbers, mod_seq }))
            }
            b"ESEARCH" => {
                let (rest, found) = self.esearch(rest)?;
                Ok((rest, Response::Esearch(Box::new(found))))
            }
            b"THREAD" => self.thread(rest).map(|(rest, thread)| (rest, Response::Thread(thread))),
            b"FLAGS" => {
                let (rest, ()) = self.sp(rest)?;
                self.flag_list(rest).map(|(rest, flags)| (rest, Response::Flags(flags)))
            }
            b"CAPABILITY" => {
                let (rest, all) = self.capabilities(rest)?;
                Ok((rest, Response::Capability(all)))
            }
            b"ENABLED" => self.enabled(rest).map(|(rest, all)| (rest, Response::Enabled(all))),
            b"STATUS" => {
                let (rest, status) = self.mailbox_status(self.sp(rest)?.0)?;
                Ok((rest, Response::MailboxStatus(status)))
            }
            b"VANISHED" => {
                let (rest, (earlier, uids)) = self.vanished(self.sp(rest)?.0)?;
                Ok((rest, Response::Vanished { earlier, uids }))
            }
            b"ID" => {
                let (rest, parameters) = self.id_parameters(self.sp(rest)?.0)?;
                Ok((rest, Response::Id(parameters)))
            }
            b"NAMESPACE" => {
                let (rest, namespaces) = self.namespaces(self.sp(rest)?.0)?;
                Ok((rest, Response::Namespace(namespaces)))
            }
            b"QUOTA" => {
                let (rest, quota) = self.quota(self.sp(rest)?.0)?;
                Ok((rest, Response::Quota(quota)))
            }
            b"QUOTAROOT" => {
                let (rest, roots) = self.quota_roots(self.sp(rest)?.0)?;
                Ok((rest, Response::QuotaRoot(roots)))
            }
            b"ACL" => self.acl(self.sp(rest)?.0).map(|(rest, acl)| (rest, Response::Acl(acl))),
            b"LISTRIGHTS" => {
                let (rest, rights) = self.list_rights(self.sp(rest)?.0)?;
                Ok((rest, Response::ListRights(rights)))
            }
            b"MYRIGHTS" => {
                let (rest, rights) = self.my_rights(self.sp(rest)?.0)?;
                Ok((rest, Response::MyRights(rights)))
            }
            b"METADATA" => {
                let (rest, metadata) = self.metadata(self.sp(rest)?.0)?;
                Ok((rest, Response::Metadata(metadata)))
            }
            b"UIDBATCHES" => {
                let (rest, (tag, batches)) = self.uid_batches_response(rest)?;
                Ok((rest, Response::UidBatches { tag, batches }))
            }
            b"JMAPACCESS" => {
                // RFC 9698 §3 has quotes. What cannot stand in them is written as a literal.
                let (rest, url) = string(self.sp(rest)?.0)?;
                Ok((rest, Response::JmapAccess(url.to_bytes())))
            }
            _ => other(input),
        }
    }

    fn listed<'a>(&self, kind: ListKind, input: &'a [u8]) -> Parsed<'a, Response> {
        self.list_response(kind, self.sp(input)?.0)
    }

    /// What begins with a number: EXISTS, RECENT, EXPUNGE, FETCH and UIDFETCH.
    fn numbered<'a>(&self, input: &'a [u8]) -> Parsed<'a, Response> {
        let (behind, number) = super::base::number(input)?;
        let Ok((behind, ())) = self.sp(behind) else { return other(input) };
        let Ok((rest, name)) = atom(behind) else { return other(input) };
        let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
        if is(b"FETCH") {
            let (_, number) = nz_number(input)?;
            let (rest, items) = self.fetch_items(self.sp(rest)?.0)?;
            Ok((rest, Response::Fetch { number: number.into(), items }))
        } else if is(b"EXISTS") {
            Ok((rest, Response::Exists(number)))
        } else if is(b"RECENT") {
            Ok((rest, Response::Recent(number)))
        } else if is(b"EXPUNGE") {
            nz_number(input).map(|(_, number)| (rest, Response::Expunge(number.into())))
        } else if is(b"UIDFETCH") {
            let (_, uid) = uid(input)?;
            let (rest, items) = self.fetch_items(self.sp(rest)?.0)?;
            Ok((rest, Response::UidFetch { uid, items }))
        } else {
            other(input)
        }
    }
}

/// The longest name of a response here.
const LONGEST: usize = 16;

/// The status of this name.
fn status_kind(word: &[u8]) -> Option<StatusKind> {
    let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
    match word.len() {
        2 if is(b"OK") => Some(StatusKind::Ok),
        2 if is(b"NO") => Some(StatusKind::No),
        3 if is(b"BAD") => Some(StatusKind::Bad),
        3 if is(b"BYE") => Some(StatusKind::Bye),
        7 if is(b"PREAUTH") => Some(StatusKind::PreAuth),
        _ => None,
    }
}

/// Data that this crate does not know. What begins with a blank that is not forgiven is none: it might
/// be a status, whose text has no literals.
fn other(input: &[u8]) -> Parsed<'_, Response> {
    match input.first() {
        None | Some(b' ') => failure(input),
        Some(_) => Ok((&[], Response::Other(Raw::read(input)))),
    }
}
