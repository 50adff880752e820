//! SEARCH, SORT, THREAD and ESEARCH: what is asked.

use alloc::vec::Vec;

use super::Out;
use crate::value::{
    Charset, Date, EntryType, EsearchOptions, MessageSet, PartialRange, SearchCommand, SearchKey,
    SearchReturn, SortCommand, SortCriterion, SortKey, ThreadCommand, UidBatches, is_atom_octet,
};

impl Out<'_> {
    /// `search = "SEARCH" [search-return-opts] SP search-program` (RFC 9051 §9)
    pub(crate) fn search_command(&mut self, search: &SearchCommand) {
        self.uid(search.uid);
        self.put(b"SEARCH");
        self.search_returns(search.returns.as_deref());
        self.search_program(search.charset.as_ref(), &search.keys);
    }

    /// `["UID" SP] "SORT" [search-return-opts] SP sort-criteria SP search-criteria` (RFC 5256 §5,
    /// RFC 5267 §5)
    pub(crate) fn sort_command(&mut self, sort: &SortCommand) {
        self.uid(sort.uid);
        self.put(b"SORT");
        self.search_returns(sort.returns.as_deref());
        self.sp();
        self.list(&sort.criteria, |out, criterion| out.sort_criterion(criterion));
        self.search_criteria(&sort.charset, &sort.keys);
    }

    /// `thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria` (RFC 5256 §5)
    pub(crate) fn thread_command(&mut self, thread: &ThreadCommand) {
        self.uid(thread.uid);
        self.put(b"THREAD ");
        self.put(thread.algorithm.as_bytes());
        self.search_criteria(&thread.charset, &thread.keys);
    }

    /// `[SP esearch-source-opts] [SP search-return-opts] SP search-program` (RFC 7377 §4)
    pub(crate) fn esearch_command(&mut self, search: &EsearchOptions) {
        if let Some(source) = &search.source {
            self.put(b" IN (");
            self.raw(source);
            self.byte(b')');
        }
        self.search_returns(search.returns.as_deref());
        self.search_program(search.charset.as_ref(), &search.keys);
    }

    /// `nz-number [SP nz-number ":" nz-number]` (RFC 10022 §4)
    pub(crate) fn uid_batches(&mut self, batches: &UidBatches) {
        self.number(batches.size.get().into());
        if let Some((first, last)) = batches.range {
            self.sp();
            self.number(first.get().into());
            self.byte(b':');
            self.number(last.get().into());
        }
    }

    fn search_returns(&mut self, returns: Option<&[SearchReturn]>) {
        let Some(returns) = returns else { return };
        self.put(b" RETURN ");
        self.list(returns, |out, one| match one {
            SearchReturn::Min => out.put(b"MIN"),
            SearchReturn::Max => out.put(b"MAX"),
            SearchReturn::All => out.put(b"ALL"),
            SearchReturn::Count => out.put(b"COUNT"),
            SearchReturn::Save => out.put(b"SAVE"),
            SearchReturn::Update(attributes) => {
                out.put(b"UPDATE");
                if !attributes.is_empty() {
                    out.sp();
                    out.list(attributes, |out, attribute| out.fetch_attribute(attribute));
                }
            }
            SearchReturn::Context => out.put(b"CONTEXT"),
            SearchReturn::Relevancy => out.put(b"RELEVANCY"),
            SearchReturn::Partial(range) => {
                out.put(b"PARTIAL ");
                out.partial_range(*range);
            }
            SearchReturn::Other(label, value) => {
                out.put(label.as_bytes());
                if let Some(value) = value {
                    out.sp();
                    out.raw(value);
                }
            }
        });
    }

    /// `partial-range` (RFC 9394 §4)
    pub(crate) fn partial_range(&mut self, range: PartialRange) {
        let (sign, one, other): (&[u8], _, _) = match range {
            PartialRange::First(one, other) => (b"", one, other),
            PartialRange::Last(one, other) => (b"-", one, other),
        };
        self.put(sign);
        self.number(one.get().into());
        self.byte(b':');
        self.put(sign);
        self.number(other.get().into());
    }

    fn sort_criterion(&mut self, criterion: &SortCriterion) {
        if criterion.reverse {
            self.put(b"REVERSE ");
        }
        let name: &[u8] = match &criterion.key {
            SortKey::Arrival => b"ARRIVAL",
            SortKey::Cc => b"CC",
            SortKey::Date => b"DATE",
            SortKey::From => b"FROM",
            SortKey::Size => b"SIZE",
            SortKey::Subject => b"SUBJECT",
            SortKey::To => b"TO",
            SortKey::DisplayFrom => b"DISPLAYFROM",
            SortKey::DisplayTo => b"DISPLAYTO",
            SortKey::Relevancy => b"RELEVANCY",
            SortKey::Annotation { entry, attribute } => {
                self.put(b"ANNOTATION ");
                self.astring(entry);
                self.sp();
                attribute.as_bytes()
            }
            SortKey::Other(name) => name.as_bytes(),
        };
        self.put(name);
    }

    fn search_program(&mut self, charset: Option<&Charset>, keys: &[SearchKey]) {
        if let Some(charset) = charset {
            self.put(b" CHARSET ");
            self.charset(charset);
        }
        self.sp();
        self.search_keys(keys);
    }

    fn search_criteria(&mut self, charset: &Charset, keys: &[SearchKey]) {
        self.sp();
        self.charset(charset);
        self.sp();
        self.search_keys(keys);
    }

    /// `charset = atom / quoted` (RFC 9051 §9)
    pub(super) fn charset(&mut self, charset: &Charset) {
        let name = charset.as_bytes();
        if !name.is_empty() && name.iter().all(|&octet| is_atom_octet(octet)) {
            return self.put(name);
        }
        self.byte(b'"');
        for &octet in name {
            if matches!(octet, b'"' | b'\\') {
                self.byte(b'\\');
            }
            self.byte(octet);
        }
        self.byte(b'"');
    }

    /// `search-key *(SP search-key)`, of any depth without recursion.
    fn search_keys(&mut self, keys: &[SearchKey]) {
        let mut steps = Vec::new();
        push_all(&mut steps, keys);
        while let Some(step) = steps.pop() {
            match step {
                Step::Sp => self.sp(),
                Step::End => self.byte(b')'),
                Step::Key(SearchKey::Not(key)) => {
                    self.put(b"NOT ");
                    steps.push(Step::Key(key));
                }
                Step::Key(SearchKey::Fuzzy(key)) => {
                    self.put(b"FUZZY ");
                    steps.push(Step::Key(key));
                }
                Step::Key(SearchKey::Or(one, other)) => {
                    self.put(b"OR ");
                    steps.extend([Step::Key(other), Step::Sp, Step::Key(one)]);
                }
                Step::Key(SearchKey::And(all)) if !all.is_empty() => {
                    self.byte(b'(');
                    steps.push(Step::End);
                    push_all(&mut steps, all);
                }
                Step::Key(key) => self.search_key(key),
            }
        }
    }

    /// A key that holds no others.
    fn search_key(&mut self, key: &SearchKey) {
        use SearchKey as Key;
        match key {
            // What these hold was written before; an empty AND is true of every message.
            Key::Not(_) | Key::Or(..) | Key::Fuzzy(_) => {}
            Key::And(_) | Key::All => self.put(b"ALL"),
            Key::Numbers(set) => self.message_set(set),
            Key::Uid(set) => self.set_key(b"UID ", set),
            Key::Answered => self.put(b"ANSWERED"),
            Key::Deleted => self.put(b"DELETED"),
            Key::Draft => self.put(b"DRAFT"),
            Key::Flagged => self.put(b"FLAGGED"),
            Key::New => self.put(b"NEW"),
            Key::Old => self.put(b"OLD"),
            Key::Recent => self.put(b"RECENT"),
            Key::Seen => self.put(b"SEEN"),
            Key::Unanswered => self.put(b"UNANSWERED"),
            Key::Undeleted => self.put(b"UNDELETED"),
            Key::Undraft => self.put(b"UNDRAFT"),
            Key::Unflagged => self.put(b"UNFLAGGED"),
            Key::Unseen => self.put(b"UNSEEN"),
            Key::SaveDateSupported => self.put(b"SAVEDATESUPPORTED"),
            Key::Keyword(word) => self.word_key(b"KEYWORD ", word.as_bytes()),
            Key::Unkeyword(word) => self.word_key(b"UNKEYWORD ", word.as_bytes()),
            Key::Filter(filter) => self.word_key(b"FILTER ", filter.as_bytes()),
            Key::Bcc(text) => self.text_key(b"BCC ", text),
            Key::Body(text) => self.text_key(b"BODY ", text),
            Key::Cc(text) => self.text_key(b"CC ", text),
            Key::From(text) => self.text_key(b"FROM ", text),
            Key::Subject(text) => self.text_key(b"SUBJECT ", text),
            Key::Text(text) => self.text_key(b"TEXT ", text),
            Key::To(text) => self.text_key(b"TO ", text),
            Key::GmailRaw(text) => self.text_key(b"X-GM-RAW ", text),
            Key::GmailLabels(text) => self.text_key(b"X-GM-LABELS ", text),
            Key::EmailId(id) => self.text_key(b"EMAILID ", id),
            Key::ThreadId(id) => self.text_key(b"THREADID ", id),
            Key::Header(field, text) => {
                self.text_key(b"HEADER ", field.as_bytes());
                self.sp();
                self.astring(text);
            }
            Key::Before(day) => self.date_key(b"BEFORE ", *day),
            Key::On(day) => self.date_key(b"ON ", *day),
            Key::Since(day) => self.date_key(b"SINCE ", *day),
            Key::SentBefore(day) => self.date_key(b"SENTBEFORE ", *day),
            Key::SentOn(day) => self.date_key(b"SENTON ", *day),
            Key::SentSince(day) => self.date_key(b"SENTSINCE ", *day),
            Key::SavedBefore(day) => self.date_key(b"SAVEDBEFORE ", *day),
            Key::SavedOn(day) => self.date_key(b"SAVEDON ", *day),
            Key::SavedSince(day) => self.date_key(b"SAVEDSINCE ", *day),
            Key::Larger(octets) => self.number_key(b"LARGER ", *octets),
            Key::Smaller(octets) => self.number_key(b"SMALLER ", *octets),
            Key::Older(seconds) => self.number_key(b"OLDER ", seconds.get().into()),
            Key::Younger(seconds) => self.number_key(b"YOUNGER ", seconds.get().into()),
            Key::GmailMessageId(id) => self.number_key(b"X-GM-MSGID ", *id),
            Key::GmailThreadId(id) => self.number_key(b"X-GM-THRID ", *id),
            Key::ModSeq { entry, mod_seq } => {
                self.put(b"MODSEQ ");
                if let Some((name, kind)) = entry {
                    self.string(name);
                    self.put(match kind {
                        EntryType::Private => b" priv ",
                        EntryType::Shared => b" shared ",
                        EntryType::All => b" all ",
                    });
                }
                self.number(mod_seq.get());
            }
            Key::Other(name, arguments) => {
                self.put(name.as_bytes());
                if !arguments.is_empty() {
                    self.sp();
                    self.raw(arguments);
                }
            }
        }
    }

    fn word_key(&mut self, name: &[u8], word: &[u8]) {
        self.put(name);
        self.put(word);
    }

    fn text_key(&mut self, name: &[u8], text: &[u8]) {
        self.put(name);
        self.astring(text);
    }

    fn number_key(&mut self, name: &[u8], number: u64) {
        self.put(name);
        self.number(number);
    }

    fn set_key(&mut self, name: &[u8], set: &MessageSet) {
        self.put(name);
        self.message_set(set);
    }

    /// `date-text = date-day "-" date-month "-" date-year` (RFC 9051 §9)
    fn date_key(&mut self, name: &[u8], day: Date) {
        use alloc::string::ToString;
        self.put(name);
        self.put(day.to_string().as_bytes());
    }
}

/// What is still to be written, the next of it last.
enum Step<'a> {
    Key(&'a SearchKey),
    Sp,
    End,
}

fn push_all<'a>(steps: &mut Vec<Step<'a>>, keys: &'a [SearchKey]) {
    if keys.is_empty() {
        return steps.push(Step::Key(&SearchKey::All));
    }
    for (behind, key) in keys.iter().rev().enumerate() {
        if behind > 0 {
            steps.push(Step::Sp);
        }
        steps.push(Step::Key(key));
    }
}
