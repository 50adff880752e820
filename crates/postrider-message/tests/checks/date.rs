//! What holds for any octets read as a date: no panic; every defect lies in the value and has a
//! rule; a date without a value says why; a date that is read is written and read again without a
//! defect; a comment in front (which no fast way reads) changes nothing but the obsolete space.

use postrider_message::{DateTime, FieldValue, RawValue, code};

/// Asserts it.
pub(crate) fn check(data: &[u8]) {
    let read = Option::<DateTime>::read(RawValue::new(data));
    for defect in &read.defects {
        assert!(defect.span().end() <= data.len());
        assert!(!defect.reference().is_empty());
    }
    let commented = [b"()", data].concat();
    let general = Option::<DateTime>::read(RawValue::new(&commented));
    assert_eq!(read.value, general.value);
    let names = |defects: &postrider_message::Defects| {
        let names = defects.iter().map(|defect| defect.code().name());
        names.filter(|name| *name != code::DATE_SPACE.name()).collect::<Vec<_>>()
    };
    assert_eq!(names(&read.defects), names(&general.defects));
    let Some(date) = read.value else {
        assert!(read.defects.has(&code::NOT_A_DATE) || read.defects.has(&code::DATE_OUT_OF_RANGE));
        return;
    };
    let text = date.to_string();
    let again = Option::<DateTime>::read(RawValue::new(text.as_bytes()));
    assert_eq!(again.value, Some(date));
    assert!(again.defects.is_empty());
    let (year, month, day) = date.date();
    assert_eq!(DateTime::from_local((year, month, day), date.time(), date.zone()), Ok(date));
}
