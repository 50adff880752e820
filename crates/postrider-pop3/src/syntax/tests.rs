extern crate std;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;
use proptest::prelude::*;

use super::command::{self, Fault};
use super::response;
use crate::{
    Capability, Command, Keyword, Password, Reply, ResponseCode, ScanListing, UniqueId, UserName,
};

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
        ])),
        n.prop_map(Command::Dele),
        n.prop_map(Command::Retr),
        (any::<u32>(), any::<u32>()).prop_map(|(n, lines)| Command::Top(n, lines)),
        proptest::option::of(n).prop_map(Command::List),
        proptest::option::of(n).prop_map(Command::Uidl),
        "[^\\pC\r\n]{1,60}".prop_map(|name| Command::User(UserName::new(name).unwrap())),
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
        if let Some(range) = command::secret(&line) {
            prop_assert!(range.start < range.end && range.end == line.len());
        }
    }
}
