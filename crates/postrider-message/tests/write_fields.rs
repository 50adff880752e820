//! Fields that are built of the types they are read as.

use postrider_message::{
    AddrSpec, DkimSignature, FieldName, FieldValue, HeaderBuilder, HeaderSection, Importance,
    InvalidValue, LanguageTags, MessageId, OneClick, Precedence, Priority, RawValue, ReturnPath,
    Sensitivity, TagList, Url,
};

/// Examples of RFC 2919 §3, RFC 2369 §3, RFC 8058 §8, RFC 3834 §5, RFC 8689 §5, RFC 8601 B.2, RFC 2045
/// §4 and RFC 1864 §2.
const EXAMPLES: &str = "\
    List-Id: List Header Mailing List <list-header.nisto.com>\r\n\
    List-Help: <ftp://ftp.host.com/list.txt> (FTP),\r\n \
    <mailto:list@host.com?subject=help>\r\n\
    List-Unsubscribe: <https://example.com/unsubscribe.html?opaque=123456789>\r\n\
    List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
    List-Subscribe: <mailto:list-request@host.com?subject=subscribe>\r\n\
    List-Post: <mailto:moderator@host.com> (Postings are Moderated)\r\n\
    List-Owner: <mailto:listmom@host.com> (Contact Person for Help)\r\n\
    List-Archive: <ftp://ftp.host.com/pub/list/archive/>\r\n\
    Auto-Submitted: auto-replied\r\n\
    TLS-Required: No\r\n\
    Authentication-Results: example.org 1; none\r\n\
    MIME-Version: 1.0\r\n\
    Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\
    \r\n";

#[test]
fn the_examples_of_the_rfcs_are_built_as_they_stand() {
    let section = HeaderSection::parse(EXAMPLES);
    let of = section.headers();
    let built = HeaderBuilder::new()
        .list_id(&of.list_id().unwrap().value.unwrap())
        .and_then(|it| it.list_help(&of.list_help().unwrap().value))
        .and_then(|it| it.list_unsubscribe(&of.list_unsubscribe().unwrap().value))
        .and_then(|it| {
            it.list_unsubscribe_post(&of.list_unsubscribe_post().unwrap().value.unwrap())
        })
        .and_then(|it| it.list_subscribe(&of.list_subscribe().unwrap().value))
        .and_then(|it| it.list_post(&of.list_post().unwrap().value))
        .and_then(|it| it.list_owner(&of.list_owner().unwrap().value))
        .and_then(|it| it.list_archive(&of.list_archive().unwrap().value))
        .and_then(|it| it.auto_submitted(&of.auto_submitted().unwrap().value))
        .and_then(|it| it.tls_required(&of.tls_required().unwrap().value.unwrap()))
        .and_then(|it| {
            it.authentication_results(&of.authentication_results().next().unwrap().value)
        })
        .and_then(|it| it.mime_version(&of.mime_version().unwrap().value.unwrap()))
        .and_then(|it| it.content_md5(&of.content_md5().unwrap().value.unwrap()))
        .unwrap();
    assert_eq!(built.finish(), EXAMPLES);
}

#[test]
fn scalars_are_built_under_their_names() {
    let german = LanguageTags::new(["de"]).unwrap();
    let built = HeaderBuilder::new()
        .precedence(&Precedence::Bulk)
        .and_then(|it| it.importance(&Importance::High))
        .and_then(|it| it.priority(&Priority::NonUrgent))
        .and_then(|it| it.sensitivity(&Sensitivity::Personal))
        .and_then(|it| it.content_id(&MessageId::new("foo4*foo1@bar.net").unwrap()))
        .and_then(|it| it.content_language(&german))
        .and_then(|it| it.content_location(&Url::new("http://www.example.com/").unwrap()))
        .and_then(|it| it.content_description("a map"))
        .unwrap();
    assert_eq!(
        built.finish(),
        "Precedence: bulk\r\n\
         Importance: high\r\n\
         Priority: non-urgent\r\n\
         Sensitivity: Personal\r\n\
         Content-ID: <foo4*foo1@bar.net>\r\n\
         Content-Language: de\r\n\
         Content-Location: http://www.example.com/\r\n\
         Content-Description: a map\r\n\
         \r\n"
    );
}

/// RFC 5322 Appendix A.4, and what RFC 5321 §4.4 and RFC 9228 §3 put above it.
#[test]
fn a_trace_that_is_built_is_read_again() {
    let raw = RawValue::new(
        b"from x.y.test by example.net via TCP with ESMTP id ABC12345\r\n \
          for <mary@example.net>;  21 Nov 1997 10:05:43 -0600",
    );
    let received = FieldValue::read(raw).value;
    let mary = AddrSpec::new("mary", "example.net").unwrap();
    let tags = TagList::new().with("v", "1").and_then(|tags| tags.with("a", "rsa-sha256")).unwrap();
    let built = HeaderBuilder::new()
        .return_path(&ReturnPath::Null)
        .and_then(|it| it.delivered_to(&mary))
        .and_then(|it| it.received(&received))
        .and_then(|it| it.received(&received))
        .and_then(|it| it.dkim_signature(&DkimSignature::new(tags.clone())))
        .unwrap();
    let section = HeaderSection::parse(built.finish());
    let headers = section.headers();
    assert_eq!(headers.return_path().unwrap().value, Some(ReturnPath::Null));
    let recipients = headers.delivered_to().next().unwrap().value;
    assert_eq!(recipients.mailboxes().map(|one| one.addr_spec()).collect::<Vec<_>>(), [&mary]);
    assert!(headers.received().all(|read| read.value == received && read.defects.is_empty()));
    assert_eq!(headers.all(FieldName::Received).count(), 2);
    assert_eq!(headers.dkim_signatures().next().unwrap().value.tags(), &tags);
}

/// RFC 8058 §3.1 has one of each.
#[test]
fn a_field_of_a_list_is_refused_the_second_time() {
    let once = HeaderBuilder::new().list_unsubscribe_post(&OneClick).unwrap();
    let again = once.list_unsubscribe_post(&OneClick);
    assert_eq!(again.map(HeaderBuilder::finish), Err(InvalidValue::Again));
}
