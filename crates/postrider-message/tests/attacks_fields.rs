//! What a stranger writes in the structured fields must not grow into more than it said when it
//! is written again: no verdict, no key, no name that nobody gave.

use postrider_message::{
    ArcAuthenticationResults, AuthenticationResults, AutoSubmitted, FieldValue, Folder,
    InvalidValue, RawValue, ReceivedSpf, WriteValue,
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

/// RFC 8601 §1.6: a field is believed for the service that it names. A service nobody named must
/// not come out of `none`, nor out of a method.
#[test]
fn authentication_results_of_nobody_are_not_written_as_those_of_a_service() {
    for value in ["", ";", "; none", "; spf/1=pass", "spf=pass", "spf=pass; dkim=pass"] {
        let read = AuthenticationResults::read(raw(value)).value;
        assert_eq!(read.authserv_id(), None, "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// RFC 8617 §4.1.1: instance, service and results. Without the first two, the first result would
/// be read as the name of the service.
#[test]
fn arc_results_without_an_instance_or_a_service_are_not_written() {
    for value in
        ["foo; spf=evil.example; dkim=pass", "i=51; a.example; none", "i=1; ; spf=pass", ""]
    {
        let read = ArcAuthenticationResults::read(raw(value)).value;
        assert!(read.instance().is_none() || read.results().authserv_id().is_none(), "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}
