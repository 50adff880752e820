//! The example `decode` as a program: what it prints is compared with the texts of RFCs, and of what
//! must not be printed nothing is.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Output, Stdio},
    thread,
};

use postrider_testkit::{read_shared, shared};
use serde_json::{Value, json};

/// The program, which `cargo test` builds with the tests.
fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples/decode");
    assert!(path.exists(), "build it: cargo build --example decode");
    Command::new(path)
}

fn run(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut pipe, stdin) = (child.stdin.take().unwrap(), stdin.to_vec());
    let writer = thread::spawn(move || pipe.write_all(&stdin));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    output
}

/// The lines, each checked for its shape. Every octet of the input belongs to one unit.
fn lines(mode: &str, input: impl AsRef<[u8]>) -> Vec<Value> {
    let input = input.as_ref();
    let lines = shaped(&run(&[mode], input));
    if mode != "session" {
        let mut end = 0;
        for line in &lines {
            assert_eq!(line["offset"], end, "{line}");
            end += line["len"].as_u64().unwrap();
        }
        assert_eq!(end, input.len() as u64);
    }
    lines
}

fn shaped(output: &Output) -> Vec<Value> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
    let text = str::from_utf8(&output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let object = line.as_object().unwrap();
        let keys: Vec<&str> =
            object.keys().map(String::as_str).filter(|key| *key != "side").collect();
        match object["ok"].as_bool().unwrap() {
            true => assert_eq!(keys, ["kind", "len", "offset", "ok", "quirks", "value"]),
            false => assert_eq!(keys, ["error", "len", "offset", "ok"]),
        }
    }
    lines
}

/// The kinds, or `!` for what could not be read.
fn kinds(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["kind"].as_str().unwrap_or("!")).collect()
}

#[test]
fn a_line_is_as_it_is_documented() {
    // RFC 9051 §7.4.1, and a line that is none.
    let output = run(&["imap-responses"], b"* 23 EXISTS\r\nnone\r\n");
    let expected = "{\"offset\":0,\"len\":13,\"ok\":true,\"kind\":\"EXISTS\",\"value\":23,\"quirks\":[]}\n\
         {\"offset\":13,\"len\":6,\"ok\":false,\"error\":\"not in the grammar, at octet 4\"}\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn responses_say_what_rfc_3501_prints() {
    // RFC 3501 §8.
    let session = "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" \
         RFC822.SIZE 4286 ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \
         \"IMAP4rev1 WG mtg summary and minutes\" \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((NIL NIL \"imap\" \"cac.washington.edu\")) \
         ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\") \
         (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \
         \"<B27397-0100000@cac.washington.edu>\") \
         BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))\r\n\
         a003 OK FETCH completed\r\n\
         * 12 FETCH (BODY[HEADER] {3}\r\na: )\r\n\
         * OK [UIDVALIDITY 3857529045] UIDs valid\r\n\
         a006 NO no such\r\n";
    let lines = lines("imap-responses", session);
    assert_eq!(kinds(&lines), ["FETCH", "OK", "FETCH", "OK", "NO"]);
    let terry = json!({"name": "Terry Gray", "mailbox": "gray", "host": "cac.washington.edu"});
    let items = lines[0]["value"]["items"].as_array().unwrap();
    assert_eq!(lines[0]["value"]["message"], 12);
    assert_eq!(items[0], json!({"FLAGS": ["\\Seen"]}));
    assert_eq!(items[1], json!({"INTERNALDATE": "17-Jul-1996 02:44:25 -0700"}));
    assert_eq!(items[2], json!({"RFC822.SIZE": 4286}));
    let envelope = &items[3]["ENVELOPE"];
    assert_eq!(envelope["from"], json!([terry]));
    assert_eq!(envelope["cc"][0], json!({"mailbox": "minutes", "host": "CNRI.Reston.VA.US"}));
    assert_eq!(envelope["bcc"], json!([]));
    assert_eq!(envelope["in-reply-to"], Value::Null);
    let part = json!({
        "part": "1", "type": "TEXT", "subtype": "PLAIN",
        "parameters": [{"name": "CHARSET", "value": "US-ASCII"}],
        "encoding": "7BIT", "octets": 3028, "lines": 92,
    });
    assert_eq!(items[4]["BODY"], json!([part]));
    assert_eq!(lines[1]["value"], json!({"tag": "a003", "text": "FETCH completed"}));
    assert_eq!(lines[2]["value"]["items"], json!([{"BODY[HEADER]": {"octets": 3}}]));
    let code = json!({"name": "UIDVALIDITY", "value": 3_857_529_045_u32});
    assert_eq!(lines[3]["value"], json!({"code": code, "text": "UIDs valid"}));
}

#[test]
fn parts_have_the_numbers_of_rfc_3501() {
    // RFC 3501 §6.4.5 shows a message of 4 parts, the third a message with a multipart in it.
    let leaf = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)";
    let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let message =
        |body: &str| format!("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 {envelope} {body} 1)");
    let third = message(&format!("({leaf}{leaf} \"MIXED\")"));
    let fourth = format!(
        "((\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 1){} \"MIXED\")",
        message(&format!("({leaf}({leaf}{leaf} \"ALTERNATIVE\") \"MIXED\")"))
    );
    let wire = format!("* 1 FETCH (BODY ({leaf}{leaf}{third}{fourth} \"MIXED\"))\r\n");
    let lines = lines("imap-responses", wire);
    let parts = lines[0]["value"]["items"][0]["BODY"].as_array().unwrap();
    let numbers: Vec<&str> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    let expected = [
        "", "1", "2", "3", "3", "3.1", "3.2", "4", "4.1", "4.2", "4.2", "4.2.1", "4.2.2",
        "4.2.2.1", "4.2.2.2",
    ];
    assert_eq!(numbers, expected);
}

#[test]
fn commands_say_what_rfcs_print() {
    // RFC 3501 §6.3.11, §6.4.4, §6.4.6; RFC 9051 §6.3.9; RFC 6851 §3.2; RFC 2177 §3.
    let mail = "x".repeat(310);
    let session = format!(
        "A003 APPEND saved-messages (\\Seen) {{310}}\r\n{mail}\r\n\
         A282 SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n\
         A003 STORE 2:4 +FLAGS.SILENT (\\Deleted)\r\n\
         A654 FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])\r\n\
         A999 UID FETCH 4827313:4828442 FLAGS\r\n\
         a UID MOVE 42:69 foo\r\n\
         A002 IDLE\r\nDONE\r\n\
         A9 LIST (SUBSCRIBED) \"\" (\"INBOX\" \"a/%\") RETURN (CHILDREN STATUS (MESSAGES))\r\n"
    );
    let lines = lines("imap-commands", session);
    let expected =
        ["APPEND", "SEARCH", "STORE", "FETCH", "UID FETCH", "UID MOVE", "IDLE", "DONE", "LIST"];
    assert_eq!(kinds(&lines), expected);
    let value = |at: usize| lines[at]["value"].clone();
    let messages = json!([{"flags": ["\\Seen"], "octets": 310}]);
    assert_eq!(value(0), json!({"tag": "A003", "mailbox": "saved-messages", "messages": messages}));
    let keys = json!(["FLAGGED", {"SINCE": "1-Feb-1994"}, {"NOT": {"FROM": "Smith"}}]);
    assert_eq!(value(1), json!({"tag": "A282", "keys": keys}));
    let store = json!({
        "tag": "A003", "set": "2:4", "mode": "add", "silent": true, "FLAGS": ["\\Deleted"],
    });
    assert_eq!(value(2), store);
    let attributes = json!(["FLAGS", "BODY[HEADER.FIELDS (DATE FROM)]"]);
    assert_eq!(value(3), json!({"tag": "A654", "set": "2:4", "attributes": attributes}));
    assert_eq!(value(5), json!({"tag": "a", "set": "42:69", "mailbox": "foo"}));
    let list = json!({
        "tag": "A9", "select": ["SUBSCRIBED"], "reference": "", "patterns": ["INBOX", "a/%"],
        "return": ["CHILDREN", {"STATUS": ["MESSAGES"]}],
    });
    assert_eq!(value(8), list);
}

#[test]
fn a_mail_is_counted_and_what_follows_it_is_read() {
    // RFC 5321 appendix D.1, with a dot that was put before a line (§4.5.2).
    let session = "EHLO bar.com\r\nMAIL FROM:<Smith@bar.com> SIZE=500\r\nRCPT TO:<Jones@foo.com>\r\n\
         DATA\r\nBlah blah blah...\r\n..etc. etc. etc.\r\n.\r\nBDAT 5 LAST\r\nHelloQUIT\r\n";
    let lines = lines("smtp-commands", session);
    let expected = ["EHLO", "MAIL", "RCPT", "DATA", "mail", "BDAT", "chunk", "QUIT"];
    assert_eq!(kinds(&lines), expected);
    let mail = json!({"path": "<Smith@bar.com>", "parameters": {"SIZE": "500"}});
    assert_eq!(lines[1]["value"], mail);
    // 17 octets, ".etc. etc. etc.", and two line ends.
    assert_eq!(lines[4]["value"], json!({"octets": 17 + 2 + 15 + 2}));
    assert_eq!(lines[5]["value"], json!({"octets": 5, "last": true}));
}

#[test]
fn only_crlf_dot_crlf_ends_a_mail() {
    // RFC 5321 §4.1.1.4: SMTP smuggling is the other reading.
    for end in ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "x.\r\n"] {
        let wire = format!("DATA\r\na{end}MAIL FROM:<a@b.example>\r\n.\r\nNOOP\r\n");
        assert_eq!(kinds(&lines("smtp-commands", wire)), ["DATA", "mail", "NOOP"], "{end:?}");
    }
}

#[test]
fn replies_say_what_rfcs_print() {
    // RFC 5321 appendix D.1; RFC 2034 §5.
    let session = "250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-SIZE\r\n250-DSN\r\n250 HELP\r\n\
         550 No such user here\r\n\
         250 2.1.0 Originator <ned@ymir.claremont.edu> ok\r\n\
         hello\r\n\
         250-one\r\n251 two\n250\r\n";
    let lines = lines("smtp-replies", session);
    assert_eq!(kinds(&lines), ["250", "550", "250", "!", "250", "250"]);
    let greets = json!(["foo.com greets bar.com", "8BITMIME", "SIZE", "DSN", "HELP"]);
    assert_eq!(lines[0]["value"], json!({"code": 250, "enhanced": null, "lines": greets}));
    assert_eq!(lines[2]["value"]["enhanced"], "2.1.0");
    let originator = "Originator <ned@ymir.claremont.edu> ok";
    assert_eq!(lines[2]["value"]["lines"], json!([originator]));
    assert_eq!(lines[4]["quirks"], json!(["mixed-codes", "bare-lf"]));
    assert_eq!(lines[5]["quirks"], json!(["missing-text"]));
}

#[test]
fn a_unit_after_a_broken_one_is_read() {
    let bad = "\r\n(((\r\n* 1 FETCH\r\n=a LOGIN \"\r\n\0\u{e9}\r\n";
    for (mode, good) in [
        ("imap-responses", "* 1 EXISTS\r\n"),
        ("imap-commands", "a NOOP\r\n"),
        ("smtp-commands", "NOOP\r\n"),
        ("smtp-replies", "250 ok\r\n"),
    ] {
        let lines = lines(mode, format!("{good}{bad}{good}"));
        assert_eq!(lines.len(), 7, "{mode}: {lines:?}");
        assert!(lines[0]["ok"] == true && lines[6]["ok"] == true, "{mode}: {lines:?}");
        assert!(lines[1..6].iter().all(|line| line["ok"] == false), "{mode}: {lines:?}");
    }
}

#[test]
fn what_is_forgiven_is_told_and_can_be_refused() {
    let wire = b"* LIST (\\HasNoChildren) \"/\" foo\n";
    let tolerant = shaped(&run(&["imap-responses"], wire));
    assert_eq!(tolerant[0]["quirks"], json!(["line-end"]));
    let strict = shaped(&run(&["imap-responses", "--strict"], wire));
    assert_eq!(strict[0]["ok"], false);
}

#[test]
fn an_input_that_ends_inside_a_unit_says_so() {
    for (mode, wire) in [
        ("imap-responses", "* 1 FETCH (BODY[] {5}\r\nHel"),
        ("imap-responses", "* 1 EXI"),
        ("imap-commands", "a APPEND x {5}\r\nHel"),
        ("imap-commands", "a LOGIN {5+}\r\nfr"),
        ("smtp-commands", "DATA\r\nx"),
        ("smtp-commands", "NOO"),
        ("smtp-replies", "250-a\r\n"),
        ("imap-responses", "* LIST ({99999999999999999999}\r\n* 1 EXISTS\r\n"),
        ("imap-commands", "a LOGIN {99999999999999999999+}\r\nb NOOP\r\n"),
    ] {
        let lines = lines(mode, wire);
        assert_eq!(lines.last().unwrap()["ok"], false, "{wire}");
    }
}

/// A password in each of the forms in which it could be printed.
fn tells(output: &Output, secrets: &[&str]) -> bool {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    let all = String::from_utf8_lossy(&all).to_lowercase();
    let hex = |secret: &str| secret.bytes().map(|octet| format!("{octet:02x}")).collect::<String>();
    secrets.iter().any(|secret| {
        let secret = secret.to_lowercase();
        all.contains(&secret) || all.contains(&hex(&secret))
    })
}

#[test]
fn no_secret_is_printed() {
    // RFC 2595 §6, RFC 4616 §4, RFC 4954 §4.1, RFC 2195 §2.
    let secrets = [
        "tanstaaftanstaaf",
        "AHRpbQB0YW5zdGFhZnRhbnN0YWFm",
        "dGFuc3RhYWZ0YW5zdGFhZg",
        "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
        "xipj3plmq",
        "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ",
        "deadbeef",
    ];
    let plain = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";
    let cram = "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw";
    let challenge = "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
    let imap = format!(
        "a LOGIN tim tanstaaftanstaaf\r\n\
         b LOGIN {{3}}\r\ntim {{16+}}\r\ntanstaaftanstaaf\r\n\
         c LOGIN tim tanstaaftanstaaf xipj3plmq\r\n\
         tim tanstaaftanstaaf\r\ntanstaaftanstaaf\r\n\
         d AUTHENTICATE PLAIN {plain}\r\n\
         e AUTHENTICATE CRAM-MD5\r\n{cram}\r\n{plain}\r\n\r\n*\r\n\
         f AUTHENTICATE PLAIN {plain} x\r\n{plain}\r\n\
         g APPEND x CATENATE (URL \"/a;UID=1;URLAUTH=anonymous:internal:deadbeef\")\r\n\
         h GENURLAUTH \"imap://x/a;UID=1;urlauth=submit+tim:internal:deadbeef\" INTERNAL\r\n\
         i NOOP\r\n"
    );
    let smtp = format!(
        "AUTH PLAIN {plain}\r\nAUTH PLAIN\r\n{plain}\r\nAUTH CRAM-MD5\r\n{cram}\r\n\
         AUTH LOGIN\r\ndGlt\r\ndGFuc3RhYWZ0YW5zdGFhZg==\r\ntanstaaftanstaaf\r\nNOOP\r\n\
         AUTH PLAIN {plain} x\r\n{plain}\r\nxipj3plmq\r\nNOOP\r\n\
         BURL imap://x/a;uid=1;urlauth=submit+tim:internal:deadbeef LAST\r\nNOOP\r\n"
    );
    let replies = format!("334 {challenge}\r\n334-{challenge}\r\n334 {challenge}\r\n235 ok\r\n");
    let responses = format!("+ {challenge}\r\nx\r\n* OK done\r\n");
    for (mode, wire, last) in [
        ("imap-commands", &imap, "NOOP"),
        ("smtp-commands", &smtp, "NOOP"),
        ("smtp-replies", &replies, "235"),
        ("imap-responses", &responses, "OK"),
    ] {
        let output = run(&[mode], wire.as_bytes());
        assert!(!tells(&output, &secrets), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(kinds(&shaped(&output)).last(), Some(&last), "{mode}");
    }
    let sessions = [
        format!(
            "S: * OK hi\nC: a LOGIN tim tanstaaftanstaaf\nS: a NO no\n\
             C: b LOGIN {{3}}\nS: + go\nC: tim {{16}}\nS: + go\nC: tanstaaftanstaaf\nS: b NO no\n\
             C: c AUTHENTICATE CRAM-MD5\nS: + {challenge}\nC: {cram}\nS: c OK\n\
             C: d AUTHENTICATE PLAIN\nS: d NO no\nC: {plain}\nC: tanstaaftanstaaf\nC: e NOOP\n"
        ),
        format!(
            "S: 220 hi\nC: AUTH PLAIN {plain}\nS: 535 no\nC: AUTH CRAM-MD5\nS: 334 {challenge}\n\
             C: {cram}\nS: 235 ok\nC: AUTH LOGIN\nS: 334 VXNlcg==\nC: dGlt\nS: 334 UGFzcw==\n\
             C: dGFuc3RhYWZ0YW5zdGFhZg==\nS: 235 ok\nC: NOOP\n"
        ),
    ];
    for session in sessions {
        let output = run(&["session"], session.as_bytes());
        assert!(!tells(&output, &secrets), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(kinds(&shaped(&output)).last(), Some(&"NOOP"));
    }
}

#[test]
fn a_session_is_read_in_the_light_of_both_sides() {
    // RFC 3501 §6.3.11 and RFC 3502: a literal that is refused never comes.
    let session = "S: * OK IMAP4rev1 ready\n\
         C: A003 APPEND saved-messages (\\Seen) {12}\n\
         S: + Ready for literal data\n\
         C: Hello\n\
         C: Joe\n\
         C: \n\
         S: A003 OK APPEND completed\n\
         C: A004 APPEND bogusname (\\Flagged) {1023}\n\
         S: A004 NO [TRYCREATE] No such mailbox as bogusname\n\
         C: A005 FETCH 1 BODY[TEXT]\n\
         S: * 1 FETCH (BODY[TEXT] {7}\n\
         S: Hello\n\
         S: )\n\
         S: A005 OK done\n";
    let lines = lines("session", session);
    let said: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["side"].as_str().unwrap(), line["kind"].as_str().unwrap_or("!")))
        .collect();
    let expected = [
        ("S", "OK"),
        ("S", "+"),
        ("C", "APPEND"),
        ("S", "OK"),
        ("S", "NO"),
        ("C", "!"),
        ("C", "FETCH"),
        ("S", "FETCH"),
        ("S", "OK"),
    ];
    assert_eq!(said, expected);
    assert_eq!(lines[2]["value"]["messages"][0]["octets"], 12);
    assert_eq!(lines[7]["value"]["items"], json!([{"BODY[TEXT]": {"octets": 7}}]));
    // Where the lines stand.
    let begin = session.find("* 1 FETCH").unwrap() - 3;
    let end = session.find("S: A005").unwrap();
    assert_eq!((&lines[7]["offset"], &lines[7]["len"]), (&json!(begin), &json!(end - begin)));
}

#[test]
fn a_transcript_of_ours_is_read() {
    // As `postrider::wire::Transcript` writes it: payload is counted, and literals stand in the line.
    let session = "S: * OK ready\n   <TLS established>\n\
         C: a LOGIN {3+}\\r\\ntim {8+}\\r\\n[secret]\nS: a OK done\n\
         C: b FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {50000000000}\nS: <50000000000 octets>\nS: )\n\
         S: b OK done\n";
    let expected = ["OK", "TLS", "LOGIN", "OK", "FETCH", "FETCH", "OK"];
    let short = session.replace("50000000000", "5000000");
    let lines = lines("session", &short);
    assert_eq!(kinds(&lines), expected);
    assert_eq!(lines[5]["value"]["items"][0]["BODY[]"]["octets"], 5_000_000);
    let session = "S: 220 hi\nC: DATA\nS: 354 go\nC: <77 octets>\nS: 250 ok\nC: QUIT\n";
    let lines = self::lines("session", session);
    assert_eq!(kinds(&lines), ["220", "DATA", "354", "mail", "250", "QUIT"]);
    assert_eq!(lines[3]["value"]["octets"], 77);
}

#[test]
fn recorded_sessions_are_read_to_the_last_line() {
    // Client and server of each were real; what is not read is wrong on purpose.
    for (path, broken) in [
        ("live/aiosmtpd-1.4.6.txt", 0),
        ("live/dovecot-2.3.19-lmtp.txt", 0),
        ("live/exim-4.96.txt", 0),
        ("live/nodemailer-smtp-server-3.21.6.txt", 0),
        ("live/postfix-3.7.11-bdat.txt", 0),
        // RSET with an argument, a path without `<`, and VRFY without one.
        ("live/postfix-3.7.11-mx.txt", 3),
        ("live/postfix-3.7.11-pipelined.txt", 0),
        ("live/postfix-3.7.11-submission.txt", 1),
        ("live/postfix-dovecot-auth-scram-sha-1.txt", 0),
        ("live/postfix-dovecot-auth-scram-sha-256.txt", 0),
        // FETCH 0, and a literal that was recorded with an LF alone.
        ("imap/dovecot-ext/dovecot-2.3.19.txt", 2),
        ("imap/dovecot-ext/dovecot-2.4-main.txt", 2),
    ] {
        let Some(session) = read_shared(&format!("vectors/{path}")) else { return };
        let lines = lines("session", &session);
        let bad = lines.iter().filter(|line| line["ok"] == false).count();
        assert_eq!(bad, broken, "{path}");
        assert!(lines.len() > 10, "{path}");
    }
}

#[test]
fn pop3_is_not_understood() {
    let output = run(&["session"], b"S: +OK POP3 server ready\n");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("POP3"));
}

#[test]
fn a_file_is_read_and_one_that_is_not_there_fails() {
    let output = run(&["imap-responses", "no/such/file"], b"");
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("decode: no/such/file: "));
    if let Some(path) = shared("vectors/live/exim-4.96.txt") {
        assert!(!shaped(&run(&["session", path.to_str().unwrap()], b"")).is_empty());
    }
}

#[test]
fn octets_of_messages_take_no_memory() {
    const SIZE: usize = 64 << 20;
    let line = [&[b'x'; 4094][..], b"\r\n"].concat();
    let cases = [
        ("imap-responses", format!("* 1 FETCH (BODY[] {{{SIZE}}}\r\n"), ")\r\n"),
        ("imap-commands", format!("a APPEND x {{{SIZE}}}\r\n"), "\r\n"),
        ("imap-responses", format!("* LIST ({{{SIZE}}}\r\n"), ")\r\n"),
        ("smtp-commands", "DATA\r\n".into(), ".\r\n"),
        ("smtp-commands", format!("BDAT {SIZE}\r\n"), ""),
        ("smtp-commands", format!("BDAT {SIZE} LAST\r\n"), "NOOP\r\n"),
    ];
    for (mode, before, behind) in cases {
        // 48 MiB of address space hold the program, and not the message.
        let mut command = Command::new("sh");
        let program = program();
        command.arg("-c").arg("ulimit -v 49152; exec \"$0\" \"$@\"").arg(program.get_program());
        command.arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(before.as_bytes()).unwrap();
        for _ in 0..SIZE / 4096 {
            pipe.write_all(&line).unwrap();
        }
        pipe.write_all(behind.as_bytes()).unwrap();
        drop(pipe);
        let lines = shaped(&child.wait_with_output().unwrap());
        let total: u64 = lines.iter().map(|line| line["len"].as_u64().unwrap()).sum();
        assert_eq!(total, (before.len() + SIZE + behind.len()) as u64, "{mode}");
        let is_passed_over = before.contains("LIST");
        assert_eq!(lines.iter().any(|line| line["ok"] == false), is_passed_over, "{lines:?}");
        assert!(is_passed_over || format!("{lines:?}").contains(&SIZE.to_string()), "{lines:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut command = program();
    command.arg("imap-responses").stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        for _ in 0..1_000_000 {
            if pipe.write_all(b"* 1 EXISTS\r\n").is_err() {
                break;
            }
        }
    });
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("EXISTS"));
    drop(stdout);
    let status = child.wait().unwrap();
    writer.join().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(status.success() && stderr.is_empty(), "{stderr}");
}
