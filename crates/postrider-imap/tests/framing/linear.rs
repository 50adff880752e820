//! Twice the input is at most 2.2 times the work, in counted instructions, for both readers on the worst
//! that is known for them, in pieces of any size, within the limits of a unit and past them.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is not
//! installed the test says so. `LINEAR_KIB=16` sets the smaller input, 4 KiB where it is not set. Without
//! counting, 256 times as much of each family is read, which would take hours if it were not linear.

use postrider_imap::{CommandPart, CommandReader, Limits, Quirks, ResponseReader};
use postrider_testkit::counted::{self, Reader, kib};

/// What stands before, what is repeated, and what stands behind it; none of the three has a `|`. Behind
/// `!` stands the name of what is more than that.
pub(crate) const FAMILIES: &[&[u8]] = &[
    b"* OK |x|",
    b"|* 1 EXISTS\r\n|",
    b"|\r\n|",
    b"* LIST () \"/\" x |\"\n|",
    b"* LIST |(|",
    b"* 1 FETCH (X |(|",
    b"* 1 FETCH (X (|\"\" |",
    b"* 1 FETCH (X \"|\\|",
    b"* 1 FETCH (X \"|\\\\|\")",
    b"* 1 FETCH (BODY[|(|",
    b"* 1 FETCH (BODY[HEADER.FIELDS (|a |)] NIL)",
    b"* 1 FETCH (|UID 1 |UID 1)",
    b"* 1 FETCH (|X (y) |UID 1)",
    b"* 1 FETCH (| |UID 1)",
    b"* 1 FETCH (|BODY[] {1}\r\n) |UID 1)",
    b"* 1 FETCH (|BODY[] \"x\" |UID 1)",
    b"* LIST () \"/\" x (y (|{1}\r\n( |))",
    b"* 1 FETCH (X (|{1}\r\n( |))",
    b"* LIST () \"/\" x (y (|{0}\r\n |))",
    b"* 1 FETCH (FLAGS (|a |b))",
    b"* SEARCH| 1 3|",
    b"* THREAD |(1 2)|",
    b"* 1 FETCH (|UID x |UID 1)",
    b"* 1 FETCH (|BODY (((NIL NIL NIL))) |X y)",
    b"* 1 FETCH (|ENVELOPE (\"x\"y) |UID 1)",
    b"* 1 FETCH (|ENVELOPE (\"x\"y\" |UID 1)",
    b"* 1 FETCH (|BODY (\"x\"y) |UID 1)",
    b"|* 1 FETCH (X \"\r\n|",
    b"* LIST () \"/\" \"|\\\"|\"",
    b"* LIST (|\\A\\b |) \"/\" x",
    b"* ESEARCH| MIN 1|",
    b"* ESEARCH UID| PARTIAL (1:2 3,4)|",
    b"* METADATA x (|/a {1}\r\n( |/b NIL)",
    b"* OK [X |\"]\"|] x",
    b"a |x|",
    b"|a NOOP\r\n|",
    b"|\r\n|",
    b"a |\n|",
    b"a |\r|",
    b"a SEARCH |(|",
    b"a SEARCH |NOT |ALL",
    b"a LOGIN x \"|\\\\|\"",
    b"a LOGIN |\"{1}\r|",
    b"a FETCH 1|,1:*| UID",
    b"a SEARCH |SEEN |ALL",
    b"a SEARCH |SUBJECT {1+}\r\n( |ALL",
    b"a APPEND x| {1+}\r\n(|",
    b"a APPEND x CATENATE (URL x| URL x|)",
    b"a APPEND x CATENATE (URL x| URL {1+}\r\nx|)",
    b"a APPEND x| X (y (z))| {1+}\r\nx",
    b"a APPEND x (|b a |c) {1+}\r\nx",
    b"a SEARCH |OR SEEN |ALL",
    b"a FETCH 1 (|X-Y[((( (a (b)) |UID)",
    b"!blanks",
    b"!flags",
];

pub(crate) const READERS: &[Reader] = &[
    ("responses by 16", |wire| responses(wire, 16, LARGE)),
    ("responses by 1000", |wire| responses(wire, 1000, LARGE)),
    ("responses", |wire| responses(wire, usize::MAX, LARGE)),
    ("responses past the limit by 16", |wire| responses(wire, 16, SMALL)),
    ("responses past the limit", |wire| responses(wire, usize::MAX, SMALL)),
    ("commands by 16", |wire| commands(wire, 16, LARGE)),
    ("commands by 1000", |wire| commands(wire, 1000, LARGE)),
    ("commands", |wire| commands(wire, usize::MAX, LARGE)),
    ("commands past the limit by 16", |wire| commands(wire, 16, SMALL)),
    ("commands past the limit", |wire| commands(wire, usize::MAX, SMALL)),
];

/// Octets of a unit.
const LARGE: usize = 16 << 20;
const SMALL: usize = 512;

fn limits(unit: usize) -> Limits {
    Limits::new().with_unit(unit, unit).with_list(unit).with_swallow(u64::MAX)
}

fn responses(wire: &[u8], piece: usize, unit: usize) {
    let mut reader = ResponseReader::new(&limits(unit), Quirks::tolerant());
    in_pieces(wire, piece, |octets| {
        let step = reader.read(octets);
        (!step.is_starved()).then_some(step.octets)
    });
}

fn commands(wire: &[u8], piece: usize, unit: usize) {
    let mut reader = CommandReader::new(&limits(unit), Quirks::tolerant());
    in_pieces(wire, piece, |octets| {
        let step = reader.read(octets);
        if let Some(CommandPart::Literal(_)) = step.part {
            reader.accept();
        }
        (!step.is_starved()).then_some(step.octets)
    });
}

/// Reads all of it as a program does that holds what is not consumed. `read` tells how many octets are,
/// or that it has to see more.
fn in_pieces(wire: &[u8], piece: usize, mut read: impl FnMut(&[u8]) -> Option<usize>) {
    let (mut start, mut end) = (0, 0);
    loop {
        if let Some(octets) = read(&wire[start..end]) {
            start += octets;
        } else if end == wire.len() {
            return;
        } else {
            end = end.saturating_add(piece).min(wire.len());
        }
    }
}

/// The octets of a family, about so many.
pub(crate) fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    match family {
        b"!blanks" => return blanks_before_literals(length),
        b"!flags" => return flags_in_disorder(length),
        b"!addresses" => return addresses(length),
        _ => {}
    }
    let mut parts = family.split(|octet| *octet == b'|');
    let mut part = || parts.next().unwrap_or_default();
    let (before, what, behind) = (part(), part(), part());
    [before, &what.repeat(length / what.len()), behind, b"\r\n"].concat()
}

/// Blanks in front of a number that many literals follow.
fn blanks_before_literals(n: usize) -> Vec<u8> {
    let literals = "{0}\r\n ".repeat(n / 2 / 70);
    format!("* {}1 X {literals}x\r\n", " ".repeat(n / 2)).into_bytes()
}

/// Flags that come in the worst order, each in two cases of letters.
fn flags_in_disorder(n: usize) -> Vec<u8> {
    let flags: String = (0..n / 16).rev().map(|at| format!("k{at:06} K{at:06} ")).collect();
    format!("* 1 FETCH (FLAGS ({flags}a))\r\n").into_bytes()
}

/// Addresses in groups that do not end.
fn addresses(n: usize) -> Vec<u8> {
    let group = "(NIL NIL \"g\" NIL)".repeat(n / 17);
    format!("* 1 FETCH (ENVELOPE (NIL NIL ({group}) NIL NIL NIL NIL NIL NIL NIL))\r\n").into_bytes()
}

#[test]
fn twice_the_input_is_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(4));
}

#[test]
fn a_megabyte_of_each_family_is_read_in_no_time() {
    for (_, read) in READERS {
        // What addresses are kept in grows by doubling, so counts of few octets tell nothing of it.
        for family in FAMILIES.iter().chain([&&b"!addresses"[..]]) {
            read(&of_length(family, kib(4) << 18));
        }
    }
}
