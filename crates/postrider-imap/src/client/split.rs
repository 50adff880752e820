//! Long commands, in parts.

use core::fmt::Write;

use crate::{Command, FetchModifiers, MessageSet, SequenceRange, SequenceSet, StoreCommand};

/// Octets of a line that are left for what is not the set.
const REST: usize = 1024;
/// Octets that a set has in any case.
const LEAST: usize = 512;

/// What is said first of a command, so that a line has about `most` octets, and what is said behind
/// it. RFC 7162 §4: servers need not take lines of more than 8192. Only what can be done in parts is:
/// COPY does all or nothing (RFC 9051 §6.4.7), SEARCH answers as a whole, and the numbers of MOVE would
/// mean others behind the first part. UID MOVE "might fail partway through the set" anyway (§6.4.8).
pub(super) fn first_part(command: Command, most: usize) -> (Command, Option<Command>) {
    let most = most.saturating_sub(REST).max(LEAST);
    let whole = |modifiers: &FetchModifiers| modifiers.partial.is_some();
    match command {
        Command::Fetch { set, uid, attributes, modifiers } if !whole(&modifiers) => {
            let (set, rest) = cut(set, most);
            let rest = rest.map(|set| Command::Fetch {
                set,
                uid,
                attributes: attributes.clone(),
                modifiers: modifiers.clone(),
            });
            (Command::Fetch { set, uid, attributes, modifiers }, rest)
        }
        Command::Store(mut store) => {
            let (set, rest) = cut(core::mem::replace(&mut store.set, MessageSet::Saved), most);
            let rest = rest.map(|set| Command::Store(StoreCommand { set, ..store.clone() }));
            (Command::Store(StoreCommand { set, ..store }), rest)
        }
        Command::UidExpunge(set) => {
            let (set, rest) = cut(set, most);
            (Command::UidExpunge(set), rest.map(Command::UidExpunge))
        }
        Command::Move { set, uid: true, mailbox } => {
            let (set, rest) = cut(set, most);
            let rest = rest.map(|set| Command::Move { set, uid: true, mailbox: mailbox.clone() });
            (Command::Move { set, uid: true, mailbox }, rest)
        }
        command => (command, None),
    }
}

/// The ranges that `most` octets hold, and the others.
fn cut(set: MessageSet, most: usize) -> (MessageSet, Option<MessageSet>) {
    let MessageSet::Set(set) = set else { return (set, None) };
    let mut length = Length(0);
    let fits = |range: &SequenceRange| {
        // A comma, and what cannot fail.
        let _ = write!(length, "{},", SequenceSet::from(*range));
        length.0 <= most
    };
    let fitting = set.ranges().iter().copied().take_while(fits).count().max(1);
    let (set, rest) = set.split(fitting);
    (MessageSet::Set(set), rest.map(MessageSet::Set))
}

/// How many octets were written.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;
    use crate::{FetchAttribute, Flag, StoreMode, StoreValue};

    fn set(text: &str) -> SequenceSet {
        SequenceSet::parse(text).unwrap()
    }

    fn uids(command: &Command) -> String {
        match command {
            Command::Fetch { set, .. } | Command::Move { set, .. } | Command::UidExpunge(set) => {
                set.to_string()
            }
            Command::Store(store) => store.set.to_string(),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn a_set_ascends() {
        for (one, other) in [
            ("10:1", "1:10"),
            ("*:1", "1:*"),
            ("9,2:4,12:*", "2:4,9,12:*"),
            ("5,4,3", "3:5"),
            ("*", "*"),
            ("*,7", "7,*"),
            ("1:5,3:9,10", "1:10"),
            ("4294967295,1", "1,4294967295"),
            ("4294967295,*", "4294967295,*"),
        ] {
            assert_eq!(set(one).ascending(), set(other), "{one}");
        }
    }

    #[test]
    fn what_is_short_or_one_thing_stays_whole() {
        let many = (0..5000).map(|n| format!("{}", 2 * n + 1)).collect::<Vec<_>>().join(",");
        let whole = Command::Copy { set: set(&many).into(), uid: true, mailbox: "a".parse_name() };
        assert_eq!(first_part(whole.clone(), 8192), (whole, None));
        let short = Command::uid_fetch(set("1:*"), FetchAttribute::Flags);
        assert_eq!(first_part(short.clone(), 8192), (short, None));
    }

    trait Name {
        fn parse_name(self) -> crate::MailboxName;
    }

    impl Name for &'static str {
        fn parse_name(self) -> crate::MailboxName {
            crate::MailboxName::new(self).unwrap()
        }
    }

    proptest! {
        #[test]
        fn parts_are_the_whole(numbers in proptest::collection::vec(1_u32.., 1..400), kind in 0..4) {
            let text = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let command = match kind {
                0 => Command::uid_fetch(set(&text), FetchAttribute::Flags),
                1 => {
                    let what = StoreValue::Flags([Flag::Seen].into());
                    StoreCommand::new(set(&text), StoreMode::Add, what).into()
                }
                2 => Command::Move { set: set(&text).into(), uid: true, mailbox: "a".parse_name() },
                _ => Command::UidExpunge(set(&text).into()),
            };
            let (mut said, mut next) = (Vec::new(), Some(command));
            while let Some(command) = next {
                let (part, rest) = first_part(command, 1024);
                said.push(uids(&part));
                prop_assert!(said.last().is_some_and(|part| part.len() <= LEAST));
                next = rest;
            }
            prop_assert_eq!(said.join(","), text);
        }
    }
}
