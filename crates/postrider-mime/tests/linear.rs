//! Twice the input is at most 2.2 times the work, in counted instructions, for both readers of the
//! structure on the worst that is known for them.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB=32` sets the smaller input, 4 KiB where it is not
//! set. Without counting, 64 times as much of each family is read.

use std::hint::black_box;

use postrider_mime::{
    Limits, Message,
    stream::{Decode, Parser},
};

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated behind the header section of a multipart with the boundary `a`.
const FAMILIES: &[&[u8]] = &[
    b"--",
    b"\n--",
    b"\n--\n",
    b"\r\n--",
    b"--a",
    b"--a\n",
    b"--a--\n",
    b"--aa\n",
    b"--a \n",
    b"--a \t ",
    b"\n-",
    b"\r",
    b"\n",
    b"x",
    b"--a\n\n",
    b"--a\nX: y\n\n",
    b"--a\n:\n",
    b"--a\n\xef\xbb\xbf",
    b"--a\nFrom  \n",
    b"--a\nContent-Type: message/rfc822\n\n",
    b"--a\nContent-Type: multipart/x; boundary=a\n\n",
    b"--a\nContent-Type: multipart/x; boundary=aa\n\n--aa\n",
    b"--a\nContent-Type: multipart/x\n\n",
    b"--a\nContent-Type: multipart/x; boundary=\"",
    b"--a\nContent-Type:",
    b"--a\nContent-Type: multipart/x; boundary=\n b\n",
    b"--a\nContent-Transfer-Encoding: base64\n\nA",
    b"--a\nX:\n ",
    b"--a\nX\n--b\n",
];

const READERS: &[Reader] = &[
    ("tree", |octets| {
        black_box(Message::parse(octets).unwrap());
    }),
    ("types of all parts", |octets| {
        let message = Message::parse(octets).unwrap();
        message.parts().for_each(|part| drop(black_box(part.content_type())));
    }),
    ("without limits", |octets| {
        let headers = postrider_message::Limits::DEFAULT.with_fields(usize::MAX);
        let limits = Limits::DEFAULT.with_headers(headers).with_fields(usize::MAX);
        let limits = limits.with_parts(usize::MAX).with_field(usize::MAX);
        black_box(Message::parse_with(octets, &limits).unwrap());
        stream(octets, &limits, 4 << 10);
    }),
    ("check", |octets| {
        black_box(Message::parse(octets).unwrap().check());
    }),
    ("all defects", |octets| {
        let message = Message::parse(octets).unwrap();
        black_box((message.all_defects(), message.ambiguities()));
    }),
    ("stream", |octets| stream(octets, &Limits::DEFAULT, 4 << 10)),
    ("stream by 7 octets", |octets| stream(octets, &Limits::DEFAULT, 7)),
];

fn stream(octets: &[u8], limits: &Limits, size: usize) {
    let mut parser = Parser::with_limits(Decode::Text, limits);
    for chunk in octets.chunks(size) {
        parser.push(chunk, &mut |event| _ = black_box(event));
    }
    parser.finish(&mut |event| _ = black_box(event));
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    [b"Content-Type: multipart/mixed; boundary=a\n\n", &*family.repeat(length / family.len())]
        .concat()
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
            measured(*read, &of_length(family, kib(4) << 18));
        }
    }
}
