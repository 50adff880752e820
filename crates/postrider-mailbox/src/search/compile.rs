//! From the keys of a command to a program.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::{Atom, Charset, Flag, Keyword, MessageSet, SearchKey};
use postrider_message::FieldName;

use super::key::{Day, Key};
use super::program::Program;
use super::ranges::Ranges;
use super::strings::Strings;
use super::tree::Tree;
use super::{Scope, Search, Substring, Unsearchable};

/// Filters in filters (RFC 5466 §3.1 wants at least 3).
const PASSES: u8 = 8;
/// Keys of one search, groups and those of filters included.
const KEYS: usize = 100_000;
/// Octets of strings and names, and ranges of numbers, in the keys of one search. They are held once
/// for each time that a filter is named.
const HELD: usize = 1 << 20;

/// A key that is still to be read, and in which group.
struct Open<'k> {
    key: &'k SearchKey,
    expected: bool,
    within: usize,
}

/// How keys are read: with which strings, in how many filters.
#[derive(Clone, Copy)]
struct Context<'a> {
    strings: Strings<'a>,
    passes: u8,
}

struct Compiler<'a> {
    scope: &'a Scope<'a>,
    tree: Tree,
    count: usize,
    held: usize,
    mod_seq: bool,
    fuzzy: bool,
}

pub(super) fn compile(
    keys: &[SearchKey],
    charset: Option<&Charset>,
    scope: &Scope<'_>,
) -> Result<Search, Unsearchable> {
    let strings = Strings::of(charset)?;
    let mut compiler =
        Compiler { scope, tree: Tree::default(), count: 0, held: 0, mod_seq: false, fuzzy: false };
    let root = compiler.tree.group(None, true);
    compiler.read_all(keys, true, root, Context { strings, passes: 0 })?;
    let Compiler { mut tree, mod_seq, fuzzy, .. } = compiler;
    tree.finish();
    Ok(Search { program: Program::new(tree), mod_seq, fuzzy })
}

impl Compiler<'_> {
    /// Reads keys, and all that are in them. It calls itself for a filter alone, which is no more than
    /// [`PASSES`] deep.
    fn read_all(
        &mut self,
        keys: &[SearchKey],
        expected: bool,
        within: usize,
        context: Context<'_>,
    ) -> Result<(), Unsearchable> {
        let mut open: Vec<_> = keys.iter().map(|key| Open { key, expected, within }).collect();
        while let Some(next) = open.pop() {
            self.count = self.count.saturating_add(1);
            if self.count > KEYS || open.len() > KEYS {
                return Err(Unsearchable::TooManyKeys);
            }
            self.read(next, &mut open, context)?;
        }
        Ok(())
    }

    fn read<'k>(
        &mut self,
        Open { key, expected, within }: Open<'k>,
        open: &mut Vec<Open<'k>>,
        context: Context<'_>,
    ) -> Result<(), Unsearchable> {
        let mut flag = |flag, is_there: bool| self.tree.flag(within, flag, is_there == expected);
        match key {
            SearchKey::Answered => flag(Flag::Answered, true),
            SearchKey::Unanswered => flag(Flag::Answered, false),
            SearchKey::Deleted => flag(Flag::Deleted, true),
            SearchKey::Undeleted => flag(Flag::Deleted, false),
            SearchKey::Draft => flag(Flag::Draft, true),
            SearchKey::Undraft => flag(Flag::Draft, false),
            SearchKey::Flagged => flag(Flag::Flagged, true),
            SearchKey::Unflagged => flag(Flag::Flagged, false),
            SearchKey::Seen => flag(Flag::Seen, true),
            SearchKey::Unseen => flag(Flag::Seen, false),
            SearchKey::Recent => flag(Flag::Recent, true),
            SearchKey::Old => flag(Flag::Recent, false),
            SearchKey::Keyword(keyword) => {
                let flag = self.keyword(keyword)?;
                self.tree.flag(within, flag, expected);
            }
            SearchKey::Unkeyword(keyword) => {
                let flag = self.keyword(keyword)?;
                self.tree.flag(within, flag, !expected);
            }
            SearchKey::All => self.tree.constant(within, expected),
            SearchKey::SaveDateSupported => {
                self.tree.constant(within, self.scope.save_dates == expected);
            }
            // "This is functionally equivalent to "(RECENT UNSEEN)"" (RFC 3501 §6.4.4).
            SearchKey::New => {
                let group = self.tree.group(Some(within), expected);
                self.tree.flag(group, Flag::Recent, expected);
                self.tree.flag(group, Flag::Seen, !expected);
            }
            SearchKey::Fuzzy(key) => {
                self.fuzzy = true;
                open.push(Open { key, expected, within });
            }
            SearchKey::Not(key) => open.push(Open { key, expected: !expected, within }),
            SearchKey::Or(one, other) => {
                let within = self.tree.group(Some(within), !expected);
                open.extend([one, other].map(|key| Open { key, expected, within }));
            }
            SearchKey::And(keys) => {
                let within = self.tree.group(Some(within), expected);
                open.extend(keys.iter().map(|key| Open { key, expected, within }));
            }
            SearchKey::Filter(name) => {
                let keys = self.filter(name, context)?;
                let within = self.tree.group(Some(within), expected);
                let passes = context.passes.saturating_add(1);
                let context = Context { strings: Strings::UTF_8, passes };
                self.read_all(&keys, expected, within, context)?;
            }
            other => {
                match self.key(other, context.strings)? {
                    // All texts have the empty string, be there none.
                    Key::Body(string) | Key::Text(string) if string.is_empty() => {
                        self.tree.constant(within, expected);
                    }
                    key => self.tree.key(within, key, expected),
                }
            }
        }
        Ok(())
    }

    fn filter(&self, name: &Atom, context: Context<'_>) -> Result<Vec<SearchKey>, Unsearchable> {
        let Context { strings, passes } = context;
        if !strings.goes_with_filters() {
            return Err(Unsearchable::CharsetOfFilter);
        }
        let keys = self.scope.filters.filter(|_| passes < PASSES).and_then(|filters| filters(name));
        keys.ok_or_else(|| Unsearchable::UndefinedFilter(name.clone()))
    }

    /// Counts what a key holds.
    fn hold(&mut self, much: usize) -> Result<(), Unsearchable> {
        self.held = self.held.saturating_add(much);
        if self.held > HELD { Err(Unsearchable::TooManyKeys) } else { Ok(()) }
    }

    fn keyword(&mut self, keyword: &Keyword) -> Result<Flag, Unsearchable> {
        self.hold(keyword.as_bytes().len())?;
        Ok(Flag::Keyword(keyword.clone()))
    }

    fn string(&mut self, octets: &[u8], strings: Strings<'_>) -> Result<Substring, Unsearchable> {
        self.hold(octets.len())?;
        strings.read(octets)
    }

    fn ranges(&mut self, ranges: Ranges) -> Result<Ranges, Unsearchable> {
        self.hold(ranges.len())?;
        Ok(ranges)
    }

    fn id(&mut self, id: &Bytes) -> Result<Bytes, Unsearchable> {
        self.hold(id.len())?;
        Ok(id.clone())
    }

    /// A key that is neither made of others nor about flags.
    fn key(&mut self, key: &SearchKey, strings: Strings<'_>) -> Result<Key, Unsearchable> {
        let scope = self.scope;
        let saved = if scope.save_dates { Key::Saved } else { Key::Arrived };
        let ago = |seconds: &core::num::NonZeroU32| scope.now.saturating_sub(seconds.get().into());
        let mut addresses =
            |name, string: &[u8]| Ok(Key::Addresses(name, self.string(string, strings)?));
        Ok(match key {
            SearchKey::Numbers(MessageSet::Set(set)) => {
                Key::Numbers(self.ranges(Ranges::new(set.resolve(scope.exists)))?)
            }
            SearchKey::Uid(MessageSet::Set(set)) => {
                Key::Uids(self.ranges(Ranges::new(set.resolve(scope.last_uid)))?)
            }
            SearchKey::Numbers(MessageSet::Saved) | SearchKey::Uid(MessageSet::Saved) => {
                Key::Uids(scope.saved.clone())
            }
            SearchKey::Before(date) => Key::Arrived(Day::Before(*date)),
            SearchKey::On(date) => Key::Arrived(Day::On(*date)),
            SearchKey::Since(date) => Key::Arrived(Day::Since(*date)),
            SearchKey::SentBefore(date) => Key::Sent(Day::Before(*date)),
            SearchKey::SentOn(date) => Key::Sent(Day::On(*date)),
            SearchKey::SentSince(date) => Key::Sent(Day::Since(*date)),
            SearchKey::SavedBefore(date) => saved(Day::Before(*date)),
            SearchKey::SavedOn(date) => saved(Day::On(*date)),
            SearchKey::SavedSince(date) => saved(Day::Since(*date)),
            SearchKey::Larger(octets) => Key::Larger(*octets),
            SearchKey::Smaller(octets) => Key::Smaller(*octets),
            SearchKey::Older(seconds) => Key::ArrivedUntil(ago(seconds)),
            SearchKey::Younger(seconds) => Key::ArrivedFrom(ago(seconds)),
            SearchKey::ModSeq { mod_seq, .. } => {
                self.mod_seq = true;
                Key::ModSeq(*mod_seq)
            }
            SearchKey::EmailId(id) => Key::EmailId(self.id(id)?),
            SearchKey::ThreadId(id) => Key::ThreadId(self.id(id)?),
            SearchKey::From(string) => return addresses(FieldName::From, string),
            SearchKey::To(string) => return addresses(FieldName::To, string),
            SearchKey::Cc(string) => return addresses(FieldName::Cc, string),
            SearchKey::Bcc(string) => return addresses(FieldName::Bcc, string),
            SearchKey::Subject(string) => Key::Subject(self.string(string, strings)?),
            SearchKey::Header(name, string) => {
                let name = Bytes::copy_from_slice(name.as_bytes());
                self.hold(name.len())?;
                Key::Field(name, self.string(string, strings)?)
            }
            SearchKey::Body(string) => Key::Body(self.string(string, strings)?),
            SearchKey::Text(string) => Key::Text(self.string(string, strings)?),
            _ => return Err(Unsearchable::Key),
        })
    }
}
