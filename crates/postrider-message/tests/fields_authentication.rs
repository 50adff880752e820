//! Authentication results: the examples of RFC 8601 and RFC 8617, and what is seen.

use postrider_message::{
    ArcAuthenticationResults, AuthResult, AuthenticationResults, Code, FieldValue, Folder, Parsed,
    RawValue, WriteValue, code,
};
use proptest::prelude::*;

fn read(value: &str) -> Parsed<'_, AuthenticationResults<'_>> {
    AuthenticationResults::read(RawValue::new(value.as_bytes()))
}

fn codes<T>(read: &Parsed<'_, T>) -> Vec<&'static Code> {
    read.defects.iter().map(|defect| defect.code()).collect()
}

/// Method, result, reason, properties and comments, on a line.
fn told(result: &AuthResult<'_>) -> String {
    let mut out = format!("{}={}", result.method(), result.result());
    if let Some(reason) = result.reason() {
        out.push_str(&format!(" reason={reason}"));
    }
    for one in result.properties() {
        out.push_str(&format!(" {}.{}={}", one.ptype(), one.name(), one.value()));
    }
    for comment in result.comments() {
        out.push_str(&format!(" ({comment})"));
    }
    out
}

#[test]
fn the_examples_of_rfc_8601_are_read() {
    for (value, id, version, results) in [
        ("example.org 1; none", "example.org", Some(1), &[][..]),
        (
            "example.com;\r\n          spf=pass smtp.mailfrom=example.net",
            "example.com",
            None,
            &["spf=pass smtp.mailfrom=example.net"],
        ),
        (
            "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n \
             spf=pass smtp.mailfrom=example.net",
            "example.com",
            None,
            &[
                "auth=pass smtp.auth=sender@example.net (cram-md5)",
                "spf=pass smtp.mailfrom=example.net",
            ],
        ),
        (
            "example.com;\r\n dkim=pass reason=\"good signature\"\r\n \
             header.i=@mail-router.example.net;\r\n dkim=fail reason=\"bad signature\"\r\n \
             header.i=@newyork.example.com",
            "example.com",
            None,
            &[
                "dkim=pass reason=good signature header.i=@mail-router.example.net",
                "dkim=fail reason=bad signature header.i=@newyork.example.com",
            ],
        ),
        (
            "foo.example.net (foobar) 1 (baz);\r\n \
             dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n \
             policy (A dot can go here) . (like that) expired\r\n \
             (this surprised me) = (as I wasn't expecting it) 1362471462",
            "foo.example.net",
            Some(1),
            &["dkim=fail policy.expired=1362471462 (Because I like it) (One yay) (wait for it) \
               (A dot can go here) (like that) (this surprised me) (as I wasn't expecting it)"],
        ),
    ] {
        let read = read(value);
        assert_eq!(codes(&read), Vec::<&Code>::new(), "{value}");
        assert_eq!((read.value.authserv_id(), read.value.version()), (Some(id), version));
        assert_eq!(read.value.results().iter().map(told).collect::<Vec<_>>(), results);
    }
    let heavy = read("foo.example.net; dkim (Because I like it) / 1 = fail").value;
    assert_eq!(heavy.results()[0].version(), Some(1));
}

#[test]
fn the_examples_of_rfc_8617_are_read() {
    let value = b"i=3; clochette.example.org; spf=fail\r\n    \
        smtp.from=jqd@d1.example; dkim=fail (512-bit key)\r\n    \
        header.i=@d1.example; dmarc=fail; arc=pass (as.2.gmail.example=pass,\r\n    \
        ams.2.gmail.example=pass, as.1.lists.example.org=pass,\r\n    \
        ams.1.lists.example.org=fail (message has been altered))";
    let read = ArcAuthenticationResults::read(RawValue::new(value));
    assert_eq!(codes(&read), Vec::<&Code>::new());
    assert_eq!(read.value.instance(), Some(3));
    let results = read.value.results();
    assert_eq!(results.authserv_id(), Some("clochette.example.org"));
    let methods: Vec<_> = results.results().iter().map(AuthResult::method).collect();
    assert_eq!(methods, ["spf", "dkim", "dmarc", "arc"]);
    assert!(
        results.method("ARC").next().unwrap().comments()[0].ends_with("(message has been altered)")
    );
}

#[test]
fn what_big_hosts_write_is_read() {
    // Exchange Online names no service, and properties without a type.
    let exchange = read(
        "spf=none (sender IP is 185.132.181.12)\r\n smtp.helo=dispatchb-eu1.ppe-hosted.com; \
         dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=none\r\n \
         header.from=hmail.jitbit.com;compauth=softpass reason=202",
    );
    assert_eq!(exchange.value.authserv_id(), None);
    let results: Vec<_> = exchange.value.results().iter().map(told).collect();
    assert_eq!(
        results,
        [
            "spf=none smtp.helo=dispatchb-eu1.ppe-hosted.com (sender IP is 185.132.181.12)",
            "dkim=none header.d=none (message not signed)",
            "dmarc=fail .action=none header.from=hmail.jitbit.com",
            "compauth=softpass reason=202",
        ]
    );
    assert_eq!(codes(&exchange), [&code::NO_AUTHSERV_ID, &code::NOT_A_PROPERTY]);

    // Gmail writes base64 and addresses without quotation marks.
    let gmail = read(
        "mx.google.com;\r\n dkim=pass header.i=@mandrillapp.com header.s=mandrill header.b=\"VIS/+1=\";\r\n \
         spf=pass (google.com: domain of a@b.example designates 198.2.135.10) smtp.mailfrom=\"a b\"@b.example;\r\n \
         dkim=pass header.b=ab/c+d==",
    );
    let results = gmail.value.results();
    assert_eq!(results[0].property("header", "b"), Some("VIS/+1="));
    assert_eq!(results[1].property("smtp", "mailfrom"), Some("\"a b\"@b.example"));
    assert_eq!(results[2].property("header", "b"), Some("ab/c+d=="));
    assert_eq!(codes(&gmail), Vec::<&Code>::new());
}

#[test]
fn what_is_wrong_is_a_defect_and_nothing_is_made_up() {
    for (value, results, defects) in [
        ("", 0, &[&code::NO_AUTHSERV_ID][..]),
        ("; spf=pass", 1, &[&code::NO_AUTHSERV_ID]),
        ("a.example", 0, &[]),
        ("a.example; spf", 0, &[&code::NOT_A_RESULT]),
        ("a.example; s pf=pass", 1, &[&code::AFTER_VALUE]),
        ("a.example; s@f=pass x.y=z", 0, &[&code::NOT_A_RESULT]),
        ("a.example; a@b@c@spf=pass", 0, &[&code::NOT_A_RESULT]),
        ("a.example b.example; spf=pass", 1, &[&code::AFTER_VALUE]),
        ("a.example; spf=pass words smtp.helo=b", 1, &[&code::AFTER_VALUE]),
        ("a.example; spf=pass @=b", 1, &[&code::NOT_A_PROPERTY]),
        ("a.example; spf=pass .reason=b", 1, &[&code::NOT_A_PROPERTY]),
        ("a.example; spf=pass (open", 1, &[&code::UNCLOSED_COMMENT]),
    ] {
        let read = read(value);
        assert_eq!(read.value.results().len(), results, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
    let many = format!("a.example{}", "; x=y a.b=c".repeat(1_000));
    let bounded = read(&many);
    assert_eq!(bounded.value.results().len(), 50);
    assert!(bounded.defects.has(&code::TOO_MANY_RESULTS));
    let none = ArcAuthenticationResults::read(RawValue::new(b"i=0; a.example; none"));
    assert_eq!((none.value.instance(), codes(&none)), (None, vec![&code::NO_INSTANCE]));
}

fn written(value: &impl WriteValue) -> String {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish().unwrap().strip_prefix("X:").unwrap().to_owned()
}

#[test]
fn what_would_add_a_result_is_refused_or_quoted() {
    assert!(AuthResult::new("spf=pass; dkim", "pass").is_err());
    assert!(AuthResult::new("spf", "pass; dkim=pass").is_err());
    assert!(AuthenticationResults::new("a\r\nb").is_err());
    let spf = AuthResult::new("spf", "fail").unwrap();
    assert!(spf.clone().with_property("smtp", "x y", "z").is_err());
    assert!(spf.clone().with_reason("a\nb").is_err());
    assert!(spf.clone().with_comment("a\nb").is_err() && spf.clone().with_comment("é").is_err());
    let spf = spf.with_property("smtp", "helo", "a; dkim=pass").unwrap();
    let field = AuthenticationResults::new("b.example").unwrap().with_result(spf);
    assert_eq!(written(&field), " b.example; spf=fail smtp.helo=\"a; dkim=pass\"\r\n");
    assert!(ArcAuthenticationResults::new(51, field).is_err());
}

prop_compose! {
    fn result()(
        method in "[a-z][a-z0-9-]{0,8}", found in "[a-z]{1,8}", comment in prop::option::of("[ -~]{0,20}"), reason in prop::option::of("[ -~é]{0,20}"),
        properties in prop::collection::vec(("[a-z]{1,6}", "[a-z-]{1,6}", "[ -~é]{0,20}|[a-z]{0,3}@[a-z.]{1,9}"), 0..4)
    ) -> AuthResult<'static> {
        let mut result = AuthResult::new(method, found).unwrap();
        if let Some(reason) = reason {
            result = result.with_reason(reason).unwrap();
        }
        if let Some(comment) = comment {
            result = result.with_comment(comment).unwrap();
        }
        for (ptype, name, value) in properties {
            result = result.with_property(ptype, name, value).unwrap();
        }
        result
    }
}

proptest! {
    #[test]
    fn results_that_are_made_are_read_again(
        id in "[ -~]{0,20}|[a-z.]{1,20}", results in prop::collection::vec(result(), 0..4), instance in 1_u8..=50
    ) {
        let mut field = AuthenticationResults::new(id).unwrap();
        for one in results {
            field = field.with_result(one);
        }
        let text = written(&field);
        let read = read(&text);
        prop_assert_eq!(&read.value, &field, "{}", text);
        prop_assert!(read.defects.is_empty(), "{} {:?}", text, read.defects);

        let arc = ArcAuthenticationResults::new(instance, field).unwrap();
        let text = written(&arc);
        prop_assert_eq!(&ArcAuthenticationResults::read(RawValue::new(text.as_bytes())).value, &arc);
    }

    #[test]
    fn results_that_are_read_are_written_and_read_again(
        value in "a;([a-z.=; \"@/,\\\\é(]|\\)|a=b|c\\.d=|reason=|\r\n ){0,30}"
    ) {
        let first = read(&value).value;
        let text = written(&first);
        prop_assert_eq!(&read(&text).value, &first, "{:?} {:?}", value, text);
    }
}
