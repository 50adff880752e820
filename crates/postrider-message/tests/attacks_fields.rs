//! What a stranger writes in the structured fields must not grow into more than it said when it
//! is written again: no verdict, no key, no name that nobody gave.

use allocation_counter::measure;
use postrider_message::{
    AddrSpec, AddressList, ArcAuthenticationResults, ArchivedAt, AuthenticationResults,
    AutoSubmitted, Autocrypt, DkimSignature, FieldName, FieldValue, Folder, HeaderBuilder,
    HeaderSection, InvalidValue, LanguageTags, ListId, ListUrl, ListUrls, MessageIdList,
    Parameters, PhraseList, RawValue, ReceivedSpf, TagList, Url, WriteValue, code,
};

fn raw(value: &str) -> RawValue<'_> {
    RawValue::new(value.as_bytes())
}

/// The value as it is written, or why it is not.
fn written(value: &impl WriteValue) -> Result<String, InvalidValue> {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish()
}

/// RFC 7208 §9.1: the field begins with its result. Pairs alone, of which the first is named
/// `pass`, would be read as a field that says `pass`.
#[test]
fn a_received_spf_field_without_a_result_is_not_written_as_one_that_passes() {
    for value in ["; pass=1; client-ip=192.0.2.1", "\"x\" pass=1; client-ip=192.0.2.1", ""] {
        let read = ReceivedSpf::read(raw(value)).value;
        assert_eq!(read.result(), "", "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// RFC 3834 §5: the field begins with its keyword.
#[test]
fn an_auto_submitted_field_without_a_keyword_is_not_written() {
    for value in ["; no=1", "\"auto-replied\"; a=b", ""] {
        let read = AutoSubmitted::read(raw(value)).value;
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// RFC 8601 §1.6: a field is believed for the service that it names. A service nobody named must
/// not come out of `none`, nor out of a method.
#[test]
fn authentication_results_of_nobody_are_not_written_as_those_of_a_service() {
    for value in ["", ";", "; none", "; spf/1=pass", "spf=pass", "spf=pass; dkim=pass"] {
        let read = AuthenticationResults::read(raw(value)).value;
        assert_eq!(read.authserv_id(), None, "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// RFC 8617 §4.1.1: instance, service and results. Without the first two, the first result would
/// be read as the name of the service.
#[test]
fn arc_results_without_an_instance_or_a_service_are_not_written() {
    for value in
        ["foo; spf=evil.example; dkim=pass", "i=51; a.example; none", "i=1; ; spf=pass", ""]
    {
        let read = ArcAuthenticationResults::read(raw(value)).value;
        assert!(read.instance().is_none() || read.results().authserv_id().is_none(), "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

/// Autocrypt Level 1 §2.1: a field with an attribute twice, or with a critical one that is not
/// known, is ignored. It must not come back as one that counts.
#[test]
fn a_key_that_does_not_count_is_not_written_as_one_that_does() {
    for value in [
        "addr=a@b.example; addr=c@d.example; keydata=AAEC",
        "addr=a@b.example; keydata=AAEC; keydata=AwQF",
        "addr=a@b.example; junk; keydata=AAEC",
        "addr=a@b.example; new=1; keydata=AAEC",
        // Unfolded, this name is that of the address.
        "ad\r\ndr=a@b.example; keydata=AAEC",
        "addr=a@b.example",
        "keydata=AAEC",
        "",
    ] {
        let read = Autocrypt::read(raw(value)).value;
        assert!(!read.is_valid(), "{value}");
        assert_eq!(written(&read), Err(InvalidValue::Grammar), "{value}");
    }
}

#[test]
fn no_key_is_made_of_an_address_that_the_field_would_not_give_back() {
    let mut made = 0;
    for (local, domain) in [
        ("a;keydata=AAEC", "b.example"),
        ("a", "[x;keydata=AAEC]"),
        ("=?q?=", "b.example"),
        ("=?utf-8?q?a?=", "b.example"),
        ("", "b.example"),
        ("a b", "b.example"),
        ("a\tb", "b.example"),
        ("a,b", "b.example"),
    ] {
        let Ok(addr) = AddrSpec::new(local, domain) else { continue };
        let Ok(key) = Autocrypt::new(addr, vec![0, 1, 2]) else { continue };
        let field = written(&key).unwrap();
        let value = field.strip_prefix("X:").unwrap();
        assert_eq!(Autocrypt::read(raw(value)).value, key, "{field}");
        assert!(!local.contains(';') && !domain.contains(';'), "{field}");
        made += 1;
    }
    assert!(made >= 2);
}

/// RFC 6376 §3.2: a list with a tag twice is invalid, and the second may stand beyond the limit.
#[test]
fn a_tag_list_that_was_cut_is_not_valid_and_not_written_as_if_it_were_whole() {
    let tags: String = (0..100).map(|number| format!("t{number}=x; ")).collect();
    assert!(TagList::read(raw(&tags)).value.is_valid());
    let cut = tags + "t0=y";
    let read = TagList::read(raw(&cut));
    assert!(!read.value.is_valid() && read.defects.has(&code::TOO_MANY_TAGS));
    assert_eq!(written(&read.value), Err(InvalidValue::TooLong));
    assert!(!DkimSignature::read(raw(&cut)).value.tags().is_valid());
    assert_eq!(written(&TagList::new()), Err(InvalidValue::Empty));
}

/// RFC 8616 lets UTF-8 into tags, base64 or not: it is written as it is or not at all.
#[test]
fn no_character_of_a_tag_is_cut_in_two() {
    for length in 60..80 {
        let value = format!("b={}é; d=a.example", "x".repeat(length));
        let read = TagList::read(raw(&value)).value;
        let field = written(&read).unwrap();
        let again = TagList::read(raw(field.strip_prefix("X:").unwrap()));
        assert_eq!(again.value, read, "{field}");
    }
}

/// RFC 2557 §4.2 has comments around the URL: what begins with a parenthesis begins one.
#[test]
fn a_url_does_not_become_a_comment_and_another_url() {
    assert_eq!(Url::new("(a)b"), Err(InvalidValue::Url));
    assert!(Url::new("a(b)").is_ok() && Url::new("%28a)b").is_ok());
    let archived = Option::<ArchivedAt<'_>>::read(raw("<(a)b>")).value.unwrap();
    assert_eq!(written(archived.url()), Err(InvalidValue::Url));
    assert_eq!(written(&archived).unwrap(), "X: <(a)b>\r\n");
}

/// RFC 2369 §2: the URLs of a list stand in angle brackets.
#[test]
fn a_url_that_was_read_does_not_bring_another_into_a_list() {
    let odd = Url::read(raw("https://a.example/>,<mailto:evil@b.example")).value;
    assert_eq!(written(&ArchivedAt::new(odd.clone())), Err(InvalidValue::Url));
    let list = ListUrls::new(vec![ListUrl::new(odd)]).unwrap();
    assert_eq!(written(&list), Err(InvalidValue::Url));
    assert_eq!(written(&ListUrls::default()), Err(InvalidValue::Empty));
}

/// Readers bound the number of parameters; what comes behind is lost to them, a boundary too.
#[test]
fn parameters_that_are_encoded_anew_do_not_push_others_beyond_the_limit() {
    let long = "é".repeat(1_500);
    let value = format!("a=\"{long}\"; b=\"{long}\"; c=\"{long}\"; boundary=xyz");
    let read = Parameters::read(raw(&value)).value;
    let field = written(&read).unwrap();
    assert!(field.lines().all(|line| line.len() <= 998));
    let again = Parameters::read(raw(field.strip_prefix("X:").unwrap()));
    assert!(!again.defects.has(&code::TOO_MANY_PARAMETERS));
    assert_eq!(again.value.text("boundary").unwrap(), "xyz");
    for name in ["a", "b", "c"] {
        assert_eq!(again.value.text(name).unwrap(), long);
    }
    // What no number of lines of 998 octets can hold within the limit is refused, not cut.
    let value: String = (0..100).map(|number| format!("a{number}=\"{long}\"; ")).collect();
    let read = Parameters::read(raw(&value)).value;
    assert_eq!(written(&read), Err(InvalidValue::TooLong));
    let spf = ReceivedSpf::new("pass", read).unwrap();
    assert_eq!(written(&spf), Err(InvalidValue::TooLong));
}

/// RFC 2047 §2: a line with an encoded word has at most 76 octets; §5 rule 3: an encoded word of a
/// phrase is set off from what follows.
#[test]
fn no_line_with_an_encoded_word_of_a_name_is_too_long_and_no_comma_touches_one() {
    for length in 1..90 {
        let name = "x".repeat(length) + "é";
        let id = ListId::new("list.of.a.name.example").unwrap().with_name(name.clone()).unwrap();
        let phrases = PhraseList::new([name.as_str(), "y", &name]).unwrap();
        for field in [written(&id).unwrap(), written(&phrases).unwrap()] {
            let encoded = |line: &&str| line.contains("=?");
            assert!(field.lines().filter(encoded).all(|line| line.len() <= 76), "{field}");
            assert!(!field.contains("?=,") && !field.contains("?=<"), "{field}");
        }
    }
}

/// RFC 5322 §3.6.5: `Keywords` has one phrase at least, and none has a line end.
#[test]
fn keywords_are_neither_empty_nor_lines() {
    for (phrases, error) in [
        (&["a\r\nBcc: x@y.example"][..], InvalidValue::ControlCharacter),
        (&[""], InvalidValue::Grammar),
        (&["a", ""], InvalidValue::Grammar),
        (&[], InvalidValue::Empty),
    ] {
        let built = HeaderBuilder::new().keywords(phrases.iter().copied());
        assert_eq!(built.err(), Some(error), "{phrases:?}");
    }
    let built = HeaderBuilder::new().field(FieldName::Keywords, &PhraseList::default());
    assert_eq!(built.err(), Some(InvalidValue::Empty));
}

/// The factor that the page of `Limits` tells, where every octet counts most.
#[test]
fn no_field_takes_more_than_200_times_its_octets_of_memory() {
    macro_rules! worst {
        ($($ty:ty: $element:literal)*) => {$(
            for count in [10, 100, 129, 257, 1_000, 8_193, 10_000] {
                let text = $element.repeat(count);
                let cost = measure(|| drop(<$ty>::read(raw(&text)))).bytes_max;
                let bound = 200 * text.len() as u64 + 1_024;
                assert!(cost <= bound, "{count} of {:?}: {cost} of {bound}", $element);
            }
        )*};
    }
    worst! {
        AddressList<'_>: "a@b,"
        AddressList<'_>: "a:;"
        AddressList<'_>: "a:b@c;"
        MessageIdList<'_>: "<a>"
        ListUrls<'_>: "<a>,"
        PhraseList<'_>: "k,"
        LanguageTags<'_>: "en,"
        Parameters<'_>: "a=;"
        TagList<'_>: "a=;"
        Autocrypt<'_>: "=;"
        AuthenticationResults<'_>: ";a=b"
        AuthenticationResults<'_>: "a=b;"
        AuthenticationResults<'_>: "()"
    }
    for count in [10, 100, 129, 1_000] {
        let section = HeaderSection::parse("Received:\n".repeat(count) + "\n");
        let cost = measure(|| drop(section.headers().trace())).bytes_max;
        assert!(cost <= 200 * 10 * count as u64 + 1_024, "{count}: {cost}");
    }
}
