//! Sets of flags.

use std::collections::BTreeSet;

use postrider_imap::Limits;
use postrider_imap::{Flag, FlagSet, Keyword, Quirks, Response};
use proptest::prelude::*;

use crate::status::flag;

/// Flags in all forms in which they can be made, also those that are another's name.
fn any_form() -> impl Strategy<Value = Flag> {
    let name = prop_oneof![
        Just("Seen".to_string()),
        Just("$Forwarded".to_string()),
        Just("RECENT".to_string()),
        "[A-Z$]{1,3}",
    ];
    let keyword = name.prop_map(|name| Keyword::new(name).expect("a keyword"));
    prop_oneof![
        2 => flag(),
        1 => keyword.clone().prop_map(Flag::Keyword),
        1 => keyword.prop_map(Flag::Extension),
    ]
}

/// What tells a flag from another: its name, without regard to the case of letters.
fn name(flag: &Flag) -> String {
    flag.to_string().to_ascii_lowercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_set_is_a_set(steps in prop::collection::vec((any::<bool>(), any_form()), 0..30)) {
        let mut set = FlagSet::new();
        let mut model = BTreeSet::new();
        for (insert, flag) in &steps {
            if *insert {
                prop_assert_eq!(set.insert(flag), model.insert(name(flag)));
            } else {
                prop_assert_eq!(set.remove(flag), model.remove(&name(flag)));
            }
            prop_assert_eq!(set.contains(flag), model.contains(&name(flag)));
        }
        prop_assert_eq!(set.len(), model.len());
        prop_assert_eq!(set.is_empty(), model.is_empty());
        let names: BTreeSet<_> = set.iter().map(|flag| name(&flag)).collect();
        prop_assert_eq!(names, model);
        let again: FlagSet = set.iter().collect();
        prop_assert_eq!(&again, &set);
    }

    #[test]
    fn two_sets_are_compared_and_joined_as_sets(
        one in prop::collection::vec(any_form(), 0..12),
        other in prop::collection::vec(any_form(), 0..12),
        both in prop::collection::vec(any_form(), 0..4),
    ) {
        let names = |flags: &[Flag]| flags.iter().chain(&both).map(name).collect::<BTreeSet<_>>();
        let (one_names, other_names) = (names(&one), names(&other));
        let set = |flags: Vec<Flag>| flags.into_iter().chain(both.clone()).collect::<FlagSet>();
        let (one, other) = (set(one), set(other));
        prop_assert_eq!(one.is_superset(&other), one_names.is_superset(&other_names));
        prop_assert_eq!(one.intersects(&other), !one_names.is_disjoint(&other_names));
        let changed = |change: fn(&mut FlagSet, &FlagSet)| {
            let mut changed = one.clone();
            change(&mut changed, &other);
            // It is in order: another way to the same names makes the same set.
            assert_eq!(changed, changed.iter().collect::<FlagSet>());
            changed.iter().map(|flag| name(&flag)).collect::<Vec<_>>()
        };
        let sorted = |mut names: Vec<String>| {
            names.sort_unstable();
            names
        };
        let union: Vec<_> = one_names.union(&other_names).cloned().collect();
        prop_assert_eq!(sorted(changed(FlagSet::insert_all)), union);
        let rest: Vec<_> = one_names.difference(&other_names).cloned().collect();
        prop_assert_eq!(sorted(changed(FlagSet::remove_all)), rest);
        let shared: Vec<_> = one_names.intersection(&other_names).cloned().collect();
        prop_assert_eq!(sorted(changed(FlagSet::retain_all)), shared);
    }

    /// In whatever form its members were made.
    #[test]
    fn a_set_reads_back(flags in prop::collection::vec(any_form(), 0..9)) {
        let set: FlagSet = flags.into_iter().collect();
        let mut line = Vec::new();
        Response::Flags(set.clone()).write(&mut line);
        let (read, _) = Response::parse(&line, &Limits::default(), Quirks::tolerant())
            .map_err(|error| TestCaseError::fail(format!("{error}: {line:?}")))?;
        prop_assert_eq!(read, Response::Flags(set));
    }

    /// No octets make a flag that ends its line or its list.
    #[test]
    fn a_flag_is_one_word(octets in prop::collection::vec(any::<u8>(), 0..6)) {
        if let Ok(flag) = Flag::new(octets) {
            let text = flag.to_string();
            let bare = text.strip_prefix('\\').unwrap_or(&text);
            prop_assert!(!bare.is_empty());
            let word = |octet: u8| octet.is_ascii_graphic() && !b"(){\"\\".contains(&octet);
            prop_assert!(bare.bytes().all(word), "{}", text);
        }
    }
}

/// RFC 9051 §2.3.2: names of system flags and keywords are known in any case of letters.
#[test]
fn names_are_known_in_any_case() {
    let known = [
        ("\\ANSWERED", Flag::Answered),
        ("\\flagged", Flag::Flagged),
        ("\\Deleted", Flag::Deleted),
        ("\\sEEN", Flag::Seen),
        ("\\draft", Flag::Draft),
        ("\\recent", Flag::Recent),
        ("\\*", Flag::Any),
        ("$forwarded", Flag::Forwarded),
        ("$mdnsent", Flag::MdnSent),
        ("$JUNK", Flag::Junk),
        ("$notjunk", Flag::NotJunk),
        ("$PHISHING", Flag::Phishing),
        ("$important", Flag::Important),
        ("$submitted", Flag::Submitted),
        ("$submitpending", Flag::SubmitPending),
    ];
    for (name, flag) in known {
        assert_eq!(Flag::new(name), Ok(flag.clone()), "{name}");
        let set: FlagSet = [flag].into();
        assert!(set.contains(&Flag::new(name).expect("a flag")), "{name}");
        assert_eq!(
            set.iter().next().map(|flag| flag.to_string().to_ascii_lowercase()),
            Some(name.to_ascii_lowercase())
        );
    }
}

/// Name by name against all names, these would be ten thousand million comparisons for each call.
#[test]
fn a_hundred_thousand_keywords_meet_as_many_at_once() {
    let set = |first: u32| -> FlagSet {
        let name = |n: u32| Flag::Keyword(Keyword::new(format!("k{n}")).expect("a keyword"));
        (first..first + 200_000).step_by(2).map(name).collect()
    };
    let start = std::time::Instant::now();
    let (even, odd) = (set(0), set(1));
    assert!(!even.intersects(&odd) && !even.is_superset(&odd));
    let mut all = even.clone();
    all.insert_all(&odd);
    assert_eq!(all.len(), 200_000);
    assert!(all.is_superset(&even) && all.is_superset(&odd));
    let mut kept = all.clone();
    kept.retain_all(&odd);
    assert_eq!(kept, odd);
    all.remove_all(&odd);
    assert_eq!(all, even);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
