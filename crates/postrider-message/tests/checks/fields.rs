//! Structured fields: no value panics a reader; every defect lies inside the value; what is read
//! and can be written is one field, and what was read without a defect is read from it again.

use postrider_message::{
    ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt, AuthenticationResults,
    AutoSubmitted, Autocrypt, ContentMd5, Defects, DkimSignature, FieldValue, Folder, Importance,
    LanguageTags, ListId, ListUrls, MimeVersion, OneClick, Parameters, PhraseList, RawValue,
    ReceivedSpf, ReturnPath, TagList, Url, WriteValue,
};

/// Checks one value as every type.
pub(crate) fn check(data: &[u8]) {
    macro_rules! values {
        ($($ty:ty)*) => {$({
            let read = <$ty>::read(RawValue::new(data));
            inside(&read.defects, data);
            if let Some(value) = written(&read.value) && read.defects.is_empty() {
                let again = <$ty>::read(RawValue::new(value.as_bytes()));
                assert_eq!(again.value, read.value, "{value:?}");
            }
        })*};
    }
    macro_rules! options {
        ($($ty:ty)*) => {$({
            let read = Option::<$ty>::read(RawValue::new(data));
            inside(&read.defects, data);
            // No value is always told.
            assert!(read.value.is_some() || !read.defects.is_empty());
            if let Some(value) = read.value.as_ref().and_then(written) && read.defects.is_empty() {
                let again = Option::<$ty>::read(RawValue::new(value.as_bytes()));
                assert_eq!(again.value, read.value, "{value:?}");
            }
        })*};
    }
    values! {
        TagList<'_> AuthenticationResults<'_> ArcAuthenticationResults<'_> ListUrls<'_>
        PhraseList<'_> Url<'_> LanguageTags<'_> Autocrypt<'_>
    }
    options! {
        ListId<'_> ArchivedAt<'_> ReturnPath<'_> MimeVersion ContentMd5 OneClick Importance
    }
    parameters(data);
    signatures(data);
    claims(data);
}

fn inside(defects: &Defects, data: &[u8]) {
    assert!(defects.iter().all(|defect| defect.span().end() <= data.len()));
}

/// The value as it is written, which is one field; `None` where it is refused.
fn written(value: &impl WriteValue) -> Option<String> {
    let mut folder = Folder::new("X").ok()?;
    value.write_value(&mut folder);
    let field = folder.finish().ok()?;
    let value = field.strip_prefix("X:").and_then(|rest| rest.strip_suffix("\r\n")).unwrap();
    for (at, _) in value.match_indices(['\r', '\n']) {
        let folded = value[at..].starts_with("\r\n ") || value[..at].ends_with('\r');
        assert!(folded, "{value:?}");
    }
    Some(value.to_owned())
}

/// What RFC 2231 hides is written in other words, but says the same.
fn parameters(data: &[u8]) {
    let same = |one: &Parameters<'_>, other: &Parameters<'_>, field: &str| {
        for name in one.names() {
            // A name with an asterisk is no attribute: its value cannot be encoded.
            let lost = name.contains('*') && other.text(name).is_none();
            assert!(lost || one.text(name) == other.text(name), "{name:?} {field:?}");
            assert!(one.candidates(name).count() > 0);
        }
    };
    let read = Parameters::read(RawValue::new(data));
    inside(&read.defects, data);
    if let Some(value) = written(&read.value) {
        let again = Parameters::read(RawValue::new(value.as_bytes()));
        same(&read.value, &again.value, &value);
    } else {
        // What is too long for a line is cut into sections, where its name leaves room for them and
        // they are not more than are read.
        let whole = |name: &str| name.len() > 40 || name.contains('*');
        let many = read.value.iter().count() > 40 || data.len() > 5_000;
        assert!(many || read.value.names().any(whole), "parameters are encoded, not refused");
    }

    let read = AutoSubmitted::read(RawValue::new(data)).value;
    if let Some(value) = written(&read) {
        let again = AutoSubmitted::read(RawValue::new(value.as_bytes()));
        same(read.parameters(), again.value.parameters(), &value);
    }
    let read = ReceivedSpf::read(RawValue::new(data)).value;
    if let Some(value) = written(&read) {
        let again = ReceivedSpf::read(RawValue::new(value.as_bytes()));
        assert_eq!(again.value.comments(), read.comments(), "{value:?}");
        same(read.pairs(), again.value.pairs(), &value);
    }
}

/// However odd a field is, what is written of it claims what was read of it and no more: the same
/// service, the same verdicts, the same key, the same place.
fn claims(data: &[u8]) {
    macro_rules! claims {
        ($($ty:ident: $value:ident => $claim:expr;)*) => {$({
            let $value = $ty::read(RawValue::new(data)).value;
            if let Some(text) = written(&$value) {
                let before = format!("{:?}", $claim);
                let $value = $ty::read(RawValue::new(text.as_bytes())).value;
                assert_eq!(format!("{:?}", $claim), before, "{text:?}");
            }
        })*};
    }
    claims! {
        ReceivedSpf: spf => (spf.result(), spf.comments());
        AutoSubmitted: auto => (auto.keyword(), auto.is_automatic());
        AuthenticationResults: field => field;
        ArcAuthenticationResults: field => field;
        Autocrypt: key => key;
        TagList: tags => (tags.is_valid(), tags.iter().map(|tag| tag.name().to_owned()).collect::<Vec<_>>());
        Url: url => url;
        ListUrls: list => list.urls().iter().map(|url| url.as_str().to_owned()).collect::<Vec<_>>();
        PhraseList: list => list;
        LanguageTags: list => list;
    }
}

fn signatures(data: &[u8]) {
    let dkim = DkimSignature::read(RawValue::new(data));
    inside(&dkim.defects, data);
    for tag in dkim.value.tags() {
        assert_eq!(tag.span().of(data), tag.value());
    }
    let _ = (dkim.value.copied_fields().count(), dkim.value.identity(), dkim.value.signature());
    let message = ArcMessageSignature::read(RawValue::new(data)).value;
    let _ = (message.signed_fields().count(), message.canonicalization(), message.body_length());
    let seal = ArcSeal::read(RawValue::new(data)).value;
    assert!(seal.instance().is_none_or(|number| (1..=50).contains(&number)));
}
