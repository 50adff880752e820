//! Dates: the forms that are read, what is said about them, and what is no date.

use postrider_message::{
    DateTime, FieldValue, Folder, HeaderSection, InvalidValue, Parsed, RawValue, WriteValue, Zone,
    code,
};
use proptest::prelude::*;

#[path = "checks/date.rs"]
mod check;

fn read(value: &str) -> Parsed<'_, Option<DateTime>> {
    Option::<DateTime>::read(RawValue::new(value.as_bytes()))
}

fn names<T>(read: &Parsed<'_, T>) -> Vec<&'static str> {
    read.defects.iter().map(|defect| defect.code().name()).collect()
}

/// What stands in the table: text, Unix time, zone, defects. The Unix times are those of GNU date,
/// `date -u -d "…" +%s`.
type Row<'t> = (&'t str, i64, &'t str, &'t [&'t str]);

fn compare(table: &[Row<'_>]) {
    for (value, unix, zone, defects) in table {
        let read = read(value);
        let Some(date) = read.value else { panic!("{value}: {:?}", names(&read)) };
        assert_eq!((date.unix(), &*date.zone().to_string()), (*unix, *zone), "{value}");
        assert_eq!(names(&read), *defects, "{value}");
    }
}

/// The examples of RFC 3339 §5.8 without parts of a second, and §4.3: `-00:00` where "the offset to
/// local time is unknown".
#[test]
fn dates_are_written_as_rfc_3339_has_them() {
    let written = |value: &str| read(value).value.unwrap().to_rfc3339().to_string();
    for (value, expected) in [
        ("12 Apr 1985 23:20:50 +0000", "1985-04-12T23:20:50Z"),
        ("19 Dec 1996 16:39:57 -0800", "1996-12-19T16:39:57-08:00"),
        ("20 Dec 1996 00:39:57 +0000", "1996-12-20T00:39:57Z"),
        ("1 Jan 1937 12:00:27 +0020", "1937-01-01T12:00:27+00:20"),
        ("12 Apr 1985 23:20:50 -0000", "1985-04-12T23:20:50-00:00"),
        ("1 Jan 1937 12:00:27 -0020", "1937-01-01T12:00:27-00:20"),
        // `time-hour` is at most 23, in an offset too.
        ("12 Apr 1985 23:20:50 +2359", "1985-04-12T23:20:50+23:59"),
        ("12 Apr 1985 23:20:50 +2400", "1985-04-11T23:20:50-00:00"),
        ("1 Jan 1900 00:00:00 +9959", "1899-12-27T20:01:00-00:00"),
        ("31 Dec 9999 23:59:59 -2400", "10000-01-01T23:59:59-00:00"),
    ] {
        assert_eq!(written(value), expected, "{value}");
    }
}

/// RFC 3339 §5.8 says of the first two that they are the same instant.
#[test]
fn dates_are_in_the_order_of_their_instants_and_equal_only_in_one_zone() {
    let date = |value: &str| read(value).value.unwrap();
    let west = date("19 Dec 1996 16:39:57 -0800");
    let unknown = date("20 Dec 1996 00:39:57 -0000");
    let universal = date("20 Dec 1996 00:39:57 +0000");
    let later = date("19 Dec 1996 16:39:58 -0800");
    assert_eq!(west.unix(), universal.unix());
    let mut dates = [later, universal, unknown, west];
    dates.sort();
    assert_eq!(dates, [west, unknown, universal, later]);
    assert!(dates.is_sorted_by(|one, other| one < other));
}

#[test]
fn old_forms_are_read() {
    compare(&[
        // RFC 733 and 822.
        (
            "26 Aug 76 1429 EDT",
            209_932_140,
            "-0400",
            &["date-form", "obsolete-year", "obsolete-zone"],
        ),
        ("26 Aug 76 14:29 edt", 209_932_140, "-0400", &["obsolete-year", "obsolete-zone"]),
        // RFC 5322 Appendix A.5 and A.6.2.
        (
            "Thu,\r\n\t13\r\n\t  Feb\r\n\t    1969\r\n\t23:32\r\n\t\t\t-0330 (Newfoundland Time)",
            -27_723_480,
            "-0330",
            &[],
        ),
        ("21 Nov 97 09:55:06 GMT", 880_106_106, "+0000", &["obsolete-year", "obsolete-zone"]),
        // RFC 5322 Appendix A.6.3.
        ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880_127_706, "-0600", &["date-space"]),
        // Military zones say nothing (RFC 5322 §4.3).
        ("21 Nov 1997 09:55:06 A", 880_106_106, "-0000", &["obsolete-zone"]),
        ("21 Nov 1997 09:55:06 y", 880_106_106, "-0000", &["obsolete-zone"]),
        ("21 Nov 1997 09:55:06 J", 880_106_106, "-0000", &["unknown-zone"]),
        (
            "Fri (day) , (a) 21 (b) Nov (c) 1997 09:55:06 (d) GMT (e)",
            880_106_106,
            "+0000",
            &["date-space", "obsolete-zone"],
        ),
    ]);
}

#[test]
fn two_and_three_digit_years_follow_rfc_5322() {
    // "between 00 and 49 … by adding 2000 … between 50 and 99, or any three digit year … 1900".
    for (text, year) in [
        ("00", 2000),
        ("49", 2049),
        ("50", 1950),
        ("99", 1999),
        ("000", 1900),
        ("120", 2020),
        ("999", 2899),
    ] {
        let value = format!("1 Jan {text} 00:00:00 +0000");
        let read = read(&value);
        assert_eq!(read.value.unwrap().date(), (year, 1, 1), "{text}");
        assert!(read.defects.has(&code::OBSOLETE_YEAR));
    }
    assert!(read("1 Jan 7 00:00:00 +0000").value.is_none());
    assert!(read("1 Jan 10000 00:00:00 +0000").value.is_none());
}

#[test]
fn forms_of_other_standards_are_read_with_a_defect() {
    let form: &[&str] = &["date-form"];
    compare(&[
        ("Fri Nov 21 09:55:06 1997", 880_106_106, "-0000", &["date-form", "no-zone"]),
        ("Fri Nov 21 09:55:06 1997 -0600", 880_127_706, "-0600", form),
        ("Fri Nov 21 09:55:06 -0600 1997", 880_127_706, "-0600", form),
        ("Fri Nov 21 09:55:06 EST 1997", 880_124_106, "-0500", &["date-form", "obsolete-zone"]),
        ("Fri Nov  7 09:55:06 1997", 878_896_506, "-0000", &["date-form", "no-zone"]),
        (
            "Fri Nov 21 1997 09:55:06 GMT-0600 (CST)",
            880_127_706,
            "-0600",
            &["date-form", "zone-form"],
        ),
        ("1997-11-21T09:55:06-06:00", 880_127_706, "-0600", &["date-form", "zone-form"]),
        ("1997-11-21T09:55:06.25Z", 880_106_106, "-0000", &["date-form", "obsolete-zone"]),
        ("1997-11-21 09:55:06 -0600", 880_127_706, "-0600", form),
        ("1997/11/21 09:55 +0000", 880_106_100, "+0000", form),
        ("19971121T095506Z", 880_106_106, "-0000", &["date-form", "obsolete-zone"]),
        ("Friday, 21 November 1997 09:55:06 -0600", 880_127_706, "-0600", form),
        ("Fri, 21-Nov-1997 09:55:06 -0600", 880_127_706, "-0600", form),
        (
            "Friday, 21-Nov-97 09:55:06 GMT",
            880_106_106,
            "+0000",
            &["date-form", "obsolete-year", "obsolete-zone"],
        ),
        ("November 21, 1997 9:55:06 AM -0600", 880_127_706, "-0600", form),
        ("21st Nov. 1997, 9:55 p.m. +0000", 880_149_300, "+0000", form),
        ("21/11/1997 09:55:06 +0000", 880_106_106, "+0000", form),
        ("11/21/1997 09:55:06 +0000", 880_106_106, "+0000", form),
        ("21.11.1997 09:55:06 +0000", 880_106_106, "+0000", form),
    ]);
}

#[test]
fn forms_of_the_corpora_are_read_with_a_defect() {
    let form: &[&str] = &["date-form"];
    compare(&[
        ("Fri,21 Nov 1997 09:55:06 -0600", 880_127_706, "-0600", &[]),
        ("Fri, 21 Nov 1997 9:55:6 -0600", 880_127_706, "-0600", form),
        ("Fri 21 Nov 1997 09:55:06 -0600", 880_127_706, "-0600", form),
        ("Nov, 21 1997 3:55:06 PM -0600", 880_149_306, "-0600", form),
        ("Fri, 21 Nov 1997 09:55: 06 -0600", 880_127_706, "-0600", &["date-space"]),
        ("Fri, 21 Nov 1997 09:55:06 -06:00", 880_127_706, "-0600", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 -600", 880_127_706, "-0600", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 -6", 880_127_706, "-0600", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06-0600", 880_127_706, "-0600", &["zone-space"]),
        ("Fri, 21 Nov 1997 09:55:06 GMT+2", 880_098_906, "+0200", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 UTC+0200", 880_098_906, "+0200", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 UTC", 880_106_106, "+0000", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 BST", 880_106_106, "-0000", &["unknown-zone"]),
        ("Fri, 21 Nov 1997 09:55:06 Eastern Standard Time", 880_124_106, "-0500", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 GMT Daylight Time", 880_106_106, "-0000", &["unknown-zone"]),
        (
            "Fri, 21 Nov 1997 09:55:06 US Mountain Standard Time",
            880_106_106,
            "-0000",
            &["unknown-zone"],
        ),
        ("Fri, 21 Nov 1997 09:55:06 +-0500", 880_106_106, "-0000", &["unknown-zone"]),
        ("Fri, 21 Nov 1997 09:55:06 0530", 880_106_106, "-0000", &["unknown-zone"]),
        ("Fri, 21 Nov 1997 09:55:06 (GMT)", 880_106_106, "-0000", &["no-zone"]),
        (
            "Fri, 21 Nov 1997 09:55:06\r\n version=2.40",
            880_106_106,
            "-0000",
            &["no-zone", "after-date"],
        ),
        ("Fri, 21 Nov 1997 09:55:06 -0600 for <a@b>", 880_127_706, "-0600", &["after-date"]),
        ("Thu, 21 Nov 1997 09:55:06 -0600", 880_127_706, "-0600", &["wrong-weekday"]),
        ("vr, 21 Nov 1997 09:55:06 -0600", 880_127_706, "-0600", &["date-form", "wrong-weekday"]),
    ]);
}

/// RFC 5322 §4.3: "Any such time zone whose meaning is not known SHOULD be considered equivalent to
/// "-0000" unless there is out-of-band information confirming their meaning."
#[test]
fn zones_that_rfc_5322_does_not_name_are_unknown_but_for_a_number_beside_them() {
    for zone in ["CEST", "CET", "MET", "EEST", "JST", "NZST", "HST", "IST", "CEST+2", "CEST +2"] {
        let value = format!("Fri, 21 Nov 1997 09:55:06 {zone}");
        let read = read(&value);
        assert_eq!(read.value.unwrap().to_string(), "Fri, 21 Nov 1997 09:55:06 -0000", "{zone}");
        assert_eq!(names(&read)[0], "unknown-zone", "{zone}");
    }
    compare(&[
        ("Fri, 21 Nov 1997 09:55:06 CEST +0200", 880_098_906, "+0200", &["zone-form"]),
        ("Fri, 21 Nov 1997 09:55:06 +0200 CEST", 880_098_906, "+0200", &["after-date"]),
        ("Fri, 21 Nov 1997 09:55:06 +0200 (CEST)", 880_098_906, "+0200", &[]),
    ]);
}

#[test]
fn what_is_not_a_date_or_can_be_read_in_two_ways_has_no_value() {
    let table = [
        ("03/02/1997 09:55:06 +0000", "not-a-date"),
        ("03-02-97 09:55:06 +0000", "not-a-date"),
        ("21 Nov 1997", "not-a-date"),
        ("09:55:06 +0000", "not-a-date"),
        ("21 Xul 1997 09:55:06 +0000", "not-a-date"),
        ("21 Nov 1997 09 +0000", "not-a-date"),
        ("\"21 Nov 1997 09:55:06 +0000\"", "not-a-date"),
        ("=?utf-8?q?21_Nov_1997_09:55:06_+0000?=", "not-a-date"),
        ("99999999999999999999 Nov 1997 09:55:06 +0000", "not-a-date"),
        ("32 Jul 1997 09:55:06 +0000", "date-out-of-range"),
        ("0 Jul 1997 09:55:06 +0000", "date-out-of-range"),
        ("21 Nov 1997 25:61:61 +0000", "date-out-of-range"),
        ("21 Nov 1997 24:00:00 +0000", "date-out-of-range"),
        ("21 Nov 1997 09:55:61 +0000", "date-out-of-range"),
        ("21 Nov 1997 09:55:06 +0160", "date-out-of-range"),
        ("29 Feb 1997 09:55:06 +0000", "date-out-of-range"),
        ("1997-13-01T00:00:00Z", "date-out-of-range"),
        ("21 Nov 1997 13:55:06 AM +0000", "date-out-of-range"),
        ("21 Nov 1997 00:55:06 PM +0000", "date-out-of-range"),
        ("21 Nov 999999999 09:55:06 +0000", "date-out-of-range"),
    ];
    for (value, defect) in table {
        let read = read(value);
        assert_eq!((read.value, names(&read)), (None, vec![defect]), "{value}");
    }
}

#[test]
fn noon_and_midnight_are_twelve() {
    for (text, hour) in
        [("12:00 AM", 0), ("12:00 PM", 12), ("1:00 PM", 13), ("11:00 am", 11), ("13:00 PM", 13)]
    {
        let value = format!("21 Nov 1997 {text} +0000");
        assert_eq!(read(&value).value.unwrap().time(), (hour, 0, 0), "{text}");
    }
}

#[test]
fn a_leap_second_is_the_second_after_it() {
    let leap = read("Sat, 31 Dec 2016 23:59:60 +0000");
    assert_eq!((leap.value.unwrap().unix(), names(&leap)), (1_483_228_800, vec![]));
    let local = read("Sat, 31 Dec 2016 18:59:60 -0500");
    assert_eq!(local.value.unwrap().unix(), 1_483_228_800);
    assert!(DateTime::from_local((2016, 12, 31), (23, 59, 61), Zone::UTC).is_err());
}

#[test]
fn an_unknown_local_time_is_not_universal_time() {
    assert_ne!(Zone::UNKNOWN, Zone::UTC);
    assert_ne!(read("21 Nov 1997 09:55:06 -0000").value, read("21 Nov 1997 09:55:06 +0000").value);
    assert!(!read("21 Nov 1997 09:55:06 -0000").value.unwrap().zone().is_known());
    assert_eq!(
        read("21 Nov 1997 09:55:06 -0000").value.unwrap().to_string(),
        "Fri, 21 Nov 1997 09:55:06 -0000"
    );
}

/// Every day from 1900 to 9999, counted one by one.
#[test]
fn every_day_of_8100_years_has_its_unix_time() {
    // 1900-01-01 was a Monday, 25,567 days before 1970-01-01.
    let (mut day, mut weekday) = (-25_567_i64, 0_usize);
    for year in 1900_u16..=9999 {
        let leap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0;
        let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1_u8..).zip(lengths) {
            for of_month in 1..=length {
                let date =
                    DateTime::from_local((year, month, of_month), (23, 59, 59), Zone::UTC).unwrap();
                assert_eq!(date.unix(), day * 86_400 + 86_399);
                assert_eq!(date.date(), (year, month, of_month));
                assert_eq!(
                    date.day_name(),
                    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday]
                );
                (day, weekday) = (day + 1, (weekday + 1) % 7);
            }
            assert!(DateTime::from_local((year, month, length + 1), (0, 0, 0), Zone::UTC).is_err());
        }
    }
    // 10000-01-01, from GNU date.
    assert_eq!(day * 86_400, 253_402_300_800);
}

#[test]
fn a_date_is_made_of_parts_that_exist() {
    let make = |date, time| DateTime::from_local(date, time, Zone::UTC);
    assert_eq!(make((1997, 11, 21), (9, 55, 6)).unwrap().unix(), 880_106_106);
    for (date, time) in [
        ((1997, 2, 29), (0, 0, 0)),
        ((1997, 0, 1), (0, 0, 0)),
        ((1997, 13, 1), (0, 0, 0)),
        ((1997, 1, 0), (0, 0, 0)),
        ((1899, 12, 31), (0, 0, 0)),
        ((10_000, 1, 1), (0, 0, 0)),
        ((1997, 1, 1), (24, 0, 0)),
        ((1997, 1, 1), (0, 60, 0)),
    ] {
        assert_eq!(make(date, time), Err(InvalidValue::Date), "{date:?} {time:?}");
    }
}

#[test]
fn a_date_is_written_between_its_parts_folded() {
    let date = DateTime::from_unix(880_127_706, Zone::east(-360).unwrap()).unwrap();
    let mut folder = Folder::new("Date").unwrap();
    date.write_value(&mut folder);
    assert_eq!(folder.finish().unwrap(), "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n");

    let mut folder = Folder::new(&"X".repeat(60)).unwrap();
    date.write_value(&mut folder);
    let field = folder.finish().unwrap();
    assert!(field.split("\r\n").all(|line| line.len() <= 78), "{field}");
    let section = HeaderSection::parse(&field);
    let field = section.headers().fields().next().unwrap();
    assert_eq!(field.read::<Option<DateTime>>().value, Some(date));
}

#[test]
fn a_plain_date_allocates_nothing() {
    let cost = allocation_counter::measure(|| {
        assert!(read(" Fri, 21 Nov 1997 09:55:06 -0600 (CST)").value.is_some());
        assert!(read("21 (comment) Nov 1997 09:55:06 -0600").value.is_some());
    });
    // The second has one defect, which has a list.
    assert_eq!(cost.count_total, 1);
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::*;
    use jiff::{
        Timestamp, ZonedDateTime,
        tz::{Offset, TimeZone},
    };

    #[test]
    fn a_date_is_an_instant_of_jiff_and_back_in_its_zone() {
        let date = read("Fri, 21 Nov 1997 09:55:06 -0600").value.unwrap();
        let zoned = ZonedDateTime::try_from(date).unwrap();
        assert_eq!(zoned.to_string(), "1997-11-21T09:55:06-06:00[-06:00]");
        assert_eq!(DateTime::try_from(&zoned), Ok(date));
        assert_eq!(Timestamp::try_from(date).unwrap().to_string(), "1997-11-21T15:55:06Z");
    }

    #[test]
    fn the_unknown_zone_stays_unknown() {
        let date = read("Fri, 21 Nov 1997 15:55:06 -0000").value.unwrap();
        let zoned = ZonedDateTime::try_from(date).unwrap();
        assert!(zoned.time_zone().is_unknown());
        assert_eq!(DateTime::try_from(&zoned), Ok(date));
        assert_eq!(DateTime::try_from(Timestamp::try_from(date).unwrap()), Ok(date));
        let utc = ZonedDateTime::new(Timestamp::try_from(date).unwrap(), TimeZone::UTC);
        assert_eq!(DateTime::try_from(&utc).unwrap().zone(), Zone::UTC);
    }

    #[test]
    fn what_a_date_cannot_tell_is_refused_or_dropped() {
        let before: Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(DateTime::try_from(before).unwrap().unix(), -1);
        let old: Timestamp = "1899-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(DateTime::try_from(old), Err(InvalidValue::Year));
        let seconds = TimeZone::fixed(Offset::from_seconds(1172).unwrap());
        let seconds = ZonedDateTime::new(Timestamp::UNIX_EPOCH, seconds);
        assert_eq!(DateTime::try_from(&seconds), Err(InvalidValue::Zone));
        let last = DateTime::from_local((9999, 12, 31), (23, 59, 59), Zone::UTC).unwrap();
        assert!(Timestamp::try_from(last).is_err());
        let far = DateTime::from_unix(0, Zone::east(5999).unwrap()).unwrap();
        assert!(ZonedDateTime::try_from(far).is_err());
    }
}

proptest! {
    #[test]
    fn what_holds_for_dates_holds_for_arbitrary_text(text in "[ -~\\t\\r\\n]{0,60}") {
        check::check(text.as_bytes());
    }

    #[test]
    fn what_holds_for_dates_holds_for_what_looks_like_one(
        text in "((Mon|Friday|x|\\(c\\))[,.]? ?)?[0-9]{0,4}[-/ ]?(Nov|May|June|[0-9]{1,2})[-/ ,][0-9]{1,4}[ T][0-9]{1,2}[:.]?[0-9]{2}(:[0-9]{2})? ?([AP]M)? ?(UTC|GMT|EST|Z)?[-+]?([0-9]{1,4}(:[0-9]{2})?)?( [0-9]{4})?",
    ) {
        check::check(text.as_bytes());
    }
}
