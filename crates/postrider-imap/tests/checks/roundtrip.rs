//! What is read is written as something that reads the same, of both sides.

use postrider_imap::{
    FetchItem, Limits, Literals, PartKind, Quirk, Quirks, Response, TaggedCommand, WriteOptions,
};

/// The first octet is a knob, and the rest is taken for a response and for a command.
pub(crate) fn check(data: &[u8]) {
    let Some((knob, unit)) = data.split_first() else { return };
    let mut options = WriteOptions::default();
    options.literals = [Literals::Wait, Literals::Minus, Literals::Plus][usize::from(knob % 3)];
    options.utf8 = knob & 0x80 != 0;
    let limits = Limits::new();
    // Where blanks stand doubled, they part words of what is not known as they please: one more of them
    // is forgiven, but it is not kept.
    let is_parted = |met: Quirks| met.contains(Quirk::Blank);
    for forgiven in [Quirks::strict(), Quirks::tolerant()] {
        if let Ok((response, met)) = Response::parse(unit, &limits, forgiven)
            && !is_parted(met)
        {
            // A text that looks like a code is written as one that does not, a multipart without parts
            // with an empty one, and of what is no item nobody knows what belongs together. What is
            // written then reads back.
            let shown = format!("{response:?}");
            let is_loose = ["text: b\"[", "Unparsed("].iter().any(|it| shown.contains(it));
            let (mut again, written) = again(&response, forgiven, options);
            if is_loose || has_empty_multipart(&response) {
                // What a NUL kept from being an item is one without it, perhaps with such a multipart.
                if is_loose && has_empty_multipart(&again) {
                    again = self::again(&again, forgiven, options).0;
                }
                assert_eq!(self::again(&again, forgiven, options).0, again);
            } else {
                assert_eq!(again, response, "{}", written.escape_ascii());
            }
        }
        if let Ok((command, met)) = TaggedCommand::parse(unit, &limits, forgiven)
            && !is_parted(met)
        {
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

fn has_empty_multipart(response: &Response) -> bool {
    let (Response::Fetch { items, .. } | Response::UidFetch { items, .. }) = response else {
        return false;
    };
    items.iter().any(|item| match item {
        FetchItem::Body(body) | FetchItem::BodyStructure(body) => body
            .walk()
            .any(|(_, part)| part.kind() == PartKind::Multipart && part.parts().next().is_none()),
        _ => false,
    })
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
