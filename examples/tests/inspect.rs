//! The example `inspect` as a program: what it prints is compared with the texts of RFCs and with
//! what others say of the shared mails.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

#[path = "inspect/shape.rs"]
mod shape;

/// The program, which `cargo test` builds with the tests.
fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples/inspect");
    assert!(path.exists(), "build it: cargo build --example inspect");
    Command::new(path)
}

fn run(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap()
}

/// What is printed, where all went well.
fn stdout(arguments: &[&str], stdin: &[u8]) -> String {
    let output = run(arguments, stdin);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of `--json`, each checked for its shape.
fn lines(arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let arguments = [&["--json"], arguments].concat();
    let text = stdout(&arguments, stdin);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.iter().for_each(shape::check);
    lines
}

fn line(mail: &str) -> Value {
    let mut lines = lines(&["-"], mail.as_bytes());
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

#[test]
fn the_message_of_rfc_3501_is_told_as_its_session_tells_it() {
    // RFC 3501 §8: the header section that the server sends, and what it says of the message.
    let header = "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n\
        From: Terry Gray <gray@cac.washington.edu>\r\n\
        Subject: IMAP4rev1 WG mtg summary and minutes\r\n\
        To: imap@cac.washington.edu\r\n\
        cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n\
        Message-Id: <B27397-0100000@cac.washington.edu>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n";
    // 3028 octets in 92 lines.
    let body = format!("{}{}\r\n", "x\r\n".repeat(91), "x".repeat(3028 - 91 * 3 - 2));
    let mail = line(&format!("{header}{body}"));
    assert_eq!(
        mail["imap"]["envelope"],
        "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
         ((NIL NIL \"imap\" \"cac.washington.edu\")) \
         ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")\
         (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \
         \"<B27397-0100000@cac.washington.edu>\")"
    );
    // The BODY of the session, with the extension data of §7.4.2 behind it.
    assert_eq!(
        mail["imap"]["bodystructure"],
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92 NIL NIL NIL NIL)"
    );
    assert_eq!(mail["size"], 342 + 3028);
    assert_eq!(mail["sentAt"], "1996-07-17T02:23:25-07:00");
    assert_eq!(mail["messageId"], json!(["B27397-0100000@cac.washington.edu"]));
    assert_eq!(mail["inReplyTo"], Value::Null);
    assert_eq!(mail["from"], json!([{"name": "Terry Gray", "email": "gray@cac.washington.edu"}]));
    assert_eq!(mail["headers"][4]["name"], "cc");
    let cc = " minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>";
    assert_eq!(mail["headers"][4]["value"], cc);
    assert_eq!(mail["bodyStructure"]["type"], "text/plain");
    let text = mail["bodyValues"]["1"]["value"].as_str().unwrap();
    assert_eq!((text.len(), text.matches('\n').count()), (3028 - 92, 92));
}

#[test]
fn addresses_are_told_as_rfc_8621_tells_them() {
    // RFC 8621 §4.1.2.3, which prints the decoded name as `John Smith`.
    let mail = line(
        "To: \"  James Smythe\" <james@example.com>, Friends:\r\n\
         \x20jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=\r\n\
         \x20<john@example.com>;\r\n\r\n",
    );
    let expected = json!([
        {"name": "James Smythe", "email": "james@example.com"},
        {"name": null, "email": "jane@example.com"},
        {"name": "John Smîth", "email": "john@example.com"},
    ]);
    assert_eq!(mail["to"], expected);
}

#[test]
fn the_last_of_several_fields_counts_for_jmap_and_the_first_for_imap() {
    // RFC 8621 §4.1.3: "the value of the *last* instance of the header field".
    let mail = line("Subject: one\r\nSubject: two\r\nFrom: a@b.example\r\n\r\n");
    assert_eq!(mail["subject"], "two");
    assert!(mail["imap"]["envelope"].as_str().unwrap().starts_with("(NIL \"one\" "));
    let ambiguities = mail["ambiguities"].as_array().unwrap();
    let one = ambiguities.iter().find(|one| one["code"] == "duplicate-field").unwrap();
    assert_eq!((&one["start"], &one["end"], &one["line"]), (&json!(14), &json!(28), &json!(2)));
    assert_eq!(one["choice"], "the first field counts; all are found in order");
}

/// The parts of RFC 8621 §4.1.4, by the letters it gives them.
const PARTS: [(&str, &str); 10] = [
    ("A", "1"),
    ("B", "2.1.1.1"),
    ("C", "2.1.1.2"),
    ("D", "2.1.1.3"),
    ("E", "2.1.2.1"),
    ("F", "2.1.2.2"),
    ("G", "2.2"),
    ("H", "2.3"),
    ("J", "2.4"),
    ("K", "3"),
];

#[test]
fn the_complex_message_of_rfc_8621_is_taken_apart_as_it_says() {
    let multipart = |subtype: &str, mark: &str, parts: &[String]| {
        let parts: String = parts.iter().map(|part| format!("--{mark}\r\n{part}\r\n")).collect();
        format!("Content-Type: multipart/{subtype}; boundary={mark}\r\n\r\n{parts}--{mark}--\r\n")
    };
    let leaf = |ty: &str, disposition: &str, text: &str| {
        let disposition = match disposition {
            "" => String::new(),
            ty => format!("Content-Disposition: {ty}\r\n"),
        };
        format!("Content-Type: {ty}\r\n{disposition}\r\n{text}")
    };
    let text = |text: &str| leaf("text/plain", "inline", text);
    let alternative = multipart(
        "alternative",
        "m3",
        &[
            multipart("mixed", "m4", &[text("B"), leaf("image/jpeg", "inline", "C"), text("D")]),
            multipart("related", "m5", &[leaf("text/html", "", "E"), leaf("image/jpeg", "", "F")]),
        ],
    );
    let inner = multipart(
        "mixed",
        "m2",
        &[
            alternative,
            leaf("image/jpeg", "attachment", "G"),
            leaf("application/x-excel", "", "H"),
            leaf("message/rfc822", "", "Subject: J\r\n\r\nnot of this message"),
        ],
    );
    let mail = line(&multipart("mixed", "m1", &[text("A"), inner, text("K")]));
    let letters = |list: &str| -> String {
        let parts = mail[list].as_array().unwrap().iter();
        let letter = |part: &Value| PARTS.iter().find(|(_, id)| part["partId"] == **id).unwrap().0;
        parts.map(letter).collect()
    };
    // "In this case, the above algorithm would decompose this to: textBody => [ A, B, C, D, K ],
    // htmlBody => [ A, E, K ], attachments => [ C, F, G, H, J ]"
    assert_eq!(letters("textBody"), "ABCDK");
    assert_eq!(letters("htmlBody"), "AEK");
    assert_eq!(letters("attachments"), "CFGHJ");
    assert_eq!(mail["hasAttachment"], true);
    assert_eq!(mail["preview"], "A B D K");
    let values = mail["bodyValues"].as_object().unwrap();
    for (letter, id) in ["A", "B", "D", "E", "K"].map(|l| *PARTS.iter().find(|p| p.0 == l).unwrap())
    {
        assert_eq!(values[id]["value"], letter);
    }
    assert_eq!(values.len(), 5);
    let structure = &mail["bodyStructure"];
    assert_eq!(structure["partId"], Value::Null);
    let message = &structure["subParts"][1]["subParts"][3];
    assert_eq!((&message["partId"], &message["subParts"]), (&json!("2.4"), &Value::Null));
}

#[test]
fn hops_are_told_with_their_delays() {
    // RFC 5322 appendix A.4.
    let mail = "Received: from x.y.test\r\n   by example.net\r\n   via TCP\r\n   with ESMTP\r\n   \
        id ABC12345\r\n   for <mary@example.net>;  21 Nov 1997 10:05:43 -0600\r\n\
        Received: from node.example by x.y.test; 21 Nov 1997 10:01:22 -0600\r\n\
        From: John Doe <jdoe@node.example>\r\nTo: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.node.example>\r\n\r\n\
        This is a message just to say hello.\r\nSo, \"Hello\".\r\n";
    let hops = line(mail)["hops"].clone();
    assert_eq!(hops[0]["from"], "node.example");
    assert_eq!(hops[0]["delay"], Value::Null);
    assert_eq!(hops[1]["by"], "example.net");
    assert_eq!(hops[1]["protocol"], "ESMTP");
    assert_eq!(hops[1]["id"], "ABC12345");
    assert_eq!(hops[1]["encrypted"], false);
    assert_eq!(hops[1]["date"], "1997-11-21T10:05:43-06:00");
    assert_eq!(hops[1]["delay"], 4 * 60 + 21);

    let page = stdout(&["-"], mail.as_bytes());
    assert!(page.contains("\nFrom: John Doe <jdoe@node.example>\n"), "{page}");
    assert!(page.contains("\nSubject: Saying Hello\n"), "{page}");
    assert!(page.contains("  2. x.y.test -> example.net, ESMTP"), "{page}");
    assert!(page.contains("(+4 min 21 s)"), "{page}");
}

#[test]
fn a_person_sees_the_tree_and_a_mark_under_what_is_wrong() {
    // RFC 2046 §5.1.1, the multipart of two texts; then what RFC 5322 §3.4 has no place for.
    let mail = "From: Nathaniel Borenstein <nsb@bellcore.com>\r\n\
        To: Joe <a@b.example> <c@d.example>\r\n\
        Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)\r\nSubject: Sample\u{202e} message\r\n\
        Message-ID: <1@bellcore.com>\r\nMIME-Version: 1.0\r\n\
        Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n\
        --simple boundary\r\n\r\nimplicitly typed\r\n\
        --simple boundary\r\nContent-type: image/gif; name=\"a\u{7}b.gif\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nR0lG\r\n--simple boundary--\r\n";
    let page = stdout(&["-"], mail.as_bytes());
    let tree = "Parts\n  \
        multipart/mixed, 163 octets\n  \
        ├─ 1 text/plain us-ascii, 16 octets [text body, HTML body]\n  \
        └─ 2 image/gif \"a\u{fffd}b.gif\", 3 octets (4 octets in base64) [text body, HTML body]\n";
    assert!(page.contains(tree), "{page}");
    let marked = "        2 | To: Joe <a@b.example> <c@d.example>\n          \
        |                       ^~~~~~~~~~~~~\n";
    assert!(page.contains(marked), "{page}");
    assert!(page.contains("\n  after-address: "), "{page}");
    // Nothing that a stranger wrote moves the cursor or turns the text round.
    assert!(page.contains("Subject: Sample\u{fffd} message\n"), "{page}");
    assert!(!page.contains(['\u{7}', '\u{202e}', '\r']), "{page}");
}

#[test]
fn the_mark_is_under_what_is_meant_however_long_the_line_is() {
    let prefixes = (0..200).step_by(7).chain([1500, 5000]);
    for (prefix, filler) in prefixes.flat_map(|length| [(length, 'x'), (length, 'é')]) {
        let name = filler.to_string().repeat(prefix);
        let behind = "y".repeat(prefix * 2 % 300);
        let mail = format!("To: \"{name}\" <a@b.example> <c@d.example>, {behind}@e.example\n\n");
        let page = stdout(&["-"], mail.as_bytes());
        let mut lines = page.lines().skip_while(|line| !line.contains("after-address"));
        let line = lines.find(|line| line.contains(" 1 | ")).unwrap();
        let mark = lines.next().unwrap();
        let meant = line.chars().zip(mark.chars().chain(std::iter::repeat(' ')));
        let meant: String =
            meant.filter(|(_, mark)| "^~".contains(*mark)).map(|(c, _)| c).collect();
        assert_eq!(meant, "<c@d.example>", "{line}\n{mark}");
        assert!(line.chars().count() < 130, "{line}");
    }
}

/// Base64 by a program that is not ours: `printf '…' | base64`.
///
/// From: Ann <ann@b.example>, Subject: Inner, a NUL octet and an attached `in.bin` of `yes`.
const INNER: &str = "\
    RnJvbTogQW5uIDxhbm5AYi5leGFtcGxlPgpTdWJqZWN0OiBJbm5lcgpDb250ZW50LVR5cGU6IG11\n\
    bHRpcGFydC9taXhlZDsgYm91bmRhcnk9eAoKLS14CgpIZWwAbG8KLS14CkNvbnRlbnQtRGlzcG9z\n\
    aXRpb246IGF0dGFjaG1lbnQ7IGZpbGVuYW1lPWluLmJpbgoKeWVzCi0teC0tCg==\n";

#[test]
fn attached_mails_are_opened_though_they_are_encoded() {
    let mail = format!(
        "Content-Type: multipart/mixed; boundary=m\n\n\
         --m\nContent-Type: message/rfc822\n\nSubject: Plain\n\nplain\n\
         --m\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{INNER}\
         --m--\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let page = stdout(&["--extract", folder.path().to_str().unwrap(), "-"], mail.as_bytes());
    let tree = "\
        \x20 ├─ 1 message/rfc822, 21 octets [attachment]\n\
        \x20 │  └─ 1.1 text/plain us-ascii, 5 octets\n\
        \x20 └─ 2 message/rfc822, 160 octets (218 octets in base64) [attachment]\n\
        \x20    └─ multipart/mixed, 76 octets\n\
        \x20       ├─ 2.1 text/plain us-ascii, 6 octets\n\
        \x20       └─ 2.2 text/plain us-ascii \"in.bin\", 3 octets\n";
    assert!(page.contains(tree), "{page}");
    let files = "\nFiles\n  1 part-1.eml\n  1.1 part-1.1.txt\n  2 part-2.eml\n  2.1 part-2.1.txt\n  \
        2.2 in.bin\n";
    assert!(page.contains(files), "{page}");
    let file = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(file("part-1.eml"), b"Subject: Plain\n\nplain");
    assert!(file("part-2.eml").starts_with(b"From: Ann <ann@b.example>\nSubject: Inner\n"));
    assert_eq!((file("part-2.1.txt"), file("in.bin")), (b"Hel\0lo".to_vec(), b"yes".to_vec()));
    assert!(
        page.contains("\nAmbiguities of the message in part 2, by its decoded lines\n  nul: "),
        "{page}"
    );

    let line = line(&mail);
    let nul =
        line["ambiguities"].as_array().unwrap().iter().find(|one| one["code"] == "nul").unwrap();
    assert_eq!((&nul["part"], &nul["line"]), (&json!("2"), &json!(7)));
    // Both the mail and its part 1 lack it: the lines are told, and nothing is marked.
    let missing = "must have (RFC 5322 §3.6)\n          in lines 2, 7\n";
    assert_eq!(page.matches(missing).count(), 2, "{page}");
    // To JMAP and IMAP it is one part.
    assert_eq!(line["bodyStructure"]["subParts"][1]["subParts"], Value::Null);
}

#[test]
fn a_chain_of_encoded_messages_is_opened_so_far() {
    let mail = "Content-Type: message/global\nContent-Transfer-Encoding: quoted-printable\n\n";
    let page = stdout(&["-"], mail.repeat(60).as_bytes());
    let (tree, _) = page.split_once("\n\nDefects").unwrap();
    assert_eq!(tree.matches(" message/global").count(), 9, "{page}");
    assert_eq!(page.matches(", too deep to be opened").count(), 1, "{page}");
}

#[test]
fn the_text_of_a_multipart_without_parts_is_shown() {
    let part = "Content-Type: multipart/mixed; boundary=in\n\nnested\n";
    let outer = format!("Content-Type: multipart/mixed; boundary=m\n\n--m\n{part}--m--\n");
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--extract", folder.path().to_str().unwrap(), "-"];
    let page = stdout(&arguments, outer.as_bytes());
    assert!(
        page.contains("\n  └─ 1 multipart/mixed, 6 octets\n     └─ preamble, 6 octets\n"),
        "{page}"
    );
    let page = stdout(&arguments, b"Content-Type: multipart/mixed; boundary=m\n\nHello\nJoe --m\n");
    assert!(page.contains("\nPreamble: Hello Joe --m\n"), "{page}");
    assert!(page.contains("\n  multipart/mixed, 14 octets\n  └─ preamble, 14 octets\n"), "{page}");
    assert!(page.contains("\nFiles\n  preamble preamble.txt\n"), "{page}");
    // Some readers split there: `Message::check` looks for it.
    assert!(page.contains("\nAmbiguities\n  misplaced-boundary: "), "{page}");
    let file = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(file("preamble-1.txt"), b"nested");
    assert_eq!(file("preamble.txt"), b"Hello\nJoe --m\n");
}

#[test]
fn every_octet_is_looked_at() {
    let mail = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n\
        --x\n\none\r--x\r\rtwo \u{e9}\n--x--\n";
    let line = line(mail);
    let codes = |list: &str| -> Vec<String> {
        let told = line[list].as_array().unwrap().iter();
        told.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("ambiguities").iter().filter(|code| *code == "bare-cr").count(), 3);
    assert!(codes("defects").contains(&"undeclared-8bit".to_owned()));
    assert!(stdout(&["-"], mail.as_bytes()).contains("\n  bare-cr, 3 times: "));
    // Each ambiguity says how it is read here.
    assert!(line["ambiguities"].as_array().unwrap().iter().all(|one| one["choice"].is_string()));
}

#[test]
fn what_is_said_often_is_said_once_and_advice_comes_last() {
    let long = "x".repeat(100);
    let mail = format!("Subject: Hello\n\nshort\n{}", format!("{long}\n").repeat(20));
    let mail = format!("X-Long: {long}\n{mail}");
    let mail = format!("{}{mail}", format!("X: {long}\n").repeat(14));
    let page = stdout(&["-"], mail.as_bytes());
    let (defects, advice) = page.split_once("\nAdvice\n").unwrap();
    assert!(defects.contains("\nDefects\n") && !defects.contains("long-line"), "{page}");
    // RFC 5322 §2.1.1: "SHOULD be no more than 78 characters".
    let told = advice.lines().skip_while(|line| !line.starts_with("  long-line, 15 times: "));
    let told: Vec<_> = told.take(4).collect();
    assert!(told[1].starts_with("        1 | X: xxx") && told[2].contains('^'), "{page}");
    assert_eq!(told[3], "          and in lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …", "{page}");
    // Nothing is there that could be marked.
    let missing = defects.lines().skip_while(|line| !line.starts_with("  missing-from: "));
    assert!(!missing.skip(1).take(2).any(|line| line.contains('|')), "{page}");
}

#[test]
fn fields_that_cannot_be_read_are_shown_as_they_stand_and_long_ones_cut() {
    let to: String = (0..50).map(|n| format!("person{n}@b.example, ")).collect();
    let words = "word ".repeat(31) + "unbroken more";
    let page = stdout(
        &["-"],
        format!("From: <<<>>>\nTo: {to}\nCc:\nDate: yesterday\n\n{words}\n").as_bytes(),
    );
    assert!(page.contains("\nFrom: <<<>>> (cannot be read)\n"), "{page}");
    assert!(page.contains("\nCc: (empty)\nDate: yesterday (cannot be read)\n"), "{page}");
    let to = page.lines().find_map(|line| line.strip_prefix("To: ")).unwrap();
    assert!(to.starts_with("person0@b.example, ") && to.ends_with(" and 42 more"), "{page}");
    let preview = page.lines().find_map(|line| line.strip_prefix("Preview: ")).unwrap();
    assert_eq!(preview, "word ".repeat(31).trim_end().to_owned() + "…");
}

#[test]
fn odd_paths_are_told_of() {
    let top = tempfile::tempdir().unwrap();
    let path = |name: &str| top.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(path("folder")).unwrap();
    let output = run(&[&path("folder")], b"");
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("folder: no mail in this folder\n"));

    fs::write(path("nothing"), "").unwrap();
    assert!(
        stdout(&[&path("nothing")], b"").ends_with("nothing (0 octets)\nNothing is in it.\n\n")
    );
    let octets: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    fs::write(path("binary"), &octets).unwrap();
    assert!(stdout(&[&path("binary")], b"").len() < 20_000);
    lines(&[&path("binary"), &path("nothing")], b"");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mbox = "From - \nSubject: one of many\n\n\n".repeat(20_000);
    for form in [&["-"][..], &["--json", "-"]] {
        let mut command = program();
        command.args(form).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(mbox.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn a_maildir_is_read_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::write(&path, format!("Subject: {name}\n\n")).unwrap();
    };
    for path in ["cur/2:2,S", "cur/1:2,", "new/3", "tmp/4", "dovecot.list/5", ".Sent/cur/6:2,"] {
        write(path);
    }
    write("dovecot-uidlist");
    for path in [".Sent/new", ".Sent/tmp"] {
        fs::create_dir(folder.path().join(path)).unwrap();
    }
    let found = lines(&[folder.path().to_str().unwrap()], b"");
    let subjects: Vec<_> = found.iter().map(|line| line["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["6:2,", "1:2,", "2:2,S", "3"]);
}

#[test]
fn mailboxes_in_one_file_hold_as_many_mails_as_others_find() {
    let Some(folder) = postrider_testkit::shared("corpora/mimekit/mbox") else {
        eprintln!("skipped: corpora/mimekit/mbox is not here");
        return;
    };
    for name in ["content-length", "issue1189"] {
        let mbox = folder.join(format!("{name}.mbox.txt"));
        let offsets = fs::read(folder.join(format!("{name}.unix-offsets.json"))).unwrap();
        let offsets = offsets.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&offsets);
        let mails: Value = serde_json::from_slice(offsets).unwrap();
        let mails = mails.as_array().unwrap();
        let found = lines(&[mbox.to_str().unwrap()], b"");
        assert_eq!(found.len(), mails.len(), "{name}");
        for (line, mail) in found.iter().zip(mails) {
            let ty = mail["body"]["mimeType"].as_str().unwrap().to_ascii_lowercase();
            assert_eq!(line["bodyStructure"]["type"], ty, "{name}");
        }
    }
    // A text that quotes `From Russia with love` and a field behind it is no mail.
    let unmunged = folder.join("unmunged.mbox.txt");
    assert_eq!(lines(&[unmunged.to_str().unwrap()], b"").len(), 2);
}

#[test]
fn extracted_files_stay_in_their_folder_and_overwrite_nothing() {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("deep/down");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.txt"), "was here").unwrap();
    let outside = top.path().join("outside");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, folder.join("link")).unwrap();
    let names = [
        "a.txt",
        "A.txt",
        "../../up.txt",
        "/etc/passwd",
        "..\\..\\up",
        "..",
        ".bashrc",
        "link",
        "a/b\\c.txt",
        "CON",
        "nul\u{0}.txt",
        "=?utf-8?q?..=2F..=2Fq?=",
        "\u{202e}txt.exe",
        "",
    ];
    let part = |name: &str| {
        format!(
            "--x\nContent-Disposition: attachment; filename=\"{}\"\n\nyes\n",
            name.replace('\\', "\\\\")
        )
    };
    let mail = "Content-Type: multipart/mixed; boundary=x\n\n".to_owned()
        + &names.map(part).concat()
        + "--x\nContent-Disposition: attachment; filename*=utf-8''..%2F..%2Fp\n\nyes\n--x--\n";
    let mbox = format!("From - \n{mail}\nFrom - \n{mail}");
    let arguments = ["--extract", folder.to_str().unwrap(), "-"];
    let page = stdout(&arguments, mbox.as_bytes());
    assert!(page.contains("\nFiles\n  1 a-2.txt\n  2 A-3.txt\n"), "{page}");

    assert_eq!(fs::read(folder.join("a.txt")).unwrap(), b"was here");
    assert!(!outside.exists());
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    assert_eq!(entries(top.path()), [top.path().join("deep")]);
    assert_eq!(entries(&top.path().join("deep")), std::slice::from_ref(&folder));
    let files = entries(&folder);
    // What was there, and every leaf of both mails.
    assert_eq!(files.len(), usize::from(cfg!(unix)) + 1 + 2 * (names.len() + 1), "{files:?}");
    let lower = files.iter().map(|path| path.to_str().unwrap().to_lowercase());
    assert_eq!(lower.collect::<HashSet<_>>().len(), files.len(), "{files:?}");
    for path in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(!name.starts_with('.') && !name.contains(['\\', '\u{202e}']), "{name}");
        if name != "a.txt" && name != "link" {
            assert_eq!(fs::read(path).unwrap(), b"yes", "{name}");
        }
    }
}

#[test]
fn hostile_mails_are_told_like_others() {
    let nested = |open: &dyn Fn(usize) -> String| (0..10_000).map(open).collect::<String>();
    let multiparts = nested(&|level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
    });
    let messages = nested(&|_| "Content-Type: message/rfc822\n\n".to_owned());
    for mail in [multiparts, messages] {
        let line = line(&mail);
        let told = line["ambiguities"].as_array().unwrap();
        assert!(told.iter().any(|one| one["code"] == "too-deep"));
        assert!(stdout(&["-"], mail.as_bytes()).contains("\n  too-deep: "));
    }
    let parts =
        "Content-Type: multipart/mixed; boundary=a\n\n".to_owned() + &"--a\n\n".repeat(20_000);
    let line = line(&parts);
    assert_eq!(line["bodyStructure"]["subParts"].as_array().unwrap().len(), 9_999);
    assert!(stdout(&["-"], parts.as_bytes()).contains("\n  too-many-parts: "));
    let inner = "--a\nContent-Type: message/global\nContent-Transfer-Encoding: base64\n\neDp5\n";
    let parts = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned() + &inner.repeat(1000);
    let page = stdout(&["-"], parts.as_bytes());
    assert_eq!(page.matches("\nDefects of the message in part ").count(), 20);
    assert!(page.ends_with("\n980 more encoded messages: --json tells what is in them\n\n"));
    let page = stdout(&["-"], ("\n".to_owned() + &"\r".repeat(100_000)).as_bytes());
    assert!(page.contains("\nMore was found than is kept: "), "{page}");
    let long = format!("Subject: {}\nTo: {}\n\n", "x".repeat(1 << 20), "a <b@c>, ".repeat(1 << 17));
    let page = stdout(&["-"], long.as_bytes());
    assert!(page.len() < 100_000, "{}", page.len());
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    fs::write(&mail, "Subject: here\n\n").unwrap();
    let absent = folder.path().join("absent");
    let output = run(&["--json", absent.to_str().unwrap(), mail.to_str().unwrap()], b"");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("absent"));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["subject"], "here");
}

#[test]
fn a_part_is_extracted_however_long_its_number_is() {
    let mut mail = String::new();
    for level in 0..99 {
        let open = format!("--{level}.\n\n\n").repeat(9);
        mail += &format!("Content-Type: multipart/x; boundary={level}.\n\n{open}--{level}.\n");
    }
    let folder = tempfile::tempdir().unwrap();
    stdout(&["--extract", folder.path().to_str().unwrap(), "-"], mail.as_bytes());
    assert_eq!(files(folder.path()), 99 * 9 + 1);
}

#[test]
fn the_name_of_a_file_that_cannot_be_read_moves_no_cursor() {
    let output = run(&["absent\u{1b}[2J\u{9b}2J"], b"");
    assert!(!output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("absent") && !stderr.contains(['\u{1b}', '\u{9b}']), "{stderr:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_folder_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mail"), "Subject: here\n\n").unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let mails = lines(&[folder.path().to_str().unwrap()], b"");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "here");
}

/// How many files there are in a folder and those below it.
fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// Every file of the corpora, mail or not, is read in both forms, and its line has the shape that
/// RFC 8621 gives it; the order is that of the files.
#[test]
fn every_mail_of_the_corpora_runs_through() {
    let Some(root) = postrider_testkit::shared("corpora") else {
        eprintln!("skipped: corpora is not here");
        return;
    };
    let root = root.to_str().unwrap();
    let found = lines(&[root], b"");
    let path = |line: &Value| {
        let path = line["path"].as_str().unwrap();
        // The mails of a mailbox are numbered.
        path.rsplit_once('#').map_or(path, |(file, _)| file).to_owned()
    };
    let mut paths: Vec<_> = found.iter().map(path).collect();
    paths.dedup();
    assert_eq!(paths.len(), files(Path::new(root)));
    let page = stdout(&[root], b"");
    let pages = page.lines().filter_map(|line| line.strip_prefix("== "));
    let pages: Vec<_> = pages.map(|line| line.rsplit_once(" (").unwrap().0).collect();
    let told: Vec<_> = found.iter().map(|line| line["path"].as_str().unwrap()).collect();
    assert_eq!(pages, told);
    eprintln!("{} mails in {} files", found.len(), paths.len());
}
