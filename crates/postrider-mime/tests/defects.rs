//! All defects and all ambiguities of a message.

use postrider_mime::{Limits, Message};

fn ambiguities(mail: &str) -> Vec<&'static str> {
    let message = Message::parse(mail).unwrap();
    let found = message.ambiguities();
    assert!(found.iter().all(|one| !one.choice().is_empty()));
    found.iter().map(|one| one.defect().code().name()).collect()
}

/// Ways to show one reader another mail than the next, each a line of the table.
#[test]
fn every_way_to_split_a_message_differently_is_an_ambiguity() {
    let multipart = "Content-Type: multipart/mixed; boundary=aa\n\n--aa\n";
    for (mail, name) in [
        (format!("{multipart}\n1\n--aa--\n--aa\n\n2\n"), "misplaced-boundary"),
        (format!("{multipart}\n1\n--aa--x\n--aa--\n"), "misplaced-boundary"),
        (format!("{multipart}\n1\n--aab\n--aa--\n"), "misplaced-boundary"),
        (format!("{multipart}\n1\n"), "unclosed-multipart"),
        (format!("{multipart}{multipart}\n1\n--aa--\n--aa--\n"), "similar-boundary"),
        (
            format!("Content-Transfer-Encoding: base64\n{multipart}\n1\n--aa--\n"),
            "encoded-container",
        ),
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoK".into(),
            "encoded-message",
        ),
        ("Content-Transfer-Encoding: base64; foo\n\nQQ==".into(), "after-encoding"),
        ("Content-Transfer-Encoding: base65\n\nQQ==".into(), "unknown-encoding"),
        ("Content-Transfer-Encoding: base64\n\nQQ==QQ==".into(), "after-padding"),
        ("Subject : x\n\n".into(), "space-before-colon"),
        (format!("{multipart}Subject : x\n\n1\n--aa--\n"), "space-before-colon"),
        ("A: b\n\nx\ry\n".into(), "bare-cr"),
        (
            "Content-Type: text/plain; name=a\nContent-Disposition: x; filename=b\n\n".into(),
            "different-file-names",
        ),
        ("Content-Type: text/html; charset=a; charset=b\n\n".into(), "duplicate-parameter"),
        ("Content-Type: text/html\nContent-Type: text/plain\n\n".into(), "duplicate-field"),
    ] {
        assert_eq!(ambiguities(&mail), [name], "{mail:?}");
    }
    assert_eq!(ambiguities(&format!("{multipart}\n1\n--aa--\n")), [""; 0]);
}

#[test]
fn nothing_is_told_twice() {
    let mail = "Subject : x\r\nTo: a\nFrom: b@b.example <c@c.example>\r\n\
        Content-Type: text/plain; charset=a; charset=b\r\n\r\n\0\r\n";
    let message = Message::parse(mail).unwrap();
    let all = message.all_defects();
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{one}");
    }
    for name in [
        "space-before-colon",
        "mixed-line-ends",
        "at-sign-in-phrase",
        "duplicate-parameter",
        "nul",
        "unfaithful-charset",
    ] {
        assert_eq!(
            all.iter().filter(|one| one.code().name() == name).count(),
            1,
            "{name}: {all:?}"
        );
    }
    // Every source that tells a part of it tells nothing else.
    let parts = message.section_defects().chain(message.check().defects);
    assert!(parts.into_iter().all(|one| all.contains(&one)));
}

#[test]
fn no_more_is_kept_than_the_limit_of_each_source() {
    let part = "--b\nSubject : x\nContent-Type: text/plain; a=1; a=2\nContent-Transfer-Encoding: base64\n\n*\n";
    let mail = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", part.repeat(50));
    let limits = Limits::DEFAULT.with_defects(10);
    let message = Message::parse_with(&*mail, &limits).unwrap();
    let all = message.all_defects();
    assert!(all.len() <= 50 && all.dropped() >= 100, "{} {}", all.len(), all.dropped());
    let ambiguities = message.ambiguities();
    assert!(ambiguities.len() <= 50 && ambiguities.dropped() >= 100);
}
