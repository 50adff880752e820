//! The sent date (RFC 5256 §2.2).

use alloc::vec::Vec;

use postrider_imap::InternalDate;
use postrider_message::{DateTime, Field, FieldName, FieldValue, Headers, RawValue};

/// The words of a date that are looked at: a day of the week, day, month, year and time.
const WORDS: usize = 5;

/// The sent date in seconds since 1970 in UTC: "the date and time from the Date: header, adjusted by
/// time zone" (RFC 5256 §2.2).
///
/// "If the time zone is invalid, the date and time SHOULD be treated as UTC. If the time is also
/// invalid, the time SHOULD be treated as 00:00:00." Where there is no field, or no day that exists,
/// it is INTERNALDATE.
///
/// ```
/// use postrider_imap::InternalDate;
/// use postrider_mailbox::sort::sent_date;
/// use postrider_message::HeaderSection;
///
/// let internal = InternalDate::from_unix(0, 0)?;
/// let sent = |field: &str| sent_date(HeaderSection::parse(field).headers(), internal);
/// // "31 Dec 2000 16:01:33 -0800" is "1 Jan 2001 00:01:33 +0000".
/// assert_eq!(sent("Date: Sun, 31 Dec 2000 16:01:33 -0800\r\n\r\n"), 978_307_293);
/// assert_eq!(sent("Date: Mon, 1 Jan 2001 00:01:33 +9999\r\n\r\n"), 978_307_293);
/// assert_eq!(sent("Date: Mon, 1 Jan 2001 24:01:33 +9999\r\n\r\n"), 978_307_200);
/// assert_eq!(sent("Subject: none\r\n\r\n"), 0);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn sent_date(headers: Headers<'_>, internal: InternalDate) -> i64 {
    let field = headers.get(FieldName::Date);
    field.and_then(told).map_or_else(|| internal.unix(), DateTime::unix)
}

fn told(field: Field<'_>) -> Option<DateTime> {
    field.read::<Option<DateTime>>().value.or_else(|| in_part(&field.unfolded()))
}

/// The day with the time of a date whose zone is none, or alone where its time is none.
fn in_part(text: &[u8]) -> Option<DateTime> {
    let words: Vec<&[u8]> = text
        .split(|octet| octet.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .collect();
    let time = words.iter().position(|word| word.contains(&b':'));
    // Without a time, the day ends with the year.
    let weekday = words.first().is_some_and(|word| word.ends_with(b","));
    let end = time.unwrap_or_else(|| 3_usize.saturating_add(weekday.into()));
    let day = words.get(..end)?.join(&b' ');
    let time = time.and_then(|at| words.get(at)).copied();
    let candidates = [time, Some(b"00:00:00")];
    candidates.into_iter().flatten().find_map(|time| {
        let date = [&day, time, b"-0000"].join(&b' ');
        Option::<DateTime>::read(RawValue::new(&date)).value
    })
}
