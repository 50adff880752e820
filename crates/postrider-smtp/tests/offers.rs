//! What a mail needs, against what the server offers: told before the first octet of it is written.

use crate::talk;

use bytes::Bytes;
use postrider_smtp::client::{Chunking, Config, Content, Event, Outcome, Transaction};
use postrider_smtp::{
    Argument, Attribute, AttributeName, Attributes, AuthParameter, Body, EnvelopeId, Error,
    ExtensionKeyword, Keyword, MailParameters, Misuse, Notify, OriginalRecipient, Parameter,
    RcptParameters, Ret, ReversePath, Unsendable,
};
use postrider_wire::dot::OutgoingNewlines;
use talk::{Talk, config, mail_to, outcomes, over_tls, path, report, whole};

/// What is said first, or why nothing is.
fn said(config: Config, extensions: &[&str], mail: Transaction) -> Result<String, Error> {
    let mut talk = Talk::ready(config, extensions);
    let checked = talk.client.check_offers(&mail);
    let sent = talk.client.send(mail);
    assert_eq!(checked, sent, "the check says what would happen");
    let said = talk.said();
    if sent.is_err() {
        assert_eq!(said, "", "not an octet");
        assert_eq!(talk.poll(), []);
        assert!(talk.client.is_ready());
    }
    sent.map(|()| said)
}

fn line(extensions: &[&str], mail: Transaction) -> Result<String, Error> {
    said(config(), extensions, mail)
}

fn unsendable(why: Unsendable) -> Result<String, Error> {
    Err(Error::Unsendable(why))
}

fn to_bob(mail: &str) -> Transaction {
    mail_to(&["b@foo.com"], whole(mail))
}

#[test]
fn an_8_bit_mail_needs_8bitmime() {
    let eight = "Dear J\u{fc}rgen\r\n";
    assert_eq!(line(&[], to_bob(eight)), unsendable(Unsendable::EightBit));
    let declared = to_bob("").with_parameters(MailParameters::new().with_body(Body::EightBitMime));
    assert_eq!(line(&["SIZE"], declared.clone()), unsendable(Unsendable::EightBit));
    let with = |mail| line(&["8BITMIME"], mail).unwrap();
    assert_eq!(with(to_bob(eight)), "MAIL FROM:<a@bar.com> BODY=8BITMIME\r\n");
    assert_eq!(with(declared), "MAIL FROM:<a@bar.com> BODY=8BITMIME\r\n");
    assert_eq!(with(to_bob("Dear Bob\r\n")), "MAIL FROM:<a@bar.com>\r\n");
    // What it is counts, not what it is said to be.
    let seven = MailParameters::new().with_body(Body::SevenBit);
    let wrong = to_bob(eight).with_parameters(seven.clone());
    assert_eq!(with(wrong), "MAIL FROM:<a@bar.com> BODY=8BITMIME\r\n");
    let right = to_bob("Dear Bob\r\n").with_parameters(seven);
    assert_eq!(with(right.clone()), "MAIL FROM:<a@bar.com> BODY=7BIT\r\n");
    assert_eq!(
        line(&[], right).unwrap(),
        "MAIL FROM:<a@bar.com>\r\n",
        "which is what it is anyway"
    );
}

#[test]
fn a_binary_mail_needs_binarymime_and_chunking() {
    let binary = || to_bob("\0").with_parameters(MailParameters::new().with_body(Body::BinaryMime));
    for extensions in [&[][..], &["BINARYMIME"], &["CHUNKING"], &["8BITMIME", "CHUNKING"]] {
        assert_eq!(line(extensions, binary()), unsendable(Unsendable::Binary), "{extensions:?}");
    }
    let said = line(&["BINARYMIME", "CHUNKING"], binary()).unwrap();
    assert_eq!(said, "MAIL FROM:<a@bar.com> BODY=BINARYMIME\r\n");
}

#[test]
fn utf_8_in_an_address_needs_smtputf8() {
    let sender = Transaction::new(ReversePath::parse("j\u{fc}rgen@bar.com").unwrap(), whole(""));
    let mails = [
        mail_to(&["b@foo.com", "m\u{fc}ller@foo.com"], whole("")),
        sender.to(path("b@foo.com")),
        to_bob("").with_parameters(MailParameters::new().with_smtp_utf8(true)),
    ];
    for mail in mails {
        assert_eq!(line(&["8BITMIME"], mail.clone()), unsendable(Unsendable::Utf8));
        let said = line(&["8BITMIME", "SMTPUTF8"], mail).unwrap();
        assert!(said.ends_with(" SMTPUTF8\r\n"), "{said}");
    }
}

#[test]
fn requiretls_needs_tls_and_the_offer() {
    let mail = || to_bob("").with_parameters(MailParameters::new().with_require_tls(true));
    assert_eq!(line(&["REQUIRETLS"], mail()), unsendable(Unsendable::RequireTls), "no TLS");
    assert_eq!(said(over_tls(), &[], mail()), unsendable(Unsendable::RequireTls), "no offer");
    let said = said(over_tls(), &["REQUIRETLS"], mail()).unwrap();
    assert_eq!(said, "MAIL FROM:<a@bar.com> REQUIRETLS\r\n");
}

#[test]
fn the_size_is_told_and_checked_where_it_is_known() {
    // As it is sent: each newline two octets, the last line complete, dots not doubled.
    let mail = to_bob("a\n.b\rc");
    assert_eq!(line(&["SIZE 10"], mail.clone()).unwrap(), "MAIL FROM:<a@bar.com> SIZE=10\r\n");
    assert_eq!(
        line(&["SIZE 9"], mail.clone()).unwrap_err().to_string(),
        "the mail has 10 octets and the server takes 9"
    );
    assert_eq!(line(&["SIZE 0"], mail.clone()).unwrap(), "MAIL FROM:<a@bar.com> SIZE=10\r\n");
    assert_eq!(line(&[], mail).unwrap(), "MAIL FROM:<a@bar.com>\r\n");
    let streamed = |octets| mail_to(&["b@foo.com"], Content::streamed(octets));
    assert_eq!(line(&["SIZE"], streamed(Some(7))).unwrap(), "MAIL FROM:<a@bar.com> SIZE=7\r\n");
    assert!(line(&["SIZE 6"], streamed(Some(7))).is_err());
    assert_eq!(line(&["SIZE 6"], streamed(None)).unwrap(), "MAIL FROM:<a@bar.com>\r\n");
    let guessed = streamed(None).with_parameters(MailParameters::new().with_size(7));
    assert_eq!(line(&["SIZE"], guessed.clone()).unwrap(), "MAIL FROM:<a@bar.com> SIZE=7\r\n");
    assert!(line(&["SIZE 6"], guessed).is_err());
}

/// RFC 9422 §4.
#[test]
fn the_limits_of_the_server_are_kept() {
    let three = || mail_to(&["b@foo.com", "c@foo.com", "d@bar.com"], whole(""));
    let why = |extensions, mail| line(extensions, mail).unwrap_err().to_string();
    let said = why(&["LIMITS RCPTMAX=2"], three());
    assert_eq!(said, "the server takes 2 recipients in a transaction");
    let said = why(&["LIMITS RCPTDOMAINMAX=1"], three());
    assert_eq!(said, "the server takes recipients in 1 domains in a session");
    line(&["LIMITS RCPTMAX=3 RCPTDOMAINMAX=2 MAILMAX=1"], three()).unwrap();

    // Those of a session count over its mails.
    let mut talk = Talk::ready(config(), &["PIPELINING", "LIMITS MAILMAX=2 RCPTDOMAINMAX=2"]);
    let mut sent = |to: &[&str]| {
        let sent = talk.client.send(mail_to(to, whole("")));
        if sent.is_ok() {
            talk.hear(&"250 OK\r\n".repeat(1 + to.len()));
            talk.hear("354 go\r\n");
            let events = talk.hear("250 OK\r\n");
            assert!(report(&events).is_accepted());
        }
        sent.map_err(|error| error.to_string())
    };
    assert_eq!(sent(&["b@foo.com", "c@FOO.com"]), Ok(()));
    assert!(sent(&["b@one.com", "c@two.com"]).unwrap_err().contains("2 domains"));
    assert_eq!(sent(&["b@one.com"]), Ok(()), "a mail that was refused does not count");
    assert_eq!(sent(&["b@foo.com"]).unwrap_err(), "the server takes 2 mails in a session");
}

#[test]
fn what_the_rfc_lets_go_without_is_left_out_and_told() {
    let mail = || {
        let parameters = MailParameters::new()
            .with_ret(Ret::Headers)
            .with_envid(EnvelopeId::encode("QQ314159").unwrap())
            .with_auth(AuthParameter::unknown());
        let to = RcptParameters::new()
            .with_notify(Notify::new(true, true, false).unwrap())
            .with_orcpt(OriginalRecipient::new("rfc822", "Bob@foo.com").unwrap());
        let transaction = Transaction::new(ReversePath::parse("a@bar.com").unwrap(), whole(""));
        transaction.with_parameters(parameters).with_recipient(path("b@foo.com"), to)
    };
    let mut left_out = Vec::new();
    for extensions in [&["PIPELINING"][..], &["PIPELINING", "DSN"], &["PIPELINING", "AUTH PLAIN"]] {
        let mut talk = Talk::ready(config(), extensions);
        talk.client.send(mail()).unwrap();
        let lines = talk.said();
        talk.hear("250\r\n250\r\n354\r\n");
        let events = talk.hear("250\r\n");
        left_out.push((lines, report(&events).left_out.dsn, report(&events).left_out.auth));
    }
    let data = "\r\nDATA\r\n";
    assert_eq!(
        left_out,
        [
            (format!("MAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>{data}"), true, true),
            (
                format!(
                    "MAIL FROM:<a@bar.com> RET=HDRS ENVID=QQ314159\r\nRCPT TO:<b@foo.com> \
                     NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bob@foo.com{data}"
                ),
                false,
                true
            ),
            (format!("MAIL FROM:<a@bar.com> AUTH=<>\r\nRCPT TO:<b@foo.com>{data}"), true, false),
        ]
    );
}

#[test]
fn parameters_of_other_extensions_go_as_they_are() {
    let priority = Parameter::new("mt-priority", Some("3")).unwrap();
    let mail = to_bob("").with_parameters(MailParameters::new().with_other(priority));
    assert_eq!(line(&["MT-PRIORITY"], mail).unwrap(), "MAIL FROM:<a@bar.com> MT-PRIORITY=3\r\n");
}

#[test]
fn a_mail_goes_in_a_chunk_where_that_is_offered_and_it_can_go_as_it_is() {
    let transport = |config: Config, extensions: &[&str], mail| {
        let mut talk = Talk::ready(config, extensions);
        talk.client.send(mail).map(|()| {
            talk.hear("250 OK\r\n");
            talk.hear("250 OK\r\n");
            let said = talk.said();
            String::from(said.get(..4).unwrap())
        })
    };
    let chunks = &["CHUNKING"][..];
    for (config, extensions, mail, expected) in [
        (config(), chunks, to_bob("Hi\r\n"), "BDAT"),
        (config(), chunks, to_bob(""), "BDAT"),
        (config(), &[], to_bob("Hi\r\n"), "DATA"),
        (config(), chunks, to_bob("Hi\n"), "DATA"),
        (config(), chunks, to_bob("Hi"), "DATA"),
        (config(), chunks, mail_to(&["b@foo.com"], Content::streamed(Some(4))), "DATA"),
        (config().with_chunking(Chunking::Never), chunks, to_bob("Hi\r\n"), "DATA"),
        (config().with_chunking(Chunking::Always), chunks, to_bob("Hi"), "BDAT"),
        (config().with_chunking(Chunking::Always), &[], to_bob("Hi"), "DATA"),
    ] {
        let what = format!("{:?} {extensions:?} {mail:?}", config.chunking);
        assert_eq!(transport(config, extensions, mail).unwrap(), expected, "{what}");
    }
}

#[test]
fn a_bare_newline_that_may_not_change_is_told_before() {
    let strict = || config().with_newlines(OutgoingNewlines::Refuse);
    let always = || config().with_chunking(Chunking::Always);
    for (config, extensions) in [(strict(), &[][..]), (always(), &["CHUNKING"])] {
        let error = said(config, extensions, to_bob("a\r\nb\nc")).unwrap_err();
        assert_eq!(error.to_string(), "bare CR or LF at octet 4 of the mail");
    }
    said(strict(), &[], to_bob("a\r\nb\r\nc")).unwrap();
    said(config(), &[], to_bob("a\r\nb\nc")).unwrap();
}

#[test]
fn behind_helo_a_plain_mail_still_goes() {
    let mut talk = Talk::new(config());
    talk.hear("220 foo.com\r\n");
    talk.hear("500 what?\r\n");
    assert_eq!(talk.said(), "HELO bar.com\r\n");
    talk.hear("250 foo.com\r\n");
    let eight = talk.client.send(to_bob("\u{fc}\r\n"));
    assert_eq!(eight, Err(Error::Unsendable(Unsendable::EightBit)));
    talk.client.send(to_bob("Hi\r\n")).unwrap();
    talk.hear("250\r\n");
    talk.hear("250\r\n");
    talk.hear("354\r\n");
    assert_eq!(outcomes(&talk.hear("250\r\n")), ["+250"]);
}

#[test]
fn command_by_command_the_same_offers_count() {
    let mail = |extensions: &[&str], parameters| {
        let mut talk = Talk::ready(config(), extensions);
        talk.client.mail(ReversePath::null(), parameters).map(|()| talk.said())
    };
    let plain = MailParameters::new;
    let binary = plain().with_body(Body::BinaryMime);
    for (parameters, why) in [
        (binary.clone(), Unsendable::Binary),
        (plain().with_smtp_utf8(true), Unsendable::Utf8),
        (plain().with_require_tls(true), Unsendable::RequireTls),
    ] {
        assert_eq!(mail(&[], parameters), Err(Error::Unsendable(why)));
    }
    let ret = plain().with_ret(Ret::Full);
    assert_eq!(mail(&[], ret.clone()).unwrap(), "MAIL FROM:<>\r\n");
    assert_eq!(mail(&["DSN"], ret).unwrap(), "MAIL FROM:<> RET=FULL\r\n");

    let mut talk = Talk::ready(config(), &["CHUNKING", "BINARYMIME"]);
    talk.client.mail(ReversePath::null(), binary).unwrap();
    talk.hear("250 OK\r\n");
    let umlaut = talk.client.rcpt(path("m\u{fc}ller@foo.com"));
    assert_eq!(umlaut, Err(Error::Unsendable(Unsendable::Utf8)));
    let never = RcptParameters::new().with_notify(Notify::never());
    talk.client.rcpt_with(path("b@foo.com"), never).unwrap();
    assert_eq!(talk.said(), "RCPT TO:<b@foo.com>\r\n", "DSN is not offered");
    talk.hear("250 OK\r\n");
    assert_eq!(talk.client.data(), Err(Error::Unsendable(Unsendable::Binary)));
    talk.client.bdat(3, true).unwrap();
    talk.client.write_payload(&mut Bytes::from_static(b"\n\r\0")).unwrap();
    talk.client.finish_payload().unwrap();
    assert_eq!(talk.said(), "BDAT 3 LAST\r\n\n\r\0");
    assert!(matches!(&talk.hear("250 OK\r\n")[..], [Event::End(Outcome::Accepted(_))]));
}

// --- commands that are no part of a transaction ---

fn told(talk: &mut Talk, answer: &str) -> (Keyword, u16) {
    match &talk.hear(answer)[..] {
        [Event::Answer { keyword, reply, .. }] => (*keyword, reply.code()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_asked_on_the_side_is_answered() {
    let argument = |text| Argument::parse(text).unwrap();
    let mut talk = Talk::ready(config(), &["VRFY", "HELP", "ETRN"]);
    talk.client.vrfy(argument("Crispin")).unwrap();
    assert_eq!(talk.said(), "VRFY Crispin\r\n");
    assert_eq!(talk.client.noop(), Err(Error::Misuse(Misuse::NotNow)), "one at a time");
    let answer =
        "553-Ambiguous; Possibilities are\r\n553-Joe Smith <jsmith@foo.com>\r\n553 bye\r\n";
    assert_eq!(told(&mut talk, answer), (Keyword::Vrfy, 553));
    talk.client.expn(argument("Executive-Users-List")).unwrap();
    assert_eq!(talk.said(), "EXPN Executive-Users-List\r\n");
    assert_eq!(told(&mut talk, "550 Access Denied to You.\r\n"), (Keyword::Expn, 550));
    talk.client.help(None).unwrap();
    assert_eq!(talk.said(), "HELP\r\n");
    assert_eq!(told(&mut talk, "214 no help\r\n"), (Keyword::Help, 214));
    let etrn = ExtensionKeyword::parse("etrn").unwrap();
    talk.client.extension(etrn, Some(argument("foo.com"))).unwrap();
    assert_eq!(talk.said(), "ETRN foo.com\r\n");
    assert_eq!(told(&mut talk, "250 OK, queuing started\r\n"), (Keyword::Extension, 250));
    assert!(talk.client.is_ready());
}

#[test]
fn a_command_that_has_a_method_of_its_own_is_no_extension() {
    for word in ["DATA", "QUIT", "EHLO", "STARTTLS", "BDAT", "AUTH", "MAIL"] {
        let mut talk = Talk::ready(config(), &["CHUNKING"]);
        let Ok(keyword) = ExtensionKeyword::parse(word) else { continue };
        let said = talk.client.extension(keyword, None);
        assert_eq!(said, Err(Error::Misuse(Misuse::NotNow)), "{word}");
        assert_eq!(talk.said(), "");
    }
}

/// As `XCLIENT_README` and `XFORWARD_README` of Postfix have it.
#[test]
fn a_trusted_proxy_tells_whom_it_speaks_for() {
    let attributes = Attributes::new()
        .with(AttributeName::Name, Attribute::Value("spike.porcupine.org".into()))
        .and_then(|all| all.with(AttributeName::Addr, Attribute::Value("168.100.189.2".into())))
        .unwrap();
    let mut talk = Talk::ready(config(), &["SIZE"]);
    let refused = Err(Error::Misuse(Misuse::NotNow));
    assert_eq!(talk.client.xclient(attributes.clone()), refused, "not offered");
    assert_eq!(talk.client.xforward(attributes.clone()), refused);

    let mut talk = Talk::ready(config(), &["XCLIENT NAME ADDR", "XFORWARD NAME ADDR"]);
    talk.client.xforward(attributes.clone()).unwrap();
    assert_eq!(talk.said(), "XFORWARD NAME=spike.porcupine.org ADDR=168.100.189.2\r\n");
    assert_eq!(told(&mut talk, "250 Ok\r\n"), (Keyword::Xforward, 250));
    talk.client.xclient(attributes).unwrap();
    assert_eq!(talk.said(), "XCLIENT NAME=spike.porcupine.org ADDR=168.100.189.2\r\n");
    assert_eq!(talk.hear("220 server.example.com ESMTP Postfix\r\n"), []);
    assert_eq!(talk.said(), "EHLO bar.com\r\n", "the session begins anew");
    assert_eq!(told(&mut talk, "250-foo.com\r\n250 8BITMIME\r\n"), (Keyword::Xclient, 220));
    assert!(talk.client.is_ready());
    assert!(talk.client.capabilities().offers("8BITMIME"));
    assert!(!talk.client.capabilities().offers("XCLIENT"));
}
