//! What is written reads back the same, strictly.

use postrider_imap::Limits;
use postrider_imap::{Literals, Quirks, Response, Tag, TaggedCommand, WriteOptions};
use proptest::prelude::*;

use super::strategies;

fn options() -> impl Strategy<Value = WriteOptions> {
    let literals = prop_oneof![Just(Literals::Wait), Just(Literals::Minus), Just(Literals::Plus)];
    (literals, any::<bool>()).prop_map(|(literals, utf8)| {
        let mut options = WriteOptions::default();
        options.literals = literals;
        options.utf8 = utf8;
        options
    })
}

proptest! {
    #[test]
    fn a_response_reads_back_the_same(response in strategies::response(), options in options()) {
        let mut octets = Vec::new();
        response.write_with(&mut octets, options);
        let shown = String::from_utf8_lossy(&octets).into_owned();
        let read = Response::parse(&octets, &Limits::new(), Quirks::strict());
        prop_assert_eq!(read, Ok((response, Quirks::strict())), "{}", shown);
    }

    #[test]
    fn a_command_reads_back_the_same(command in strategies::command(), options in options()) {
        let command = TaggedCommand { tag: Tag::new("a1").expect("a tag"), command };
        let encoded = command.encode(options);
        let octets = encoded.octets.expose();
        let shown = String::from_utf8_lossy(octets).into_owned();
        let read = TaggedCommand::parse(octets, &Limits::new(), Quirks::strict());
        prop_assert_eq!(read, Ok((command, Quirks::strict())), "{}", shown);
    }

    #[test]
    fn any_octets_are_read_or_refused(
        name in prop_oneof![
            Just("LIST "), Just("STATUS "), Just("NAMESPACE "), Just("QUOTA "), Just("QUOTAROOT "),
            Just("ACL "), Just("LISTRIGHTS "), Just("MYRIGHTS "), Just("METADATA "), Just("ID "),
        ],
        rest in "[ ()\"\\\\a{}~3NIL/*0-9\r\n]{0,30}",
    ) {
        let line = format!("* {name}{rest}");
        let _ = Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict());
        let _ = Response::parse(line.as_bytes(), &Limits::new(), Quirks::tolerant());
    }
}
