//! Random searches beside evaluators that are too simple to be wrong.

#[path = "checks/search_eval.rs"]
mod search_eval;
mod search_mailbox;

use std::collections::BTreeSet;

use postrider_imap::SearchKey;
use postrider_mailbox::search::{Scope, Search, Substring, run};
use postrider_testkit::replay_seeds;
use proptest::prelude::*;
use search_mailbox::{Mailbox, NOW, table::table, uid};
use unicode_normalization::UnicodeNormalization;

/// A search whose keys are those of the table, by their places.
#[derive(Debug, Clone)]
enum Tree {
    Key(prop::sample::Index),
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
    And(Vec<Self>),
}

impl Tree {
    /// The search, and the messages that it matches: those of its keys, by the algebra of sets.
    fn both(&self, table: &[(SearchKey, &[u32])]) -> (SearchKey, BTreeSet<u32>) {
        let all: BTreeSet<u32> = (1..=6).collect();
        match self {
            Self::Key(at) => {
                let (key, matched) = at.get(table);
                (key.clone(), matched.iter().copied().collect())
            }
            Self::Not(tree) => {
                let (key, matched) = tree.both(table);
                (SearchKey::not(key), &all - &matched)
            }
            Self::Or(one, other) => {
                let ((key, matched), (other_key, other_matched)) =
                    (one.both(table), other.both(table));
                (SearchKey::or(key, other_key), &matched | &other_matched)
            }
            Self::And(trees) => {
                let (keys, sets): (Vec<_>, Vec<_>) =
                    trees.iter().map(|tree| tree.both(table)).unzip();
                (SearchKey::And(keys), sets.iter().fold(all, |all, set| &all & set))
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    any::<prop::sample::Index>().prop_map(Tree::Key).prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(Box::new(tree))),
            (inner.clone(), inner.clone())
                .prop_map(|(one, other)| Tree::Or(Box::new(one), Box::new(other))),
            prop::collection::vec(inner, 0..5).prop_map(Tree::And),
        ]
    })
}

/// The mapping of RFC 5051 §2: the titlecase mapping to one character, then the full decomposition of
/// each character by itself.
fn mapped(text: &str) -> Vec<u8> {
    let title = |character: char| match unicode_case_mapping::to_titlecase(character) {
        [title, 0, 0] if title != 0 => char::from_u32(title).unwrap(),
        _ => character,
    };
    text.chars().flat_map(|one| std::iter::once(title(one)).nfkd()).collect::<String>().into_bytes()
}

/// Texts of few different characters, so that they match, with stretches of ASCII that are longer than
/// what is mapped at once.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[abAB .]{0,6}",
        6 => "[aäÄbßſKﬁｂΣςǆд\u{308}]{0,4}",
        1 => (15_000_usize..20_000).prop_map(|n| "ab. ".repeat(n / 4)),
        1 => (4_000_usize..9_000).prop_map(|n| "äb".repeat(n)),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_search_finds_what_the_algebra_of_sets_finds(trees in prop::collection::vec(tree(), 0..4)) {
        let table = table();
        let (key, expected) = Tree::And(trees).both(&table);
        let SearchKey::And(keys) = key else { unreachable!() };
        let search = Search::new(&keys, None, &Scope::new(6, Some(uid(5)), NOW)).unwrap();
        let mailbox = Mailbox::new();
        let found = run(&search, mailbox.messages(), &mailbox).unwrap();
        let found: BTreeSet<u32> = found.messages().iter().map(|one| one.number.get()).collect();
        prop_assert_eq!(found, expected, "{:?}", keys);
    }

    #[test]
    fn a_string_matches_where_its_mapped_octets_are_among_those_of_the_text(
        text in text(),
        needle in "[abABäÄßKﬁｂΣςǆд. \u{308}]{0,5}",
        at: prop::sample::Index,
        length in 0_usize..20,
    ) {
        let haystack = mapped(&text);
        let chars: Vec<char> = text.chars().collect();
        let at = if chars.is_empty() { 0 } else { at.index(chars.len()) };
        let within: String = chars.iter().skip(at).take(length).collect();
        for needle in [needle, within.to_uppercase(), within] {
            let octets = mapped(&needle);
            let expected = memchr::memmem::find(&haystack, &octets).is_some();
            prop_assert_eq!(Substring::new(&needle).is_in(&text), expected, "{}", needle);
        }
    }

    #[test]
    fn searches_of_any_octets_hold_too(
        command in "[A-Z]{0,8}( \\(| [A-Z]{2,7}| [0-9*:,]{1,5}| [a-z]{1,3}|\\)){0,12}",
        mail in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let data = [b"A SEARCH ", command.as_bytes(), b"\r\n\0", &mail].concat();
        search_eval::check(&data);
    }
}

#[test]
fn the_seeds_of_search_eval_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "search_eval", search_eval::check);
}
