//! Which octets end a mail, and what the content is: `vectors/smtp/end-of-data.json`, cut at every
//! octet, under each policy.

use postrider_testkit::read_shared;
use postrider_wire::Inbox;
use postrider_wire::dot::{BareNewlines, Unstuffed, Unstuffer};
use proptest::prelude::*;

const POLICIES: [BareNewlines; 3] =
    [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep];

struct Vector {
    name: String,
    octets: Vec<u8>,
    ends_data: bool,
    strict_reject: bool,
}

fn vectors() -> Option<Vec<Vector>> {
    let text = read_shared("vectors/smtp/end-of-data.json")?;
    let all: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let vector = |value: &serde_json::Value| Vector {
        name: value["name"].as_str().unwrap().to_owned(),
        octets: unhex(value["hex"].as_str().unwrap()),
        ends_data: value["ends_data"].as_bool().unwrap(),
        strict_reject: value["strict_reject"].as_bool().unwrap(),
    };
    Some(all.as_array().unwrap().iter().map(vector).collect())
}

fn unhex(hex: &str) -> Vec<u8> {
    let octet = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(octet).collect()
}

/// What un-stuffing a stream came to.
#[derive(Debug, Default, PartialEq)]
struct Mail {
    content: Vec<u8>,
    ended: bool,
    /// The fault that was told, and how much content was told before it.
    told: Option<(u64, usize)>,
    /// The first offence, told or not.
    fault: Option<u64>,
    /// Octets behind the end.
    left: usize,
}

fn unstuff(stream: &[u8], cuts: &[usize], policy: BareNewlines) -> Mail {
    let mut unstuffer = Unstuffer::new(policy);
    let mut inbox = Inbox::new(4096);
    let mut mail = Mail::default();
    let ends = cuts.iter().copied().chain([stream.len()]);
    let mut from = 0;
    for to in ends {
        assert_eq!(inbox.extend(&stream[from..to]), to - from);
        from = to;
        while !mail.ended {
            match unstuffer.poll(&mut inbox) {
                Unstuffed::Payload(piece) => {
                    assert!(!piece.is_empty());
                    mail.content.extend_from_slice(&piece);
                }
                Unstuffed::Fault(at) => {
                    assert_eq!(mail.told, None, "told once");
                    mail.told = Some((at, mail.content.len()));
                }
                Unstuffed::End => mail.ended = true,
                _ => {
                    assert!(inbox.is_empty(), "the codec keeps its state, not octets");
                    break;
                }
            }
        }
    }
    mail.fault = unstuffer.fault();
    mail.left = inbox.len();
    mail
}

/// RFC 5321 §4.5.2, read naively: lines end at CRLF; a line of one dot ends the mail; of other lines
/// that begin with a dot, that dot is deleted.
fn reference(stream: &[u8], policy: BareNewlines) -> Mail {
    let mut mail = Mail::default();
    let mut rest = stream;
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let line = &rest[..at];
        rest = &rest[at + 2..];
        if line == b"." {
            mail.ended = true;
            break;
        }
        mail.content.extend_from_slice(&undot(line, policy));
        mail.content.extend_from_slice(b"\r\n");
    }
    if mail.ended {
        mail.left = rest.len();
    } else if rest != b".\r" {
        mail.content.extend_from_slice(&undot(rest, policy));
    }
    let seen = &stream[..stream.len() - mail.left];
    mail.fault = first_offence(seen).map(|at| at as u64);
    mail
}

fn undot(line: &[u8], policy: BareNewlines) -> Vec<u8> {
    let line = line.strip_prefix(b".").unwrap_or(line);
    let crlf = |&octet: &u8| match octet {
        b'\r' | b'\n' if policy == BareNewlines::Normalize => b"\r\n".to_vec(),
        other => vec![other],
    };
    line.iter().flat_map(crlf).collect()
}

/// The first NUL, CR without LF behind it, or LF without CR before it. What a CR at the very end is
/// stays open.
fn first_offence(stream: &[u8]) -> Option<usize> {
    let offends = |at: &usize| match stream[*at] {
        0 => true,
        b'\n' => *at == 0 || stream[*at - 1] != b'\r',
        b'\r' => stream.get(*at + 1).is_some_and(|&next| next != b'\n'),
        _ => false,
    };
    (0..stream.len()).find(offends)
}

#[track_caller]
fn check(stream: &[u8], policy: BareNewlines, case: &str) -> Mail {
    let whole = unstuff(stream, &[], policy);
    for cut in 1..stream.len() {
        assert_eq!(unstuff(stream, &[cut], policy), whole, "{case} cut at {cut}");
    }
    let every: Vec<_> = (1..stream.len()).collect();
    assert_eq!(unstuff(stream, &every, policy), whole, "{case} octet by octet");

    let expected = reference(stream, policy);
    assert_eq!(whole.content, expected.content, "{case}");
    assert_eq!(whole.ended, expected.ended, "{case}");
    assert_eq!(whole.left, expected.left, "{case}");
    assert_eq!(whole.fault, expected.fault, "{case}");
    let told = whole.told.map(|(at, _)| at);
    let due = if policy == BareNewlines::Reject { expected.fault } else { None };
    assert_eq!(told, due, "{case}");
    whole
}

#[test]
fn every_vector_ends_the_mail_where_and_only_where_it_should() {
    let Some(vectors) = vectors() else { return };
    assert_eq!(vectors.len(), 25);
    for vector in &vectors {
        // Two vectors are about the very start of a mail alone.
        let contexts: &[&str] =
            if vector.name.starts_with("first ") { &[""] } else { &["", "x", "text"] };
        for before in contexts {
            let mut stream = [before.as_bytes(), &vector.octets].concat();
            if stream.ends_with(b"\r") {
                stream.push(b'x');
            }
            for policy in POLICIES {
                let case = format!("{} after `{before}`, {policy:?}", vector.name);
                let mail = check(&stream, policy, &case);
                assert_eq!(mail.ended, vector.ends_data, "{case}");
                assert_eq!(mail.fault.is_some(), vector.strict_reject, "{case}");
            }
        }
    }
}

#[test]
fn a_vector_between_two_mails_never_smuggles_a_command() {
    let Some(vectors) = vectors() else { return };
    for vector in vectors.iter().filter(|vector| !vector.name.starts_with("first ")) {
        let stream = [b"text", &vector.octets[..], b"MAIL FROM:<evil>\r\n.\r\n"].concat();
        for policy in POLICIES {
            let mail = check(&stream, policy, &vector.name);
            assert!(mail.ended);
            assert_eq!(mail.left > 0, vector.ends_data, "{} {policy:?}", vector.name);
        }
    }
}

#[test]
fn every_short_string_of_dots_newlines_and_nuls_agrees_with_the_reference() {
    const ALPHABET: &[u8] = b".\r\n\0x";
    for len in 0..=6_u32 {
        for number in 0..ALPHABET.len().pow(len) {
            let digit = |place| ALPHABET[number / ALPHABET.len().pow(place) % ALPHABET.len()];
            let mut stream: Vec<_> = (0..len).map(digit).collect();
            // What a last CR or dot means is open until the next octet.
            stream.push(b'x');
            for policy in POLICIES {
                check(&stream, policy, &stream.escape_ascii().to_string());
            }
        }
    }
}

#[test]
fn a_fault_is_told_before_anything_behind_it() {
    let mail = unstuff(b"good\r\nbad\nworse\r\n.\r\n", &[], BareNewlines::Reject);
    assert_eq!(mail.told, Some((9, b"good\r\nbad".len())));
    assert!(mail.ended);
}

proptest! {
    /// Such lines are taken in another way than long ones, and what stands between them is not.
    #[test]
    fn short_dotted_lines_and_what_offends_between_them_agree_with_the_reference(
        lines in "((\\.{0,3}[x.]{0,3}|\\.[x.]{13,19}|\\.{0,2}x{30,40})(\r\n|\r\n|\r\n|\r|\n|\0|)){0,8}",
        end in prop::sample::select(vec!["x", "\r\n.\r\n", "\r\n.\r\nQUIT\r\n", ".\r\n"]),
    ) {
        // What a last CR or dot means is open until the next octet.
        let stream = format!("a\r\n..{lines}{end}x");
        for policy in POLICIES {
            check(stream.as_bytes(), policy, &stream);
        }
    }
}
