//! SEARCH, SORT, THREAD and ESEARCH: what is found.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;

use super::base::{
    any_value, astring, atom, failure, mailbox, mod_seq, nil, number, nz_number, octet, uid, word,
};
use super::scan::{NumberScan, Scanned};
use super::search::partial_range;
use super::threads::ThreadScan;
use super::{Grammar, Parsed};
use crate::quirks::{Quirk, Quirks};
use crate::value::{
    EsearchItem, EsearchResponse, MailboxName, ModSeq, NumberList, Raw, Thread, UidBatch,
    UidValidity,
};

impl Grammar<'_> {
    /// ```text
    /// mailbox-data        =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]
    /// sort-data           =  "SORT" [1*(SP nz-number) SP search-sort-mod-seq]
    /// search-sort-mod-seq =  "(" "MODSEQ" SP mod-sequence-value ")"
    /// ```
    ///
    /// RFC 7162 §7; without the MODSEQ in RFC 3501 §9 and RFC 5256 §5.
    pub(crate) fn search_results<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (NumberList, Option<ModSeq>)> {
        let (rest, found) = self.numbers(NumberScan::spaced(self.limits.ids), input)?;
        let blanks_fit = found.blanks == usize::from(rest.first() == Some(&b'('));
        if !blanks_fit && (found.blanks == 0 || !self.forgives(Quirk::Blank)) {
            return failure(rest);
        }
        if rest.first() != Some(&b'(') {
            return Ok((rest, (found.numbers, None)));
        }
        if found.numbers.is_empty() && !self.forgives(Quirk::EmptyList) {
            return failure(rest);
        }
        let (rest, mod_seq) = self.found_mod_seq(rest)?;
        // Of no messages there is no highest.
        let mod_seq = (!found.numbers.is_empty()).then_some(mod_seq);
        Ok((rest, (found.numbers, mod_seq)))
    }

    /// `search-sort-mod-seq`. Zero is no `mod-sequence-value`.
    fn found_mod_seq<'a>(&self, input: &'a [u8]) -> Parsed<'a, ModSeq> {
        let (rest, ()) = word(input, b"(MODSEQ ")?;
        let (rest, mod_seq) = mod_seq(self.blanks(rest))?;
        if mod_seq == ModSeq::default() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        let (rest, ()) = octet(self.blanks(rest), b')')?;
        Ok((rest, mod_seq))
    }

    /// A list of numbers, and where it ends.
    fn numbers<'a>(&self, mut scan: NumberScan, input: &'a [u8]) -> Parsed<'a, Scanned> {
        let Ok(taken) = scan.feed(input) else { return failure(input) };
        let Ok(found) = scan.finish() else { return failure(input) };
        let rest = input.get(taken..).unwrap_or_default();
        if self.forgives_all(found.met) { Ok((rest, found)) } else { failure(input) }
    }

    /// Whether all of these are forgiven.
    fn forgives_all(&self, met: Quirks) -> bool {
        met.is_empty() || met.iter().all(|quirk| self.forgives(quirk))
    }

    /// A set of numbers in their order, as many as the limits allow: a `sequence-set` without `*`.
    pub(crate) fn found_set<'a>(&self, input: &'a [u8]) -> Parsed<'a, NumberList> {
        let (rest, found) = self.numbers(NumberScan::set(self.limits.ids), input)?;
        Ok((rest, found.numbers))
    }

    /// `thread-data = "THREAD" [SP 1*thread-list]` (RFC 5256 §5)
    pub(crate) fn thread<'a>(&self, input: &'a [u8]) -> Parsed<'a, Thread> {
        let mut scan = ThreadScan::new(self.limits.ids);
        let Ok(taken) = scan.feed(input) else { return failure(input) };
        let Ok((thread, met)) = scan.finish() else { return failure(input) };
        let rest = input.get(taken..).unwrap_or_default();
        if self.forgives_all(met) { Ok((rest, thread)) } else { failure(input) }
    }

    /// `esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)` (RFC
    /// 9051 §9)
    pub(crate) fn esearch<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchResponse> {
        let (rest, mut found) = self.esearch_front(input)?;
        let mut rest = rest;
        while let Some((b' ', behind)) = rest.split_first() {
            let behind = self.blanks(behind);
            if behind.is_empty() {
                // A blank at the end is for whoever reads the line.
                break;
            }
            let item;
            (rest, item) = self.esearch_item(behind)?;
            if found.items.len() >= self.limits.list {
                return failure(behind);
            }
            found.items.push(item);
        }
        Ok((rest, found))
    }

    /// What stands before the numbers of `ALL`, in a response whose end has not come.
    pub(crate) fn esearch_before_all<'a>(
        &self,
        input: &'a [u8],
    ) -> Option<(EsearchResponse, &'a [u8])> {
        let (mut rest, mut found) = self.esearch_front(input).ok()?;
        loop {
            let behind = rest.strip_prefix(b" ")?;
            if let Ok((list, ())) = word(behind, b"ALL ") {
                return Some((found, list));
            }
            let item;
            (rest, item) = self.esearch_item(behind).ok()?;
            if found.items.len() >= self.limits.list {
                return None;
            }
            found.items.push(item);
        }
    }

    /// The search that it answers, and whether it tells UIDs.
    fn esearch_front<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchResponse> {
        let mut found = EsearchResponse::default();
        let mut rest = input;
        if let Ok((behind, ())) = self.sp(rest)
            && behind.first() == Some(&b'(')
        {
            (rest, (found.tag, found.mailbox)) = self.search_correlator(behind)?;
        }
        if let Ok((behind, ())) = self.sp(rest)
            && let Ok((behind, ())) = word(behind, b"UID")
            && matches!(behind.first(), None | Some(b' '))
        {
            found.uid = true;
            rest = behind;
        }
        Ok((rest, found))
    }

    /// ```text
    /// search-correlator = SP "(" one-correlator *(SP one-correlator) ")"
    /// one-correlator    = ("TAG" SP tag-string) / ("MAILBOX" SP astring) /
    ///                     ("UIDVALIDITY" SP nz-number)
    /// ```
    ///
    /// RFC 7377 §4: each at most once, and a mailbox has its UIDVALIDITY.
    fn search_correlator<'a>(&self, input: &'a [u8]) -> Parsed<'a, Correlator> {
        let (rest, all) = self.list1(input, |i| self.one_correlator(i))?;
        let (mut tag, mut name, mut validity) = (None, None, None);
        let twice = all.into_iter().any(|one| match one {
            One::Tag(value) => tag.replace(value).is_some(),
            One::Mailbox(value) => name.replace(value).is_some(),
            One::Validity(value) => validity.replace(value).is_some(),
        });
        if twice {
            return failure(input);
        }
        match (name, validity) {
            (Some(name), Some(validity)) => Ok((rest, (tag, Some((name, validity))))),
            (None, None) => Ok((rest, (tag, None))),
            _ => failure(input),
        }
    }

    fn one_correlator<'a>(&self, input: &'a [u8]) -> Parsed<'a, One> {
        let (rest, label) = atom(input)?;
        let (rest, ()) = self.sp(rest)?;
        let is = |word: &[u8]| label.eq_ignore_ascii_case(word);
        if is(b"TAG") {
            astring(rest).map(|(rest, value)| (rest, One::Tag(value.to_bytes())))
        } else if is(b"MAILBOX") {
            mailbox(rest).map(|(rest, value)| (rest, One::Mailbox(value)))
        } else if is(b"UIDVALIDITY") {
            let (behind, value) = number(rest)?;
            if value == 0 && !self.forgives(Quirk::Number) {
                return failure(rest);
            }
            Ok((behind, One::Validity(value.into())))
        } else {
            failure(input)
        }
    }

    /// One item; what is broken or unknown, as it stands there.
    fn esearch_item<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchItem> {
        let unparsed = |rest| EsearchItem::Unparsed(Raw::read(between(input, rest)));
        let Ok((value, label)) = atom(input) else {
            // What is no name and value at all, such as `(COUNT 17)` in the example of RFC 5465 §7.
            return any_value(input).map(|(rest, _)| (rest, unparsed(rest)));
        };
        match value {
            [b' ', from @ ..] if !from.is_empty() => {
                let from = self.blanks(from);
                if let Some(Ok((rest, item))) = self.esearch_item_of(label, from)
                    && matches!(rest.first(), None | Some(b' '))
                {
                    return Ok((rest, item));
                }
                any_value(from).map(|(rest, _)| (rest, unparsed(rest)))
            }
            // A name without a value.
            [] | [b' '] if self.forgives(Quirk::Members) => Ok((value, unparsed(value))),
            _ => failure(value),
        }
    }

    /// ```text
    /// search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set /
    ///                      "COUNT" SP number / search-ret-data-ext
    /// ```
    ///
    /// RFC 9051 §9, and further ones in RFC 5267 §5, RFC 6203 §7, RFC 7162 §7, RFC 9394 §4.
    fn esearch_item_of<'a>(
        &self,
        label: &[u8],
        input: &'a [u8],
    ) -> Option<Parsed<'a, EsearchItem>> {
        use EsearchItem as Item;
        let is = |word: &[u8]| label.eq_ignore_ascii_case(word);
        Some(match label.len() {
            3 if is(b"MIN") => nz_number.map(Item::Min).parse(input),
            3 if is(b"MAX") => nz_number.map(Item::Max).parse(input),
            3 if is(b"ALL") => self.found_set(input).map(|(rest, set)| (rest, Item::All(set))),
            5 if is(b"COUNT") => number.map(Item::Count).parse(input),
            6 if is(b"MODSEQ") => self.esearch_mod_seq(input),
            7 if is(b"PARTIAL") => self.partial_results(input),
            5 if is(b"ADDTO") => {
                self.context_updates(input).map(|(rest, all)| (rest, Item::AddTo(all)))
            }
            10 if is(b"REMOVEFROM") => {
                self.context_updates(input).map(|(rest, all)| (rest, Item::RemoveFrom(all)))
            }
            9 if is(b"RELEVANCY") => {
                self.scores(input).map(|(rest, all)| (rest, Item::Relevancy(all)))
            }
            _ => return None,
        })
    }

    /// `mod-sequence-value`: not zero.
    fn esearch_mod_seq<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchItem> {
        let (rest, mod_seq) = mod_seq(input)?;
        if mod_seq == ModSeq::default() && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        Ok((rest, EsearchItem::ModSeq(mod_seq)))
    }

    /// ```text
    /// ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"
    /// partial-results  = sequence-set / "NIL"
    /// ```
    ///
    /// RFC 9394 §4.
    fn partial_results<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchItem> {
        let (rest, ()) = octet(input, b'(')?;
        let (rest, range) = partial_range(rest)?;
        let (rest, ()) = self.sp(rest)?;
        let (rest, found) = match nil(rest) {
            Ok((rest, ())) => (rest, None),
            Err(_) => self.found_set(rest).map(|(rest, found)| (rest, Some(found)))?,
        };
        let (rest, ()) = octet(rest, b')')?;
        Ok((rest, EsearchItem::Partial(range, found)))
    }

    /// `"(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"` (RFC 5267
    /// §5)
    fn context_updates<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<(u32, NumberList)>> {
        self.list1(input, |i| {
            let (rest, position) = number(i)?;
            let (rest, found) = self.found_set(self.sp(rest)?.0)?;
            Ok((rest, (position, found)))
        })
    }

    /// `score-list = "(" [score *(SP score)] ")"`, `score = 1*3DIGIT`, from 1 to 100 (RFC 6203 §7)
    fn scores<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<u8>> {
        let (mut rest, ()) = octet(input, b'(')?;
        let mut scores = Vec::new();
        if let Some((b')', rest)) = rest.split_first() {
            return Ok((rest, scores));
        }
        loop {
            let (behind, score) = number(rest)?;
            let Ok(score) = u8::try_from(score) else { return failure(rest) };
            let fits = (1..=100).contains(&score) || self.forgives(Quirk::Number);
            // One for each message that was found.
            if !fits || scores.len() >= self.limits.ids {
                return failure(rest);
            }
            scores.push(score);
            match behind.split_first() {
                Some((b')', behind)) => return Ok((behind, scores)),
                Some((b' ', behind)) => rest = behind,
                _ => return failure(behind),
            }
        }
    }

    /// `uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]` (RFC
    /// 10022 §4)
    pub(crate) fn uid_batches_response<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (Bytes, Vec<UidBatch>)> {
        let (behind, ()) = self.sp(input)?;
        let (mut rest, correlator) = self.search_correlator(behind)?;
        let (Some(tag), None) = correlator else { return failure(behind) };
        let mut batches = Vec::new();
        if let Some((b' ', behind @ [b'0'..=b'9', ..])) = rest.split_first() {
            rest = behind;
            loop {
                let (behind, batch) = self.uid_batch(rest)?;
                if batches.len() >= self.limits.ids {
                    return failure(rest);
                }
                batches.push(batch);
                match behind.split_first() {
                    Some((b',', behind)) => rest = behind,
                    _ => return Ok((behind, (tag, batches))),
                }
            }
        }
        Ok((rest, (tag, batches)))
    }

    /// `uid-range = (uniqueid ":" uniqueid)` (RFC 9051 §9)
    fn uid_batch<'a>(&self, input: &'a [u8]) -> Parsed<'a, UidBatch> {
        let (rest, first) = uid(input)?;
        match rest.split_first() {
            Some((b':', rest)) => {
                let (rest, last) = uid(rest)?;
                Ok((rest, UidBatch { first, last }))
            }
            // A batch of one message.
            _ if self.forgives(Quirk::Members) => Ok((rest, UidBatch { first, last: first })),
            _ => failure(rest),
        }
    }
}

/// Which command and which mailbox a response is of.
type Correlator = (Option<Bytes>, Option<(MailboxName, UidValidity)>);

/// One of them.
enum One {
    Tag(Bytes),
    Mailbox(MailboxName),
    Validity(UidValidity),
}

/// The octets from the one to the other, which is a rest of it.
fn between<'a>(from: &'a [u8], to: &[u8]) -> &'a [u8] {
    from.get(..from.len().saturating_sub(to.len())).unwrap_or_default()
}
