//! What is forgiven, where it is, and what it costs.

use std::time::{Duration, Instant};

use postrider_imap::Limits;
use postrider_imap::*;

use super::refused;

/// What a tolerant reader makes of a response, and what it forgave.
fn tolerant(line: &str) -> (Response, Quirks) {
    let limits = Limits::new();
    let read = Response::parse(line.as_bytes(), &limits, Quirks::tolerant());
    let (response, met) = read.unwrap_or_else(|error| panic!("{line}: {error}"));
    // Without any one of them it is not read, or is read as something else.
    for quirk in met.iter() {
        let without = Quirks::tolerant().without(quirk);
        let read = Response::parse(line.as_bytes(), &limits, without);
        assert_ne!(read, Ok((response.clone(), met)), "{line}: {quirk}");
    }
    (response, met)
}

/// The row of this name in `real-server-quirks.tsv`, as it crosses the wire.
fn row(id: &str) -> Option<String> {
    let rows = postrider_testkit::read_shared("vectors/imap/real-server-quirks.tsv")?;
    let rows = String::from_utf8(rows).expect("UTF-8");
    let row = rows.lines().find(|row| row.split('\t').next() == Some(id)).expect("a row");
    Some(row.split('\t').nth(3).expect("octets").replace("\\r", "\r").replace("\\n", "\n"))
}

/// Whether that row is read with these quirks and as this.
fn reads(id: &str, quirks: &[Quirk], expected: impl FnOnce(Response) -> bool) {
    let Some(line) = row(id) else { return };
    let (response, met) = tolerant(&line);
    assert!(met.iter().eq(quirks.iter().copied()), "{line}: {met:?}");
    assert_eq!(refused(&line), !quirks.is_empty(), "{line}");
    assert!(expected(response), "{line}");
}

#[test]
fn real_servers_are_understood() {
    reads("status-trailing-sp", &[Quirk::Blank], |response| {
        let items = vec![StatusValue::UidNext(Uid::new(107).unwrap())];
        let sent = MailboxName::new("Sent").unwrap();
        response == Response::MailboxStatus(MailboxStatus::new(sent, items))
    });
    let fields = |response| match response {
        Response::Id(Some(fields)) => fields.len(),
        other => panic!("{other:?}"),
    };
    reads("id-trailing-sp-in-list", &[Quirk::Blank], |response| fields(response) == 2);
    reads("id-stray-plus", &[Quirk::Trailing], |response| fields(response) == 5);
    reads("namespace-nil-delim", &[], |response| {
        let personal = vec![Namespace::new("", None)];
        response == Response::Namespace(Namespaces::new(personal, vec![], vec![]))
    });
    reads(
        "quota-u64",
        &[],
        |response| matches!(response, Response::Quota(quota) if quota.resources[0].limit == 5_497_558_138_880),
    );
    reads(
        "list-nil-name",
        &[],
        |response| matches!(response, Response::List(list) if list.mailbox.as_bytes() == b"NIL"),
    );
}

#[test]
fn what_breaks_the_grammar_is_forgiven_where_it_can_be_read() {
    use Quirk::*;
    for (line, quirk, as_if) in [
        // RFC 5819 §4 prints it with two blanks, RFC 2342 §5 too.
        ("* LIST () \".\"  \"INBOX\"", Blank, "* LIST () \".\" INBOX"),
        (
            "* NAMESPACE ((\"INBOX.\" \".\")) NIL  NIL",
            Blank,
            "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL",
        ),
        // RFC 5255 §3.4
        (
            "* NAMESPACE ((\"\" \"/\"))((\"a\" \"/\")) NIL",
            Blank,
            "* NAMESPACE ((\"\" \"/\")) ((\"a\" \"/\")) NIL",
        ),
        (
            "* NAMESPACE ((\"\" \"/\") (\"a\" \"/\" ) ) NIL NIL",
            Blank,
            "* NAMESPACE ((\"\" \"/\")(\"a\" \"/\")) NIL NIL",
        ),
        ("* LIST ( \\Sent  \\Marked ) \"/\" a ", Blank, "* LIST (\\Sent \\Marked) \"/\" a"),
        ("* LIST () \"/\" a\r\r\n", LineEnd, "* LIST () \"/\" a"),
        ("* LIST (HasNoChildren) \"/\" a", Escape, "* LIST (\\HasNoChildren) \"/\" a"),
        ("* LIST () \"\\\" a", Escape, "* LIST () \"\\\\\" a"),
        ("* LIST () \"\" a", Nil, "* LIST () NIL a"),
        ("* LIST () / a", Quoted, "* LIST () \"/\" a"),
        ("* LIST () \"/\" Sent Items", Quoted, "* LIST () \"/\" \"Sent Items\""),
        ("* LIST () \"/\" Entwürfe", Quoted, "* LIST () \"/\" {9}\r\nEntwürfe"),
        ("* LIST () \"/\" 100%", Quoted, "* LIST () \"/\" \"100%\""),
        (
            "* LIST () \"/\" a (CHILDINFO (SUBSCRIBED))",
            Quoted,
            "* LIST () \"/\" a (CHILDINFO (\"SUBSCRIBED\"))",
        ),
        ("* NAMESPACE ((NIL \"/\")) NIL NIL", Nil, "* NAMESPACE ((\"\" \"/\")) NIL NIL"),
        ("* NAMESPACE ((\"\" \"\")) NIL NIL", Nil, "* NAMESPACE ((\"\" NIL)) NIL NIL"),
        ("* NAMESPACE ((\"\" \"/\"))", Members, "* NAMESPACE ((\"\" \"/\")) NIL NIL"),
        ("* NAMESPACE () NIL NIL", EmptyList, "* NAMESPACE NIL NIL NIL"),
        ("* ID (name \"a\" version 1.5)", Quoted, "* ID (\"name\" \"a\" \"version\" \"1.5\")"),
        ("* MYRIGHTS INBOX lrsX", AtomOctet, "* MYRIGHTS INBOX lrs"),
        ("* ACL INBOX a lrs ", Blank, "* ACL INBOX a lrs"),
        ("* METADATA a ()", EmptyList, ""),
    ] {
        let (read, met) = tolerant(line);
        assert!(met.iter().eq([quirk]), "{line}: {met:?}");
        if !as_if.is_empty() {
            let (expected, met) = tolerant(as_if);
            assert!(met.is_empty(), "{as_if}: {met:?}");
            assert_eq!(read, expected, "{line}");
        }
    }
    // RFC 5464 §4.4.1 prints entries without parentheses, RFC 5465 §5 events.
    for (line, as_if) in [
        (
            "a GETMETADATA \"INBOX\" /private/comment /shared/comment",
            "a GETMETADATA \"INBOX\" (/private/comment /shared/comment)",
        ),
        (
            "a notify set (selected MessageNew (uid) MessageExpunge) (subtree Lists MessageNew)",
            "a notify set (selected (MessageNew (uid) MessageExpunge)) (subtree Lists (MessageNew))",
        ),
    ] {
        let read =
            |line: &str, forgiven| TaggedCommand::parse(line.as_bytes(), &Limits::new(), forgiven);
        let (command, met) = read(line, Quirks::tolerant()).expect(line);
        assert!(met.iter().eq([Members]), "{line}: {met:?}");
        assert_eq!(read(as_if, Quirks::strict()), Ok((command, Quirks::strict())), "{line}");
    }
}

#[test]
fn values_that_no_grammar_has_are_forgiven_one_by_one() {
    let items = |line: &str| match tolerant(line) {
        (Response::MailboxStatus(status), met) => (status.items, met.iter().collect::<Vec<_>>()),
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(
        items("* STATUS a (UIDVALIDITY 0)"),
        (vec![StatusValue::UidValidity(UidValidity::new(0))], vec![Quirk::Number])
    );
    assert_eq!(
        items("* STATUS a (APPENDLIMIT 68719476736)"),
        (vec![StatusValue::AppendLimit(Some(68_719_476_736))], vec![Quirk::Number])
    );
    assert_eq!(
        items("* STATUS a (SIZE 18446744073709551615)"),
        (vec![StatusValue::Size(u64::MAX)], vec![Quirk::Number])
    );
    assert_eq!(
        items("* STATUS a (MAILBOXID (\"x.y\"))"),
        (vec![StatusValue::MailboxId("x.y".into())], vec![Quirk::AtomOctet])
    );
}

#[test]
fn what_led_nowhere_is_not_told_as_forgiven() {
    for line in [
        // A number is forgiven and then not followed by what ends an item.
        "* STATUS a (UIDVALIDITY 0.5 UNSEEN 1)",
        "* STATUS a (MAILBOXID (\"x.y\" z) UNSEEN 1)",
        "* LIST () \"/\" a (CHILDINFO (SUBSCRIBED (b)))",
    ] {
        let (_, met) = tolerant(line);
        assert!(met.is_empty(), "{line}: {met:?}");
    }
}

#[test]
fn lists_end_at_the_limits() {
    let limits = Limits::new().with_list(4);
    let read = |line: String| Response::parse(line.as_bytes(), &limits, Quirks::tolerant()).is_ok();
    for (before, member, behind) in [
        ("* LIST (", "\\A", ") \"/\" a"),
        ("* STATUS a (", "UNSEEN 1", ")"),
        ("* QUOTA a (", "A 1 2", ")"),
        ("* QUOTAROOT a ", "b", ""),
        ("* ACL a ", "b lrs", ""),
        ("* LISTRIGHTS a b c ", "d", ""),
        ("* METADATA a (", "/b NIL", ")"),
        ("* ID (", "\"a\" NIL", ")"),
    ] {
        let line = |count: usize| format!("{before}{}{behind}", vec![member; count].join(" "));
        assert!(read(line(4)), "{}", line(4));
        assert!(!read(line(5)), "{}", line(5));
    }
    let spaces = |count: usize| format!("* NAMESPACE ({}) NIL NIL", "(\"\" NIL)".repeat(count));
    assert!(read(spaces(4)) && !read(spaces(5)));
    // A list of extended items that is too long is told as it came.
    let line = format!("* LIST () \"/\" a ({})", ["A (1)"; 5].join(" "));
    let read = Response::parse(line.as_bytes(), &limits, Quirks::tolerant());
    assert!(matches!(read, Ok((Response::List(list), _))
        if matches!(list.extended[..], [ListExtended::Unparsed(_)])));
}

/// The shortest of some readings of this.
fn time(unit: &[u8], limits: &Limits) -> Duration {
    let once = |_| {
        let start = Instant::now();
        let _ = Response::parse(unit, limits, Quirks::tolerant());
        let _ = TaggedCommand::parse(unit, limits, Quirks::tolerant());
        start.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}

#[test]
fn twice_the_input_takes_about_twice_the_time() {
    let limits = Limits::new().with_list(usize::MAX);
    for (before, again, behind) in [
        ("* LIST (", "\\A ", "\\B) \"/\" a"),
        ("* LIST (", "\\Sent ", "\\Sent) \"/\" a"),
        ("* LIST () \"/\" a (", "(", ""),
        ("* LIST () \"/\" a (", "X (", ""),
        ("* LIST () \"/\" a (", "X (1) ", "X (1))"),
        ("* LIST () \"/\" ", "a ", ""),
        ("* LIST () \"/\" \"", "\\\\", "\""),
        ("* STATUS a (", "MESSAGES ", ""),
        ("* STATUS a (", "MESSAGES (", ""),
        ("* STATUS a (", "X ((1) ", ""),
        ("* NAMESPACE ", "(", ""),
        ("* NAMESPACE (", "(\"\" NIL)", ") NIL NIL"),
        ("* NAMESPACE ((\"\" NIL", " \"a\" (\"b\")", ")) NIL NIL"),
        ("* QUOTA a (", "A 1 2 ", "A 1 2)"),
        ("* ACL a", " b lrs", ""),
        ("* METADATA a (", "b {1}\r\nc ", "b NIL)"),
        ("* METADATA a", " b", ""),
        ("* ID (", "\"a\" NIL ", "\"a\" NIL)"),
        ("a LIST \"\" (", "% ", "%)"),
        ("a LIST (", "X (", ""),
        ("a LIST \"\" * RETURN (", "STATUS (UNSEEN) ", "CHILDREN)"),
        ("a SELECT a (", "X (", ""),
        ("a SELECT a (QRESYNC (1 1 ", "1:2,", "1))"),
        ("a CREATE a (USE (", "\\Sent ", "\\Sent))"),
        ("a GETMETADATA (", "(", ""),
        ("a GETMETADATA a (", "b ", "b)"),
        ("a GETMETADATA (", "X (1) ", "X (1)) a b"),
        ("a SETQUOTA a (", "B 1 ", "B 1)"),
        ("a NOTIFY SET ", "(subtree (a) NONE) ", "(personal NONE)"),
        ("a NOTIFY SET (subtree (", "a ", "a) NONE)"),
    ] {
        let unit = |count: usize| [before, &again.repeat(count), behind].concat().into_bytes();
        let (few, many) = (unit(2_000), unit(16_000));
        // Eight times as much; sixty-four times as long would be the square of it. Other programs
        // run beside this one, so it has some tries.
        let tries = (0..10).map(|_| (time(&few, &limits), time(&many, &limits)));
        let linear = |&(few, many): &(Duration, Duration)| {
            many < few.saturating_mul(32) + Duration::from_millis(1)
        };
        assert!(tries.into_iter().any(|times| linear(&times)), "{before}{again}");
    }
}
