//! The grammar that the TXT records of MTA-STS and of TLSRPT share (RFC 8461 §3.1, RFC 8460 §3).

use alloc::vec::Vec;

/// The one record that begins with its version and a semicolon: others of the name are discarded, and
/// where not one is left, there is none.
pub(super) fn only<'a>(txt: &'a [Vec<u8>], version: &str) -> Option<&'a [u8]> {
    let of_version = |record: &&Vec<u8>| {
        record.strip_prefix(version.as_bytes()).is_some_and(|rest| rest.first() == Some(&b';'))
    };
    let mut records = txt.iter().filter(of_version);
    records.next().filter(|_| records.next().is_none()).map(Vec::as_slice)
}

/// The fields of a record, name and value, each in the grammar of an extension at least; `None` when
/// the record is not in the grammar. Names are told apart by case.
///
/// ```text
/// record      = version 1*(field-delim field) [field-delim]
/// field-delim = *WSP ";" *WSP
/// field       = name "=" value
/// ```
///
/// A record that begins with the version and white space is not the caller's: [`only`] discards it.
pub(super) fn fields<'a>(record: &'a [u8], version: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let rest = str::from_utf8(record).ok()?.strip_prefix(version)?.strip_prefix(';')?;
    let mut fields = Vec::new();
    let mut pieces = rest.split(';').peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        let field = piece.trim_start_matches(WSP);
        // White space belongs to a delimiter: behind the last field there is none to take it.
        let field = if is_last && !field.is_empty() { field } else { field.trim_end_matches(WSP) };
        if is_last && field.is_empty() && !fields.is_empty() {
            break;
        }
        let (name, value) = field.split_once('=')?;
        if !is_name(name) || value.is_empty() {
            return None;
        }
        fields.push((name, value));
    }
    Some(fields)
}

/// The value of the first field of this name. "If any field other than "mx" is duplicated, all entries
/// except for the first SHALL be ignored" (RFC 8461 §3.2).
pub(super) fn first<'a>(fields: &[(&'a str, &'a str)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(of, _)| *of == name).map(|(_, value)| *value)
}

pub(super) const WSP: [char; 2] = [' ', '\t'];

/// ```text
/// ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
/// ```
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 32
        && name.bytes().next().is_some_and(|octet| octet.is_ascii_alphanumeric())
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"_-.".contains(&octet))
}

/// ```text
/// ext-value = 1*(%x21-3A / %x3C / %x3E-7E)
/// ```
pub(super) fn is_value(value: &str) -> bool {
    !value.is_empty()
        && value.bytes().all(|octet| octet.is_ascii_graphic() && !b";=".contains(&octet))
}
