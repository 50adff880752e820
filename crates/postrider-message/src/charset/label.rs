//! Which charset a label means.

use encoding_rs::Encoding;

/// How octets become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// US-ASCII, and octets that are none are guessed.
    Ascii,
    /// A charset of the Encoding Standard.
    Known(&'static Encoding),
    Utf7,
    /// No charset, or none that is known here.
    Unknown,
}

impl Charset {
    pub(super) fn of(label: &[u8]) -> Self {
        let label = bare(label);
        // What most mail says, before the tables are asked.
        if is_one_of(
            label,
            &["us-ascii", "ascii", "ansi_x3.4-1968", "iso-ir-6", "iso646-us", "646"],
        ) {
            return Self::Ascii;
        }
        if label.eq_ignore_ascii_case(b"utf-8") {
            return Self::Known(encoding_rs::UTF_8);
        }
        if is_one_of(label, &["utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "csutf7"]) {
            return Self::Utf7;
        }
        match standard(label) {
            Some(encoding) => Self::Known(encoding),
            None => of_other_name(label),
        }
    }
}

fn standard(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label)
}

/// Names that the Encoding Standard does not list.
fn of_other_name(label: &[u8]) -> Charset {
    let known = |name: &[u8]| standard(name).map_or(Charset::Unknown, Charset::Known);
    if let Some((_, name)) = OTHER.iter().find(|(other, _)| label.eq_ignore_ascii_case(other)) {
        return known(name);
    }
    if let Some(page) = code_page(label) {
        return match page {
            20_127 => Charset::Ascii,
            65_000 => Charset::Utf7,
            _ => PAGES
                .iter()
                .find(|(number, _)| *number == page)
                .map_or(Charset::Unknown, |page| known(page.1)),
        };
    }
    // `latin-1`, `iso8859_1`, `utf_8`: the Standard lists most of its names without punctuation too.
    let (mut squeezed, mut length) = ([0; 16], 0_usize);
    for octet in label.iter().filter(|octet| octet.is_ascii_alphanumeric()) {
        let Some(slot) = squeezed.get_mut(length) else { return Charset::Unknown };
        *slot = *octet;
        length = length.saturating_add(1);
    }
    known(squeezed.get(..length).unwrap_or_default())
}

const OTHER: [(&[u8], &[u8]); 12] = [
    (b"uhc", b"euc-kr"),
    (b"eucjp", b"euc-jp"),
    (b"euckr", b"euc-kr"),
    (b"chinesebig5", b"big5"),
    (b"big5_hkscs", b"big5"),
    (b"gb2312_charset", b"gbk"),
    (b"euc-cn", b"gbk"),
    (b"hz-gb", b"gbk"),
    (b"macroman", b"macintosh"),
    (b"mac-roman", b"macintosh"),
    (b"x-unicode-2-0-utf-8", b"utf-8"),
    (b"unicode-1-1-utf-8", b"utf-8"),
];

/// Code pages by their number, as Windows counts them.
const PAGES: [(u32, &[u8]); 35] = [
    (866, b"ibm866"),
    (874, b"windows-874"),
    (932, b"shift_jis"),
    (936, b"gbk"),
    (949, b"euc-kr"),
    (950, b"big5"),
    (1200, b"utf-16le"),
    (1201, b"utf-16be"),
    (1250, b"windows-1250"),
    (1251, b"windows-1251"),
    (1252, b"windows-1252"),
    (1253, b"windows-1253"),
    (1254, b"windows-1254"),
    (1255, b"windows-1255"),
    (1256, b"windows-1256"),
    (1257, b"windows-1257"),
    (1258, b"windows-1258"),
    (10_000, b"macintosh"),
    (20_866, b"koi8-r"),
    (21_866, b"koi8-u"),
    (28_591, b"iso-8859-1"),
    (28_592, b"iso-8859-2"),
    (28_593, b"iso-8859-3"),
    (28_594, b"iso-8859-4"),
    (28_595, b"iso-8859-5"),
    (28_596, b"iso-8859-6"),
    (28_597, b"iso-8859-7"),
    (28_598, b"iso-8859-8"),
    (28_599, b"iso-8859-9"),
    (28_605, b"iso-8859-15"),
    (50_220, b"iso-2022-jp"),
    (51_932, b"euc-jp"),
    (51_949, b"euc-kr"),
    (54_936, b"gb18030"),
    (65_001, b"utf-8"),
];

/// The number in `cp932`, `cp-850`, `windows-1252`, `win1251`, `ms949`, `ibm-866`.
fn code_page(label: &[u8]) -> Option<u32> {
    let letters = label.iter().take_while(|octet| !octet.is_ascii_digit()).count();
    let (name, number) = label.split_at_checked(letters)?;
    let name = name.strip_suffix(b"-").or_else(|| name.strip_suffix(b"_")).unwrap_or(name);
    if !is_one_of(name, &["cp", "x-cp", "windows", "x-windows", "win", "ms", "ibm"]) {
        return None;
    }
    core::str::from_utf8(number).ok()?.parse().ok()
}

/// A label as it was meant: without what stands before and behind it in mail, such as white space,
/// quotation marks, one of them or both, a second `charset=`, or the tag around it.
fn bare(label: &[u8]) -> &[u8] {
    let edge = |octet: &u8| !octet.is_ascii_alphanumeric();
    let start = label.iter().take_while(|octet| edge(octet)).count();
    let mut label = label.get(start..).unwrap_or_default();
    if let Some((first, rest)) = label.split_at_checked(8)
        && first.eq_ignore_ascii_case(b"charset=")
    {
        label = rest;
    }
    let inside = |octet: &u8| {
        octet.is_ascii_alphanumeric()
            || matches!(octet, b'-' | b'_' | b'.' | b':' | b'+' | b'(' | b')')
    };
    let length = label.iter().take_while(|octet| inside(octet)).count();
    label.get(..length).unwrap_or_default()
}

fn is_one_of(label: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| label.eq_ignore_ascii_case(name.as_bytes()))
}
