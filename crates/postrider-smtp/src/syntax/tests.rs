extern crate std;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::reply::{ReplyLine, reply_line};
use crate::{
    Argument, Attribute, AttributeName, Attributes, AuthParameter, Body, Command, CommandFault,
    EhloName, EnhancedStatusCode, EnvelopeId, ExtensionKeyword, ForwardPath, InitialResponse,
    MailParameters, Mailbox, MechanismName, Notify, OriginalRecipient, Parameter, RcptParameters,
    Reply, Ret, ReversePath, syntax,
};

fn read(line: &str) -> Result<String, CommandFault> {
    Command::parse(line.as_bytes()).map(|command| command.to_line().trim_end().to_owned())
}

#[test]
fn commands_are_read_in_any_case_and_written_in_one() {
    let table = [
        ("ehlo bar.com", "EHLO bar.com"),
        ("HELO  [192.0.2.1]  ", "HELO [192.0.2.1]"),
        ("EHLO my_laptop", "EHLO my_laptop"),
        ("mail FROM:<>", "MAIL FROM:<>"),
        ("MAIL From: <a@b.c>  SIZE=0", "MAIL FROM:<a@b.c> SIZE=0"),
        ("MAIL FROM:<a@b> body=7bit SIZE=99", "MAIL FROM:<a@b> SIZE=99 BODY=7BIT"),
        ("MAIL FROM:<@a,@b.c:d@e>", "MAIL FROM:<d@e>"),
        ("rcpt to:<postMASTER>", "RCPT TO:<Postmaster>"),
        ("RCPT TO:<Postmaster@foo.com>", "RCPT TO:<Postmaster@foo.com>"),
        (
            "RCPT TO:<\"a b\\\"@x\"@[IPv6:2001:db8::1]>",
            "RCPT TO:<\"a b\\\"@x\"@[IPv6:2001:db8::1]>",
        ),
        ("Data", "DATA"),
        ("noop and so on", "NOOP"),
        ("STARTTLS", "STARTTLS"),
        ("rset", "RSET"),
        ("Quit ", "QUIT"),
        ("lhlo foo.edu", "LHLO foo.edu"),
        ("Auth plain dGVzdAB0ZXN0ADEyMzQ=", "AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ="),
        ("AUTH EXTERNAL =", "AUTH EXTERNAL ="),
        ("auth CRAM-MD5", "AUTH CRAM-MD5"),
        ("vrfy  Smith", "VRFY Smith"),
        ("EXPN Example-People", "EXPN Example-People"),
        ("HELP", "HELP"),
        ("help mail", "HELP mail"),
        ("ETRN @example.com", "ETRN @example.com"),
        (
            "xclient NAME=spike.porcupine.org ADDR=168.100.189.2",
            "XCLIENT NAME=spike.porcupine.org ADDR=168.100.189.2",
        ),
        ("XFORWARD NAME=[unavailable] SOURCE=REMOTE", "XFORWARD NAME=[UNAVAILABLE] SOURCE=REMOTE"),
        ("X-WHAT  is this", "X-WHAT is this"),
        (
            "MAIL FROM:<a@b> ret=hdrs ENVID=QQ+20314 AUTH=<> SMTPUTF8 requiretls",
            "MAIL FROM:<a@b> AUTH=<> RET=HDRS ENVID=QQ+20314 SMTPUTF8 REQUIRETLS",
        ),
        ("MAIL FROM:<a@b> BODY=binarymime", "MAIL FROM:<a@b> BODY=BINARYMIME"),
        (
            "MAIL FROM:<a@b> by=120;R MT-PRIORITY=3 X-WHAT",
            "MAIL FROM:<a@b> BY=120;R MT-PRIORITY=3 X-WHAT",
        ),
        (
            "RCPT TO:<a@b> notify=delay,SUCCESS ORCPT=rfc822;a+2Bb@c RRVS=2014-04-03T23:01:00Z;C",
            "RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@c RRVS=2014-04-03T23:01:00Z;C",
        ),
        (
            "RCPT TO:<\u{fc}ser@\u{4f8b}.example> NOTIFY=never",
            "RCPT TO:<\u{fc}ser@\u{4f8b}.example> NOTIFY=NEVER",
        ),
    ];
    for (line, written) in table {
        assert_eq!(read(line).as_deref(), Ok(written), "{line}");
    }
}

#[test]
fn each_fault_has_its_reply() {
    let table = [
        ("", "500 5.5.2"),
        ("WH\u{e4}T", "500 5.5.2"),
        ("-WHAT", "500 5.5.2"),
        ("MAILFROM:<a@b>", "500 5.5.2"),
        ("NOOP\rQUIT", "500 5.5.2"),
        ("NOOP\nQUIT", "500 5.5.2"),
        ("NOOP \0", "500 5.5.2"),
        ("EHLO", "501 5.5.4"),
        ("EHLO a b", "501 5.5.4"),
        ("DATA now", "501 5.5.4"),
        ("STARTTLS now", "501 5.5.4"),
        ("MAIL", "501 5.5.4"),
        ("MAIL a@b", "501 5.5.4"),
        ("MAIL FROM:a@b", "501 5.1.7"),
        ("MAIL FROM:<a@b>SIZE=1", "501 5.1.7"),
        ("MAIL FROM:<a@b><c@d>", "501 5.1.7"),
        ("MAIL FROM:<Postmaster>", "501 5.1.7"),
        ("MAIL FROM:<a@b> SIZE=", "501 5.5.4"),
        ("MAIL FROM:<a@b> SIZE", "501 5.5.4"),
        ("MAIL FROM:<a@b> SIZE=-1", "501 5.5.4"),
        ("MAIL FROM:<a@b> SIZE=1 SIZE=1", "501 5.5.4"),
        ("MAIL FROM:<a@b> SIZE=123456789012345678901", "501 5.5.4"),
        ("MAIL FROM:<a@b> BODY=9BIT", "504 5.5.4"),
        ("MAIL FROM:<a@b> NOTIFY=NEVER", "555 5.5.4"),
        ("RCPT TO:<a@b> SIZE=1", "555 5.5.4"),
        ("MAIL FROM:<a@b> X=1 X=2", "501 5.5.4"),
        ("MAIL FROM:<a@b> X=a=b", "501 5.5.4"),
        ("MAIL FROM:<a@b> -X", "501 5.5.4"),
        ("MAIL FROM:<a@b> SMTPUTF8=1", "501 5.5.4"),
        ("MAIL FROM:<a@b> REQUIRETLS REQUIRETLS", "501 5.5.4"),
        ("MAIL FROM:<a@b> RET=SOME", "501 5.5.4"),
        ("MAIL FROM:<a@b> ENVID=a+0D", "501 5.5.4"),
        ("MAIL FROM:<a@b> AUTH=", "501 5.5.4"),
        ("RCPT TO:<a@b> NOTIFY=NEVER,DELAY", "501 5.5.4"),
        ("RCPT TO:<a@b> NOTIFY=", "501 5.5.4"),
        ("RCPT TO:<a@b> ORCPT=rfc822", "501 5.5.4"),
        ("RCPT TO:<a@b> ORCPT=rfc822;", "501 5.5.4"),
        ("RCPT TO:<a@b> ORCPT=utf-8;\\x{D800}", "501 5.5.4"),
        ("RCPT TO:<a\u{85}@b>", "501 5.1.3"),
        ("RCPT TO:<>", "501 5.1.3"),
        ("RCPT TO:<a@b", "501 5.1.3"),
        ("RCPT TO:<a..b@c>", "501 5.1.3"),
        ("RCPT TO:<a@-b>", "501 5.1.3"),
        ("TURN", "502 5.5.1"),
        ("EXPN", "501 5.5.4"),
        ("VRFY", "501 5.5.4"),
        ("AUTH", "501 5.5.4"),
        ("AUTH PL=AIN", "501 5.5.4"),
        ("AUTH PLAIN a b", "501 5.5.4"),
        ("XCLIENT", "501 5.5.4"),
        ("XCLIENT NAME", "501 5.5.4"),
        ("XCLIENT IDENT=1", "501 5.5.4"),
        ("XCLIENT NAME=a NAME=b", "501 5.5.4"),
        ("XCLIENT NAME=a+0D+0Ab", "501 5.5.4"),
    ];
    for (line, status) in table {
        let fault = Command::parse(line.as_bytes()).unwrap_err();
        let reply = fault.reply().to_string();
        assert!(reply.starts_with(status), "{line}: {reply}");
    }
}

/// The borrowed and the owned reading are one grammar.
#[test]
fn what_is_borrowed_is_what_is_owned() {
    let mail = syntax::mail(b"MAIL FROM:<@r:a@b> SIZE=1 X-Y=z").unwrap();
    assert_eq!((mail.path.local_part(), mail.path.domain()), (Some("a"), Some("b")));
    let told: Vec<_> = mail.parameters.map(|one| (one.keyword(), one.value())).collect();
    assert_eq!(told, [("SIZE", Some("1")), ("X-Y", Some("z"))]);
    let rcpt = syntax::rcpt(b"RCPT TO:<Postmaster>").unwrap();
    assert_eq!((rcpt.path.local_part(), rcpt.parameters.count()), (None, 0));
    assert_eq!(syntax::mail(b"RCPT TO:<a@b>"), Err(CommandFault::Unrecognised));
    assert_eq!(syntax::rcpt(b"RCPT TO:<a@b"), Err(CommandFault::ForwardPath));
}

#[test]
fn no_credential_is_in_a_rendering_of_a_command() {
    let command = Command::parse(b"AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=").unwrap();
    assert_eq!(
        format!("{command:?}"),
        "Auth { mechanism: MechanismName(\"PLAIN\"), initial: Some([secret]) }"
    );
}

#[test]
fn a_size_beyond_counting_is_the_largest() {
    let command = Command::parse(b"MAIL FROM:<> SIZE=99999999999999999999").unwrap();
    let parameters = MailParameters::new().with_size(u64::MAX);
    assert_eq!(command, Command::Mail(ReversePath::null(), parameters));
}

#[test]
fn mailboxes_are_those_of_rfc_5321() {
    let long = format!("{}@b", "a".repeat(511));
    let label = format!("a@{}.com", "b".repeat(64));
    let domain = format!("a@{}", "b.".repeat(127) + "cc");
    let good = [
        "a@b",
        "Smith@bar.com",
        "!#$%&'*+-/=?^_`{|}~@b",
        "\"\"@b",
        "\"a@b\"@c",
        "a@[192.0.2.1]",
        "a@[IPv6:::1]",
        "a@[x-tag:any$thing]",
        "\u{e9}@b",
        "\"\u{e9} x\"@b\u{fc}cher.example",
    ];
    let bad = [
        "",
        "a",
        "@b",
        "a@",
        "a@b.",
        "a@.b",
        "a@b..c",
        ".a@b",
        "a.@b",
        "a b@c",
        "a@b c",
        "a@b-",
        "a@b_c",
        "a@[192.0.2.256]",
        "a@[IPv6:1]",
        "a@[::1]",
        "a@[]",
        "a@[x:]",
        "a@[x-:y]",
        "\"a@b",
        "\"a\"b@c",
        "\"\\\"@b",
        "a@b@c",
        "a\u{85}@b",
        "a@[\u{e9}:x]",
        "a(c)@b",
        "<a@b>",
        &long,
        &label,
        &domain,
    ];
    for value in good {
        let mailbox = Mailbox::parse(value).unwrap();
        assert_eq!(format!("{}@{}", mailbox.local_part(), mailbox.domain()), value);
    }
    for value in bad {
        assert!(Mailbox::parse(value).is_err(), "{value}");
    }
}

#[test]
fn reply_lines_are_those_of_rfc_5321_and_a_little_more() {
    let line = |code, last, text| Some(ReplyLine { code, last, text, bare_code: false });
    assert_eq!(reply_line(b"250 OK"), line(250, true, b"OK"));
    assert_eq!(reply_line(b"250-OK"), line(250, false, b"OK"));
    let bare = ReplyLine { code: 250, last: true, text: b"", bare_code: true };
    assert_eq!(reply_line(b"250"), Some(bare));
    assert_eq!(reply_line(b"250 "), line(250, true, b""));
    assert_eq!(reply_line(b"599-"), line(599, false, b""));
    for bad in ["", "2", "25", "25 OK", "250OK", "250\tOK", "2500", "150 x", "600 x", "+OK", " 250"]
    {
        assert_eq!(reply_line(bad.as_bytes()), None, "{bad}");
    }
}

fn received(wire: &str) -> Reply {
    let lines: Vec<_> = wire.lines().map(|line| reply_line(line.as_bytes()).unwrap()).collect();
    let mut reply = Reply::begin(lines[0].code);
    lines.iter().for_each(|line| reply.receive(line.text));
    reply
}

#[test]
fn enhanced_codes_are_taken_out_of_replies_of_their_class_only() {
    let status = |reply: &Reply| reply.enhanced().map(|status| status.to_string());
    let reply = received("550-5.1.1 no\r\n550 5.1.1 way\r\n");
    assert_eq!(status(&reply).as_deref(), Some("5.1.1"));
    assert_eq!(reply.lines().collect::<Vec<_>>(), ["no", "way"]);
    for plain in ["550 2.1.1 no", "550 5.1 no", "550 5.1.1x", "250 3.0.0 x", "550 5.1111.1 x"] {
        assert_eq!(status(&received(plain)), None, "{plain}");
        assert_eq!(received(plain).to_string(), plain);
    }
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}(\\.[A-Z0-9]{1,9}){0,4}",
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("[{a}.{b}.{c}.{d}]")),
        any::<[u16; 8]>().prop_map(|a| format!("[IPv6:{}]", core::net::Ipv6Addr::from(a))),
        "\\[[a-z]{2,5}:[!-Z^-~]{1,9}\\]"
            .prop_filter("a tag of its own", |text| !text.starts_with("[ipv6:")),
    ]
}

fn mailbox() -> impl Strategy<Value = Mailbox> {
    let local = prop_oneof![
        "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,9}(\\.[a-z0-9]{1,9}){0,3}",
        "\"([ !#-\\[\\]-~]|\\\\[ -~]){0,20}\"",
    ];
    (local, host()).prop_map(|(local, host)| Mailbox::parse(&format!("{local}@{host}")).unwrap())
}

fn others() -> impl Strategy<Value = Vec<Parameter>> {
    let value = prop::option::of("[!-<>-~\u{fc}]{1,12}");
    prop::collection::btree_map("X[A-Z0-9-]{1,9}", value, 0..3).prop_map(|others| {
        others.iter().map(|(word, value)| Parameter::new(word, value.as_deref()).unwrap()).collect()
    })
}

fn mail_parameters() -> impl Strategy<Value = MailParameters> {
    let body = prop::sample::select(vec![Body::SevenBit, Body::EightBitMime, Body::BinaryMime]);
    let auth = prop_oneof![
        Just(AuthParameter::unknown()),
        "[ -~\u{fc}]{1,20}"
            .prop_filter("somebody", |text| text != "<>")
            .prop_map(|text| AuthParameter::encode(&text).unwrap()),
    ];
    let envid = "[ -~]{1,30}".prop_map(|text| EnvelopeId::encode(&text).unwrap());
    let ret = prop::sample::select(vec![Ret::Full, Ret::Headers]);
    (
        prop::option::of(any::<u64>()),
        prop::option::of(body),
        prop::option::of(auth),
        prop::option::of(ret),
        prop::option::of(envid),
        any::<[bool; 2]>(),
        others(),
    )
        .prop_map(|(size, body, auth, ret, envid, [smtp_utf8, require_tls], others)| {
            MailParameters { size, body, auth, ret, envid, smtp_utf8, require_tls, others }
        })
}

fn rcpt_parameters() -> impl Strategy<Value = RcptParameters> {
    let notify = any::<[bool; 3]>()
        .prop_map(|[s, f, d]| Notify::new(s, f, d).unwrap_or_else(|_| Notify::never()));
    let orcpt =
        (prop::sample::select(vec!["rfc822", "utf-8", "x-400"]), "[ -~\u{fc}\u{1f4e7}]{1,30}")
            .prop_map(|(kind, text)| OriginalRecipient::new(kind, &text).unwrap());
    (prop::option::of(notify), prop::option::of(orcpt), others())
        .prop_map(|(notify, orcpt, others)| RcptParameters { notify, orcpt, others })
}

fn attributes(names: &'static [AttributeName]) -> impl Strategy<Value = Attributes> {
    let value = prop_oneof![
        "[!-Z^-~\u{fc}]{1,20}".prop_map(Attribute::Value),
        Just(Attribute::Unavailable),
        Just(Attribute::TemporarilyUnavailable),
    ];
    let told = prop::collection::vec(value, names.len());
    (told, 1..=names.len()).prop_map(|(values, most)| {
        let pairs = names.iter().zip(values).take(most);
        pairs.fold(Attributes::new(), |told, (name, value)| told.with(*name, value).unwrap())
    })
}

fn command() -> impl Strategy<Value = Command> {
    let name = || host().prop_map(|host| EhloName::parse(&host).unwrap());
    let argument = || "[!-~]([ -~]{0,20}[!-~])?".prop_map(|text| Argument::parse(&text).unwrap());
    let initial = prop::option::of(
        "[A-Za-z0-9+/]{1,20}={0,2}".prop_map(|text| InitialResponse::parse(&text).unwrap()),
    );
    let auth = ("[A-Z0-9_-]{1,20}", initial).prop_map(|(name, initial)| Command::Auth {
        mechanism: MechanismName::parse(&name).unwrap(),
        initial,
    });
    let extension = ("X[A-Z0-9-]{3,9}", prop::option::of(argument()));
    let extension = extension
        .prop_filter("no word of its own", |(word, _)| word != "XCLIENT" && word != "XFORWARD")
        .prop_map(|(word, argument)| Command::Extension {
            keyword: ExtensionKeyword::parse(&word).unwrap(),
            argument,
        });
    let reverse = prop_oneof![Just(ReversePath::null()), mailbox().prop_map(ReversePath::from)];
    let forward =
        prop_oneof![Just(ForwardPath::postmaster()), mailbox().prop_map(ForwardPath::from)];
    let alone = vec![Command::Data, Command::Rset, Command::Noop, Command::Quit, Command::StartTls];
    prop_oneof![
        name().prop_map(Command::Ehlo),
        name().prop_map(Command::Helo),
        name().prop_map(Command::Lhlo),
        (reverse, mail_parameters()).prop_map(|(path, with)| Command::Mail(path, with)),
        (forward, rcpt_parameters()).prop_map(|(path, with)| Command::Rcpt(path, with)),
        (any::<u64>(), any::<bool>()).prop_map(|(size, last)| Command::Bdat { size, last }),
        prop::sample::select(alone),
        auth,
        argument().prop_map(Command::Vrfy),
        argument().prop_map(Command::Expn),
        prop::option::of(argument()).prop_map(Command::Help),
        attributes(AttributeName::of_xclient()).prop_map(Command::Xclient),
        attributes(AttributeName::of_xforward()).prop_map(Command::Xforward),
        extension,
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let text = "[ -~\t\u{e9}\u{4e2d}]{0,60}";
    let lines = prop::collection::vec(text, 1..5);
    (200u16..600, lines, 0u16..1000, 0u16..1000).prop_map(|(code, lines, s, d)| {
        let mut reply = Reply::new(code, &lines[0]).unwrap();
        for line in &lines[1..] {
            reply = reply.with_line(line).unwrap();
        }
        let class = code.checked_div(100).and_then(|class| class.try_into().ok());
        match EnhancedStatusCode::new(class.unwrap(), s, d) {
            Ok(status) => reply.with_enhanced(status).unwrap(),
            Err(_) => reply,
        }
    })
}

proptest! {
    #[test]
    fn a_command_that_is_written_reads_back(command in command()) {
        let line = command.to_line();
        let line = line.strip_suffix("\r\n").unwrap();
        prop_assert!(!line.bytes().any(|octet| octet.is_ascii_control()));
        prop_assert_eq!(Command::parse(line.as_bytes()), Ok(command));
    }

    #[test]
    fn a_reply_that_is_written_reads_back(reply in reply()) {
        let wire: String = reply.wire_lines().collect();
        prop_assert!(wire.lines().all(|line| line.len() <= 510));
        prop_assert_eq!(received(&wire), reply);
    }

    #[test]
    fn a_path_that_was_read_is_written_as_it_stands(mailbox in mailbox()) {
        prop_assert_eq!(ReversePath::parse(mailbox.as_str()), Ok(ReversePath::from(mailbox.clone())));
        prop_assert_eq!(ForwardPath::parse(mailbox.as_str()), Ok(ForwardPath::from(mailbox.clone())));
        prop_assert_eq!(mailbox.to_string().parse(), Ok(mailbox));
    }

    #[test]
    fn no_line_stops_the_grammars(line in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (syntax::mail(&line), syntax::rcpt(&line));
        let _ = (Command::parse(&line), reply_line(&line), EhloName::from_wire(&line));
        let text = String::from_utf8_lossy(&line);
        let _ = (Mailbox::parse(&text), EhloName::parse(&text), Reply::new(250, &text));
    }

    #[test]
    fn what_is_read_of_nearly_a_command_can_be_written_and_read_again(
        line in "(MAIL FROM:|RCPT TO:|EHLO )[<>@a-c.:,\" \\\\=\\[\\]]{0,20}"
    ) {
        if let Ok(command) = Command::parse(line.as_bytes()) {
            let again = command.to_line();
            prop_assert_eq!(Command::parse(again.trim_end().as_bytes()), Ok(command));
        }
    }
}

/// Law 11: reading takes linear time, so no nesting or repetition makes it slow or deep.
#[test]
fn long_lines_are_read_without_depth() {
    for unit in ["\"", "\\\\", "a.", "@a,", "[", "<", "a@", " SIZE=1", "x:"] {
        let long = unit.repeat(200_000);
        for line in
            [format!("MAIL FROM:<{long}>"), format!("RCPT TO:{long}"), format!("EHLO {long}")]
        {
            assert!(Command::parse(line.as_bytes()).is_err());
        }
    }
}
