//! Every mail of the SpamAssassin corpus, edited, and its values written again.

use std::fs;

use postrider_message::{
    AddressList, FieldName, HeaderBuilder, HeaderSection, Headers, InvalidValue, Text,
};
use postrider_testkit::shared_files;

/// Calls back with each mail; `None` where the corpus is not here.
fn mails(mut each: impl FnMut(&[u8])) -> Option<usize> {
    let paths = shared_files("corpora/spamassassin");
    for path in &paths {
        each(&fs::read(path).unwrap());
    }
    Some(paths.len()).filter(|&count| count > 0)
}

#[test]
fn a_mail_that_is_edited_and_edited_back_has_the_same_octets() {
    let count = mails(|mail| {
        let section = HeaderSection::parse(mail);
        let fields = section.headers().fields().len();
        let mut edit = section.headers().edit();
        assert_eq!(edit.slices(), [mail]);
        let top = edit.prepend("X-First", &Text::new("1").unwrap()).unwrap();
        let last = edit.append("X-Last", &Text::new("2").unwrap()).unwrap();
        let written = edit.to_vec();
        let again = HeaderSection::parse(&written);
        assert_eq!(again.headers().fields().len(), fields + 2);
        assert_eq!(again.headers().named("X-Last").count(), 1);
        assert_eq!(again.body(), section.body());
        edit.remove(last).unwrap();
        edit.remove(top).unwrap();
        for index in (0..fields).rev() {
            edit.move_to(0, index).unwrap();
        }
        let order: Vec<_> = (0..fields).rev().collect();
        edit.reorder(&order).unwrap();
        assert_eq!(edit.slices(), [mail]);
    });
    assert!(count.is_none_or(|count| count == 3046));
}

#[test]
fn what_is_read_of_a_mail_is_written_and_read_as_the_same() {
    let (mut subjects, mut lists) = (0, 0);
    let count = mails(|mail| {
        let section = HeaderSection::parse(mail);
        for utf8 in [false, true] {
            subjects += usize::from(subject(section.headers(), utf8));
            for name in [FieldName::From, FieldName::To, FieldName::Cc, FieldName::ReplyTo] {
                lists += usize::from(addresses(section.headers(), name, utf8));
            }
        }
    });
    // Nearly every mail has a subject and two lists of addresses.
    assert!(count.is_none_or(|count| subjects > count * 19 / 10 && lists > count * 38 / 10));
}

fn subject(headers: Headers<'_>, utf8: bool) -> bool {
    let Some(text) = headers.subject().map(|parsed| parsed.value) else { return false };
    let written = HeaderBuilder::new().with_utf8(utf8).field(FieldName::Subject, &text).unwrap();
    let written = written.finish();
    let section = HeaderSection::parse(&written);
    assert_eq!(section.headers().subject().unwrap().value, text, "{written}");
    true
}

fn addresses(headers: Headers<'_>, name: FieldName, utf8: bool) -> bool {
    let Some(list) = headers.read::<AddressList<'_>>(name).map(|parsed| parsed.value) else {
        return false;
    };
    let written = match HeaderBuilder::new().with_utf8(utf8).to(&list) {
        Ok(built) => built.finish(),
        // Fields without an address, and addresses that ASCII cannot write.
        Err(InvalidValue::Empty) => return false,
        Err(InvalidValue::NotAscii) if !utf8 => return false,
        Err(error) => panic!("{error}: {list}"),
    };
    let section = HeaderSection::parse(&written);
    assert_eq!(section.headers().to().unwrap().value, list, "{written}");
    true
}
