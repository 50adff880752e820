//! Dates, as seconds since 1970.

use postrider_message::FieldName;

use super::{
    BOTH, Class, Decision, MAIL_PARSER, MAILPARSE,
    when::{MONTHS, When},
};
use crate::case::Case;

const DATE: &[FieldName] = &[FieldName::Date];
const RECEIVED: &[FieldName] = &[FieldName::Received];
const FIELDS: &[FieldName] = &[FieldName::Date, FieldName::Received];

const HOUR: i64 = 3600;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// The names that RFC 5322 §4.3 knows, and their hours.
const NAMED: [(&str, i64); 8] = [
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

const ZONE: &str = r#"zone = (FWS ( "+" / "-" ) 4DIGIT) / obs-zone"#;
const DATE_TIME: &str = r#"date-time = [ day-of-week "," ] date time [CFWS]"#;
const UNKNOWN: &str = "Any such time zone whose meaning is not known SHOULD be considered \
                       equivalent to \"-0000\" unless there is out-of-band information \
                       confirming their meaning.";

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "no zone",
        libraries: MAIL_PARSER,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: ZONE,
        because: "Outside the grammar. We read -0000 (RFC 5322 §4.3 has it for zones whose \
                  meaning is not known) and tell of it, as mailparse does; mail-parser gives no \
                  date.",
        example: b"Date: Wed, 24 Jul 2002 20:03:30\n",
        holds: |case| only_ours(case) && When::of(case).is_some_and(|when| when.zone.is_empty()),
    },
    Class {
        name: "a year before 1900",
        libraries: MAIL_PARSER,
        fields: FIELDS,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: "The year is any numeric year 1900 or later.",
        because: "Two and three digits have a meaning (RFC 5322 §4.3); `0102` has four and is \
                  the year 102.",
        example: b"Date: Wed, 24 Jul 0102 21:48:06 +1200\n",
        holds: |case| {
            let early = |word: &str| word.len() == 4 && word.starts_with('0');
            only_theirs(case)
                && When::of(case).is_some_and(|when| when.date.split_whitespace().any(early))
        },
    },
    Class {
        name: "a zone of two signs",
        libraries: BOTH,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: ZONE,
        because: "Outside the grammar. We do not guess the sign and read -0000; mail-parser \
                  takes the second; mailparse gives no date.",
        example: b"Date: Tue, 3 Dec 2002 11:51:12 +-0700\n",
        holds: |case| {
            let apart = |when: &When| offset(when.zone.strip_prefix("+-")?.get(..4)?);
            When::of(case).is_some_and(|when| {
                when.day_first()
                    && apart(&when).is_some_and(|by| only_ours(case) || later(case) == Some(by))
            })
        },
    },
    Class {
        name: "a clock of twelve hours",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: r#"time-of-day = hour ":" minute [ ":" second ]"#,
        because: "Outside the grammar, whose hours go from 00 to 23. We read what the sender \
                  wrote; mail-parser ignores AM and PM, and a zone behind them, and is twelve \
                  hours off or more; mailparse gives no date.",
        example: b"Date: 31 May 02 1:28:53 PM\n",
        holds: |case| {
            let half_a_day = |case: &Case, by: i64| {
                let zone = When::of(case).and_then(|when| offset(when.zone.split(' ').nth(1)?));
                by.abs() == 12 * HOUR || zone.is_some_and(|zone| by == zone - 12 * HOUR)
            };
            When::of(case).is_some_and(|when| when.day_first() && when.halved())
                && (only_ours(case) || later(case).is_some_and(|by| half_a_day(case, by)))
        },
    },
    Class {
        name: "the month before the day",
        libraries: BOTH,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: "date = day month year",
        because: "Outside the grammar, and plain: a name, a number of two digits and one of \
                  four. mail-parser gives the day of another year; mailparse gives no date.",
        example: b"Received: by a.example; Jul, 24 2002 05:24:38 +1200\n",
        holds: |case| {
            let month = |when: &When| MONTHS.iter().any(|month| when.date.starts_with(month));
            When::of(case).is_some_and(|when| month(&when)) && (only_ours(case) || days(case) > 20)
        },
    },
    Class {
        name: "the year behind the time",
        libraries: BOTH,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: DATE_TIME,
        because: "Outside the grammar: it is how C writes dates. mail-parser reads the hour for \
                  the year and gives a date years away; mailparse gives none.",
        example: b"Received: by a.example; Wed Jul 24 07:02:49 2002\n",
        holds: |case| {
            When::of(case).is_some_and(|when| {
                let mut words = when.date.split_whitespace();
                let day = words.next().is_some_and(|word| DAYS.contains(&word));
                let month = words.next().is_some_and(|word| MONTHS.contains(&word));
                day && month && when.zone.starts_with("20")
            }) && (only_ours(case) || days(case) > 365)
        },
    },
    Class {
        name: "a date of numbers and slashes",
        libraries: MAILPARSE,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: "date = day month year",
        because: "Outside the grammar. One number is above twelve, so that it is the day; \
                  mailparse gives no date.",
        example: b"Received: by a.example; 21/08/2002 10:15:21\n",
        holds: |case| only_ours(case) && slashes(case).is_some_and(|(one, two)| one.max(two) > 12),
    },
    Class {
        name: "a date of slashes that is two dates",
        libraries: MAIL_PARSER,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: "date = day month year",
        because: "Outside the grammar, and either number may be the month: we give no date \
                  rather than a guess. mail-parser takes the first for the day.",
        example: b"Received: by a.example; 01/08/2002 13:09:58\n",
        holds: |case| {
            only_theirs(case) && slashes(case).is_some_and(|(one, two)| one.max(two) <= 12)
        },
    },
    Class {
        name: "a zone in words",
        libraries: BOTH,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §4.3",
        quote: "The first letter, \"E\", \"C\", \"M\", or \"P\" stands for \"Eastern\", \
                \"Central\", \"Mountain\", and \"Pacific\".",
        because: "Outside the grammar, which has the letters only. We read `Eastern Daylight \
                  Time` as the EDT that it spells, and words we do not know as -0000; mail-parser \
                  reads -0000 for all, mailparse gives no date.",
        example: b"Date: Sun, 26 May 2002 20:43:57 Eastern Daylight Time\n",
        holds: |case| {
            let words =
                |zone: &str| zone.ends_with(" Standard Time") || zone.ends_with(" Daylight Time");
            When::of(case).is_some_and(|when| {
                let eastern = when.zone == "Eastern Daylight Time";
                words(&when.zone) && (only_ours(case) || eastern && later(case) == Some(-4 * HOUR))
            })
        },
    },
    Class {
        name: "a zone of the RFC, not heeded",
        libraries: MAIL_PARSER,
        fields: RECEIVED,
        decision: Decision::Ours,
        reference: "RFC 5322 §4.3",
        quote: "EDT is semantically equivalent to -0400 EST is semantically equivalent to -0500 \
                CDT is semantically equivalent to -0500 CST is semantically equivalent to -0600 \
                MDT is semantically equivalent to -0600 MST is semantically equivalent to -0700 \
                PDT is semantically equivalent to -0700 PST is semantically equivalent to -0800",
        because: "mail-parser reads +0000.",
        example: b"Received: by a.example; Tue, 20 Aug 2002 12:43:56 PDT\n",
        holds: |case| {
            When::of(case).is_some_and(|when| {
                let named = NAMED.iter().find(|(name, _)| when.zone == *name);
                named.is_some_and(|(_, hours)| later(case) == Some(hours * HOUR))
            })
        },
    },
    Class {
        name: "a zone name that the RFC does not have",
        libraries: MAILPARSE,
        fields: RECEIVED,
        decision: Decision::Ours,
        reference: "RFC 5322 §4.3",
        quote: UNKNOWN,
        because: "We read -0000, as mail-parser does; mailparse gives no date.",
        example: b"Received: by a.example; Fri, 09 Aug 2002 20:07:33 CEST\n",
        holds: |case| {
            let unknown = |when: When| when.zone == "CEST" || when.zone == "BST";
            only_ours(case) && When::of(case).is_some_and(unknown)
        },
    },
    Class {
        name: "GMT and hours",
        libraries: BOTH,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: ZONE,
        because: "Outside the grammar, and plain. We read an hour east of Greenwich; mail-parser \
                  reads +0000, mailparse gives no date.",
        example: b"Date: Fri, 07 Jun 2002 16:37:13 GMT+1\n",
        holds: |case| {
            When::of(case).is_some_and(|when| {
                when.zone == "GMT+1" && (only_ours(case) || later(case) == Some(HOUR))
            })
        },
    },
    Class {
        name: "four digits without a sign",
        libraries: BOTH,
        fields: FIELDS,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: "The \"+\" or \"-\" indicates whether the time-of-day is ahead of (i.e., east of) or \
                behind (i.e., west of) Universal Time.",
        because: "Outside the grammar: without the sign the direction is not known, and some \
                  such digits are no zone at all (`2000`). We read -0000; they read a plus.",
        example: b"Date: Fri, 02 Aug 2002 23:37:59 0530\n",
        holds: |case| {
            When::of(case).is_some_and(|when| {
                when.day_first()
                    && when.zone.len() == 4
                    && offset(&when.zone).is_some_and(|by| later(case) == Some(-by))
            })
        },
    },
    Class {
        name: "a colon in the zone",
        libraries: BOTH,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: ZONE,
        because: "Outside the grammar, and plain: `-08:00` is what ISO 8601 has for -0800. They \
                  read eight minutes.",
        example: b"Received: by a.example; Tue, 23 Jul 2002 15:58:55 -08:00\n",
        holds: |case| {
            When::of(case).is_some_and(|when| {
                let hours = when.zone.strip_prefix("-0").and_then(|zone| zone.strip_suffix(":00"));
                let hours: Option<i64> = hours.and_then(|hours| hours.parse().ok());
                hours.is_some_and(|hours| later(case) == Some(hours * 60 - hours * HOUR))
            })
        },
    },
    Class {
        name: "no blank behind the comma",
        libraries: MAILPARSE,
        fields: DATE,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: "day = ([FWS] 1*2DIGIT FWS) / obs-day",
        because: "The blank before the day may be missing.",
        example: b"Date: Wed,29 May 2002 17:55:32 +0800\n",
        holds: |case| {
            let digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
            only_ours(case)
                && When::of(case).is_some_and(|when| {
                    when.date.split_once(',').is_some_and(|(_, rest)| digit(rest))
                })
        },
    },
    Class {
        name: "no seconds",
        libraries: MAILPARSE,
        fields: DATE,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: r#"time-of-day = hour ":" minute [ ":" second ]"#,
        because: "The seconds may be missing.",
        example: b"Date: Mon, 2 Dec 2002 15:51 -0800\n",
        holds: |case| {
            only_ours(case)
                && When::of(case).is_some_and(|when| when.colons == 1 && when.day_first())
        },
    },
    Class {
        name: "a zone in a comment",
        libraries: MAILPARSE,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: ZONE,
        because: "Outside the grammar: a comment is no zone. We read -0000, which is the same \
                  instant here; mailparse gives no date.",
        example: b"Date: Mon, 16 Sep 2002 03:27:38 (GMT)\n",
        holds: |case| only_ours(case) && When::of(case).is_some_and(|when| when.zone == "(GMT)"),
    },
    Class {
        name: "a comment that touches the zone",
        libraries: MAILPARSE,
        fields: RECEIVED,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: DATE_TIME,
        because: "CFWS is a comment, with or without a blank before it.",
        example: b"Received: by a.example; 5 Aug 2002 18:30:50 +0900(KST)\n",
        holds: |case| {
            let comment = |zone: &str| {
                zone.split_once('(')
                    .is_some_and(|(zone, _)| zone.len() == 5 && zone.starts_with('+'))
            };
            only_ours(case) && When::of(case).is_some_and(|when| comment(&when.zone))
        },
    },
    Class {
        name: "words behind the time",
        libraries: MAILPARSE,
        fields: DATE,
        decision: Decision::Open,
        reference: "RFC 5322 §3.3",
        quote: DATE_TIME,
        because: "Outside the grammar. We read -0000 and tell of the rest; mailparse gives no \
                  date.",
        example: b"Date: Thu, 18 Jul 2002 21:16:12\n    version=2.40\n",
        holds: |case| {
            only_ours(case) && When::of(case).is_some_and(|when| when.zone.starts_with("version="))
        },
    },
    Class {
        name: "no semicolon before the date",
        libraries: BOTH,
        fields: RECEIVED,
        decision: Decision::Open,
        reference: "RFC 5322 §3.6.7",
        quote: r#"received = "Received:" *received-token ";" date-time CRLF"#,
        because: "Outside the grammar. The date is whole and at the end, and we give it with a \
                  defect; they give none (for mailparse, which has no reader of this field, we \
                  look for the semicolon).",
        example: b"Received: by a.example (Mail 3.0) Fri, 12 Jul 2002 01:37:08 -0000\n",
        holds: |case| only_ours(case) && !case.text().contains(';'),
    },
    Class {
        name: "a month that is no name",
        libraries: MAIL_PARSER,
        fields: RECEIVED,
        decision: Decision::Ours,
        reference: "RFC 5322 §3.3",
        quote: r#"month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" / "Aug" / "Sep" / "Oct" / "Nov" / "Dec""#,
        because: "The month is in octets of an unknown charset. mail-parser gives a date of \
                  another year.",
        example: b"Received: by a.example; \xac\xb5, 18 \xa4\xeb 2002 06:16:37 -0700\n",
        holds: |case| {
            only_theirs(case)
                && When::of(case).is_some_and(|when| {
                    !when.date.is_ascii() && !MONTHS.iter().any(|month| when.date.contains(month))
                })
        },
    },
];

fn only_ours(case: &Case) -> bool {
    case.ours.len() == 1 && case.theirs.is_empty()
}

fn only_theirs(case: &Case) -> bool {
    case.ours.is_empty() && case.theirs.len() == 1
}

/// How many days lie between both dates.
fn days(case: &Case) -> i64 {
    later(case).map_or(0, |by| by.abs() / (24 * HOUR))
}

/// How many seconds later they are.
fn later(case: &Case) -> Option<i64> {
    let (ours, theirs): (i64, i64) =
        (case.ours.first()?.parse().ok()?, case.theirs.first()?.parse().ok()?);
    Some(theirs - ours)
}

/// The seconds of four digits, hours and minutes, with or without a sign.
fn offset(digits: &str) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    Some((number / 100 * 60 + number % 100) * 60)
}

/// The first two numbers of `21/08/2002`.
fn slashes(case: &Case) -> Option<(u8, u8)> {
    let when = When::of(case)?;
    let mut numbers = when.date.split('/');
    let (one, two) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some((one, two))
}
