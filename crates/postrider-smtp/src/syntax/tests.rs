extern crate std;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::reply::{ReplyLine, reply_line};
use crate::{
    Body, Command, CommandFault, EhloName, EnhancedStatusCode, ForwardPath, MailParameters,
    Mailbox, Reply, ReversePath,
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
    ];
    for (line, written) in table {
        assert_eq!(read(line).as_deref(), Ok(written), "{line}");
    }
}

#[test]
fn each_fault_has_its_reply() {
    let table = [
        ("", "500 5.5.2"),
        ("WHAT", "500 5.5.2"),
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
        ("MAIL FROM:<a@b> BODY=BINARYMIME", "504 5.5.4"),
        ("MAIL FROM:<a@b> X-WHAT=1", "555 5.5.4"),
        ("RCPT TO:<>", "501 5.1.3"),
        ("RCPT TO:<a@b", "501 5.1.3"),
        ("RCPT TO:<a..b@c>", "501 5.1.3"),
        ("RCPT TO:<a@-b>", "501 5.1.3"),
        ("RCPT TO:<a@b> NOTIFY=NEVER", "555 5.5.4"),
        ("EXPN list", "502 5.5.1"),
        ("VRFY Smith", "252 2.5.0"),
    ];
    for (line, status) in table {
        let fault = Command::parse(line.as_bytes()).unwrap_err();
        let reply = fault.reply().to_string();
        assert!(reply.starts_with(status), "{line}: {reply}");
    }
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
        "é@b",
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
    let line = |code, last, text| Some(ReplyLine { code, last, text });
    assert_eq!(reply_line(b"250 OK"), line(250, true, b"OK"));
    assert_eq!(reply_line(b"250-OK"), line(250, false, b"OK"));
    assert_eq!(reply_line(b"250"), line(250, true, b""));
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

fn command() -> impl Strategy<Value = Command> {
    let name = || host().prop_map(|host| EhloName::parse(&host).unwrap());
    let body = prop::option::of(prop_oneof![Just(Body::SevenBit), Just(Body::EightBitMime)]);
    let parameters = (prop::option::of(any::<u64>()), body);
    let parameters = parameters.prop_map(|(size, body)| MailParameters { size, body });
    let reverse = prop_oneof![Just(ReversePath::null()), mailbox().prop_map(ReversePath::from)];
    let forward =
        prop_oneof![Just(ForwardPath::postmaster()), mailbox().prop_map(ForwardPath::from)];
    let alone = vec![Command::Data, Command::Rset, Command::Noop, Command::Quit, Command::StartTls];
    prop_oneof![
        name().prop_map(Command::Ehlo),
        name().prop_map(Command::Helo),
        (reverse, parameters).prop_map(|(path, with)| Command::Mail(path, with)),
        forward.prop_map(Command::Rcpt),
        prop::sample::select(alone),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let text = "[ -~\t]{0,60}";
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
