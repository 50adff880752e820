//! TXT records of the form `v=…; name=value; …` (RFC 8461 §3.1, RFC 8460 §3).

use alloc::vec::Vec;

/// The one record that begins with this version and a semicolon; none where there are several.
pub(super) fn only<'a>(records: &'a [Vec<u8>], version: &str) -> Option<&'a str> {
    let mut ours = records.iter().filter(|record| {
        let rest = record.strip_prefix(version.as_bytes()).unwrap_or_default();
        rest.iter().find(|octet| !matches!(octet, b' ' | b'\t')) == Some(&b';')
    });
    match (ours.next(), ours.next()) {
        (Some(record), None) => core::str::from_utf8(record).ok().filter(|text| text.is_ascii()),
        _ => None,
    }
}

/// The fields behind the version; `None` where one of them is not in the grammar.
///
/// ```text
/// field-delim = *WSP ";" *WSP
/// ext-name    = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
/// ext-value   = 1*(%x21-3A / %x3C / %x3E-7E)
/// ```
///
/// Values may hold `=` here, because a URI of RFC 8460 §3 may.
pub(super) fn read<'a>(
    text: &'a str,
    version: &str,
) -> Option<impl Iterator<Item = (&'a str, &'a str)> + use<'a>> {
    let rest = text.strip_prefix(version)?.trim_start_matches(wsp).strip_prefix(';')?;
    let rest = rest.trim_matches(wsp);
    let rest = rest.strip_suffix(';').unwrap_or(rest);
    let fields = move || rest.split(';').map(move |field| field.trim_matches(wsp));
    let read = |field: &'a str| -> Option<(&'a str, &'a str)> {
        let (name, value) = field.split_once('=')?;
        let first = name.bytes().next()?;
        let named = first.is_ascii_alphanumeric()
            && name.len() <= 32
            && name.bytes().all(|o| o.is_ascii_alphanumeric() || b"_-.".contains(&o));
        let valued = !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic() || wsp(c));
        (named && valued).then_some((name, value))
    };
    fields().all(|field| read(field).is_some()).then(|| fields().filter_map(read))
}

fn wsp(c: char) -> bool {
    matches!(c, ' ' | '\t')
}
