//! Mails through `relay`, from `send` to `receive`.

use std::fs;
use std::net::TcpListener;

use crate::programs::{Host, Relay, Zone, spool, until, waiting};

const WORLD: &str = "
b.example.    IN MX 10 mx.b.example.
mx.b.example. IN A 127.0.0.1
a.example.    IN MX 10 mx.b.example.
";

const MAIL: &str = "From: Alice <alice@a.example>\r\nSubject: Lunch\r\n\r\nDear Bob,\r\n.dots\r\n";

/// With STARTTLS offered, and not needed.
const CLEAR: &[&str] = &["--starttls", "never", "--to", "bob@b.example"];

#[test]
fn a_mail_arrives_with_one_field_on_top_and_its_parameters() {
    let zone = Zone::new(WORLD);
    let host = Host::start(0, &["--clear"]);
    let relay = Relay::start(&zone, host.port(), &[]);
    let more = ["--notify", "failure", "--ret", "hdrs", "--envid", "QQ1"];
    relay.send(&[CLEAR, &more].concat(), MAIL);
    let (octets, told) = host.mail("<bob@b.example>");
    let (trace, rest) = octets.split_once("From: ").unwrap();
    assert_eq!(format!("From: {rest}"), MAIL);
    assert!(trace.starts_with("Received: from "), "{trace}");
    assert!(trace.contains(" by relay.example with ESMTP"), "{trace}");
    assert!(trace.contains("for <bob@b.example>"), "{trace}");
    assert_eq!(trace.matches("\r\n").count(), trace.matches("\r\n ").count() + 1, "{trace}");
    assert_eq!(told["from"], "<alice@a.example>");
    assert_eq!(told["size"], octets.len());
    assert_eq!((&told["ret"], &told["envid"]), (&"HDRS".into(), &"QQ1".into()));
    assert_eq!(told["notify"][0], "FAILURE");
    // Any certificate will do, and that it is nobody's has no consequence.
    assert_eq!(told["tls"], "TLS1.3");
    until("an empty spool", || waiting(&zone).is_empty().then_some(()));
    until("a spool without octets", || {
        let mut names = fs::read_dir(spool(&zone)).unwrap().map(|one| one.unwrap().file_name());
        names.all(|name| !name.to_string_lossy().ends_with(".eml")).then_some(())
    });
}

#[test]
fn a_mail_of_megabytes_arrives_octet_for_octet() {
    let zone = Zone::new(WORLD);
    let host = Host::start(0, &["--clear"]);
    let relay = Relay::start(&zone, host.port(), &[]);
    let body: String = (0..60_000).map(|n| format!(".{n} is a line of a big mail\r\n")).collect();
    let mail = format!("Subject: big\r\n\r\n{body}");
    relay.send(CLEAR, &mail);
    let (octets, _) = host.mail("<bob@b.example>");
    assert!(octets.ends_with(&mail), "it has {} octets", octets.len());
}

#[test]
fn who_is_refused_is_told_to_the_sender_and_the_others_have_the_mail() {
    let zone = Zone::new(WORLD);
    let host = Host::start(0, &["--clear", "--refuse", "nobody@b.example"]);
    let relay = Relay::start(&zone, host.port(), &[]);
    relay.send(&[CLEAR, &["--to", "nobody@b.example"]].concat(), MAIL);
    host.mail("<bob@b.example>");
    let (bounce, told) = host.mail("<alice@a.example>");
    assert_eq!(told["from"], "<>");
    // RFC 3461 §6.1.
    assert_eq!(told["notify"][0], "NEVER");
    for line in [
        "Reporting-MTA: dns; relay.example",
        "Final-Recipient: rfc822; nobody@b.example",
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns; mx.b.example",
        "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox here",
    ] {
        assert!(bounce.contains(&format!("\r\n{line}\r\n")), "no {line} in\n{bounce}");
    }
    assert!(!bounce.contains("Final-Recipient: rfc822; bob"), "{bounce}");
    until("an empty spool", || waiting(&zone).is_empty().then_some(()));
    assert_eq!(host.mails().len(), 2);
}

#[test]
fn a_domain_without_a_way_comes_back_at_once() {
    let zone = Zone::new(&format!("{WORLD}null.example. IN MX 0 .\n"));
    let host = Host::start(0, &["--clear"]);
    let relay = Relay::start(&zone, host.port(), &[]);
    relay.send(&["--starttls", "never", "--to", "bob@null.example"], MAIL);
    let (bounce, _) = host.mail("<alice@a.example>");
    assert!(bounce.contains("\r\nStatus: 5.1.10\r\n"), "{bounce}");
}

#[test]
fn what_waits_is_picked_up_after_a_stop() {
    let zone = Zone::new(WORLD);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let relay = Relay::start(&zone, port, &[]);
    relay.send(CLEAR, MAIL);
    until("an attempt", || {
        let items = waiting(&zone);
        items
            .iter()
            .any(|item| item["recipients"][0].to_string().contains("attempts\":1"))
            .then_some(())
    });
    relay.end();
    assert_eq!(waiting(&zone).len(), 1);
    let host = Host::start(port, &["--clear"]);
    let _relay = Relay::start(&zone, port, &[]);
    host.mail("<bob@b.example>");
    until("an empty spool", || waiting(&zone).is_empty().then_some(()));
    assert_eq!(host.mails().len(), 1);
}

#[test]
fn a_host_that_must_offer_tls_and_does_not_gets_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let tlsa = format!("_{port}._tcp.mx.b.example. IN TLSA 3 1 1 {}\n", "00".repeat(32));
    let zone = Zone::new(&format!("{WORLD}{tlsa}"));
    let host = Host::start(port, &["--tls", "never"]);
    let relay = Relay::start(&zone, port, &["--secure"]);
    relay.send(CLEAR, MAIL);
    until("the reason", || {
        waiting(&zone).iter().any(|item| item.to_string().contains("tls is required")).then_some(())
    });
    assert!(host.mails().is_empty());
    // Without proof there is no demand.
    drop(relay);
    let _relay = Relay::start(&zone, port, &[]);
    let (_, told) = host.mail("<bob@b.example>");
    assert!(told["tls"].is_null(), "{told}");
}

#[test]
fn a_policy_wants_a_certificate_of_somebody_who_is_trusted() {
    let txt = "_mta-sts.b.example. IN TXT \"v=STSv1; id=1;\"\n";
    let zone = Zone::new(&format!("{WORLD}{txt}"));
    let policy = zone.folder.path().join("policy");
    fs::write(&policy, "version: STSv1\nmode: enforce\nmx: mx.b.example\nmax_age: 86400\n")
        .unwrap();
    let flag = format!("--sts-policy=b.example={}", policy.display());
    let host = Host::start(0, &["--clear"]);
    let other = Host::start(0, &[]);
    let ca = |host: &Host| format!("--ca={}", host.certificate().display());
    let relay = Relay::start(&zone, host.port(), &[&flag, &ca(&other)]);
    relay.send(CLEAR, MAIL);
    until("the reason", || {
        waiting(&zone).iter().any(|item| item.to_string().contains("not trusted")).then_some(())
    });
    assert!(host.mails().is_empty());
    relay.end();
    let _relay = Relay::start(&zone, host.port(), &[&flag, &ca(&host)]);
    host.mail("<bob@b.example>");
}
