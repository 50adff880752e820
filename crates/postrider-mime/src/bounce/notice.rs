//! The text of a notice: what it says, of whom, and why.

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::ops::Range;

use super::{
    Action, Bounce, Ground, Recipient, Source, Verdict,
    flat::Flat,
    list, local_name,
    phrases::{VERDICTS, YOUR_MAIL},
    recipient::DIAGNOSIS,
    sentence, status,
};

/// A recipient by its places in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub last: Option<Range<usize>>,
    pub original: Option<Range<usize>>,
    /// Where the line or the sentence begins that names it.
    pub start: usize,
    /// Where its diagnosis may begin.
    pub behind: usize,
}

impl Found {
    /// Where the name stands.
    fn name_start(&self) -> usize {
        let name = self.last.as_ref().or(self.original.as_ref());
        name.map_or(self.start, |name| name.start)
    }
}

/// A text that says that mail was not delivered.
#[derive(Debug)]
pub(super) struct Notice {
    pub flat: Flat,
    action: Action,
    /// Where the first sentence ends that says so.
    pub said: usize,
}

impl Notice {
    /// Reads a text; `is_announced` where the header section leaves no doubt that it is a notice.
    pub(super) fn of(text: &str, is_announced: bool) -> Option<Self> {
        let flat = Flat::of(text);
        let ends = VERDICTS.iter().filter_map(|(phrase, says)| Some((flat.end_of(phrase)?, *says)));
        let ends: Vec<_> = ends.collect();
        let is_delayed = ends.iter().any(|(_, says)| *says == Verdict::Delayed);
        let action = if is_delayed { Action::Delayed } else { Action::Failed };
        let said = ends.iter().map(|(end, _)| *end).min();
        // One whose words are not known may still return the mail.
        let is_known = || flat.is_cut() && (is_announced || list::has_paragraph(&flat));
        let said = said.or_else(|| is_known().then_some(0))?;
        Some(Self { flat, action, said })
    }

    /// Whether it is about the mail of the reader.
    pub(super) fn speaks_of_mail(&self) -> bool {
        YOUR_MAIL.iter().any(|words| self.flat.end_of(words).is_some())
    }

    /// What the text says, but for names without a domain.
    pub(super) fn bounce(&self, limit: usize) -> Option<Bounce> {
        let (source, found) = list::read(self)
            .or_else(|| Some((Source::Sentence, sentence::read(self)?)))
            .or_else(|| list::before(self))?;
        self.told(source, found, limit)
    }

    /// The bounce that names no address.
    pub(super) fn without_address(&self, may_be_unnamed: bool, limit: usize) -> Option<Bounce> {
        if let Some(found) = local_name::read(self) {
            return self.told(Source::LocalName, found, limit);
        }
        if !may_be_unnamed {
            return None;
        }
        let found = Found { last: None, original: None, start: 0, behind: self.said };
        self.told(Source::Unnamed, Vec::from([found]), limit)
    }

    pub(super) const fn action(&self) -> Action {
        self.action
    }

    fn told(&self, source: Source, mut found: Vec<Found>, limit: usize) -> Option<Bounce> {
        let mut seen = BTreeSet::new();
        let name = |range: &Option<Range<usize>>| Some(self.flat.lower(range.clone()?));
        found.retain(|one| seen.insert((name(&one.last), name(&one.original))));
        let mut recipients = Vec::new();
        let mut ends = found.iter().skip(1).map(Found::name_start);
        let mut from = 0;
        for one in found.iter().take(limit) {
            let end = ends.next().unwrap_or_else(|| self.flat.text().len());
            let slice = |range: &Option<Range<usize>>| Some(self.flat.slice(range.clone()?));
            let mut diagnosis = self.diagnosis(one.behind..end);
            if diagnosis.is_empty() && source == Source::Sentence {
                diagnosis.push_str(self.flat.slice(self.line_start(one).max(from)..one.behind));
            }
            from = one.behind;
            let recipient = Recipient::new(slice(&one.last), self.action, &diagnosis)?;
            recipients.push(recipient.with_original(slice(&one.original)));
        }
        self.find_shared_reason(&mut recipients);
        Some(Bounce { source, recipients })
    }

    /// Where the line begins that names it: the reason may stand before an address.
    fn line_start(&self, one: &Found) -> usize {
        let lines = self.flat.lines();
        let line = lines.get(lines.partition_point(|line| line.end <= one.name_start()));
        line.map_or(one.start, |line| line.start)
    }

    /// Where no recipient has a reason of its own, that of the notice is the reason of all.
    pub(super) fn find_shared_reason(&self, recipients: &mut [Recipient]) {
        if recipients.iter().any(|one| one.ground() != Ground::Action) {
            return;
        }
        if let Some((status, ground)) = status::of(self.flat.text(), self.action) {
            for one in recipients {
                one.set_status(status, ground);
            }
        }
    }

    /// The words of a range, up to the end of the first paragraph that says something. A paragraph of
    /// its own must tell a status, as it may be about all recipients, or advice. Lines without letters
    /// or digits are left out.
    fn diagnosis(&self, range: Range<usize>) -> String {
        let mut words = String::new();
        let mut is_apart = false;
        let lines = self.flat.lines();
        let first = lines.partition_point(|line| line.end <= range.start);
        for line in lines.iter().skip(first) {
            let is_open = words.is_empty() || words.ends_with(':');
            let begins = line.begins_paragraph && line.start > range.start;
            if line.start >= range.end || begins && !is_open || words.len() > DIAGNOSIS {
                break;
            }
            is_apart = is_apart || begins;
            let text = self.flat.slice(line.start.max(range.start)..line.end.min(range.end));
            let text = text.trim_start_matches(BEFORE_WORDS).trim_end();
            if text.contains(char::is_alphanumeric) {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(text);
            }
        }
        let is_vague = is_apart || words.ends_with(':');
        if is_vague && status::of(&words, self.action).is_none() {
            words.clear();
        }
        words
    }
}

/// What may stand between an address and the words about it.
const BEFORE_WORDS: &[char] = &['>', ']', ')', '"', '\'', ':', ';', ',', '.', ' '];
