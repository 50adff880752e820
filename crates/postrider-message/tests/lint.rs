//! What `lint` says of header sections: the examples of the RFCs, and one message for each rule.

use std::{collections::BTreeSet, fs, path::Path};

use postrider_message::{HeaderSection, Level, Limits};
use postrider_testkit::shared_files;

#[path = "checks/lint.rs"]
mod check;

/// The findings as `level[code] octets`.
fn lint(text: &[u8]) -> Vec<String> {
    let section = HeaderSection::parse(text);
    let report = section.headers().lint();
    let line = |finding: &postrider_message::Defect| {
        let octets = text.get(finding.span().range()).unwrap().escape_ascii();
        format!("{}[{}] {octets}", Level::of(finding.severity()), finding.code().name())
    };
    report.findings().iter().map(line).collect()
}

/// What lint says of a message that has nothing wrong but these lines.
fn lint_of(lines: &str) -> Vec<String> {
    let mut text = String::from(lines);
    for (name, line) in [
        ("date", "Date: Fri, 21 Nov 1997 09:55:06 -0600\n"),
        ("from", "From: a@a.example\n"),
        ("to", "To: b@b.example\n"),
        ("message-id", "Message-ID: <1@a.example>\n"),
    ] {
        let has = |line: &str| line.split(':').next().unwrap().trim().eq_ignore_ascii_case(name);
        if !lines.lines().any(has) {
            text.push_str(line);
        }
    }
    text.push('\n');
    lint(text.as_bytes())
}

#[test]
fn a_message_of_rfc_5322_without_fault_has_no_finding() {
    // Appendix A.1.1
    let text = "From: John Doe <jdoe@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.machine.example>\r\n\r\n";
    assert!(lint(text.as_bytes()).is_empty());
    // Appendix A.1.1 with a Sender, A.1.2, A.1.3, A.4 and A.5: names and comments of all kinds.
    for text in [
        "From: John Doe <jdoe@machine.example>\r\n\
        Sender: Michael Jones <mjones@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.machine.example>\r\n\r\n",
        "From: \"Joe Q. Public\" <john.q.public@example.com>\r\n\
        To: Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>\r\n\
        Cc: <boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>\r\n\
        Date: Tue, 1 Jul 2003 10:52:37 +0200\r\n\
        Message-ID: <5678.21-Nov-1997@example.com>\r\n\r\n",
        "From: Pete <pete@silly.example>\r\n\
        To: A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;\r\n\
        Cc: Undisclosed recipients:;\r\n\
        Date: Thu, 13 Feb 1969 23:32:54 -0330\r\n\
        Message-ID: <testabcd.1234@silly.example>\r\n\r\n",
    ] {
        assert_eq!(lint(text.as_bytes()), [""; 0]);
    }
}

#[test]
fn a_reply_of_rfc_5322_has_no_finding() {
    // Appendix A.2, the last of the three.
    let text = "To: \"Mary Smith: Personal Account\" <smith@home.example>\r\n\
        From: John Doe <jdoe@machine.example>\r\n\
        Subject: Re: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 11:00:00 -0600\r\n\
        Message-ID: <abcd.1234@local.machine.test>\r\n\
        In-Reply-To: <3456@example.net>\r\n\
        References: <1234@local.machine.example> <3456@example.net>\r\n\r\n";
    assert_eq!(lint(text.as_bytes()), [""; 0]);
}

#[test]
fn a_resent_message_of_rfc_5322_has_no_finding() {
    // Appendix A.3
    let text = "Resent-From: Mary Smith <mary@example.net>\r\n\
        Resent-To: Jane Brown <j-brown@other.example>\r\n\
        Resent-Date: Mon, 24 Nov 1997 14:22:01 -0800\r\n\
        Resent-Message-ID: <78910@example.net>\r\n\
        From: John Doe <jdoe@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
        Message-ID: <1234@local.machine.example>\r\n\r\n";
    assert_eq!(lint(text.as_bytes()), [""; 0]);
}

#[test]
fn a_message_with_obsolete_syntax_has_warnings_and_no_errors() {
    // Appendix A.6.1, A.6.2 and A.6.3: what the text of the appendix says is obsolete in each. The
    // name `Joe Q. Public` lacks quotation marks for its period, "," has an empty element, and
    // `<@machine.tld:mary@example.net>` has a route.
    let text = "From: Joe Q. Public <john.q.public@example.com>\r\n\
        To: Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example\r\n\
        Date: Tue, 1 Jul 2003 10:52:37 +0200\r\n\
        Message-ID: <5678.21-Nov-1997@example.com>\r\n\r\n";
    // Where an empty element is told is for the reader of addresses to say.
    let mut found = lint(text.as_bytes());
    found.sort_by_key(|one| one.contains("empty-element"));
    assert_eq!(
        found,
        [
            "warning[phrase-dot] .",
            "warning[route] @node.test:",
            "warning[obsolete-space] jdoe@test  . example",
            "warning[empty-element] ",
        ]
    );
    let text = "From: John Doe <jdoe@machine.example>\r\n\
        To: Mary Smith <mary@example.net>\r\n\
        Subject: Saying Hello\r\n\
        Date: 21 Nov 97 09:55:06 GMT\r\n\
        Message-ID: <1234@local.machine.example>\r\n\r\n";
    assert_eq!(lint(text.as_bytes()), ["warning[obsolete-year] 97", "warning[obsolete-zone] GMT"]);
    let text = "From  : John Doe <jdoe@machine(comment).  example>\r\n\
        To    : Mary Smith\r\n  \r\n          <mary@example.net>\r\n\
        Subject     : Saying Hello\r\n\
        Date  : Fri, 21 Nov 1997 09(comment):   55  :  06 -0600\r\n\
        Message-ID  : <1234   @   local(blah)  .machine .example>\r\n\r\n";
    let found = lint(text.as_bytes());
    let codes: Vec<_> = found.iter().map(|one| one.split(' ').next().unwrap()).collect();
    let mut kinds = codes.clone();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            // "Note that the Mary Smith line has a line of nothing but white space."
            "error[white-line]",
            "warning[date-space]",
            "warning[obsolete-space]",
            "warning[space-before-colon]",
            "warning[space-in-id]",
        ]
    );
    assert_eq!(codes.iter().filter(|one| **one == "warning[space-before-colon]").count(), 5);
}

#[test]
fn rfc_822_wants_a_destination_and_an_empty_bcc_is_one() {
    let minimum = "Date: 26 Aug 1976 14:29:00 -0400\nFrom: Jones@Registry.Org\n";
    let codes = |more: &str| {
        let text = format!("{minimum}Message-ID: <1@a.example>\n{more}\n");
        lint(text.as_bytes())
    };
    // RFC 822 §A.3.1, its dates apart: "Note that the Bcc field may be empty, while the To field is
    // required to have at least one address."
    assert_eq!(codes("Bcc:\n"), [""; 0]);
    assert_eq!(codes("To: Smith@Registry.Org\n"), [""; 0]);
    assert_eq!(codes(""), ["warning[no-destination] "]);
    assert_eq!(codes("To:\n"), ["error[empty-field] To:\\n", "warning[no-destination] "]);
    assert_eq!(codes("Cc: Smith@Registry.Org\n"), [""; 0]);
    assert_eq!(
        lint(b"\n"),
        [
            "error[missing-date] ",
            "error[missing-from] ",
            "warning[missing-message-id] ",
            "warning[no-destination] ",
        ]
    );
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let long = "x".repeat(70);
    let rows: &[(&str, &[&str])] = &[
        ("Subject: a\nSubject: b\n", &["error[duplicate-field] Subject: b\\n"]),
        (
            "From: a@a.example, b@b.example\n",
            &["error[sender-needed] From: a@a.example, b@b.example\\n"],
        ),
        ("From: a@a.example, b@b.example\nSender: c@c.example\n", &[]),
        (
            "Sender: c@c.example, d@d.example\n",
            &["error[sender-not-one] Sender: c@c.example, d@d.example\\n"],
        ),
        ("Sender: A <a@A.example>\n", &["warning[sender-is-from] Sender: A <a@A.example>\\n"]),
        ("From: Nobody:;\n", &["warning[group-in-originator] From: Nobody:;\\n"]),
        (
            "Sender: Us: c@c.example;\n",
            &["warning[group-in-originator] Sender: Us: c@c.example;\\n"],
        ),
        ("Reply-To: (nobody)\n", &["error[empty-field] Reply-To: (nobody)\\n"]),
        ("Keywords:\n", &["error[empty-field] Keywords:\\n"]),
        ("Subject:\n", &[]),
        (
            "Message-ID: <1@a.example> <2@a.example>\n",
            &["error[id-count] Message-ID: <1@a.example> <2@a.example>\\n"],
        ),
        ("Message-ID:\n", &["error[empty-field] Message-ID:\\n"]),
        ("Message-ID: <1@localhost>\n", &["warning[local-id] 1@localhost"]),
        ("Message-ID: <1@pc.local>\n", &["warning[local-id] 1@pc.local"]),
        ("Message-ID: <1@[192.168.0.1]>\n", &["warning[local-id] 1@[192.168.0.1]"]),
        ("Message-ID: <1@[192.0.2.1]>\n", &[]),
        (
            "Message-ID: <1@pc.local>\n <2@a.example>\n <3@lan>\n",
            &[
                "error[id-count] Message-ID: <1@pc.local>\\n <2@a.example>\\n <3@lan>\\n",
                "warning[local-id] 1@pc.local",
                "warning[local-id] 3@lan",
            ],
        ),
        (
            "In-Reply-To: <2@b.example>\nReferences: <3@b.example> <2@b.example> <\"3\"@b.example>\n",
            &[
                "warning[repeated-id] References: <3@b.example> <2@b.example> <\\\"3\\\"@b.example>\\n",
                "warning[quoted-id] \\\"3\\\"@b.example",
            ],
        ),
        (
            "In-Reply-To: <1@a.example>\nReferences: <2@b.example>\n",
            &["error[own-id] In-Reply-To: <1@a.example>\\n"],
        ),
        ("In-Reply-To: <2@b.example>\n", &["warning[no-references] In-Reply-To: <2@b.example>\\n"]),
        ("References: <2@b.example>\n", &["warning[no-in-reply-to] References: <2@b.example>\\n"]),
        ("Subject: RE: x\n", &["warning[unthreaded-reply] Subject: RE: x\\n"]),
        ("Subject: Fwd: x\n", &[]),
        ("Subject: a\x01b\n", &["warning[control-character] \\x01"]),
        ("Subject: \u{e9}\n", &["warning[utf8-header] \\xc3\\xa9"]),
        (
            "Received: by b.example with UTF8SMTPS; Fri, 21 Nov 1997 10:00:00 -0600\nSubject: \u{e9}\n",
            &[],
        ),
        ("Subject: a\n \n", &["error[white-line]  \\n"]),
        (
            "Resent-To: c@c.example\nResent-Message-ID: <2@c.example>\n",
            &[
                "error[resent-incomplete] Resent-To: c@c.example\\nResent-Message-ID: <2@c.example>\\n",
            ],
        ),
        (
            "Resent-Date: Fri, 21 Nov 1997 09:55:06 -0600\nResent-From: c@c.example, d@d.example\n",
            &[
                "warning[resent-no-id] Resent-Date: Fri, 21 Nov 1997 09:55:06 -0600\\nResent-From: c@c.example, d@d.example\\n",
                "error[resent-sender-needed] Resent-From: c@c.example, d@d.example\\n",
            ],
        ),
        (
            "Resent-Date: Fri, 21 Nov 1997 09:55:06 -0600\nX: y\nResent-From: c@c.example\n\
            Resent-Message-ID: <2@c.example>\nResent-Reply-To: c@c.example\n",
            &["warning[resent-reply-to] Resent-Reply-To: c@c.example\\n"],
        ),
        (
            "Subject: a\nReceived: by b.example; Fri, 21 Nov 1997 10:00:00 -0600\n",
            &["warning[late-trace] Received: by b.example; Fri, 21 Nov 1997 10:00:00 -0600\\n"],
        ),
        ("X-Spam: a\nReceived: by b.example; Fri, 21 Nov 1997 10:00:00 -0600\n", &[]),
        (
            "Received: by b.example; Fri, 21 Nov 1997 10:00:00 -0600\nBcc: c@c.example\n",
            &["warning[bcc-disclosed] Bcc: c@c.example\\n"],
        ),
        ("Received: by b.example; Fri, 21 Nov 1997 10:00:00 -0600\nBcc:\n", &[]),
        (
            "Content-Type: text/plain\n",
            &["error[missing-mime-version] Content-Type: text/plain\\n"],
        ),
        ("MIME-Version: 1.0\nContent-Type: text/plain; a=b; c=d\n", &[]),
        (
            "MIME-Version: 1.0\nContent-Type: text/plain; a=b; A=\"c;a=d\"\n",
            &["error[duplicate-parameter] A=\\\"c;a=d\\\""],
        ),
        (
            "MIME-Version: 1.0\nContent-Disposition: attachment; filename=a; filename*=utf-8''b\n",
            &["error[mixed-parameter] filename*=utf-8\\'\\'b"],
        ),
        ("MIME-Version: 1.0\nContent-Type: x/y; name*0=a; name*1=b\n", &[]),
        ("To: \"=?utf-8?q?x?=\" <b@b.example>\n", &["error[encoded-word-quoted] =?utf-8?q?x?="]),
        ("To: =?utf-8?q?x?= <b@b.example> (=?utf-8?q?z?=)\n", &[]),
        (
            "MIME-Version: 1.0\nContent-Type: a/b; name==?utf-8?q?x.y?= (=?utf-8?q?z?=)\n",
            &[
                "error[encoded-word-in-parameter] name==?utf-8?q?x.y?=",
                "error[unquoted-value] =?utf-8?q?x.y?=",
            ],
        ),
        (
            "Received: by =?utf-8?q?x.y?= (=?utf-8?q?z?=);\n Fri, 21 Nov 1997 10:00:00 -0600\n",
            &["error[encoded-word-misplaced] =?utf-8?q?x.y?="],
        ),
        (
            "MIME-Version: 1.0\nContent-Type: a/b; name*=utf-8''a; name*0=b; name*1=c\n",
            &["error[mixed-parameter] name*1=c"],
        ),
        ("To: \"a@evil.example\"@b.example\n", &["error[at-in-local-part] \\\"a@evil.example\\\""]),
        ("To: \"a@evil.example\" <b@b.example>\n", &[]),
        ("Subject: a\0b\n", &["error[nul] \\x00"]),
    ];
    for (lines, expected) in rows {
        assert_eq!(lint_of(lines), *expected, "{lines:?}");
    }
    let line = format!("Subject: {long}\n");
    assert_eq!(lint_of(&line), [format!("warning[long-line] {}", line.escape_debug())]);
    // 78 characters, not octets (RFC 6532 §3.4): these are 69 characters and 129 octets.
    let wide = format!("Subject: {}\n", "\u{e9}".repeat(60));
    assert!(!lint_of(&wide).iter().any(|one| one.contains("line")));
    let line = format!("Subject: {}\n", "x".repeat(998 - 9));
    assert!(lint_of(&line)[0].starts_with("warning[long-line]"));
    let line = format!("Subject: {}\n", "x".repeat(999 - 9));
    assert!(lint_of(&line)[0].starts_with("error[line-too-long]"));
}

#[test]
fn encoded_words_have_75_characters_at_most_and_their_lines_76() {
    let word = |length: usize| format!("=?utf-8?q?{}?=", "x".repeat(length - 12));
    assert_eq!(lint_of(&format!("Subject:\n {}\n", word(75))), [""; 0]);
    let found = lint_of(&format!("Subject:\n {}\n", word(76)));
    assert_eq!(found[0], format!("error[encoded-word-line]  {}\\n", word(76)));
    assert_eq!(found[1], format!("error[encoded-word-length] {}", word(76)));
    assert_eq!(found.len(), 2);
    // No encoded words: no encoding, no end, white space.
    for text in ["=?utf-8?x?a?=", "=?utf-8?q?a b?=", "=?utf-8?q?a", "=??q?a?=", "=?=?=?="] {
        let padded = format!("Subject: {text} {}\n", "x".repeat(77 - 10 - text.len()));
        let found = lint_of(&padded);
        assert!(!found.iter().any(|one| one.contains("[encoded-word-")), "{text}");
    }
    // The last question mark of what is none may begin one.
    let found = lint_of("MIME-Version: 1.0\nContent-Transfer-Encoding: =?a=?utf-8?q?x?=\n");
    assert_eq!(found, ["error[encoded-word-misplaced] =?utf-8?q?x?="]);
}

#[test]
fn a_mime_version_is_1_0_whatever_comments_it_has() {
    // RFC 2045 §4: "the following four MIME-Version fields are equivalent".
    for version in [
        "1.0",
        "1.0 (produced by MetaSend Vx.x)",
        "(produced by MetaSend Vx.x) 1.0",
        "1.(produced by MetaSend Vx.x)0",
    ] {
        assert_eq!(lint_of(&format!("MIME-Version: {version}\n")), [""; 0]);
    }
    for version in ["1.1", "2.0", "1", "1.0.0", "", "one"] {
        let found = lint_of(&format!("MIME-Version: {version}\n"));
        assert_eq!(found, [format!("error[other-mime-version] MIME-Version: {version}\\n")]);
    }
}

#[test]
fn octets_that_are_not_utf_8_are_an_error() {
    let text = b"From: a@a.example\nDate: Fri, 21 Nov 1997 09:55:06 -0600\nTo: b@b.example\n\
        Message-ID: <1@a.example>\nSubject: caf\xe9 cr\xe8me\n\n";
    assert_eq!(lint(text), ["error[raw-8bit] \\xe9 cr\\xe8"]);
}

#[test]
fn a_flood_of_one_finding_does_not_hide_the_others() {
    // No Date, no Sender, no destination, no Message-ID, and 500 blank lines: a quarter of the limit
    // is for these.
    let text = format!("{}From: a@a.example, b@b.example\n\n", "X: y\n \n".repeat(500));
    let section = HeaderSection::parse_with(&text, &Limits::default().with_defects(8));
    let report = section.headers().lint();
    let count = |name| report.findings().iter().filter(|one| one.code().name() == name).count();
    assert_eq!((count("white-line"), count("missing-date"), count("sender-needed")), (2, 1, 1));
    assert_eq!((report.findings().len(), report.dropped()), (6, 498));
    // Where the limit is lower, errors come before warnings.
    let section = HeaderSection::parse_with(&text, &Limits::default().with_defects(3));
    let report = section.headers().lint();
    assert_eq!((count_of(&report, Level::Error), report.findings().len()), (3, 3));
    assert_eq!(report.dropped(), 504 - 3);
}

fn count_of(report: &postrider_message::Report, level: Level) -> usize {
    let levels = report.findings().iter().map(|one| Level::of(one.severity()));
    levels.filter(|one| *one == level).count()
}

/// Every mail of a corpus of the world, its counts by an awk-like look at the lines.
#[test]
fn mails_of_the_world_have_the_findings_that_their_lines_show() {
    let mails = shared_files("corpora/spamassassin");
    for path in &mails {
        compare(path);
    }
    assert!(mails.is_empty() || mails.len() > 3_000);
}

fn compare(path: &Path) {
    let octets = fs::read(path).unwrap();
    let text: String = octets.iter().map(|&octet| char::from(octet)).collect();
    let head = text.split("\n\n").next().unwrap();
    let has = |name: &str| {
        let name = format!("{name}:");
        head.lines().any(|line| {
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(&name))
        })
    };
    let section = HeaderSection::parse_with(&octets[..], &Limits::default().with_defects(10_000));
    let report = section.headers().lint();
    let told: BTreeSet<_> = report.findings().iter().map(|one| one.code().name()).collect();
    let utf8 = String::from_utf8(octets[..head.len().min(octets.len())].to_vec());
    let reply = has("In-Reply-To") as u8 + has("References") as u8;
    for (name, expected) in [
        ("missing-date", !has("Date")),
        ("missing-from", !has("From")),
        ("missing-message-id", !has("Message-ID")),
        ("no-references", has("In-Reply-To") && !has("References")),
        ("no-in-reply-to", !has("In-Reply-To") && has("References")),
        ("line-too-long", head.lines().any(|line| line.len() > 998)),
        (
            "long-line",
            head.lines()
                .skip_while(|line| line.starts_with("From "))
                .any(|line| (79..999).contains(&line.len())),
        ),
        ("raw-8bit", utf8.is_err()),
        ("mbox-from", head.starts_with("From ")),
    ] {
        assert_eq!(told.contains(name), expected, "{name} of {}", path.display());
    }
    assert!(reply < 2 || !told.contains("unthreaded-reply"));
}

/// What the readers behind the rules look at more than once, if anything does.
const FAMILIES: &[&[u8]] = &[
    b"=?",
    b"=?=?",
    b"=?a?q?",
    b"=?a?q?b?=",
    b"=?a?q?b?= ",
    b"\"",
    b"\"\\",
    b"\"@\"@",
    b"(",
    b"()",
    b"a:\n",
    b" \n",
    b"\n ",
    b"\r",
    b"\x01",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"<a@b>",
    b"<",
    b"<a@b",
    b"<\"a\"@b>",
    b"<a\n b@c>",
    b",",
    b"a@b,",
    b"a:;",
    b";a=",
    b";a=b",
    b";a*=b;a=b",
    b";",
    b"Resent-To: a@b\n",
    b"To: a@b\n",
    b"Received:;\n",
    b"References: <a@b>\n",
    b"Re: ",
    b"[x]",
    b"[fwd:",
    b"(fwd)",
    b"]",
    b"X: y\n \n",
];

#[test]
fn much_of_anything_hostile_is_judged_within_the_limits() {
    for family in FAMILIES {
        for start in ["", "Subject: ", "To: ", "Content-Type: a/b; ", "References: ", "Received: "]
        {
            let text = [start.as_bytes(), &family.repeat((1 << 17) / family.len())].concat();
            check::check(&text);
        }
    }
}
