//! Every `Date` and `Received` field of the SpamAssassin corpus.

use std::fs;

use postrider_message::{DateTime, FieldName, FieldValue, HeaderSection, RawValue, code};
use postrider_testkit::shared_files;

/// How many there are, how many without a defect, and the sum of their Unix times.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plain {
    all: usize,
    plain: usize,
    sum: i64,
}

impl Plain {
    fn add(&mut self, raw: &[u8]) {
        let read = Option::<DateTime>::read(RawValue::new(raw));
        self.all += 1;
        match read.value {
            Some(date) if read.defects.is_empty() => {
                self.plain += 1;
                self.sum += date.unix();
            }
            _ => assert!(!read.defects.is_empty(), "{}", raw.escape_ascii()),
        }
    }
}

/// The expected numbers are Python's: dates that match the grammar of RFC 5322 §3.3 as a regular
/// expression, of a year from 1900 on, on the weekday that `datetime` tells, with the Unix times of
/// `email.utils.parsedate_tz` and `mktime_tz`.
#[test]
fn dates_without_a_defect_are_those_of_the_grammar_with_the_times_python_reads() {
    let paths = shared_files("corpora/spamassassin");
    if paths.is_empty() {
        return;
    }
    let (mut dates, mut hops) = (Plain::default(), Plain::default());
    let (mut received, mut clean, mut addressed, mut from) = (0, 0, 0, 0);
    for path in &paths {
        let section = HeaderSection::parse(fs::read(path).unwrap());
        for field in section.headers().all(FieldName::Date) {
            dates.add(field.value());
        }
        for field in section.headers().all(FieldName::Received) {
            if let Some(at) = field.value().iter().rposition(|&octet| octet == b';') {
                hops.add(&field.value()[at + 1..]);
            }
        }
        for read in section.headers().received() {
            received += 1;
            clean += usize::from(!read.defects.has(&code::OUTSIDE_CLAUSES));
            from += usize::from(read.value.from().is_some());
            addressed += usize::from(read.value.tcp_info().is_some());
        }
    }
    assert_eq!(dates, Plain { all: 3046, plain: 2835, sum: 2_908_429_498_216 });
    assert_eq!(hops, Plain { all: 16_298, plain: 15_793, sum: 16_221_604_028_205 });
    // Some hosts write words behind a comment, and some do not tell the address.
    assert_eq!(received, 16_307);
    assert!(clean >= received - 45, "{clean}");
    assert!(addressed * 100 >= from * 97, "{addressed} of {from}");
}
