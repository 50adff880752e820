//! Twice the input is at most 2.2 times the work of reading it as a bounce, in counted instructions,
//! as `linear.rs` counts them.

use std::hint::black_box;

use postrider_mime::{Message, bounce::Bounce};
use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated in the text of a notice; `0` is another number each time, so that recipients
/// differ.
const FAMILIES: &[&[u8]] = &[
    b"a0@b.example\n",
    b"<a@b.example>:\n",
    b"\n<a@b.example>:\n550 no\n",
    b"\n<a0@b.example>:\n\n",
    b"  a@b.example\n    <c@d.example>:\n",
    b"(expanded from: a@b.example)\n",
    b"your message to <a0@b.example> could not be delivered to\n",
    b"your message to ",
    b"unable to deliver your message to <<<< ",
    b"unknown user:",
    b"unknown user: a0@b.example ",
    b"\nunknown user: a0@b.example\n",
    b"<a0@b.example>: ",
    b"dda:smtp=",
    b"<",
    b"-",
    b"a",
    b"a@",
    b"@a",
    b"\"",
    b"a\n",
    b"\n\na:\n",
    b"5.1.",
    b"5.1.1.",
    b"550",
    b"/550-",
    b"550 ",
    b"4",
    b"said: ",
    b"quota\n",
    b"this line ",
    b"\xff",
    b"\xc3\xa9",
];

/// How the text is wrapped.
const NOTICE: &[u8] = b"From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n\
    Your mail could not be delivered to the following addresses:\n\n";
const FIELD: &[u8] = b"X-Failed-Recipients: a@b.example, a@b.example\n\n\
    A message could not be delivered:\n";
const STATUS: &[u8] = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n\
    Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; ";

const READERS: &[Reader] = &[
    ("a notice", |text| read(NOTICE, text)),
    ("a field", |text| read(FIELD, text)),
    ("a status", |text| read(STATUS, text)),
];

fn read(start: &[u8], text: &[u8]) {
    let message = Message::parse([start, text].concat()).unwrap();
    black_box(Bounce::of(&message));
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        for octet in family {
            match octet {
                b'0' => text.extend_from_slice(format!("{number:04}").as_bytes()),
                _ => text.push(*octet),
            }
        }
    }
    text
}

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_input_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(4));
}

#[test]
fn a_lot_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(4) << 11));
        }
    }
}
