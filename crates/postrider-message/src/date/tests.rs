use alloc::{string::String, vec::Vec};

use proptest::prelude::*;

use super::{fast, reader};
use crate::RawValue;

/// Dates that the fast path reads, with a few characters changed.
fn nearly_plain() -> impl Strategy<Value = String> {
    let part = |text: &'static str| proptest::string::string_regex(text).unwrap();
    let plain = (
        part("(|(Mon|Tue|Wed|Thu|Fri|Sat|Sun|thu|Xyz|Thursday), ?)"),
        part("( |\r\n\t)?[0-9]{1,2}( |  |\t|)"),
        part("(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|feb|Xul|June)( |  |\r\n |)"),
        part("(19|20|18|9)?[0-9]{2}( |\n\t|)"),
        part("[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?( |\r\n    |\t|)"),
        part("[-+ ][0-9]{4}"),
        part("( ?\\([A-Z]{3}\\)){0,2}( \\(|\\)|\\(\\)|\\\\| |\r\n\t\\(x@y\\))?"),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat());
    (plain, proptest::collection::vec((0_usize..50, 0x20_u8..0x7f), 0..2)).prop_map(
        |(text, changes)| {
            let mut text = text.into_bytes();
            for (at, octet) in changes {
                if let Some(place) = text.get_mut(at) {
                    *place = octet;
                }
            }
            String::from_utf8(text).unwrap()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_read_fast_is_read_the_same_without_a_defect(text in nearly_plain()) {
        if let Some(date) = fast::read(text.as_bytes()) {
            let general = reader::read(RawValue::new(text.as_bytes()));
            prop_assert_eq!(general.value, Some(date), "{}", text);
            let names: Vec<_> = general.defects.iter().map(|defect| defect.code().name()).collect();
            prop_assert!(names.is_empty(), "{}: {:?}", text, names);
        }
    }
}

#[test]
fn the_plain_forms_are_read_fast() {
    let table = [
        ("Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706),
        (" Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706),
        (" Fri,  5 Dec 1997 09:55:00 +0000 (UTC) ", 881_315_700),
        ("\r\n\t5 Dec 1997 09:55:00 -0000", 881_315_700),
        (" Fri, 5 Dec 1997\n    09:55:00\r\n\t+0000 (UTC)\n\t(x)", 881_315_700),
    ];
    for (text, unix) in table {
        assert_eq!(fast::read(text.as_bytes()).map(|date| date.unix()), Some(unix), "{text}");
    }
}
