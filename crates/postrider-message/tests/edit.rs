//! Header sections are edited without a change to what was not edited.

use postrider_message::{
    Edit, EditError, FieldName, HeaderSection, InvalidValue, Limits, Text, fold,
};
use proptest::prelude::*;

#[path = "checks/edit_roundtrip.rs"]
mod edit_roundtrip;

fn text(text: &str) -> Text<'_> {
    Text::new(text).unwrap()
}

/// What a message is after an edit.
fn edited<R>(message: &str, edit: impl FnOnce(&mut Edit<'_>) -> R) -> String {
    let section = HeaderSection::parse(message);
    let mut list = section.headers().edit();
    edit(&mut list);
    String::from_utf8(list.to_vec()).unwrap()
}

/// RFC 5322 Appendix A.1.1; its names are spelled so in §3.6.
#[test]
fn a_known_name_names_a_field_as_its_spelling_does() {
    let mail =
        "From: John Doe <jdoe@machine.example>\nMESSAGE-ID: <1234@local.machine.example>\n\n";
    let message = edited(mail, |edit| {
        assert_eq!(edit.position(FieldName::MessageId), Some(1));
        edit.set(FieldName::Subject, &text("Saying Hello")).unwrap();
        edit.prepend(FieldName::Comments, &text("a")).unwrap();
        edit.append(FieldName::Comments, &text("b")).unwrap();
        let keywords = FieldName::Keywords.to_string();
        edit.insert(1, keywords, &text("c")).unwrap();
        edit.rename(2, FieldName::Sender).unwrap();
        assert_eq!(edit.remove_all(FieldName::MessageId), 1);
    });
    assert_eq!(
        message,
        "Comments: a\nKeywords: c\nSender: John Doe <jdoe@machine.example>\n\
         Subject: Saying Hello\nComments: b\n\n"
    );
    assert_eq!(format!("{:>12}|", FieldName::MimeVersion), "MIME-Version|");
}

proptest! {
    #[test]
    fn edits_of_any_octets_change_what_they_edit_alone(data in prop::collection::vec(any::<u8>(), 0..200)) {
        edit_roundtrip::check(&data);
    }

    #[test]
    fn edits_of_messages_change_what_they_edit_alone(
        edits in prop::collection::vec(any::<[u8; 3]>(), 0..9),
        lines in prop::collection::vec(prop::sample::select(vec![
            "Subject: a\r\n", "subject:b\n", "Bcc : x@y\n", "X: 1\r\n 2\r\n", "no colon\n", ": c\n",
            " stray\n", "\t\n", "From x Tue\n", ">From y: z\n", "From: a@b\n", "\r\n", "\n", "\r",
            "body", "\u{feff}", "\u{e9}: 1\n", "A:\n", "A: 1\r",
        ]), 0..12),
    ) {
        let mut data = vec![u8::try_from(edits.len()).unwrap()];
        data.extend(edits.concat());
        data.extend(lines.concat().bytes());
        edit_roundtrip::check(&data);
    }
}

/// RFC 5321 §4.4: trace fields are put at the beginning of the message.
#[test]
fn a_trace_field_stands_on_top_and_behind_the_line_of_mbox() {
    let received = "from a.example by b.example; Fri, 21 Nov 1997 10:05:43 -0600";
    let message = "From a@b Fri Nov 21 10:05\nReceived: old\nSubject: x\n\nbody\n";
    let edited = edited(message, |edit| {
        assert_eq!(edit.prepend("Received", &text(received)), Ok(0));
    });
    let expected = format!(
        "From a@b Fri Nov 21 10:05\nReceived: {received}\nReceived: old\nSubject: x\n\nbody\n"
    );
    assert_eq!(edited, expected);
}

#[test]
fn new_lines_end_as_those_of_the_section_do() {
    let long = "word ".repeat(30) + "end";
    for (message, end) in [
        ("A: 1\r\n\r\nx\ny\n", "\r\n"),
        ("A: 1\n\nx\r\ny\r\n", "\n"),
        ("\nx", "\n"),
        ("\r\nx", "\r\n"),
        ("A: 1", "\r\n"),
        ("", "\r\n"),
        ("From x\n", "\n"),
    ] {
        let edited = edited(message, |edit| edit.prepend("B", &text(&long)).unwrap());
        let section = HeaderSection::parse(&edited);
        let new = section.headers().named("B").next().unwrap().raw();
        let lines: Vec<_> = new.split_inclusive(|&octet| octet == b'\n').collect();
        assert_eq!(lines.len(), 3, "{edited:?}");
        for line in lines {
            assert!(line.ends_with(end.as_bytes()), "{edited:?}");
            assert_eq!(line.ends_with(b"\r\n"), end == "\r\n", "{edited:?}");
        }
    }
}

#[test]
fn a_last_line_without_an_end_gets_one_only_where_something_follows() {
    let message = "A: 1\nB: 2";
    assert_eq!(edited(message, |_| ()), message);
    assert_eq!(edited(message, |edit| edit.append("C", &text("3"))), "A: 1\nB: 2\nC: 3\n");
    assert_eq!(edited(message, |edit| edit.move_to(1, 0)), "B: 2\nA: 1\n");
    assert_eq!(edited(message, |edit| edit.prepend("C", &text("3"))), "C: 3\nA: 1\nB: 2");
}

#[test]
fn what_is_no_field_stays_where_it_stands() {
    let message = ">From a@b\r\n stray\r\nA: 1\r\nno colon\r\n";
    let new = text("x");
    assert_eq!(
        edited(message, |edit| {
            assert_eq!(edit.prepend("X", &new), Ok(1));
            assert_eq!(edit.move_to(0, 2), Ok(0));
            assert_eq!(edit.rename(0, "Y"), Err(EditError::NoName));
            assert_eq!(edit.replace(3, &new), Err(EditError::NoName));
        }),
        ">From a@b\r\n stray\r\nX: x\r\nA: 1\r\nno colon\r\n"
    );
}

#[test]
fn a_field_is_replaced_renamed_and_removed_by_its_place() {
    let message = "sUBJECT: a\n folded\nTo  : b@c\nX: 1\n\n";
    assert_eq!(
        edited(message, |edit| edit.replace(0, &text("new")).unwrap()),
        "sUBJECT: new\nTo  : b@c\nX: 1\n\n"
    );
    assert_eq!(
        edited(message, |edit| edit.rename(0, "Old-Subject").unwrap()),
        "Old-Subject: a\n folded\nTo  : b@c\nX: 1\n\n"
    );
    assert_eq!(
        edited(message, |edit| edit.rename(1, "Cc").unwrap()),
        "sUBJECT: a\n folded\nCc: b@c\nX: 1\n\n"
    );
    assert_eq!(edited(message, |edit| edit.remove(1).unwrap()), "sUBJECT: a\n folded\nX: 1\n\n");
    edited(message, |edit| {
        for index in [3, usize::MAX] {
            assert_eq!(edit.remove(index), Err(EditError::NoField));
            assert_eq!(edit.replace(index, &text("x")), Err(EditError::NoField));
            assert_eq!(edit.rename(index, "X"), Err(EditError::NoField));
            assert_eq!(edit.move_to(index, 0), Err(EditError::NoField));
        }
    });
}

#[test]
fn a_field_that_is_set_is_the_only_one_of_its_name() {
    let message = "A: 1\nB: 2\na: 3\nC: 4\n\n";
    let set = |name: &str| edited(message, |edit| edit.set(name, &text("x")).unwrap());
    assert_eq!(set("a"), "a: x\nB: 2\nC: 4\n\n");
    assert_eq!(set("C"), "A: 1\nB: 2\na: 3\nC: x\n\n");
    assert_eq!(set("D"), "A: 1\nB: 2\na: 3\nC: 4\nD: x\n\n");
}

#[test]
fn fields_are_put_in_an_order_that_names_each_once() {
    let message = "A: 1\nB: 2\nC: 3\n\nbody";
    let order = |order: &[usize]| {
        let section = HeaderSection::parse(message);
        let mut edit = section.headers().edit();
        let done = edit.reorder(order);
        done.map(|()| String::from_utf8(edit.to_vec()).unwrap())
    };
    assert_eq!(order(&[2, 0, 1]).unwrap(), "C: 3\nA: 1\nB: 2\n\nbody");
    for wrong in [&[0, 1][..], &[0, 1, 1], &[0, 1, 3], &[0, 1, 2, 2]] {
        assert_eq!(order(wrong), Err(EditError::NoField));
    }
    // A continuation of nothing stays where it continues nothing.
    let stray = edited(" s\nA: 1\nB: 2\n\n", |edit| edit.reorder(&[2, 1, 0]).unwrap());
    assert_eq!(stray, " s\nB: 2\nA: 1\n\n");
}

#[test]
fn what_was_written_elsewhere_is_put_in_as_one_field_or_not_at_all() {
    let field = fold("DKIM-Signature", ["v=1;", &"b".repeat(90)]).unwrap();
    let with = edited("A: 1\n\n", |edit| edit.insert_raw(0, &field).unwrap());
    assert_eq!(with, format!("DKIM-Signature: v=1;\n {}\nA: 1\n\n", "b".repeat(90)));
    for wrong in [
        "",
        "\r\n",
        "A: 1",
        "A: 1\r\n\r\n",
        "A: 1\r\nB: 2\r\n",
        "A: 1\r\n \r\n",
        "A: 1\n\t\n x\n",
        "no colon\r\n",
        ": 1\r\n",
        "A b: 1\r\n",
        "A : 1\r\n",
        " A: 1\r\n",
        "From x\r\nA: 1\r\n",
        "A: 1\r2\r\n",
        "A: \0\r\n",
    ] {
        edited("A: 1\n\n", |edit| {
            assert_eq!(edit.insert_raw(0, wrong), Err(EditError::NotOneField), "{wrong:?}");
        });
    }
}

#[test]
fn what_cannot_be_written_is_refused_and_nothing_is_changed() {
    let message = "A: 1\n\n";
    let after = edited(message, |edit| {
        let bad = Err(EditError::Value(InvalidValue::FieldName));
        assert_eq!(edit.prepend("a:b", &text("x")), bad);
        assert_eq!(edit.insert(0, "a\r\nb", &text("x")), bad);
        assert_eq!(edit.set("", &text("x")), bad);
        assert_eq!(edit.rename(0, "a b"), Err(EditError::Value(InvalidValue::FieldName)));
    });
    assert_eq!(after, message);
}

#[test]
fn fields_beyond_the_limit_stay_behind_those_that_are_indexed() {
    for (fields, message, expected) in [
        (1, "A: 1\nB: 2\n\nbody", "X: x\nA: 1\nY: y\nB: 2\n\nbody"),
        (0, "A: 1\nB: 2\n\nbody", "X: x\nY: y\nA: 1\nB: 2\n\nbody"),
        (0, " stray\nB: 2\n\nbody", " stray\nB: 2\nX: x\nY: y\n\nbody"),
    ] {
        let section = HeaderSection::parse_with(message, &Limits::DEFAULT.with_fields(fields));
        let mut edit = section.headers().edit();
        edit.prepend("X", &text("x")).unwrap();
        edit.append("Y", &text("y")).unwrap();
        assert_eq!(String::from_utf8(edit.to_vec()).unwrap(), expected);
    }
}

#[test]
fn what_is_not_touched_is_neither_copied_nor_cut() {
    let message = "A: 1\nB: 2\nC: 3\nD: 4\n\nbody";
    let section = HeaderSection::parse(message);
    let mut edit = section.headers().edit();
    assert_eq!(edit.slices(), [message.as_bytes()]);
    edit.remove(1).unwrap();
    let slices = edit.slices();
    assert_eq!(slices, [&b"A: 1\n"[..], b"C: 3\nD: 4\n\nbody"]);
    let storage = section.as_bytes().as_ptr_range();
    assert!(slices.iter().all(|slice| storage.contains(&slice.as_ptr())));
}

#[test]
fn a_byte_order_mark_becomes_no_line_of_its_own() {
    let message = "\u{feff}A: 1\n\nbody: x\n";
    let with = edited(message, |edit| edit.prepend("X", &text("x")));
    let section = HeaderSection::parse(&with);
    assert_eq!((section.headers().fields().len(), section.body()), (2, &b"body: x\n"[..]));
    let without = edited(message, |edit| edit.remove(0));
    assert_eq!(HeaderSection::parse(&without).body(), b"body: x\n");
    assert_eq!(edited(message, |_| ()), message);
}

#[test]
fn all_fields_of_a_name_are_removed_in_one_pass() {
    let message = "X-Field: some value\r\n".repeat(9_000) + "\r\nbody";
    let section = HeaderSection::parse(&message);
    let mut edit = section.headers().edit();
    edit.append(FieldName::Subject.as_str(), &text("x")).unwrap();
    assert_eq!(edit.remove_all("x-field"), 9_000);
    assert_eq!(edit.to_vec(), b"Subject: x\r\n\r\nbody");
}
