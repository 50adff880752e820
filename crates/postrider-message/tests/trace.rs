//! The journey of a message, and what is told of it.

use postrider_message::{Encryption, Finding, HeaderSection, Limits};

fn section(fields: &[&str]) -> HeaderSection<String> {
    let text: String = fields.iter().map(|field| format!("Received: {field}\r\n")).collect();
    HeaderSection::parse(text + "\r\n")
}

#[test]
fn hops_go_from_the_oldest_to_the_newest() {
    let section = section(&[
        "from b.example by c.example with ESMTPS id 2; 1 Jul 2003 08:00:30 +0000",
        "from a.example by b.example with ESMTP id 1; 1 Jul 2003 08:00:10 +0000",
    ]);
    let trace = section.headers().trace();
    let hops: Vec<_> = trace
        .hops()
        .iter()
        .map(|hop| (hop.from().unwrap(), hop.by().unwrap(), hop.id().unwrap(), hop.encryption()))
        .collect();
    assert_eq!(
        hops,
        [
            ("a.example", "b.example", "1", Encryption::No),
            ("b.example", "c.example", "2", Encryption::Yes),
        ]
    );
    assert_eq!(trace.total(), Some(20));
}

/// RFC 5321 §4.4: `from` has the name "as presented in the EHLO command". The clauses are as
/// qmail, Exim, and sendmail without a name in the DNS write them.
#[test]
fn a_hop_comes_from_the_name_that_its_host_gave_itself() {
    let section = section(&[
        "from unknown (HELO pc.example) (192.0.2.3) by d.example; 1 Jul 2003 08:00:00 +0000",
        "from [192.0.2.2] (helo=b.example) by c.example; 1 Jul 2003 08:00:00 +0000",
        "from phobos [192.0.2.1] by b.example; 1 Jul 2003 08:00:00 +0000",
        "from a host of ours by a.example; 1 Jul 2003 08:00:00 +0000",
    ]);
    let trace = section.headers().trace();
    let from: Vec<_> = trace.hops().iter().map(|hop| hop.from().unwrap()).collect();
    assert_eq!(from, ["a host of ours", "phobos", "b.example", "pc.example"]);
    let clause = |hop: usize| trace.hops()[hop].received().value.from().unwrap();
    assert_eq!(clause(1).value(), "phobos [192.0.2.1]");
    assert_eq!(clause(2).value(), "[192.0.2.2]");
}

#[test]
fn a_clock_that_is_behind_does_not_make_the_next_hop_look_slow() {
    let section = section(&[
        "by d.example; 1 Jul 2003 08:11:00 +0000",
        "by c.example; 1 Jul 2003 08:10:30 +0000",
        "by b.example; 1 Jul 2003 08:00:30 +0000",
        "by a.example; 1 Jul 2003 08:10:00 +0000",
    ]);
    let trace = section.headers().trace();
    let delays: Vec<_> = trace.hops().iter().map(|hop| (hop.delay(), hop.lost())).collect();
    assert_eq!(
        delays,
        [(None, None), (Some(-570), None), (Some(600), Some(30)), (Some(30), Some(30))]
    );
    assert_eq!(
        trace.findings(),
        [Finding::ClockSkew { hop: 1, seconds: -570 }, Finding::Slowest { hop: 2, seconds: 30 }]
    );
    assert_eq!(trace.slowest(), Some((2, 30)));
}

#[test]
fn a_clock_that_is_ahead_lost_no_time() {
    let section = section(&[
        "by d.example; 1 Jul 2003 08:01:00 +0000",
        "by c.example; 1 Jul 2003 08:00:30 +0000",
        "by b.example; 1 Jul 2003 09:30:00 +0000",
        "by a.example; 1 Jul 2003 08:00:00 +0000",
    ]);
    let trace = section.headers().trace();
    assert_eq!(trace.hops()[1].delay(), Some(5400));
    assert_eq!(
        trace.findings(),
        [Finding::ClockSkew { hop: 1, seconds: 5370 }, Finding::Slowest { hop: 2, seconds: 30 }]
    );
}

#[test]
fn a_wrong_clock_at_either_end_is_no_part_of_the_whole() {
    let section = section(&[
        "by d.example; 1 Jun 2003 08:00:00 +0000",
        "by c.example; 1 Jul 2003 08:00:30 +0000",
        "by b.example; 1 Jul 2003 08:00:10 +0000",
        "by a.example; 4 Jul 2003 08:00:00 +0000",
    ]);
    let trace = section.headers().trace();
    assert_eq!(trace.total(), Some(20));
    let report = trace.to_string();
    assert!(report.contains("\n4 hops, 20 s in all\n"), "{report}");
}

#[test]
fn a_host_that_comes_again_is_told_and_a_handover_inside_one_is_not() {
    let section = section(&[
        "by a.example id 5; 1 Jul 2003 08:00:00 +0000",
        "by B.example. id 3; 1 Jul 2003 08:00:00 +0000",
        "by b.example id 3; 1 Jul 2003 08:00:00 +0000",
        "by localhost id 9; 1 Jul 2003 08:00:00 +0000",
        "by A.example id 2; 1 Jul 2003 08:00:00 +0000",
        "by a.example id 1; 1 Jul 2003 08:00:00 +0000",
        "by localhost id 9; 1 Jul 2003 08:00:00 +0000",
    ]);
    let trace = section.headers().trace();
    assert_eq!(
        trace.findings(),
        [
            Finding::Return { hop: 5, earlier: 4, same_id: true },
            Finding::Return { hop: 6, earlier: 2, same_id: false },
        ]
    );
}

#[test]
fn private_addresses_and_missing_dates_are_told() {
    let section = section(&[
        "from f ([IPv6:2001:db8::1]) by g; 1 Jul 2003 08:00:00 +0000",
        "from e ([IPv6:fd00::1]) by f; soon",
        "from d ([100.64.0.1]) by e; 1 Jul 2003 08:00:00 +0000",
        "from c ([::ffff:10.0.0.1]) by d; 1 Jul 2003 08:00:00 +0000",
        "from b ([198.51.100.1]) by c; 1 Jul 2003 08:00:00 +0000",
        "from a ([192.168.10.1]) by b",
    ]);
    let trace = section.headers().trace();
    let address = |text: &str| text.parse().unwrap();
    assert_eq!(
        trace.findings(),
        [
            Finding::NoDate { hop: 0 },
            Finding::PrivateAddress { hop: 0, address: address("192.168.10.1") },
            Finding::PrivateAddress { hop: 2, address: address("::ffff:10.0.0.1") },
            Finding::PrivateAddress { hop: 3, address: address("100.64.0.1") },
            Finding::NoDate { hop: 4 },
            Finding::PrivateAddress { hop: 4, address: address("fd00::1") },
        ]
    );
    assert_eq!(trace.slowest(), None);
}

/// RFC 1122 §3.2.1.3: "Addresses of this form MUST NOT appear outside a host"; RFC 4291 §2.5.3.
#[test]
fn a_host_that_hands_a_message_to_itself_is_no_finding() {
    let section = section(&[
        "from a (localhost [IPv6:::1]) by a; 1 Jul 2003 08:00:00 +0000",
        "from a ([::ffff:127.0.0.1]) by a; 1 Jul 2003 08:00:00 +0000",
        "from a (localhost [127.0.0.1]) by a; 1 Jul 2003 08:00:00 +0000",
    ]);
    assert_eq!(section.headers().trace().findings(), []);
}

/// RFC 5322 §3.6.1: the `Date` is that "at which the creator of the message indicated that the
/// message was complete and ready to enter the mail delivery system".
#[test]
fn a_message_that_was_written_long_before_its_first_hop_or_after_it_is_told() {
    let hops = "Received: by b.example; 2 Jul 2003 08:00:05 +0000\n\
        Received: by a.example; 2 Jul 2003 08:00:00 +0000\n";
    let findings = |hops: &str, date: &str| {
        let section = HeaderSection::parse(format!("{hops}Date: {date}\n\n"));
        let trace = section.headers().trace();
        trace.findings().iter().filter(|it| matches!(it, Finding::Written { .. })).copied().next()
    };
    let told = |hop, seconds| Some(Finding::Written { hop, seconds });
    assert_eq!(findings(hops, "1 Jul 2003 10:00:00 +0200"), told(0, 86_400));
    assert_eq!(findings(hops, "2 Jul 2003 08:30:00 +0000"), told(0, -1800));
    assert_eq!(findings(hops, "2 Jul 2003 07:30:01 +0000"), None);
    assert_eq!(findings(hops, "2 Jul 2003 08:29:59 -0000"), None);
    // Without a zone nobody knows when it was.
    assert_eq!(findings(hops, "1 Jul 2003 08:00:00"), None);
    assert_eq!(findings(hops, "1 Jul 2003 08:00:00 XYZ"), None);
    assert_eq!(findings(hops, "soon"), None);
    assert_eq!(findings("", "1 Jul 2003 08:00:00 +0000"), None);
    // A hop without a date or with a wrong clock tells nothing.
    let hops = format!("{hops}Received: by 0.example; 9 Jul 2003 08:00:00 +0000\nReceived: by 0\n");
    assert_eq!(findings(&hops, "1 Jul 2003 08:00:00 +0000"), told(2, 86_400));

    let text = format!("{hops}Date: 1 Jul 2003 08:00:00 +0000\n\n");
    let section = HeaderSection::parse(&text);
    let report = section.headers().trace().to_string();
    assert!(report.contains("in all\nthe Date is 1 d before hop 3\n"), "{report}");
    // What is not the first hop says nothing of the start.
    let section = HeaderSection::parse_with(&text, &Limits::default().with_hops(2));
    let report = section.headers().trace().to_string();
    assert!(!report.contains("Date"), "{report}");
}

#[test]
fn a_person_reads_the_journey_line_by_line() {
    let section = section(&[
        "from mx.b.example (mx.b.example [192.0.2.9]) (using TLSv1.3 with cipher X (256/256 bits)) \
         by c.example with ESMTPS; Tue, 1 Jul 2003 10:59:00 +0200",
        "from pc ([10.0.0.1]) by mx.b.example with ESMTP; Mon, 30 Jun 2003 07:58:56 +0000",
        "(qmail 1 invoked by uid 0); Mon, 30 Jun 2003 07:59:00 -0000",
    ]);
    let report = section.headers().trace().to_string();
    assert_eq!(
        report,
        "1. (not told) -> (not told), Mon, 30 Jun 2003 07:59:00 -0000\n\
         2. pc ([10.0.0.1]) -> mx.b.example, ESMTP, not encrypted, Mon, 30 Jun 2003 07:58:56 +0000 (-4 s)\n\
         3. mx.b.example (mx.b.example [192.0.2.9]) -> c.example, ESMTPS, encrypted with TLSv1.3, \
         Tue, 1 Jul 2003 10:59:00 +0200 (+1 d 1 h 4 s)\n\
         3 hops, 1 d 1 h in all\n\
         the clock of hop 2 is behind by 4 s at least\n\
         hop 2 comes from 10.0.0.1, an address of a private network\n\
         hop 3 lost most time: 1 d 1 h\n"
    );
}

#[test]
fn a_host_that_only_a_comment_names_is_told_by_it() {
    // From a spam of 2001, by way of Exim 2.05.
    let section = section(&[
        "from (myrop) [207.173.146.105] by hutec-ns.hti.co.jp with smtp (Exim 2.05 #1 (Debian)) \
         id 15FkSL-0005Vr-00; Fri, 29 Jun 2001 07:40:15 +0900",
        "from ([192.0.2.1]) by (nobody) with smtp; Fri, 29 Jun 2001 07:40:15 +0900",
    ]);
    let report = section.headers().trace().to_string();
    let hosts: Vec<_> = report.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(hosts[0], "1. (not told) ([192.0.2.1]) -> (not told)");
    assert_eq!(hosts[1], "2. (myrop) ([207.173.146.105]) -> hutec-ns.hti.co.jp");
}

#[test]
fn a_report_moves_no_cursor_and_has_no_line_of_a_stranger() {
    let long = "x".repeat(5000);
    let fields = [
        "from \u{1b}[2J by \u{202e}b\u{85}c with \u{7}SMTP; 1 Jul 2003 08:00:00 +0000".to_owned(),
        format!("from {long} by b; 1 Jul 2003 08:00:00 +0000"),
    ];
    let section = section(&fields.each_ref().map(String::as_str));
    let report = section.headers().trace().to_string();
    assert!(report.chars().all(|c| c == '\n' || !c.is_control()), "{report:?}");
    assert!(!report.contains('\u{202e}'), "{report:?}");
    assert_eq!(report.lines().count(), 3, "{report:?}");
    assert!(report.len() < 1000, "{report:?}");
}

#[test]
fn a_journey_without_hops_and_one_beyond_the_limit_are_told_as_such() {
    let section = HeaderSection::parse("Subject: x\r\n\r\n");
    assert_eq!(section.headers().trace().to_string(), "0 hops\n");
    let text = "Received: by a; 1 Jul 2003 08:00:00 +0000\r\n".repeat(3);
    let section = HeaderSection::parse_with(&text, &Limits::default().with_hops(1));
    let report = section.headers().trace().to_string();
    assert!(report.contains("1 hop, older ones not read\n"), "{report}");
}
