//! Parameters: the examples of RFC 2231, what CPython's email tests expect, and the laws.

use postrider_message::{
    Code, FieldValue, Folder, InvalidValue, Limits, ParameterForm, Parameters, Parsed, RawValue,
    WriteValue, code,
};
use postrider_testkit::read_shared;
use proptest::prelude::*;

fn read(value: &str) -> Parsed<'_, Parameters<'_>> {
    Parameters::read(RawValue::new(value.as_bytes()))
}

fn codes<'a>(read: &Parsed<'a, Parameters<'a>>) -> Vec<&'static Code> {
    read.defects.iter().map(|defect| defect.code()).collect()
}

#[test]
fn the_examples_of_rfc_2231_are_read() {
    let ftp = read(
        "access-type=URL;\r\n URL*0=\"ftp://\";\r\n \
         URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
    );
    let whole = read(
        "access-type=URL;\r\n  URL=\"ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
    );
    assert_eq!(ftp.value.text("URL"), whole.value.text("url"));
    assert_eq!((codes(&ftp), codes(&whole)), (vec![], vec![]));

    let fun = read("title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A");
    let title = fun.value.value("title").unwrap();
    assert_eq!(title.as_str(), "This is ***fun***");
    assert_eq!((title.charset(), title.language()), (Some("us-ascii"), Some("en-us")));
    assert!(title.is_faithful() && fun.defects.is_empty());

    // The RFC prints this one without semicolons.
    let both = read(
        "title*0*=us-ascii'en'This%20is%20even%20more%20\r\n    \
         title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n    title*2=\"isn't it!\"",
    );
    assert_eq!(both.value.text("title").unwrap(), "This is even more ***fun*** isn't it!");
    assert_eq!(codes(&both), [&code::MISSING_SEMICOLON, &code::MISSING_SEMICOLON]);
}

/// What CPython's `test_email.py` expects of `get_param` and `get_filename`.
#[test]
fn sections_are_put_together_as_cpython_does() {
    let even_more = "This is even more ***fun*** is it not.pdf";
    for (value, text, charset, language) in [
        (
            "p*0*=''This%20is%20even%20more%20;\n\tp*1*=%2A%2A%2Afun%2A%2A%2A%20;\n\tp*2=\"is it not.pdf\"",
            even_more,
            None,
            None,
        ),
        (
            "p*0*=\"''This%20is%20even%20more%20\";\n\tp*1*=\"%2A%2A%2Afun%2A%2A%2A%20\";\n\tp*2=\"is it not.pdf\"",
            even_more,
            None,
            None,
        ),
        (
            "p*0=\"This%20is%20even%20more%20\"; p*1=\"%2A%2A%2Afun%2A%2A%2A%20\"; p*2=\"is it not.pdf\"",
            "This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20is it not.pdf",
            None,
            None,
        ),
        (
            "p*0*=\"This%20is%20even%20more%20\"; p*1*=\"%2A%2A%2Afun%2A%2A%2A%20\"; p*2=\"is it not.pdf\"",
            even_more,
            None,
            None,
        ),
        (
            "p*0*=\"bogus'xx'This%20is%20even%20more%20\"; p*1*=\"%2A%2A%2Afun%2A%2A%2A%20\"; p*2=\"is it not.pdf\"",
            even_more,
            Some("bogus"),
            Some("xx"),
        ),
        ("p*=X-UNKNOWN''myfile.txt", "myfile.txt", Some("X-UNKNOWN"), None),
        ("p*0*=\"Frank's\"; p*1*=\" Document\"", "Frank's Document", None, None),
        ("p*0=\"Frank's\"; p*1=\" Document\"", "Frank's Document", None, None),
        (
            "p*0*=\"us-ascii'en-us'Frank's\"; p*1*=\" Document\"",
            "Frank's Document",
            Some("us-ascii"),
            Some("en-us"),
        ),
        (
            "p*0=\"us-ascii'en-us'Frank's\"; p*1=\" Document\"",
            "us-ascii'en-us'Frank's Document",
            None,
            None,
        ),
        ("p=\"Frank's Document\"", "Frank's Document", None, None),
        (
            "p*0*=\"us-ascii'en-us'My\"; p*1=\" Document\"; p*2*=\" For You\"",
            "My Document For You",
            Some("us-ascii"),
            Some("en-us"),
        ),
        (
            "P*0=file____C__DOCUMENTS_20AND_20SETTINGS_FABIEN_LOCAL_20SETTINGS_TEM; P*1=P_nsmail.htm",
            "file____C__DOCUMENTS_20AND_20SETTINGS_FABIEN_LOCAL_20SETTINGS_TEMP_nsmail.htm",
            None,
            None,
        ),
    ] {
        let read = read(value);
        let found = read.value.value("p").unwrap();
        assert_eq!(found.as_str(), text, "{value}");
        assert_eq!((found.charset(), found.language()), (charset, language), "{value}");
    }
}

/// CPython takes these for charset and language too. RFC 2231 §4.1 (4): "The first segment of a
/// continuation MUST be encoded if language and character set information are given."
#[test]
fn a_first_section_that_is_not_extended_has_no_charset() {
    let read = read("name*0=\"us-ascii'en-us'My\"; name*1*=\" Document\"; name*2*=\" For%20You\"");
    let name = read.value.value("name").unwrap();
    assert_eq!(name.as_str(), "us-ascii'en-us'My Document For You");
    assert_eq!((name.charset(), name.language()), (None, None));
}

#[test]
fn the_messages_of_cpython_tell_their_charset_and_boundary() {
    for (file, name, octets) in [
        ("msg_32.txt", "charset", &b"us-ascii"[..]),
        ("msg_33.txt", "boundary", b"EeQfGwPcQSOJBaQU"),
        ("msg_33.txt", "protocol", b"application/pgp-signature"),
        ("msg_29.txt", "title", b"This is even more ***fun*** isn't it!"),
    ] {
        let Some(mail) = read_shared(&format!("corpora/python-test-email/{file}")) else { return };
        let section = postrider_message::HeaderSection::parse(mail);
        let field = section.headers().get(postrider_message::FieldName::ContentType).unwrap();
        let mut lexer = postrider_message::Lexer::mime(field.raw_value());
        for _ in 0..3 {
            lexer.next_solid();
        }
        let parameters = Parameters::read_behind(&mut lexer);
        assert_eq!(parameters.octets(name).as_deref(), Some(octets), "{file}");
    }
}

#[test]
fn the_encoded_octets_of_kmime_decode_as_kmime_decodes_them() {
    let folder = "corpora/kmime/data/codec_x-kmime-rfc2231";
    for (encoded, decoded) in [
        ("all-encoded.x-kmime-rfc2231-decode", "all-encoded.x-kmime-rfc2231-decode.expected"),
        ("basic-encode.expected", "basic-encode"),
    ] {
        let Some(encoded) = read_shared(&format!("{folder}/{encoded}")) else { return };
        let Some(decoded) = read_shared(&format!("{folder}/{decoded}")) else { return };
        let encoded = String::from_utf8(encoded).unwrap();
        let value = format!("name*=iso-8859-1''{}", encoded.trim_end());
        let read = read(&value);
        assert_eq!(read.value.octets("name").unwrap(), decoded);
    }
}

#[test]
fn what_is_odd_about_a_parameter_is_a_defect() {
    for (value, name, text, defects) in [
        ("a=1; A=2", "a", Some("1"), &[&code::DUPLICATE_PARAMETER][..]),
        ("a*0=x; a*0=y; a*1=z", "a", Some("xz"), &[&code::DUPLICATE_PARAMETER]),
        ("a=plain; a*=utf-8''%C3%A9", "a", Some("é"), &[&code::MIXED_PARAMETER]),
        ("a*0=x; a*=''y", "a", Some("y"), &[&code::MIXED_PARAMETER]),
        ("a*1=y; a*0=x", "a", Some("xy"), &[]),
        ("a*0=x; a*2=z", "a", Some("x"), &[&code::MISSING_SECTION]),
        ("a*1=y", "a", None, &[&code::MISSING_SECTION]),
        ("a=p; a*1=y", "a", Some("p"), &[&code::MISSING_SECTION, &code::MIXED_PARAMETER]),
        ("a*00=x", "a*00", Some("x"), &[&code::NOT_A_SECTION]),
        ("a**=x", "a**", Some("x"), &[&code::NOT_A_SECTION]),
        ("a*0**=x", "a*0**", Some("x"), &[&code::NOT_A_SECTION]),
        ("a*=\"''x\"", "a", Some("x"), &[&code::QUOTED_EXTENDED_VALUE]),
        ("a*=x%41", "a", Some("xA"), &[&code::NO_CHARSET]),
        ("a*=''100%!", "a", Some("100%!"), &[&code::STRAY_PERCENT]),
        // What looks like the beginning of an encoded word and is none leaves the value as it is.
        ("a=\" x=? y?= \"", "a", Some(" x=? y?= "), &[]),
        ("a=\"=?utf-8?q?=C3=A9?=.txt\"", "a", Some("é.txt"), &[&code::ENCODED_WORD_IN_PARAMETER]),
        (
            "a=\"=?utf-8?q?=C3=A9?= =?utf-8?b?w6k=?=\"",
            "a",
            Some("éé"),
            &[&code::ENCODED_WORD_IN_PARAMETER],
        ),
        ("a=\"x\" b=y", "b", Some("y"), &[&code::MISSING_SEMICOLON]),
        ("a=x b=y", "a", Some("x"), &[&code::MISSING_SEMICOLON]),
        ("a=x y.txt; b", "a", Some("x y.txt"), &[&code::UNQUOTED_VALUE, &code::NOT_A_PARAMETER]),
        ("a \"x\" b=y", "b", Some("y"), &[&code::NOT_A_PARAMETER, &code::MISSING_SEMICOLON]),
        ("a=\"x\" y; b=z", "b", Some("z"), &[&code::AFTER_VALUE]),
        ("a=\"x", "a", Some("x"), &[&code::UNCLOSED_QUOTE, &code::UNQUOTED_VALUE]),
        ("a=x (why); ; b=(c) y;", "b", Some("y"), &[]),
    ] {
        let read = read(value);
        assert_eq!(read.value.text(name).as_deref(), text, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
}

#[test]
fn all_candidates_stay_in_reach() {
    let read = read("n*0=a; n=b; x=1; N=c; n*=''d").value;
    let all: Vec<_> = read.candidates("n").map(|one| one.to_string()).collect();
    assert_eq!(all, ["n=b", "N=c", "n*=''d", "n*0=a"]);
    assert_eq!(read.names().collect::<Vec<_>>(), ["n", "x"]);
    assert_eq!(read.iter().count(), 5);
}

/// RFC 2231 §7 gives a section three forms, and §3 any order to the sections.
#[test]
fn all_values_of_a_name_are_told_and_the_one_that_counts_is_first() {
    use ParameterForm::{EncodedWords, Extended, Plain, Sections};
    for (value, expected) in [
        ("n=a", &[("a", Plain)][..]),
        ("n=a; N=b", &[("a", Plain), ("b", Plain)]),
        ("n*1=y; n=a; n*=''b; n*0=x", &[("b", Extended), ("xy", Sections), ("a", Plain)]),
        (
            "n=\"=?utf-8?q?=C3=A9?=\"; n*=''b; n*=''c",
            &[("b", Extended), ("c", Extended), ("é", EncodedWords)],
        ),
        ("n*1=y; n=a", &[("a", Plain)]),
        ("n*1=y", &[]),
        // Nine names: more than a list holds that is only looked through.
        ("a=1; b=1; c=1; d=1; e=1; f=1; g=1; N=2; n=3", &[("2", Plain), ("3", Plain)]),
    ] {
        let read = read(value).value;
        let values: Vec<_> = read.values("n").collect();
        let told: Vec<_> = values.iter().map(|one| (one.as_str(), one.form())).collect();
        assert_eq!(told, expected, "{value}");
        assert_eq!(read.value("n").as_ref(), values.first(), "{value}");
    }
}

/// A list that is looked through and one that was put in order are read alike.
#[test]
fn a_short_list_and_a_long_one_tell_the_same() {
    for value in ["b=1; a=2; B=3; c=4; a=5", "a=\"=?utf-8?q?x?=\"; a=\"=?utf-8?q?y?=\"; b=c"] {
        let short = read(value);
        // An asterisk in a name of no other use makes it a long one.
        let long = format!("{value}; z*0=x");
        let long = read(&long);
        for name in ["a", "b", "c", "d"] {
            let told = |read: &Parsed<'_, Parameters<'_>>| {
                let candidates = read.value.candidates(name).map(ToString::to_string);
                let values = read.value.values(name).map(|one| one.as_str().to_owned());
                let got = read.value.get(name).map(<[u8]>::to_vec);
                (got, candidates.collect::<Vec<_>>(), values.collect::<Vec<_>>())
            };
            assert_eq!(told(&short), told(&long), "{value} {name}");
        }
        let names: Vec<_> = long.value.names().filter(|name| *name != "z").collect();
        assert_eq!(short.value.names().collect::<Vec<_>>(), names);
        let sorted = |read: &Parsed<'_, Parameters<'_>>| {
            let mut found: Vec<_> =
                read.defects.iter().map(|one| (one.span().start(), one.code().name())).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(sorted(&short), sorted(&long), "{value}");
    }
}

#[test]
fn octets_of_a_character_may_lie_in_two_sections() {
    let read = read("n*0*=utf-8''%E2%82; n*1*=%AC");
    assert_eq!(read.value.text("n").unwrap(), "€");
}

#[test]
fn ten_thousand_sections_are_one_value() {
    let mut value = String::new();
    for number in (0..10_000).rev() {
        value.push_str(&format!("n*{number}*={}%41;", if number == 0 { "''" } else { "" }));
    }
    let limits = Limits::DEFAULT.with_parameters(10_000);
    let section = format!("X: {value}\n\n");
    let section = postrider_message::HeaderSection::parse_with(section.as_bytes(), &limits);
    let field = section.headers().fields().next().unwrap();
    let read = field.read::<Parameters<'_>>();
    assert_eq!(read.value.text("n").unwrap(), "A".repeat(10_000));
    assert!(read.defects.is_empty());

    let bounded = Parameters::read(RawValue::new(value.as_bytes()));
    assert_eq!(bounded.value.iter().count(), Limits::DEFAULT.parameters);
    assert!(bounded.defects.has(&code::TOO_MANY_PARAMETERS));
}

fn written(value: &impl WriteValue) -> String {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish().unwrap()
}

fn value_of(field: &str) -> &str {
    field.strip_prefix("X:").unwrap().strip_suffix("\r\n").unwrap()
}

#[test]
fn what_would_add_a_line_or_a_parameter_is_refused_or_quoted() {
    for bad in ["a\r\nb", "a\nb", "a\0b", "a\u{85}b", "a\u{1b}b"] {
        assert!(Parameters::new().with("name", bad).is_err(), "{bad:?}");
    }
    for bad in ["", "a b", "a*", "a=", "é", "a\r\n"] {
        assert!(Parameters::new().with(bad, "x").is_err(), "{bad:?}");
    }
    let one = Parameters::new().with("name", "a\"; evil=\"b").unwrap();
    assert_eq!(written(&one), "X: name=\"a\\\"; evil=\\\"b\"\r\n");
}

#[test]
fn what_was_read_is_written_as_it_stands() {
    let value = "charset=us-ascii; name*=iso-8859-1'de'%E4; a=\"b c\"";
    assert_eq!(written(&read(value).value), format!("X: {value}\r\n"));
    // What cannot be written is encoded anew, and decoded line ends are no line ends.
    let odd = read("a=\"é\"; b*=''x%0D%0ABcc:%20y").value;
    let field = written(&odd);
    assert!(field.is_ascii() && field.matches("\r\n").count() == 1, "{field}");
    assert_eq!(read(value_of(&field)).value.text("b").unwrap(), "x\r\nBcc: y");
    assert_eq!(read(value_of(&field)).value.text("a").unwrap(), "é");
}

#[test]
fn a_value_of_many_lines_is_read_again_within_the_default_limits() {
    let long = "0123456789 abc".repeat(500);
    let made = Parameters::new().with("boundary", &long).unwrap();
    let field = written(&made);
    assert!(field.lines().all(|line| line.len() <= 998));
    let read = read(value_of(&field));
    assert_eq!(read.value.text("boundary").unwrap(), long);
    assert!(read.defects.is_empty());
    assert_eq!(Parameters::new().with("a", &"é".repeat(9_000)), Err(InvalidValue::TooLong));
}

proptest! {
    #[test]
    fn parameters_that_are_made_are_read_again(
        list in prop::collection::vec(("[a-z-]{1,12}", "[ \t!-~]{0,90}|[ -~é€\u{1f600}]{0,200}"), 0..4)
    ) {
        let mut made = Parameters::new();
        for (name, value) in &list {
            made = made.with(name, value).unwrap();
        }
        let field = written(&made);
        // The first stays on the line of the field name.
        for line in field.lines().skip(1) {
            prop_assert!(line.len() <= 78, "{}", line);
        }
        let read = read(value_of(&field));
        prop_assert_eq!(&read.value, &made, "{}", field);
        prop_assert!(read.defects.is_empty(), "{} {:?}", field, read.defects);
        for name in made.names() {
            let (_, last) = list.iter().rfind(|(one, _)| one == name).unwrap();
            prop_assert_eq!(&read.value.text(name).unwrap(), last);
        }
    }

    #[test]
    fn parameters_that_are_read_say_the_same_when_written(
        value in "([a-zA*'%=; \"]|a\\*[0-3]\\*?=|\\*=|;|=\\?utf-8\\?q\\?x\\?=|é|\\\\|\r\n |%[0-9A-F]{2}){0,30}"
    ) {
        let parameters = read(&value).value;
        let field = written(&parameters);
        let again = read(value_of(&field)).value;
        for name in parameters.names() {
            // A name with an asterisk is no attribute: its value cannot be encoded.
            if !(name.contains('*') && again.text(name).is_none()) {
                prop_assert_eq!(parameters.text(name), again.text(name), "{:?} {:?}", name, field);
            }
        }
    }
}
