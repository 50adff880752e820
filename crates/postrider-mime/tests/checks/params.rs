//! Parameters, file names and previews: no input panics; what counts is the first of all that is
//! told; a list that is looked through and one that is put in order say the same; a safe file name
//! is safe, and safe again.

use postrider_message::{Defects, FieldValue, Parameters, RawValue};
use postrider_mime::{ContentType, Disposition, MediaType, Message, html_to_text, safe_file_name};

/// Checks octets as a value, as a header section, and as text.
pub(crate) fn check(data: &[u8]) {
    let raw = RawValue::new(data);
    let list = Parameters::read(raw);
    inside(&list.defects, data);
    parameters(&list.value);
    orders(data, &list.value);
    let ty = ContentType::read(raw);
    inside(&ty.defects, data);
    parameters(ty.value.parameters());
    let media = MediaType::of(raw).unwrap_or(MediaType::TEXT_PLAIN);
    assert!(ty.value.is(media.ty(), media.subtype()));
    let disposition = Disposition::read(raw);
    inside(&disposition.defects, data);
    parameters(disposition.value.parameters());
    for shown in [ty.value.to_string(), disposition.value.to_string()] {
        assert!(!shown.contains(char::is_control), "{shown:?}");
    }
    names(data);
    texts(&String::from_utf8_lossy(data));
}

fn inside(defects: &Defects, data: &[u8]) {
    assert!(defects.iter().all(|defect| defect.span().end() <= data.len()));
}

fn parameters(list: &Parameters<'_>) {
    let names: Vec<_> = list.names().collect();
    assert_eq!(names.is_empty(), list.is_empty());
    let mut candidates = 0;
    for (place, name) in names.iter().enumerate() {
        assert!(!names[..place].iter().any(|before| before.eq_ignore_ascii_case(name)));
        let first = list.values(name).next();
        assert_eq!(list.value(name), first);
        assert_eq!(list.text(name).is_some(), list.octets(name).is_some());
        assert_eq!(list.text(name).as_deref(), first.as_ref().map(|value| value.as_str()));
        candidates += list.candidates(name).count();
    }
    assert_eq!(candidates, list.iter().count(), "each parameter is a candidate of one name");
}

/// Behind what another asterisk is put, the same is read in another way.
fn orders(data: &[u8], short: &Parameters<'_>) {
    let long = [data, b";z*0=x"].concat();
    let long = Parameters::read(RawValue::new(&long)).value;
    let same = long.iter().zip(short).all(|(one, other)| one == other);
    let more = long.iter().count() == short.iter().count() + 1;
    if !(same && more && long.iter().last().is_some_and(|last| last.name() == "z*0")) {
        return;
    }
    let names: Vec<_> = long.names().filter(|name| !name.eq_ignore_ascii_case("z")).collect();
    let expected = short.names().filter(|name| !name.eq_ignore_ascii_case("z"));
    assert!(names.iter().copied().eq(expected));
    for name in names {
        assert!(long.candidates(name).eq(short.candidates(name)));
        assert!(long.values(name).eq(short.values(name)));
    }
}

fn names(data: &[u8]) {
    let header =
        [b"Content-Type: a/b;", data, b"\nContent-Disposition: c;", data, b"\n\n"].concat();
    let message = Message::parse(header).unwrap();
    let part = message.root();
    let names = part.file_names();
    assert!(names.defects.iter().all(|one| one.span().end() <= message.as_bytes().len()));
    assert_eq!(names.defects.is_empty(), !names.value.differ());
    let first = names.value.first().map(|name| name.as_str().to_owned());
    assert_eq!(part.file_name(), first);
    let safe = names.value.iter().find_map(|name| safe_file_name(name.as_str()));
    assert_eq!(part.safe_file_name(), safe);
    names.value.iter().for_each(|name| safe_name(name.as_str()));
}

fn safe_name(name: &str) {
    let Some(safe) = safe_file_name(name) else { return };
    assert!(!safe.is_empty() && safe.len() <= 200, "{safe:?}");
    assert!(!safe.contains(['/', '\\', ':']) && !safe.contains(char::is_control), "{safe:?}");
    assert!(
        !safe.contains("..") && !safe.starts_with('.') && !safe.ends_with(['.', ' ']),
        "{safe:?}"
    );
    assert_eq!(safe_file_name(&safe).as_ref(), Some(&safe));
}

fn texts(text: &str) {
    safe_name(text);
    let (long, short) = (html_to_text(text, 1000), html_to_text(text, 10));
    assert!(long.starts_with(&short) && short.chars().count() <= 10, "{long:?} {short:?}");
    for line in long.split('\n').filter(|_| !long.is_empty()) {
        assert!(!line.is_empty() && line == line.trim(), "{long:?}");
        assert!(!line.contains(char::is_control), "{long:?}");
    }
    for ty in ["plain", "html"] {
        let mail = format!("Content-Type: text/{ty}; charset=utf-8\n\n{text}");
        let message = Message::parse(mail).unwrap();
        let (long, short) = (message.preview(256), message.preview(10));
        assert!(long.starts_with(&short) && short.chars().count() <= 10, "{long:?} {short:?}");
        assert!(!long.contains(char::is_control) && long == long.trim(), "{long:?}");
    }
}
