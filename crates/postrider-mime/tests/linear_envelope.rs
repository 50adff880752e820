//! Twice the field is at most 2.2 times the work, in counted instructions, for ENVELOPE on the worst
//! that is known for it: what is no address is cut into words once more.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB` sets the smaller input, 1 KiB where it is not set.
//! Without counting, 4,096 times as much is read.

use std::hint::black_box;

use postrider_message::HeaderSection;
use postrider_mime::imap::Envelope;

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated in a field `To`, and whole fields.
const FAMILIES: &[&[u8]] = &[
    b"a,",
    b"a ",
    b"a.",
    b"\"a\" ",
    b"\"a",
    b"\\\"",
    b"(",
    b"(a)",
    b"(a),",
    b"<",
    b"<>",
    b"<>,",
    b"<a,",
    b"a <b c>,",
    b"<a:;",
    b"a: b;",
    b"a: b, c@d, e; f,",
    b"a@b@c,",
    b"@a,",
    b"[a],",
    b"=?u?q?a?= ",
    b"=?u?q?a,?=",
    b"\xe9@b,",
    b"\xe9@b.",
    b" ",
    b"\t\n ",
    b"a\nTo: ",
    b"a@b\nTo: ",
    b"\nSubject:  \t",
];

const READERS: &[Reader] = &[("envelope", |octets| {
    let section = HeaderSection::parse(octets);
    let envelope = Envelope::of(section.headers());
    black_box((envelope.to().count(), envelope.subject()));
})];

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    [b"To: ", &*family.repeat(length / family.len()), b"\n\n"].concat()
}

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_field_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(1));
}

#[test]
fn a_lot_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(1) << 12));
        }
    }
}
