//! What a tree may cost, counted by an allocator.

use allocation_counter::measure;
use postrider_message::code;
use postrider_mime::{
    Limits, Message,
    mbox::{Format, Reader},
};

#[test]
fn a_leaf_costs_nothing_until_it_is_asked_for() {
    let mut text = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\n".to_vec();
    text.resize(64 << 20, b'x');
    let cost = measure(|| drop(Message::parse(&text[..])));
    assert!(cost.bytes_max < 8192, "{cost:?}");
    let message = Message::parse(&text[..]).unwrap();
    let cost =
        measure(|| assert_eq!(message.part(&[1]).unwrap().decoded().value.len(), (64 << 20) - 48));
    assert!(cost.bytes_max < 1024, "{cost:?}");
}

#[test]
fn many_tiny_parts_cost_what_the_limits_allow() {
    for family in [
        "--a\n",
        "--a\n\n",
        "--a\nA:b\n\n",
        "--a\nContent-Type: multipart/x; boundary=b\n\n--b\n\n",
    ] {
        let text = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned()
            + &family.repeat((4 << 20) / family.len());
        let cost = measure(|| drop(Message::parse(text.as_bytes())));
        assert!(cost.bytes_max < 16 << 20, "{family:?}: {cost:?}");
    }
}

/// Fields are bounded for all header sections together, so that no message costs more than its own
/// length in them, once it is longer than the bound.
#[test]
fn header_sections_cost_less_than_the_message_however_many_there_are() {
    for (lines, of) in [(":\n", 10_000), ("a\n", 10_000), ("To:\n", 10_000), ("a:\0\n", 1_000)] {
        let part = "--a\n".to_owned() + &lines.repeat(of) + "\n";
        let text = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned()
            + &part.repeat((8 << 20) / part.len());
        let cost = measure(|| drop(Message::parse(text.as_bytes())));
        assert!(cost.bytes_max < 8 << 20, "{lines:?}: {cost:?}");
        let message = Message::parse(text.as_bytes()).unwrap();
        assert!(message.defects().has(&code::TOO_MANY_FIELDS), "{lines:?}");
        // Defects of header sections are found when they are asked for, and not kept.
        let most = message.parts().map(|part| part.headers().defects().len()).max();
        assert!(most <= Some(Limits::DEFAULT.headers.defects));
    }
}

#[test]
fn fields_beyond_the_budget_of_the_message_are_a_defect_and_left_out() {
    let text =
        "A: 1\nContent-Type: multipart/x; boundary=a\n\n--a\nB: 2\nC: 3\n\n--a\nD: 4\n\n--a--\n";
    let limits = Limits::default().with_fields(3);
    let message = Message::parse_with(text, &limits).unwrap();
    let counts: Vec<_> = message.parts().map(|part| part.headers().fields().len()).collect();
    assert_eq!(counts, [2, 1, 0]);
    let told = message.defects().iter().filter(|one| *one.code() == code::TOO_MANY_FIELDS);
    let spans: Vec<_> = told.map(|one| &text[one.span().range()]).collect();
    assert_eq!(spans, ["B: 2\nC: 3\n"]);
    assert_eq!(message.part(&[2]).unwrap().raw_header(), b"D: 4\n\n");
}

#[test]
fn a_reader_of_mailboxes_holds_no_more_than_it_looks_ahead() {
    let line = "From a@b.example Thu Jan  1 00:00:00 1970\n";
    for (family, lookahead, most) in [
        // An end that is looked at, in a buffer that grows by its own length; one beyond the bound, and no announced end at all.
        (format!("{line}Content-Length: 90000\n\n{line}A: b\n\n"), 100_000, 640 << 10),
        (format!("{line}Content-Length: 90000\n\n{line}A: b\n\n"), 1000, 16 << 10),
        (format!("{line}\n"), 100_000, 16 << 10),
        ("From ".to_owned(), 100_000, 16 << 10),
        (">".to_owned(), 100_000, 16 << 10),
        ("\n".to_owned(), 100_000, 16 << 10),
        ("Content-Length: 1".to_owned(), 100_000, 16 << 10),
    ] {
        let text = line.to_owned() + &family.repeat((4 << 20) / family.len());
        for format in [Format::Mboxrd, Format::Mboxcl] {
            let cost = measure(|| {
                let mut reader = Reader::with_lookahead(format, lookahead);
                text.as_bytes().chunks(1 << 20).for_each(|chunk| reader.push(chunk, &mut |_| ()));
                reader.finish(&mut |_| ());
            });
            assert!(cost.bytes_max < most, "{family:?} {format:?}: {cost:?}");
        }
    }
}
