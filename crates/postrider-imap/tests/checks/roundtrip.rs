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
            // A text that looks like a code is written as one that does not; that one reads back.
            let looks_like_code = format!("{response:?}").contains("text: b\"[");
            let (again, written) = again(&response, forgiven, options);
            if looks_like_code {
                assert_eq!(self::again(&again, forgiven, options).0, again);
            } else {
                assert_eq!(again, response, "{}", written.escape_ascii());
            }
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

/// What is read of what is written, and that.
fn again(response: &Response, forgiven: Quirks, options: WriteOptions) -> (Response, Vec<u8>) {
    let mut written = Vec::new();
    response.write_with(&mut written, options);
    assert!(written.ends_with(b"\r\n"));
    match Response::parse(&written, &Limits::new(), forgiven) {
        Ok((again, _)) => (again, written),
        Err(error) => panic!("{}: {error}, of {response:?}", written.escape_ascii()),
    }
}
