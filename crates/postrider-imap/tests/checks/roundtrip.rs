//! What is read is written as something that reads the same, of both sides.

use postrider_imap::{Limits, Literals, Quirks, Response, TaggedCommand, WriteOptions};

/// The first octet is a knob, and the rest is taken for a response and for a command.
pub(crate) fn check(data: &[u8]) {
    let Some((knob, unit)) = data.split_first() else { return };
    let mut options = WriteOptions::default();
    options.literals = [Literals::Wait, Literals::Minus, Literals::Plus][usize::from(knob % 3)];
    options.utf8 = knob & 0x80 != 0;
    let limits = Limits::new();
    for forgiven in [Quirks::strict(), Quirks::tolerant()] {
        if let Ok((response, _)) = Response::parse(unit, &limits, forgiven) {
            let mut written = Vec::new();
            response.write_with(&mut written, options);
            assert!(written.ends_with(b"\r\n"));
            let again = Response::parse(&written, &limits, forgiven).map(|(again, _)| again);
            assert_eq!(again, Ok(response), "{}", written.escape_ascii());
        }
        if let Ok((command, _)) = TaggedCommand::parse(unit, &limits, forgiven) {
            let written = command.encode(options);
            let octets = written.octets.expose();
            assert!(octets.ends_with(b"\r\n"));
            for stop in &written.stops {
                assert!(octets[..*stop].ends_with(b"}\r\n"), "it waits behind a literal");
            }
            let again = TaggedCommand::parse(octets, &limits, forgiven).map(|(again, _)| again);
            assert_eq!(again, Ok(command), "{}", octets.escape_ascii());
        }
    }
}
