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
