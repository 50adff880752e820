extern crate std;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use postrider_wire::Secret;
use proptest::prelude::*;

use super::command::{self, Fault};
use super::response;
use crate::{
    ApopDigest, ApopName, Capabilities, Capability, Expire, Extension, InitialResponse, Language,
    LanguageRange, LoginDelay, MechanismName, Scope, Utf8,
};
use crate::{Command, Keyword, Password, Reply, ResponseCode, ScanListing, UniqueId, UserName};

fn line_of(command: &Command) -> Vec<u8> {
    let (line, _) = command.to_line();
    line.expose().strip_suffix(b"\r\n").unwrap().to_vec()
}

#[test]
fn keywords_are_read_in_any_case_and_blanks_behind_are_forgiven() {
    assert_eq!(command::command(b"sTaT"), Ok(Command::Stat));
    assert_eq!(command::command(b"QUIT  "), Ok(Command::Quit));
    assert_eq!(command::command(b"LIST "), Ok(Command::List(None)));
    assert_eq!(command::command(b"LIST  2 "), Ok(Command::List(Some(2))));
}

#[test]
fn what_is_no_command_is_told_apart_from_bad_arguments() {
    for line in [&b""[..], b" STAT", b"STATS", b"TOPS 1 10", b"\0", b"STAT\t"] {
        assert_eq!(command::command(line), Err(Fault::Unknown), "{line:?}");
    }
    let bad = [
        (&b"STAT 1"[..], Keyword::Stat),
        (b"RETR", Keyword::Retr),
        (b"RETR x", Keyword::Retr),
        (b"RETR 1 2", Keyword::Retr),
        (b"DELE -1", Keyword::Dele),
        (b"LIST 4294967296", Keyword::List),
        (b"USER", Keyword::User),
        (b"USER ", Keyword::User),
        (b"PASS a\0b", Keyword::Pass),
        (b"PASS a\nb", Keyword::Pass),
        (b"TOP 1", Keyword::Top),
        (b"TOP 1 -1", Keyword::Top),
        (b"TOP 1 2 3", Keyword::Top),
        (b"TOP 12", Keyword::Top),
        (b"USER \xff", Keyword::User),
        (b"UTF8 USER", Keyword::Utf8),
        (b"LANG en de", Keyword::Lang),
        (b"LANG en_US", Keyword::Lang),
        (b"LANG \xff", Keyword::Lang),
        (b"AUTH", Keyword::Auth),
        (b"AUTH ", Keyword::Auth),
        (b"AUTH  PLAIN", Keyword::Auth),
        (b"AUTH PLA/IN", Keyword::Auth),
        (b"AUTH PLAIN a b", Keyword::Auth),
        (b"AUTH PLAIN a-b", Keyword::Auth),
        (b"APOP", Keyword::Apop),
        (b"APOP mrose", Keyword::Apop),
        (b"APOP m rose c4c9334bac560ecc979e58001b3e22fb", Keyword::Apop),
        (b"APOP c4c9334bac560ecc979e58001b3e22fb", Keyword::Apop),
        (b"APOP mrose c4c9334bac560ecc979e58001b3e22f", Keyword::Apop),
    ];
    for (line, keyword) in bad {
        assert_eq!(command::command(line), Err(Fault::Arguments(keyword)), "{line:?}");
    }
}

/// RFC 1939 §7: "a POP3 server may treat spaces in the argument as part of the password".
#[test]
fn spaces_are_part_of_a_password() {
    let Ok(Command::Pass(password)) = command::command(b"PASS  two words ") else { panic!() };
    assert_eq!(password.expose(), b" two words ");
}

#[test]
fn odd_replies_of_real_servers_are_understood() {
    let text = |line: &[u8]| response::reply(line).map(|reply| String::from(reply.text()));
    assert_eq!(text(b"+OK"), Some("".into()));
    assert_eq!(text(b"+ok\tfine  "), Some("fine".into()));
    assert_eq!(text(b"-ERR[AUTH]no"), Some("no".into()));
    assert_eq!(text(b"+OK [not a code"), Some("[not a code".into()));
    assert_eq!(text(b"+OK \xff\x07"), Some("\u{fffd}\u{fffd}".into()));
    for line in [&b""[..], b"+", b"OK", b"+OKAY", b"* OK", b"-ERROR x"] {
        assert_eq!(text(line), None, "{line:?}");
    }
    let one = response::scan_listing(b" 1  120 octets, give or take");
    assert_eq!(one, Some(ScanListing { message: 1, octets: 120 }));
    let drop = response::drop_listing(b"+OK 2 320 messages").unwrap();
    assert_eq!((drop.messages, drop.octets), (2, 320));
    let (n, uid) = response::unique_id_listing(b"1 whqtswO00WBw418f9t5JxYwZ 120").unwrap();
    assert_eq!((n, uid.as_str()), (1, "whqtswO00WBw418f9t5JxYwZ"));
}

/// RFC 2449 §6 and those that came later: each has its value.
#[test]
fn capabilities_are_read_as_what_they_say() {
    let read = |lines: &[&str]| {
        let mut capabilities = Capabilities::new();
        for line in lines {
            capabilities.push(response::capability(line.as_bytes()).unwrap());
        }
        capabilities
    };
    // RFC 2449 §5
    let all = read(&[
        "TOP",
        "USER",
        "SASL CRAM-MD5 KERBEROS_V4",
        "RESP-CODES",
        "LOGIN-DELAY 900",
        "PIPELINING",
        "EXPIRE 60",
        "UIDL",
        "IMPLEMENTATION Shlemazle-Plotz-v302",
    ]);
    assert!(all.offers(Extension::Top) && all.offers(Extension::Pipelining));
    assert!(!all.offers(Extension::Stls) && !all.offers(Extension::Lang));
    assert_eq!(all.sasl().collect::<Vec<_>>(), ["CRAM-MD5", "KERBEROS_V4"]);
    assert_eq!(all.login_delay(), Some(LoginDelay::new(900)));
    assert_eq!(all.expire(), Some(Expire::days(60)));
    assert_eq!(all.implementation().as_deref(), Some("Shlemazle-Plotz-v302"));
    assert_eq!(all.utf8(), None);
    // RFC 2449 §6.5 and §6.7, and the odd case.
    let some = read(&["login-delay 120 user", "EXPIRE never", "utf8 user", "IMPLEMENTATION a b"]);
    assert_eq!(some.login_delay(), Some(LoginDelay::new(120).with_scope(Scope::User)));
    assert_eq!(some.expire(), Some(Expire::never()));
    assert_eq!(some.utf8(), Some(Utf8::MessagesAndLogins));
    assert_eq!(some.implementation().as_deref(), Some("a b"));
    let odd = read(&["LOGIN-DELAY", "EXPIRE soon", "UTF8", "SASL", "SASL PLAIN", "X-OTHER"]);
    assert_eq!((odd.login_delay(), odd.expire()), (None, None));
    assert_eq!(odd.utf8(), Some(Utf8::Messages));
    assert_eq!(odd.sasl().collect::<Vec<_>>(), ["PLAIN"]);
    assert_eq!(odd.iter().last().unwrap().extension(), None);
    assert_eq!(read(&["EXPIRE 31 USER"]).expire(), Some(Expire::days(31).with_scope(Scope::User)));
    for known in Extension::ALL {
        let line = Capability::from(known).to_line();
        let read = response::capability(line.strip_suffix(b"\r\n").unwrap()).unwrap();
        assert_eq!(read.extension(), Some(known));
    }
}

/// RFC 3206 §4, RFC 2449 §8 and RFC 6856 §5.
#[test]
fn response_codes_have_their_names() {
    for (text, code) in [
        ("sys/temp", ResponseCode::SysTemp),
        ("SYS/PERM", ResponseCode::SysPerm),
        ("Auth", ResponseCode::Auth),
        ("UTF8", ResponseCode::Utf8),
        ("IN-USE", ResponseCode::InUse),
        ("login-delay", ResponseCode::LoginDelay),
    ] {
        let line = format!("-ERR [{text}] why");
        let reply = response::reply(line.as_bytes()).unwrap();
        assert_eq!(reply.code(), Some(&code));
        assert_eq!(code.as_str(), text.to_ascii_uppercase());
        let temporary = matches!(text, "sys/temp" | "IN-USE" | "login-delay");
        assert_eq!(code.is_temporary(), temporary, "{text}");
    }
    let other = ResponseCode::new("SYS/OTHER").unwrap();
    assert!(matches!(&other, ResponseCode::Other(code) if code.as_str() == "SYS/OTHER"));
}

#[test]
fn challenges_are_told_apart_from_replies() {
    assert_eq!(response::challenge(b"+ AmFYig=="), Some(&b"AmFYig=="[..]));
    for empty in [&b"+ "[..], b"+", b"+  "] {
        assert_eq!(response::challenge(empty), Some(&b""[..]), "{empty:?}");
    }
    for other in [&b"+OK"[..], b"+OK x", b"-ERR", b"", b"+x", b" + x"] {
        assert_eq!(response::challenge(other), None, "{other:?}");
    }
}

/// A size is a size only if the server says so.
#[test]
fn the_declared_size_is_taken_from_its_usual_shape_alone() {
    assert_eq!(response::declared_octets(b"+OK 120 octets"), Some(120));
    assert_eq!(response::declared_octets(b"+OK 120 Bytes follow"), Some(120));
    for line in
        [&b"+OK"[..], b"+OK 120", b"+OK message 120 octets", b"+OK 1 message", b"-ERR 1 octets"]
    {
        assert_eq!(response::declared_octets(line), None, "{line:?}");
    }
}

fn octet_of_password(octet: &u8) -> bool {
    !matches!(octet, b'\r' | b'\n' | 0)
}

fn commands() -> impl Strategy<Value = Command> {
    let n = any::<u32>();
    prop_oneof![
        proptest::sample::select(Vec::from([
            Command::Capa,
            Command::Noop,
            Command::Quit,
            Command::Rset,
            Command::Stat,
            Command::Stls,
            Command::Utf8,
            Command::Lang(None),
            Command::Lang(Some(LanguageRange::Preferred)),
        ])),
        "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}"
            .prop_map(|tag| Command::Lang(Some(LanguageRange::parse(&tag).unwrap()))),
        ("[^\\pC\\p{Zl}\\p{Zp} ]{1,50}", "[0-9a-f]{32}").prop_map(|(name, digest)| {
            let (name, digest) =
                (ApopName::new(name).unwrap(), ApopDigest::parse(&digest).unwrap());
            Command::Apop(name, digest)
        }),
        ("[A-Z0-9_-]{1,20}", proptest::option::of(proptest::collection::vec(any::<u8>(), 0..2000)))
            .prop_map(|(mechanism, message)| Command::Auth {
                mechanism: MechanismName::parse(&mechanism).unwrap(),
                initial: message.map(|message| InitialResponse::encode(&message)),
            }),
        n.prop_map(Command::Dele),
        n.prop_map(Command::Retr),
        (any::<u32>(), any::<u32>()).prop_map(|(n, lines)| Command::Top(n, lines)),
        proptest::option::of(n).prop_map(Command::List),
        proptest::option::of(n).prop_map(Command::Uidl),
        "[^\\pC\\p{Zl}\\p{Zp}]{1,60}".prop_map(|name| Command::User(UserName::new(name).unwrap())),
        proptest::collection::vec(any::<u8>().prop_filter("RFC 1939 §7", octet_of_password), 1..60)
            .prop_map(|octets| Command::Pass(Password::new(Secret::new(octets)).unwrap())),
    ]
}

proptest! {
    #[test]
    fn a_command_that_was_written_is_read_back(command in commands()) {
        prop_assert_eq!(command::command(&line_of(&command)), Ok(command));
    }

    #[test]
    fn a_password_is_marked_as_secret_where_it_stands(password in "[^\r\n\0]{1,60}") {
        let pass = Command::Pass(Password::from_text(Secret::new(password.clone())).unwrap());
        let (line, range) = pass.to_line();
        prop_assert_eq!(&line.expose()[range.clone().unwrap()], password.as_bytes());
        prop_assert_eq!(command::secret(&line_of(&pass)), range);
        let shown = format!("{pass:?} {line:?}");
        prop_assert_eq!(shown, "Pass([secret]) [secret]");
    }

    #[test]
    fn a_reply_that_was_written_is_read_back(
        ok in any::<bool>(),
        code in proptest::option::of("[A-Z]{1,8}(/[A-Z0-9.-]{1,8}){0,2}"),
        text in "([^\\pC\\pZ\\[][^\\pC\\pZ]{0,40})?",
    ) {
        let reply = if ok { Reply::ok(text) } else { Reply::err(text) }.unwrap();
        let reply = match code {
            Some(code) => reply.with_code(ResponseCode::new(&code).unwrap()),
            None => reply,
        };
        let line = reply.to_line();
        prop_assert!(line.len() <= 512, "RFC 2449 section 4");
        prop_assert_eq!(response::reply(line.strip_suffix(b"\r\n").unwrap()), Some(reply));
    }

    #[test]
    fn a_capability_that_was_written_is_read_back(
        tag in "[A-Z0-9-]{1,12}",
        params in proptest::collection::vec("[!-~]{1,12}", 0..6),
    ) {
        let capability = Capability::new(&tag, params.iter().map(String::as_str)).unwrap();
        let line = capability.to_line();
        prop_assert_eq!(response::capability(line.strip_suffix(b"\r\n").unwrap()), Some(capability));
    }

    #[test]
    fn numbers_of_capabilities_that_were_written_are_read_back(
        seconds in any::<u32>(), days in proptest::option::of(any::<u32>()), user in any::<bool>(),
    ) {
        let scope = if user { Scope::User } else { Scope::All };
        let delay = LoginDelay::new(seconds).with_scope(scope);
        let expire = days.map_or_else(Expire::never, Expire::days).with_scope(scope);
        let utf8 = if user { Utf8::MessagesAndLogins } else { Utf8::Messages };
        let mut read = Capabilities::new();
        for line in [Capability::from(delay), expire.into(), utf8.into()] {
            let line = line.to_line();
            read.push(response::capability(line.strip_suffix(b"\r\n").unwrap()).unwrap());
        }
        prop_assert_eq!(read.login_delay(), Some(delay));
        prop_assert_eq!(read.expire(), Some(expire));
        prop_assert_eq!(read.utf8(), Some(utf8));
    }

    #[test]
    fn languages_that_were_written_are_read_back(
        tag in "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}",
        text in "([^\\pC\\pZ]([^\\pC\\p{Zl}\\p{Zp}]{0,40}[^\\pC\\pZ])?)?",
    ) {
        let language = Language::new(&tag, &text).unwrap();
        let read = response::language_listing(format!("{language}").as_bytes());
        prop_assert_eq!(read, Some(language));
    }

    #[test]
    fn what_proves_a_login_is_marked_as_secret(message in proptest::collection::vec(any::<u8>(), 0..200)) {
        let auth = Command::Auth {
            mechanism: MechanismName::parse("PLAIN").unwrap(),
            initial: Some(InitialResponse::encode(&message)),
        };
        let (line, range) = auth.to_line();
        let line = line.expose().strip_suffix(b"\r\n").unwrap();
        prop_assert_eq!(range, Some(11..line.len()));
        // A server that hears it hides the mechanism, too: it could be anything.
        prop_assert_eq!(command::secret(line), Some(5..line.len()));
        let Ok(Command::Auth { initial: Some(initial), .. }) = command::command(line) else { panic!() };
        let decoded = initial.decode().unwrap();
        prop_assert_eq!(decoded.expose(), &message);
        let shown = format!("{auth:?}");
        prop_assert!(shown.ends_with("initial: Some([secret]) }"), "{}", shown);
    }

    #[test]
    fn listings_that_were_written_are_read_back(n in any::<u32>(), octets in any::<u64>(), uid in "[!-~]{1,70}") {
        let scan = response::scan_listing(format!("{n} {octets}").as_bytes());
        prop_assert_eq!(scan, Some(ScanListing { message: n, octets }));
        let listing = response::unique_id_listing(format!("{n} {uid}").as_bytes());
        prop_assert_eq!(listing, Some((n, UniqueId::new(&uid).unwrap())));
    }

    #[test]
    fn no_line_panics_and_no_arguments_escape(line in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = command::command(&line);
        let _ = response::reply(&line);
        let _ = response::drop_listing(&line);
        let _ = response::scan_listing(&line);
        let _ = response::unique_id_listing(&line);
        let _ = response::declared_octets(&line);
        let _ = response::capability(&line);
        let _ = response::language_listing(&line);
        let _ = response::challenge(&line);
        if let Some(range) = command::secret(&line) {
            prop_assert!(range.start < range.end && range.end == line.len());
        }
    }
}
