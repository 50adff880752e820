//! What holds of responses for all octets that a server may send: whatever they are, reading goes on
//! and ends, each body has one beginning and one end, and to forgive is to understand more.

use postrider_imap::{Limits, Quirk, Quirks, Response};

use super::reading::responses;

/// The first octet is a knob, and the rest is what the server says.
pub(crate) fn check(data: &[u8]) {
    let Some((knob, octets)) = data.split_first() else { return };
    let limits = limits(*knob);
    let forgiven = if knob & 1 == 0 { Quirks::tolerant() } else { Quirks::strict() };
    let reading = responses(octets, &limits, forgiven);
    for told in &reading.told {
        assert!(!format!("{:?}", told.part).is_empty());
        assert!(told.quirks.iter().all(|quirk| forgiven.contains(quirk)), "forgiven all the same");
    }
    whole(octets, &limits);
}

fn limits(knob: u8) -> Limits {
    match knob >> 6 {
        0 => Limits::new(),
        1 => Limits::new().with_unit(512, 512),
        2 => Limits::new().with_depth(3).with_list(4),
        _ => Limits::new().with_unit(600, 600).with_ids(3),
    }
}

/// Who forgives more understands all that is understood without, and nothing else by it.
fn whole(octets: &[u8], limits: &Limits) {
    let strict = Response::parse(octets, limits, Quirks::strict());
    if let Ok((response, met)) = strict {
        assert!(met.is_empty(), "nothing is forgiven");
        let tolerant = Response::parse(octets, limits, Quirks::tolerant());
        // What has no grammar is told as it came, and more of that where nothing is forgiven.
        let shown = format!("{response:?}");
        if !["Other(", "Unparsed("].iter().any(|raw| shown.contains(raw)) {
            assert_eq!(tolerant.map(|(response, _)| response), Ok(response));
        }
    }
    if let Ok((response, met)) = Response::parse(octets, limits, Quirks::tolerant()) {
        // What was met is what it takes.
        let all = Quirk::ALL.into_iter().filter(|quirk| met.contains(*quirk));
        let taken = all.fold(Quirks::strict(), Quirks::with);
        let again = Response::parse(octets, limits, taken);
        assert_eq!(again, Ok((response, met)), "{}", octets.escape_ascii());
    }
}
