//! SEARCH, SORT, THREAD and ESEARCH: what is asked.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::base::{
    any_value, astring, atom, failure, message_set, mod_seq, name, number64, nz_number, octet, sp,
    string, while_octets, word,
};
use super::date::date;
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{
    Atom, Charset, EntryType, EsearchOptions, FieldName, Keyword, PartialRange, Raw, SearchCommand,
    SearchKey, SearchReturn, SortCommand, SortCriterion, SortKey, ThreadCommand, UidBatches,
};

impl Grammar<'_> {
    /// `search = "SEARCH" [search-return-opts] SP search-program` (RFC 9051 §9)
    pub(crate) fn search_command<'a>(
        &self,
        uid: bool,
        input: &'a [u8],
    ) -> Parsed<'a, SearchCommand> {
        let (rest, returns) = self.search_returns(input)?;
        let (rest, (charset, keys)) = self.search_program(rest)?;
        Ok((rest, SearchCommand { uid, returns, charset, keys }))
    }

    /// ```text
    /// extended-sort = ["UID" SP] "SORT" search-return-opts SP sort-criteria SP search-criteria
    /// sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"
    /// ```
    ///
    /// RFC 5267 §5, RFC 5256 §5.
    pub(crate) fn sort_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, SortCommand> {
        let (rest, returns) = self.search_returns(input)?;
        let (rest, criteria) = self.list1(rest, |i| self.sort_criterion(i))?;
        let (rest, ()) = self.sp(rest)?;
        let (rest, (charset, keys)) = self.search_criteria(rest)?;
        Ok((rest, SortCommand { uid, returns, criteria, charset, keys }))
    }

    /// `thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria` (RFC 5256 §5)
    pub(crate) fn thread_command<'a>(
        &self,
        uid: bool,
        input: &'a [u8],
    ) -> Parsed<'a, ThreadCommand> {
        let (rest, algorithm) = name(self.blanks(input))?;
        let (rest, ()) = self.sp(rest)?;
        let (rest, (charset, keys)) = self.search_criteria(rest)?;
        Ok((rest, ThreadCommand { uid, algorithm, charset, keys }))
    }

    /// ```text
    /// esearch             = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts]
    ///                       SP search-program
    /// esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"
    /// ```
    ///
    /// RFC 7377 §4, where `search-return-opts` has its blank once.
    pub(crate) fn esearch_command<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchOptions> {
        let input = self.blanks(input);
        let (rest, source) = match word(input, b"IN (") {
            Ok(_) => {
                let (rest, ()) = word(input, b"IN ")?;
                let (rest, list) = any_value(rest)?;
                let inner = list.strip_prefix(b"(").and_then(|list| list.strip_suffix(b")"));
                let Some(inner @ [_, ..]) = inner else { return failure(input) };
                (self.sp(rest)?.0, Some(Raw::read(inner)))
            }
            Err(_) => (input, None),
        };
        let (rest, returns) = self.search_returns(rest)?;
        let (rest, (charset, keys)) = self.search_program(rest)?;
        Ok((rest, EsearchOptions { source, returns, charset, keys }))
    }

    /// `message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]` (RFC 10022 §4)
    pub(crate) fn uid_batches<'a>(&self, input: &'a [u8]) -> Parsed<'a, UidBatches> {
        let (rest, size) = nz_number(input)?;
        if !matches!(rest, [b' ', b'0'..=b'9', ..]) {
            return Ok((rest, UidBatches { size, range: None }));
        }
        let (rest, first) = nz_number(sp(rest)?.0)?;
        let (rest, last) = nz_number(octet(rest, b':')?.0)?;
        Ok((rest, UidBatches { size, range: Some((first, last)) }))
    }

    /// `search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"`
    /// (RFC 9051 §9), and the blank behind them.
    fn search_returns<'a>(&self, input: &'a [u8]) -> Parsed<'a, Option<Vec<SearchReturn>>> {
        let input = self.blanks(input);
        let Ok((rest, ())) = word(input, b"RETURN ") else { return Ok((input, None)) };
        let (rest, returns) = self.list(self.blanks(rest), |i| self.search_return(i))?;
        Ok((self.sp(rest)?.0, Some(returns)))
    }

    /// ```text
    /// search-return-opt  = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / search-ret-opt-ext
    /// search-ret-opt-ext = search-modifier-name [SP search-mod-params]
    /// modifier-partial   = "PARTIAL" SP partial-range
    /// ```
    ///
    /// RFC 9051 §9, RFC 9394 §4. The value of an option that has no name here begins with a digit,
    /// `*`, `$` or `(` (`tagged-ext-val`, RFC 4466 §4), which no option does.
    fn search_return<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchReturn> {
        let (rest, label) = atom(input)?;
        let is = |word: &[u8]| label.eq_ignore_ascii_case(word);
        let known = match label.len() {
            3 if is(b"MIN") => SearchReturn::Min,
            3 if is(b"MAX") => SearchReturn::Max,
            3 if is(b"ALL") => SearchReturn::All,
            5 if is(b"COUNT") => SearchReturn::Count,
            4 if is(b"SAVE") => SearchReturn::Save,
            6 if is(b"UPDATE") => return self.search_update(rest),
            7 if is(b"CONTEXT") => SearchReturn::Context,
            9 if is(b"RELEVANCY") => SearchReturn::Relevancy,
            7 if is(b"PARTIAL") => {
                let (rest, range) = partial_range(self.sp(rest)?.0)?;
                return Ok((rest, SearchReturn::Partial(range)));
            }
            _ => {
                let label = Atom::read(label);
                if !matches!(rest, [b' ', b'0'..=b'9' | b'*' | b'$' | b'(', ..]) {
                    return Ok((rest, SearchReturn::Other(label, None)));
                }
                let (rest, value) = any_value(sp(rest)?.0)?;
                return Ok((rest, SearchReturn::Other(label, Some(Raw::read(value)))));
            }
        };
        Ok((rest, known))
    }

    /// `modifier-update = "UPDATE" [ "(" fetch-att *(SP fetch-att) ")" ]` (RFC 5465 §8), whose example
    /// has a blank before the list, as any value of an option has.
    fn search_update<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchReturn> {
        let list = match input {
            [b' ', list @ ..] if list.first() == Some(&b'(') => list,
            [b'(', ..] => input,
            _ => return Ok((input, SearchReturn::Update(Vec::new()))),
        };
        let (rest, attributes) = self.list1(list, |i| self.fetch_attribute(i, true))?;
        Ok((rest, SearchReturn::Update(attributes)))
    }

    /// `sort-criterion = ["REVERSE" SP] sort-key` (RFC 5256 §5)
    fn sort_criterion<'a>(&self, input: &'a [u8]) -> Parsed<'a, SortCriterion> {
        let (input, reverse) = match word(input, b"REVERSE ") {
            Ok((rest, ())) => (self.blanks(rest), true),
            Err(_) => (input, false),
        };
        let (rest, label) = atom(input)?;
        let is = |word: &[u8]| label.eq_ignore_ascii_case(word);
        let key = match label.len() {
            7 if is(b"ARRIVAL") => SortKey::Arrival,
            2 if is(b"CC") => SortKey::Cc,
            4 if is(b"DATE") => SortKey::Date,
            4 if is(b"FROM") => SortKey::From,
            4 if is(b"SIZE") => SortKey::Size,
            7 if is(b"SUBJECT") => SortKey::Subject,
            2 if is(b"TO") => SortKey::To,
            11 if is(b"DISPLAYFROM") => SortKey::DisplayFrom,
            9 if is(b"DISPLAYTO") => SortKey::DisplayTo,
            9 if is(b"RELEVANCY") => SortKey::Relevancy,
            10 if is(b"ANNOTATION") => return self.annotation_criterion(reverse, rest),
            7 if is(b"REVERSE") => return failure(input),
            _ => SortKey::Other(Atom::read(label)),
        };
        Ok((rest, SortCriterion { reverse, key }))
    }

    /// `"ANNOTATION" SP entry SP att-sort`, `entry = astring` (RFC 5257 §5)
    fn annotation_criterion<'a>(
        &self,
        reverse: bool,
        input: &'a [u8],
    ) -> Parsed<'a, SortCriterion> {
        let (rest, entry) = astring(self.sp(input)?.0)?;
        let (rest, attribute) = name(self.sp(rest)?.0)?;
        let key = SortKey::Annotation { entry: entry.to_bytes(), attribute };
        Ok((rest, SortCriterion { reverse, key }))
    }

    /// `search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)` (RFC 9051 §9)
    fn search_program<'a>(&self, input: &'a [u8]) -> Parsed<'a, (Option<Charset>, Vec<SearchKey>)> {
        let (input, charset) = match word(input, b"CHARSET ") {
            Ok((rest, ())) => {
                let (rest, charset) = charset(self.blanks(rest))?;
                (self.sp(rest)?.0, Some(charset))
            }
            Err(_) => (input, None),
        };
        let (rest, keys) = self.search_keys(input)?;
        Ok((rest, (charset, keys)))
    }

    /// `search-criteria = charset 1*(SP search-key)` (RFC 5256 §5)
    fn search_criteria<'a>(&self, input: &'a [u8]) -> Parsed<'a, (Charset, Vec<SearchKey>)> {
        let (rest, charset) = charset(input)?;
        let (rest, keys) = self.search_keys(self.sp(rest)?.0)?;
        Ok((rest, (charset, keys)))
    }

    /// `search-key *(SP search-key)`, in any depth that the limits allow and without recursion.
    ///
    /// ```text
    /// search-key =/ "NOT" SP search-key / "OR" SP search-key SP search-key /
    ///               "(" search-key *(SP search-key) ")" / "FUZZY" SP search-key
    /// ```
    ///
    /// RFC 9051 §9, RFC 6203 §7.
    fn search_keys<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<SearchKey>> {
        let mut open: Vec<Open> = Vec::new();
        let mut keys = Vec::new();
        let mut count = 0_usize;
        let mut rest = input;
        loop {
            // What opens a key, or a key.
            count = count.saturating_add(1);
            if count > self.limits.list || open.len() > self.limits.depth.min(DEEPEST) {
                return failure(rest);
            }
            let mut key = match self.search_key(rest)? {
                (behind, Begun::Open(one)) => {
                    rest = behind;
                    open.push(one);
                    continue;
                }
                (behind, Begun::Key(key)) => {
                    rest = behind;
                    key
                }
            };
            // What the key completes.
            loop {
                match open.pop() {
                    None => {
                        keys.push(key);
                        break;
                    }
                    Some(Open::Not) => key = SearchKey::not(key),
                    Some(Open::Fuzzy) => key = SearchKey::fuzzy(key),
                    Some(Open::Or) => {
                        open.push(Open::OrThen(Box::new(key)));
                        break;
                    }
                    Some(Open::OrThen(one)) => key = SearchKey::Or(one, Box::new(key)),
                    Some(Open::And(mut all)) => {
                        all.push(key);
                        let behind = self.blanks_before(rest, b')');
                        let Some((b')', behind)) = behind.split_first() else {
                            open.push(Open::And(all));
                            break;
                        };
                        rest = behind;
                        key = SearchKey::And(all);
                    }
                }
            }
            // Blanks at the end are for whoever reads the line.
            let ends = while_octets(rest, |octet| octet == b' ').1.is_empty();
            match rest.first() {
                Some(b' ') if !ends => rest = self.sp(rest)?.0,
                _ if open.is_empty() => return Ok((rest, keys)),
                _ => return failure(rest),
            }
        }
    }

    /// What follows blanks that have no place before `end`, if it does.
    fn blanks_before<'a>(&self, input: &'a [u8], end: u8) -> &'a [u8] {
        let (blanks, behind) = while_octets(input, |octet| octet == b' ');
        if !blanks.is_empty() && behind.first() == Some(&end) && self.forgives(Quirk::Blank) {
            behind
        } else {
            input
        }
    }

    /// A key that holds no others, or the beginning of one that does.
    fn search_key<'a>(&self, input: &'a [u8]) -> Parsed<'a, Begun> {
        match input.first() {
            Some(b'(') => {
                let rest = input.get(1..).unwrap_or_default();
                return Ok((self.blanks(rest), Begun::Open(Open::And(Vec::new()))));
            }
            Some(b'0'..=b'9' | b'*' | b'$') => {
                let (rest, set) = message_set(input)?;
                return Ok((rest, Begun::Key(SearchKey::Numbers(set))));
            }
            _ => {}
        }
        let (rest, label) = atom(input)?;
        let mut folded = [0_u8; LONGEST];
        let Some(folded) = folded.get_mut(..label.len()) else {
            return self.unknown_key(label, rest);
        };
        folded.copy_from_slice(label);
        folded.make_ascii_uppercase();
        if let Some(key) = plain_key(folded) {
            return Ok((rest, Begun::Key(key)));
        }
        let open = match &*folded {
            b"NOT" => Some(Open::Not),
            b"OR" => Some(Open::Or),
            b"FUZZY" => Some(Open::Fuzzy),
            _ => None,
        };
        if let Some(open) = open {
            return Ok((self.sp(rest)?.0, Begun::Open(open)));
        }
        match self.key_with_argument(folded, rest) {
            Some(read) => read.map(|(rest, key)| (rest, Begun::Key(key))),
            None => self.unknown_key(label, rest),
        }
    }

    /// A key with something behind it, if it is known.
    fn key_with_argument<'a>(
        &self,
        label: &[u8],
        input: &'a [u8],
    ) -> Option<Parsed<'a, SearchKey>> {
        use SearchKey as Key;
        let text = |make: fn(bytes::Bytes) -> Key| {
            let (rest, text) = astring(self.sp(input)?.0)?;
            Ok((rest, make(text.to_bytes())))
        };
        let day = |make: fn(crate::value::Date) -> Key| {
            let (rest, day) = date(self.sp(input)?.0)?;
            Ok((rest, make(day)))
        };
        let number = |make: fn(u64) -> Key| {
            let (rest, number) = number64(self.sp(input)?.0)?;
            Ok((rest, make(number)))
        };
        let seconds = |make: fn(core::num::NonZeroU32) -> Key| {
            let (rest, number) = nz_number(self.sp(input)?.0)?;
            Ok((rest, make(number)))
        };
        Some(match label {
            b"BCC" => text(Key::Bcc),
            b"BODY" => text(Key::Body),
            b"CC" => text(Key::Cc),
            b"FROM" => text(Key::From),
            b"SUBJECT" => text(Key::Subject),
            b"TEXT" => text(Key::Text),
            b"TO" => text(Key::To),
            b"X-GM-RAW" => text(Key::GmailRaw),
            b"X-GM-LABELS" => text(Key::GmailLabels),
            b"BEFORE" => day(Key::Before),
            b"ON" => day(Key::On),
            b"SINCE" => day(Key::Since),
            b"SENTBEFORE" => day(Key::SentBefore),
            b"SENTON" => day(Key::SentOn),
            b"SENTSINCE" => day(Key::SentSince),
            b"SAVEDBEFORE" => day(Key::SavedBefore),
            b"SAVEDON" => day(Key::SavedOn),
            b"SAVEDSINCE" => day(Key::SavedSince),
            b"LARGER" => number(Key::Larger),
            b"SMALLER" => number(Key::Smaller),
            b"X-GM-MSGID" => number(Key::GmailMessageId),
            b"X-GM-THRID" => number(Key::GmailThreadId),
            b"OLDER" => seconds(Key::Older),
            b"YOUNGER" => seconds(Key::Younger),
            b"KEYWORD" => self.keyword(input).map(|(rest, word)| (rest, Key::Keyword(word))),
            b"UNKEYWORD" => self.keyword(input).map(|(rest, word)| (rest, Key::Unkeyword(word))),
            b"UID" => self.sp(input).and_then(|(rest, ())| {
                let (rest, set) = message_set(rest)?;
                Ok((rest, Key::Uid(set)))
            }),
            b"HEADER" => self.header_key(input),
            b"MODSEQ" => self.mod_seq_key(input),
            b"EMAILID" => self
                .sp(input)
                .and_then(|(rest, ())| self.object_id(rest))
                .map(|(rest, id)| (rest, Key::EmailId(id))),
            b"THREADID" => self
                .sp(input)
                .and_then(|(rest, ())| self.object_id(rest))
                .map(|(rest, id)| (rest, Key::ThreadId(id))),
            b"FILTER" => self.filter_key(input),
            b"ANNOTATION" => self.annotation_key(input),
            _ => return None,
        })
    }

    /// `flag-keyword = atom` (RFC 3501 §9), behind a blank.
    fn keyword<'a>(&self, input: &'a [u8]) -> Parsed<'a, Keyword> {
        let (rest, ()) = self.sp(input)?;
        let (name, behind) = while_octets(rest, crate::value::is_keyword_octet);
        if name.contains(&b']') && !self.forgives(Quirk::AtomOctet) {
            return failure(rest);
        }
        let keyword = Keyword::new(bytes::Bytes::copy_from_slice(name));
        keyword.map_or_else(|_| failure(rest), |keyword| Ok((behind, keyword)))
    }

    /// `"HEADER" SP header-fld-name SP astring`, `header-fld-name = astring` (RFC 9051 §9)
    fn header_key<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchKey> {
        let (input, ()) = self.sp(input)?;
        let (rest, field) = astring(input)?;
        let Ok(field) = FieldName::new(field.to_bytes()) else { return failure(input) };
        let (rest, text) = astring(self.sp(rest)?.0)?;
        Ok((rest, SearchKey::Header(field, text.to_bytes())))
    }

    /// ```text
    /// search-modsequence = "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer
    /// search-modseq-ext  = SP entry-name SP entry-type-req
    /// entry-flag-name    = DQUOTE "/flags/" attr-flag DQUOTE
    /// entry-type-req     = "priv" / "shared" / "all"
    /// ```
    ///
    /// RFC 7162 §7. An entry of any name is read: RFC 7162 §3.1.5 lets a server ignore it.
    fn mod_seq_key<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchKey> {
        let (mut rest, ()) = self.sp(input)?;
        let mut entry = None;
        if matches!(rest.first(), Some(b'"' | b'{')) {
            if rest.first() == Some(&b'{') && !self.forgives(Quirk::Literal) {
                return failure(rest);
            }
            let (behind, entry_name) = string(rest)?;
            let (behind, ()) = self.sp(behind)?;
            let (behind, kind) = atom(behind)?;
            let is = |word: &[u8]| kind.eq_ignore_ascii_case(word);
            let kind = if is(b"priv") {
                EntryType::Private
            } else if is(b"shared") {
                EntryType::Shared
            } else if is(b"all") {
                EntryType::All
            } else {
                return failure(rest);
            };
            entry = Some((entry_name.to_bytes(), kind));
            rest = self.sp(behind)?.0;
        }
        let (rest, mod_seq) = mod_seq(rest)?;
        Ok((rest, SearchKey::ModSeq { entry, mod_seq }))
    }

    /// `"FILTER" SP filter-name`, `filter-name = 1*<any ATOM-CHAR except "/">` (RFC 5466 §4)
    fn filter_key<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchKey> {
        let (input, ()) = self.sp(input)?;
        let (rest, filter) = atom(input)?;
        if filter.contains(&b'/') {
            return failure(input);
        }
        Ok((rest, SearchKey::Filter(Atom::read(filter))))
    }

    /// `"ANNOTATION" SP entry-match SP att-search SP value` (RFC 5257 §5): three values.
    fn annotation_key<'a>(&self, input: &'a [u8]) -> Parsed<'a, SearchKey> {
        let (from, ()) = self.sp(input)?;
        let (rest, _) = any_value(from)?;
        let (rest, _) = any_value(self.sp(rest)?.0)?;
        let (rest, _) = any_value(self.sp(rest)?.0)?;
        let arguments = from.get(..from.len().saturating_sub(rest.len())).unwrap_or_default();
        Ok((rest, SearchKey::Other(Atom::read(b"ANNOTATION"), Raw::read(arguments))))
    }

    /// A key of another name. What follows it may be its arguments or further keys, and nothing
    /// tells which. So it must be the last of its list, with nothing behind it but strings, which
    /// are no keys.
    fn unknown_key<'a>(&self, label: &[u8], input: &'a [u8]) -> Parsed<'a, Begun> {
        let mut rest = input;
        while let Some((b' ', behind)) = rest.split_first()
            && matches!(behind.first(), Some(b'"' | b'{'))
        {
            rest = string(behind)?.0;
        }
        if !matches!(rest, [] | [b' '] | [b')', ..]) || !self.forgives(Quirk::SearchKey) {
            return failure(input);
        }
        let arguments = input.get(1..input.len().saturating_sub(rest.len())).unwrap_or_default();
        Ok((rest, Begun::Key(SearchKey::Other(Atom::read(label), Raw::read(arguments)))))
    }
}

/// Keys nest as values do: whoever shows or drops one takes the stack for its depth.
const DEEPEST: usize = 1000;

/// The longest name of a key here.
const LONGEST: usize = 18;

/// What [`Grammar::search_key`] has read.
enum Begun {
    Key(SearchKey),
    Open(Open),
}

/// A key that waits for the keys in it.
enum Open {
    Not,
    Fuzzy,
    Or,
    OrThen(Box<SearchKey>),
    And(Vec<SearchKey>),
}

/// The key of this name that has nothing behind it.
fn plain_key(name: &[u8]) -> Option<SearchKey> {
    Some(match name {
        b"ALL" => SearchKey::All,
        b"ANSWERED" => SearchKey::Answered,
        b"DELETED" => SearchKey::Deleted,
        b"DRAFT" => SearchKey::Draft,
        b"FLAGGED" => SearchKey::Flagged,
        b"NEW" => SearchKey::New,
        b"OLD" => SearchKey::Old,
        b"RECENT" => SearchKey::Recent,
        b"SEEN" => SearchKey::Seen,
        b"UNANSWERED" => SearchKey::Unanswered,
        b"UNDELETED" => SearchKey::Undeleted,
        b"UNDRAFT" => SearchKey::Undraft,
        b"UNFLAGGED" => SearchKey::Unflagged,
        b"UNSEEN" => SearchKey::Unseen,
        b"SAVEDATESUPPORTED" => SearchKey::SaveDateSupported,
        _ => return None,
    })
}

/// `charset = atom / quoted` (RFC 9051 §9); an `astring` in RFC 3501.
fn charset(input: &[u8]) -> Parsed<'_, Charset> {
    let (rest, charset) = astring(input)?;
    Charset::new(charset.to_bytes()).map_or_else(|_| failure(input), |charset| Ok((rest, charset)))
}

/// ```text
/// partial-range       = partial-range-first / partial-range-last
/// partial-range-first = nz-number ":" nz-number
/// partial-range-last  = MINUS nz-number ":" MINUS nz-number
/// ```
///
/// RFC 9394 §4.
pub(crate) fn partial_range(input: &[u8]) -> Parsed<'_, PartialRange> {
    let Some((b'-', rest)) = input.split_first() else {
        let (rest, one) = nz_number(input)?;
        let (rest, other) = nz_number(octet(rest, b':')?.0)?;
        return Ok((rest, PartialRange::First(one, other)));
    };
    let (rest, one) = nz_number(rest)?;
    let (rest, ()) = octet(rest, b':')?;
    let (rest, other) = nz_number(octet(rest, b'-')?.0)?;
    Ok((rest, PartialRange::Last(one, other)))
}
