//! What is passed on as it came: it never changes where a unit ends.

use postrider_imap::Limits;
use postrider_imap::{Atom, Command, Quirks, Raw, Response, Tag, TaggedCommand};
use proptest::prelude::*;

/// Octets in which much looks like the announcement of a literal.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[a-c \"()\\\\]{0,4}".prop_map(String::into_bytes),
        "~?\\{[0-9]{1,2}\\+?\\}(\r\n|\n|)".prop_map(String::into_bytes),
        "[{}+~0-9]{0,6}".prop_map(String::into_bytes),
        "[0-9]{20,24}\\}".prop_map(String::into_bytes),
        prop::collection::vec(prop::sample::select(vec![b'\r', b'\n', 0, b'a', 0xff]), 0..4),
        (0..9_usize).prop_map(|len| {
            let mut literal = format!("{{{len}}}\r\n").into_bytes();
            literal.extend(std::iter::repeat_n(b'\n', len));
            literal
        }),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A value, as extensions have them: what stands in the place of a value.
pub(crate) fn value() -> impl Strategy<Value = Raw> {
    let leaf = prop_oneof![
        Just("(x)".to_string()),
        "[1-9][0-9]{0,8}",
        Just("\"a \\\" ) b\"".to_string()),
        Just("{5}\r\n)\r\n \"".to_string()),
        Just("()".to_string()),
    ];
    let tree = leaf.prop_recursive(4, 16, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(|all| format!("({})", all.join(" ")))
    });
    // RFC 4466 §3 `tagged-ext-val`: a string stands in parentheses alone.
    let value = tree.prop_map(|value| match value.as_bytes().first() {
        Some(b'"' | b'{') => format!("({value})"),
        _ => value,
    });
    value.prop_map(|value| Raw::new(value).expect("it frames"))
}

/// Where the first unit ends: behind the first line that announces no literal. Written for this
/// test alone.
fn unit_end(octets: &[u8], lf_ends: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let line_end = octets[at..].iter().enumerate().position(|(place, octet)| {
            *octet == b'\n' && (lf_ends || (place > 0 && octets[at + place - 1] == b'\r'))
        })?;
        let line = &octets[at..at + line_end];
        at += line_end + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let announced = || {
            let inner = line.strip_suffix(b"}")?;
            let inner = inner.strip_suffix(b"+").unwrap_or(inner);
            let brace = inner.iter().rposition(|octet| *octet == b'{')?;
            let digits = &inner[brace + 1..];
            let number = digits.iter().all(u8::is_ascii_digit);
            std::str::from_utf8(digits).ok().filter(|_| number)?.parse::<usize>().ok()
        };
        match announced() {
            Some(size) if at + size <= octets.len() => at += size,
            Some(_) => return None,
            None => return Some(at),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_raw_value_frames_as_one_piece(octets in octets()) {
        let Ok(raw) = Raw::new(octets) else { return Ok(()) };
        let mut line = Vec::new();
        Response::Other(raw.clone()).write(&mut line);
        prop_assert_eq!(unit_end(&line, true), Some(line.len()));
        prop_assert_eq!(unit_end(&line, false), Some(line.len()));
        let command = TaggedCommand {
            tag: Tag::new("a").expect("a tag"),
            command: Command::Other { uid: false, name: Atom::new("X").expect("an atom"), arguments: raw },
        };
        let encoded = command.encode(Default::default());
        let octets = encoded.octets.expose();
        prop_assert_eq!(unit_end(octets, false), Some(octets.len()));
        // The client stops behind each announcement that waits, and nowhere else.
        for &stop in &encoded.stops {
            let piece = &octets[..stop];
            let waits = piece.ends_with(b"}\r\n") && !piece.ends_with(b"+}\r\n");
            prop_assert!(waits);
        }
    }

    /// Also what came from a peer whose framing was forgiven.
    #[test]
    fn what_was_read_can_be_written(octets in octets()) {
        let unit = [b"* X-".as_slice(), &octets].concat();
        let Ok((response @ Response::Other(_), _)) =
            Response::parse(&unit, &Limits::default(), Quirks::tolerant())
        else {
            return Ok(());
        };
        let mut line = Vec::new();
        response.write(&mut line);
        prop_assert_eq!(unit_end(&line, true), Some(line.len()));
        prop_assert_eq!(unit_end(&line, false), Some(line.len()));
        let (again, _) = Response::parse(&line, &Limits::default(), Quirks::strict()).expect("it is whole");
        prop_assert_eq!(again, response);
    }
}

#[test]
fn what_frames_is_kept_as_it_came() {
    let all =
        ["", "a", "(a {3}\r\n)\r\n)", "{0}\r\n", "{3+}\r\n{9} x", "~{1}\r\n\0", "{}", "{1", "1}"];
    for raw in all {
        let value = Raw::new(raw).expect("it frames");
        assert_eq!(value.as_bytes(), raw.as_bytes());
    }
    for raw in [
        "{3}",
        "{3}\r\nab",
        "{1}\nx",
        "a\r\nb",
        "\r",
        "\0",
        "{99999999999999999999999}",
        "{1}\r\n{{1}",
    ] {
        assert!(Raw::new(raw).is_err(), "{raw:?}");
    }
}
