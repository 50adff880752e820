//! IMAP URLs.

use bytes::Bytes;
use postrider_imap::{
    Atom, ImapUrl, MailboxEncoding, MailboxName, Uid, UidValidity, UrlAccess, UrlAuth, UrlBase,
    UrlMailbox, UrlMechanism, UrlPartial, UrlServer, UrlTarget, UrlVerifier,
};
use proptest::prelude::*;

use super::strategies;

proptest! {
    #[test]
    fn a_url_reads_back_the_same(url in strategies::url()) {
        let text = url.to_string();
        prop_assert!(text.bytes().all(|octet| octet.is_ascii_graphic()), "{}", text);
        prop_assert_eq!(ImapUrl::parse(&text), Ok(url), "{}", text);
    }

    #[test]
    fn any_octets_are_a_url_or_refused(
        text in "(imap:)?(//)?[a%/;@:?.=*]{0,5}(;UID=2|;PARTIAL=1|;SECTION=|;AUTH=|;URLAUTH=)?[ -~]{0,9}",
    ) {
        if let Ok(url) = ImapUrl::parse(&text) {
            prop_assert_eq!(ImapUrl::parse(url.to_string()), Ok(url), "{}", text);
        }
    }
}

fn url(text: &str) -> ImapUrl {
    ImapUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn mailbox(name: &str) -> UrlMailbox {
    UrlMailbox::new(MailboxName::new(name.to_owned()).expect("a name"))
}

fn message(mailbox: UrlMailbox, uid: u32) -> UrlTarget {
    let uid = Uid::new(uid).expect("a UID");
    UrlTarget::Message { mailbox, uid, section: None, partial: None, auth: None }
}

/// RFC 5092 §9
#[test]
fn the_urls_of_rfc_5092_mean_what_it_says() {
    let read = url(
        "imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
    );
    assert_eq!(read.base(), &UrlBase::Absolute(UrlServer::new("minbari.example.org")));
    let mut council = mailbox("gray-council");
    council.validity = Some(UidValidity::new(385_759_045));
    let partial = UrlPartial { offset: 0, length: std::num::NonZeroU64::new(1024) };
    let expected = UrlTarget::Message {
        mailbox: council,
        uid: Uid::new(20).unwrap(),
        section: None,
        partial: Some(partial),
        auth: None,
    };
    assert_eq!(read.target(), &expected);

    // ~peter/&ZeVnLIqe-/&U,BTFw- in a SELECT.
    let read =
        url("imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97");
    let UrlTarget::Mailbox { mailbox: named, search: None } = read.target() else {
        panic!("{read:?}")
    };
    let text = named.name.decode(MailboxEncoding::Utf8).expect("UTF-8");
    let wire = MailboxName::encode(&text, MailboxEncoding::ModifiedUtf7).expect("a name");
    assert_eq!(wire.as_bytes(), b"~peter/&ZeVnLIqe-/&U,BTFw-");

    let read = url("imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2");
    let gssapi = UrlMechanism::Named(Atom::new("GSSAPI").unwrap());
    let server = UrlServer { auth: Some(gssapi), ..UrlServer::new("minbari.example.org") };
    assert_eq!(read.base().server(), Some(&server));
    assert!(
        matches!(read.target(), UrlTarget::Message { section: Some(section), .. } if section == "1.2")
    );

    assert_eq!(url(";section=1.4").target(), &UrlTarget::Section(Bytes::from("1.4"), None));

    let read = url("imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows");
    let expected = UrlTarget::Mailbox {
        mailbox: mailbox("gray council"),
        search: Some(Bytes::from("SUBJECT shadows")),
    };
    assert_eq!(read.target(), &expected);
    assert_eq!(read.base().server().unwrap().auth, Some(UrlMechanism::Any));

    let read = url(
        "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0",
    );
    assert_eq!(read.base().server().unwrap().user, Some(Bytes::from("john")));
    let expected = UrlTarget::Mailbox {
        mailbox: mailbox("babylon5/personel"),
        search: Some(Bytes::from("charset UTF-8 SUBJECT {14+}\r\nИванова")),
    };
    assert_eq!(read.target(), &expected);
}

/// RFC 5092 §9.1
#[test]
fn relative_urls_leave_out_what_is_at_hand() {
    assert_eq!(url("/foo").base(), &UrlBase::Path);
    assert_eq!(url(";UID=20").target(), &UrlTarget::Uid(Uid::new(20).unwrap(), None, None));
    // ".." is no dot segment here.
    let mut dots = mailbox("..");
    dots.validity = Some(UidValidity::new(385_759_045));
    assert_eq!(url("..;UIDVALIDITY=385759045/;UID=20").target(), &message(dots, 20));
    assert_eq!(url("").target(), &UrlTarget::Nothing);
}

/// RFC 4469 §5
#[test]
fn the_urls_of_catenate_are_read() {
    let read = url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER");
    let UrlTarget::Message { mailbox, section, .. } = read.target() else { panic!("{read:?}") };
    assert_eq!(mailbox.name.as_bytes(), b"Drafts");
    assert_eq!(section, &Some(Bytes::from("HEADER")));
    let read = url("/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9");
    assert!(matches!(read.target(), UrlTarget::Message { uid, .. } if uid.get() == 113_330));
}

/// RFC 4467 §5, §6
#[test]
fn urls_for_others_tell_who_and_how_long() {
    let read = url(
        "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:91354a473744909de610943775f92038",
    );
    let UrlTarget::Message { auth: Some(auth), section, .. } = read.target() else {
        panic!("{read:?}")
    };
    let verifier = UrlVerifier {
        mechanism: Atom::new("INTERNAL").unwrap(),
        token: Bytes::from("91354a473744909de610943775f92038"),
    };
    let expected = UrlAuth {
        expire: None,
        access: UrlAccess::Submit(Bytes::from("fred")),
        verifier: Some(verifier),
    };
    assert_eq!(auth, &expected);
    assert_eq!(section, &Some(Bytes::from("1.2")));
    let read =
        url("imap://joe@example.com/INBOX/;uid=20;expire=2010-02-02T12:00:00Z;urlauth=anonymous");
    let UrlTarget::Message { auth: Some(auth), .. } = read.target() else { panic!("{read:?}") };
    assert_eq!(auth.expire, Some(Bytes::from("2010-02-02T12:00:00Z")));
    assert_eq!(auth.access, UrlAccess::Anonymous);
}

#[test]
fn what_is_no_imap_url_is_refused() {
    for text in [
        "http://example.com/",
        "imap:/example.com/",
        "imap://",
        "imap:///INBOX",
        "imap://a@b@c/",
        "imap://@host/",
        "imap://host:99999/",
        "imap://host//INBOX",
        "imap://host/IN BOX",
        "imap://host/a%",
        "imap://host/a%4",
        "imap://host/a%zz",
        "imap://host/a%0D%0Ab",
        "imap://host/a?",
        "imap://host/a#b",
        "imap://host/a/;UID=0",
        "imap://host/a;UID=1",
        "imap://host/a;UIDVALIDITY=0",
        "imap://host/a;UIDVALIDITY=4294967296",
        "imap://host/;UID=20",
        "imap://host/a/;SECTION=1",
        "imap://host/a/;UID=1/;PARTIAL=1.0",
        "imap://host/a/;UID=1/;SECTION=",
        "imap://host/a/;UID=1;URLAUTH=submit+",
        "imap://host/a/;UID=1;URLAUTH=user+fred:INTERNAL:abc",
        "imap://host/a/;UID=1;EXPIRE=tomorrow;URLAUTH=anonymous",
        "imap://host/a;URLAUTH=anonymous",
        // To be resolved first: RFC 3986 §5.2.
        "/foo/;UID=20/..",
        "../foo",
        "/a/./b",
        ";PARTIAL=",
        "foo/;UID=1;URLAUTH=anonymous",
    ] {
        assert!(ImapUrl::parse(text).is_err(), "{text}");
    }
}

#[test]
fn parts_that_do_not_go_together_make_no_url() {
    let partial = UrlTarget::Partial(UrlPartial { offset: 0, length: None });
    assert!(ImapUrl::new(UrlBase::Path, partial).is_err());
    let server = UrlBase::Absolute(UrlServer::new(""));
    assert!(ImapUrl::new(server, UrlTarget::Nothing).is_err());
    let mut zero = mailbox("a");
    zero.validity = Some(UidValidity::new(0));
    assert!(ImapUrl::new(UrlBase::Path, message(zero, 1)).is_err());
    assert!(ImapUrl::new(UrlBase::Path, message(mailbox(""), 1)).is_err());
}
