//! From the keys of a command to a program.

use alloc::vec::Vec;

use postrider_imap::{Atom, Charset, Flag, MessageSet, SearchKey};
use postrider_message::FieldName;

use super::key::{Day, Key};
use super::program::Program;
use super::ranges::Ranges;
use super::strings::Strings;
use super::tree::Tree;
use super::{Scope, Search, Unsearchable};

/// Filters in filters (RFC 5466 §3.1 wants at least 3).
const PASSES: u8 = 8;
/// Keys of one search, groups and those of filters included.
const KEYS: usize = 100_000;

/// A key that is still to be read: in which group, with which strings, in how many filters.
struct Open<'a> {
    key: SearchKey,
    expected: bool,
    within: usize,
    strings: Strings<'a>,
    passes: u8,
}

struct Compiler<'a> {
    scope: &'a Scope<'a>,
    tree: Tree,
    open: Vec<Open<'a>>,
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
        Compiler { scope, tree: Tree::default(), open: Vec::new(), mod_seq: false, fuzzy: false };
    let root = compiler.tree.group(None, true);
    for key in keys {
        let key = key.clone();
        compiler.open.push(Open { key, expected: true, within: root, strings, passes: 0 });
    }
    let mut count = 0_usize;
    while let Some(open) = compiler.open.pop() {
        count = count.saturating_add(1);
        if count > KEYS || compiler.open.len() > KEYS {
            return Err(Unsearchable::TooManyKeys);
        }
        compiler.read(open)?;
    }
    let Compiler { mut tree, mod_seq, fuzzy, .. } = compiler;
    tree.finish();
    Ok(Search { program: Program::new(tree), mod_seq, fuzzy })
}

impl<'a> Compiler<'a> {
    fn read(&mut self, open: Open<'a>) -> Result<(), Unsearchable> {
        let Open { key, expected, within, strings, passes } = open;
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
            SearchKey::Keyword(keyword) => flag(Flag::Keyword(keyword), true),
            SearchKey::Unkeyword(keyword) => flag(Flag::Keyword(keyword), false),
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
                self.open.push(Open { key: *key, expected, within, strings, passes });
            }
            SearchKey::Not(key) => {
                let expected = !expected;
                self.open.push(Open { key: *key, expected, within, strings, passes });
            }
            SearchKey::Or(one, other) => {
                let within = self.tree.group(Some(within), !expected);
                for key in [*one, *other] {
                    self.open.push(Open { key, expected, within, strings, passes });
                }
            }
            SearchKey::And(keys) => {
                let within = self.tree.group(Some(within), expected);
                let open = |key| Open { key, expected, within, strings, passes };
                self.open.extend(keys.into_iter().map(open));
            }
            SearchKey::Filter(name) => {
                let keys = self.filter(name, strings, passes)?;
                let within = self.tree.group(Some(within), expected);
                let (strings, passes) = (Strings::UTF_8, passes.saturating_add(1));
                let open = |key| Open { key, expected, within, strings, passes };
                self.open.extend(keys.into_iter().map(open));
            }
            other => {
                match self.key(other, strings)? {
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

    fn filter(
        &self,
        name: Atom,
        strings: Strings<'_>,
        passes: u8,
    ) -> Result<Vec<SearchKey>, Unsearchable> {
        if !strings.goes_with_filters() {
            return Err(Unsearchable::CharsetOfFilter);
        }
        let keys =
            self.scope.filters.filter(|_| passes < PASSES).and_then(|filters| filters(&name));
        keys.ok_or(Unsearchable::UndefinedFilter(name))
    }

    /// A key that is neither made of others nor about flags.
    fn key(&mut self, key: SearchKey, strings: Strings<'_>) -> Result<Key, Unsearchable> {
        let scope = self.scope;
        let saved = if scope.save_dates { Key::Saved } else { Key::Arrived };
        let ago = |seconds: core::num::NonZeroU32| scope.now.saturating_sub(seconds.get().into());
        let addresses =
            |name, string: bytes::Bytes| Ok(Key::Addresses(name, strings.read(&string)?));
        Ok(match key {
            SearchKey::Numbers(MessageSet::Set(set)) => {
                Key::Numbers(Ranges::new(set.resolve(scope.exists)))
            }
            SearchKey::Uid(MessageSet::Set(set)) => {
                Key::Uids(Ranges::new(set.resolve(scope.last_uid)))
            }
            SearchKey::Numbers(MessageSet::Saved) | SearchKey::Uid(MessageSet::Saved) => {
                Key::Uids(scope.saved.clone())
            }
            SearchKey::Before(date) => Key::Arrived(Day::Before(date)),
            SearchKey::On(date) => Key::Arrived(Day::On(date)),
            SearchKey::Since(date) => Key::Arrived(Day::Since(date)),
            SearchKey::SentBefore(date) => Key::Sent(Day::Before(date)),
            SearchKey::SentOn(date) => Key::Sent(Day::On(date)),
            SearchKey::SentSince(date) => Key::Sent(Day::Since(date)),
            SearchKey::SavedBefore(date) => saved(Day::Before(date)),
            SearchKey::SavedOn(date) => saved(Day::On(date)),
            SearchKey::SavedSince(date) => saved(Day::Since(date)),
            SearchKey::Larger(octets) => Key::Larger(octets),
            SearchKey::Smaller(octets) => Key::Smaller(octets),
            SearchKey::Older(seconds) => Key::ArrivedUntil(ago(seconds)),
            SearchKey::Younger(seconds) => Key::ArrivedFrom(ago(seconds)),
            SearchKey::ModSeq { mod_seq, .. } => {
                self.mod_seq = true;
                Key::ModSeq(mod_seq)
            }
            SearchKey::EmailId(id) => Key::EmailId(id),
            SearchKey::ThreadId(id) => Key::ThreadId(id),
            SearchKey::From(string) => return addresses(FieldName::From, string),
            SearchKey::To(string) => return addresses(FieldName::To, string),
            SearchKey::Cc(string) => return addresses(FieldName::Cc, string),
            SearchKey::Bcc(string) => return addresses(FieldName::Bcc, string),
            SearchKey::Subject(string) => Key::Subject(strings.read(&string)?),
            SearchKey::Header(name, string) => {
                let name = bytes::Bytes::copy_from_slice(name.as_bytes());
                Key::Field(name, strings.read(&string)?)
            }
            SearchKey::Body(string) => Key::Body(strings.read(&string)?),
            SearchKey::Text(string) => Key::Text(strings.read(&string)?),
            _ => return Err(Unsearchable::Key),
        })
    }
}
