//! What a stranger writes in the structured fields must not grow into more than it said when it
//! is written again: no verdict, no key, no name that nobody gave.

use postrider_message::{
    AutoSubmitted, FieldValue, Folder, InvalidValue, RawValue, ReceivedSpf, WriteValue,
};

fn raw(value: &str) -> RawValue<'_> {
    RawValue::new(value.as_bytes())
}

/// The value as it is written, or why it is not.
fn written(value: &impl WriteValue) -> Result<String, InvalidValue> {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish()
}

/// RFC 7208 §9.1: the field begins with its result. Pairs alone, of which the first is named
/// `pass`, would be read as a field that says `pass`.
#[test]
fn a_received_spf_field_without_a_result_is_not_written_as_one_that_passes() {
    for value in ["; pass=1; client-ip=192.0.2.1", "\"x\" pass=1; client-ip=192.0.2.1", ""] {
        let read = ReceivedSpf::read(raw(value)).value;
        assert_eq!(read.result(), "", "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// RFC 3834 §5: the field begins with its keyword.
#[test]
fn an_auto_submitted_field_without_a_keyword_is_not_written() {
    for value in ["; no=1", "\"auto-replied\"; a=b", ""] {
        let read = AutoSubmitted::read(raw(value)).value;
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}
