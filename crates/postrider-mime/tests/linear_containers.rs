//! Twice the octets are at most 2.2 times the work, in counted instructions, for readers of
//! mailboxes, of signed parts, of armors and of fragments, on the worst that is known for them.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it
//! is not installed the test says so. `LINEAR_KIB` sets the smaller input, 16 KiB where it is not
//! set. Without counting, 64 times as much is read.

use std::hint::black_box;

use postrider_mime::{
    Message,
    mbox::{Format, Reader as Mailbox, split},
    partial,
    security::{armor::blocks, canonical},
};

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated: what is undecided for long, what is nearly right, lengths that are not
/// believed.
const FAMILIES: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\r",
    b">",
    b">\n",
    b">From ",
    b"\n>From \n",
    b"From ",
    b"\nFrom ",
    b"\n\nFrom a",
    b"\nFrom - \n",
    b"\nFrom a\nb",
    b"\nFrom - \naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"\nFrom a Thu Jan  1 00:00:00 1970\n",
    b"\nFrom a Thu Jan  1 00:00:00 1970\n\n\n",
    b"\nFrom a Thu Jan  1 00:00:00 1970\nContent-Length: 1\n\n",
    b"\nFrom a Thu Jan  1 00:00:00 1970\nContent-Length: 5000\n\n",
    b"\nFrom a Thu Jan  1 00:00:00 1970\nContent-Length: 99999999999\n\n",
    b"Content-Length: 1\n",
    b"Content-Length:",
    b"-----BEGIN PGP MESSAGE-----\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\n\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n",
    b"- ",
    b"- \n",
    b"-----",
    b" \t",
    b"--a\n\nb\n",
    b"--a\nContent-Type: multipart/signed; boundary=a\n\n",
    b"--a\nContent-Type: message/partial; id=a; number=1\n\n",
];

const READERS: &[Reader] = &[
    ("split", |octets| {
        black_box(split(octets, Format::Mboxrd).count());
    }),
    ("split by length", |octets| {
        black_box(split(octets, Format::Mboxcl).count());
    }),
    ("reader", |octets| read(octets, Format::Mboxrd, 4 << 10)),
    ("reader by length", |octets| read(octets, Format::Mboxcl2, 4 << 10)),
    ("canonical", |octets| {
        black_box(canonical(octets).count());
    }),
    ("armors", |octets| {
        for block in blocks(octets) {
            black_box((block.cleartext(), block.signed_octets(), block.signature()));
        }
    }),
    ("signed parts", |octets| {
        let head = &b"Content-Type: multipart/signed; boundary=a\n\n"[..];
        let message = Message::parse([head, octets].concat()).unwrap();
        let signed = message.root().signed().unwrap().value;
        black_box((signed.canonical().count(), signed.protocol()));
        let parts: Vec<_> = message.root().children().collect();
        _ = black_box(partial::reassemble(&parts, usize::MAX));
    }),
    ("fragments", |octets| {
        let fragments = partial::split(octets, "a@b", 500);
        black_box(fragments.map(|fragments| fragments.count()).ok());
    }),
    ("reader by 7 octets", |octets| read(octets, Format::Mboxcl, 7)),
];

fn read(octets: &[u8], format: Format, size: usize) {
    let mut reader = Mailbox::new(format);
    for chunk in octets.chunks(size) {
        reader.push(chunk, &mut |event| _ = black_box(event));
    }
    reader.finish(&mut |event| _ = black_box(event));
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    [b"From - \nA: b\n", &*family.repeat(length / family.len())].concat()
}

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_input_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(16));
}

#[test]
fn a_lot_of_anything_is_read() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(16) << 16));
        }
    }
}
