//! SEARCH, SORT, THREAD and ESEARCH: what is found.

use alloc::vec::Vec;

use super::Out;
use crate::value::{
    EsearchItem, EsearchResponse, ModSeq, NumberList, Thread, ThreadNode, UidBatch,
};

impl Out<'_> {
    /// `*(SP nz-number) [SP search-sort-mod-seq]` (RFC 7162 §7). Ranges are written number by
    /// number, for SEARCH and SORT have no others: who did not count them asks for ESEARCH.
    pub(crate) fn search_results(&mut self, numbers: &NumberList, mod_seq: Option<ModSeq>) {
        self.spaced_numbers(numbers.ranges());
        // Nothing found has no MODSEQ.
        if let Some(mod_seq) = mod_seq.filter(|_| !numbers.is_empty()) {
            self.put(b" (MODSEQ ");
            self.number(mod_seq.get());
            self.byte(b')');
        }
    }

    /// `[search-correlator] [SP "UID"] *(SP search-return-data)` (RFC 9051 §9, RFC 7377 §4)
    pub(crate) fn esearch(&mut self, found: &EsearchResponse) {
        if found.tag.is_some() || found.mailbox.is_some() {
            self.put(b" (");
            if let Some(tag) = &found.tag {
                self.put(b"TAG ");
                self.string(tag);
            }
            if let Some((mailbox, validity)) = &found.mailbox {
                if found.tag.is_some() {
                    self.sp();
                }
                self.put(b"MAILBOX ");
                self.astring(mailbox.as_bytes());
                self.put(b" UIDVALIDITY ");
                self.number(validity.get().into());
            }
            self.byte(b')');
        }
        if found.uid {
            self.put(b" UID");
        }
        // Right behind the name of the response a list would be the correlator.
        let begun = found.uid || found.tag.is_some() || found.mailbox.is_some();
        let is_list = |item: &EsearchItem| matches!(item, EsearchItem::Unparsed(raw) if raw.as_bytes().starts_with(b"("));
        let items = found.items.iter().filter(|item| tells(item));
        for item in items.skip_while(|item| !begun && is_list(item)) {
            self.sp();
            self.esearch_item(item);
        }
    }

    fn esearch_item(&mut self, item: &EsearchItem) {
        match item {
            EsearchItem::Min(number) => self.item_number(b"MIN ", number.get().into()),
            EsearchItem::Max(number) => self.item_number(b"MAX ", number.get().into()),
            EsearchItem::Count(count) => self.item_number(b"COUNT ", (*count).into()),
            EsearchItem::ModSeq(mod_seq) => self.item_number(b"MODSEQ ", mod_seq.get()),
            EsearchItem::All(numbers) => {
                self.put(b"ALL ");
                self.number_set(numbers);
            }
            EsearchItem::Partial(range, numbers) => {
                self.put(b"PARTIAL (");
                self.partial_range(*range);
                self.sp();
                match numbers {
                    Some(numbers) if !numbers.is_empty() => self.number_set(numbers),
                    _ => self.nil(),
                }
                self.byte(b')');
            }
            EsearchItem::AddTo(updates) => self.context_updates(b"ADDTO ", updates),
            EsearchItem::RemoveFrom(updates) => self.context_updates(b"REMOVEFROM ", updates),
            EsearchItem::Relevancy(scores) => {
                self.put(b"RELEVANCY ");
                self.list(scores, |out, score| out.number((*score).into()));
            }
            EsearchItem::Unparsed(raw) => self.raw(raw),
        }
    }

    fn item_number(&mut self, name: &[u8], number: u64) {
        self.put(name);
        self.number(number);
    }

    fn context_updates(&mut self, name: &[u8], updates: &[(u32, NumberList)]) {
        self.put(name);
        let updates = updates.iter().filter(|(_, numbers)| !numbers.is_empty());
        self.list(updates, |out, (position, numbers)| {
            out.number((*position).into());
            out.sp();
            out.number_set(numbers);
        });
    }

    /// `[SP 1*thread-list]`, with the least parentheses (RFC 5256 §5): only where an answer is one
    /// of several.
    pub(crate) fn thread(&mut self, thread: &Thread) {
        let nodes = thread.nodes();
        if !nodes.is_empty() {
            self.sp();
        }
        let more = have_more(nodes);
        // By depth, whether the place opened a list.
        let mut opened: Vec<bool> = Vec::new();
        let mut before: Option<&ThreadNode> = None;
        for (node, more) in nodes.iter().zip(more) {
            let depth = usize::try_from(node.depth).unwrap_or(usize::MAX);
            for _ in opened.drain(depth.min(opened.len())..).filter(|opened| *opened) {
                self.byte(b')');
            }
            let first = before.is_some_and(|before| before.depth < node.depth);
            let alone = first && !more;
            if first && before.is_some_and(|before| before.number.is_some()) {
                self.sp();
            }
            if !alone {
                self.byte(b'(');
            }
            opened.push(!alone);
            if let Some(number) = node.number {
                self.number(number.get().into());
            }
            before = Some(node);
        }
        for _ in opened.iter().filter(|opened| **opened) {
            self.byte(b')');
        }
    }

    /// `search-correlator [SP uid-range *("," uid-range)]` (RFC 10022 §4)
    pub(crate) fn uid_batches_response(&mut self, tag: &[u8], batches: &[UidBatch]) {
        self.put(b" (TAG ");
        self.string(tag);
        self.byte(b')');
        for (at, batch) in batches.iter().enumerate() {
            self.byte(if at == 0 { b' ' } else { b',' });
            self.number(batch.first.get().into());
            self.byte(b':');
            self.number(batch.last.get().into());
        }
    }
}

/// Whether the item tells anything: the grammar has no empty set (RFC 4731 §3.1: "the server MUST NOT
/// include the ALL result option" then).
fn tells(item: &EsearchItem) -> bool {
    match item {
        EsearchItem::All(numbers) => !numbers.is_empty(),
        EsearchItem::AddTo(updates) | EsearchItem::RemoveFrom(updates) => {
            updates.iter().any(|(_, numbers)| !numbers.is_empty())
        }
        _ => true,
    }
}

/// For each place, whether another answer to the same message follows.
fn have_more(nodes: &[ThreadNode]) -> Vec<bool> {
    let mut seen: Vec<bool> = Vec::new();
    let mut more: Vec<bool> = nodes
        .iter()
        .rev()
        .map(|node| {
            let depth = usize::try_from(node.depth).unwrap_or(usize::MAX);
            // The answers to this place are behind it, so they are no more of its own.
            seen.resize(depth.saturating_add(1), false);
            seen.get_mut(depth).is_some_and(|seen| core::mem::replace(seen, true))
        })
        .collect();
    more.reverse();
    more
}
