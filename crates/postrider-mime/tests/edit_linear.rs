//! Twice the message, with an edit of every part, is at most 2.2 times the work, in counted
//! instructions.
//!
//! Instructions are counted by valgrind's callgrind, as in `tests/linear.rs`.

use std::hint::black_box;

use postrider_message::Text;
use postrider_mime::{Edit, Limits, Message, Place, Strip, build::Entity};

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated behind the header section of a multipart with the boundary `a`. Twice as much of
/// each has twice the parts that can be edited; of what nests up to the limit of depth it has more.
const FAMILIES: &[&[u8]] = &[
    b"--a\n\nx\n",
    b"--a\n",
    b"--a\nContent-Type: message/rfc822\n\n",
    b"--a\nContent-Type: multipart/x; boundary=b\n\n--b\n\nx\n",
    b"--a\nContent-Type: multipart/x; boundary=aa\n\n--aa\n\nx\n--aa--\n",
];

const SEED: [u8; 32] = [3; 32];

const READERS: &[Reader] = &[
    ("a field of every part", |octets| {
        edited(octets, |message, edit| {
            let value = Text::new("y").unwrap();
            for part in message.parts() {
                _ = edit.headers(part).unwrap().append("X", &value);
            }
        });
    }),
    ("every second part removed, from the end", |octets| {
        edited(octets, |message, edit| {
            let mut parts: Vec<_> = message.parts().step_by(2).collect();
            parts.reverse();
            parts.into_iter().for_each(|part| _ = edit.remove(part));
        });
    }),
    ("a part beside every part", |octets| {
        edited(octets, |message, edit| {
            for part in message.parts() {
                _ = edit.insert_raw(Place::Before(part), b"\nnew");
                _ = edit.insert_raw(Place::LastIn(part), b"\nnew");
                _ = edit.insert(Place::After(part), &Entity::text("new"), &SEED);
            }
        });
    }),
    ("a multipart around every part", |octets| {
        edited(octets, |message, edit| {
            for part in message.parts().filter(|part| !part.is_multipart()) {
                _ = edit.wrap(part, "mixed", &SEED);
            }
        });
    }),
    ("every text another", |octets| {
        edited(octets, |message, edit| {
            message.parts().for_each(|part| _ = edit.set_text(part, "other"));
        });
    }),
    ("without parts", |octets| {
        edited(octets, |_, edit| _ = edit.strip_parts(|_| Strip::Note));
    }),
    ("without attachments, but one", |octets| {
        edited(octets, |message, edit| {
            _ = edit.strip_attachments(|_| Strip::Note);
            _ = edit.attach(message.root(), &Entity::text("new"), &SEED);
        });
    }),
];

fn edited<'o>(octets: &'o [u8], change: impl Fn(&Message<&'o [u8]>, &mut Edit<'_>)) {
    let headers = postrider_message::Limits::DEFAULT.with_fields(usize::MAX);
    let limits = Limits::DEFAULT.with_headers(headers).with_parts(usize::MAX);
    let message = Message::parse_with(octets, &limits).unwrap();
    let mut edit = Edit::of(&message);
    change(&message, &mut edit);
    black_box(edit.to_vec());
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
fn twice_the_message_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(4));
}

#[test]
fn many_parts_are_edited() {
    for (_, edit) in READERS {
        for family in FAMILIES {
            measured(*edit, &of_length(family, kib(4) << 14));
        }
    }
}
