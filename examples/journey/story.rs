//! The story, told in order.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use postrider::imap::FlagSet;
use postrider::message::{DateTime, HeaderSection, Zone};
use postrider::relay::{HOPS, Protocol, Stamp, check_hops, return_path};
use postrider::smtp::{EhloName, ForwardPath, ReversePath};
use postrider::wire::TranscriptLog;

use crate::journey::mta::{Arrival, Mta, Taken};
use crate::journey::relay::relay;
use crate::journey::road::Road;
use crate::journey::smtp::{Envelope, submit};
use crate::journey::spool::{Spool, first_difference};
use crate::journey::store::{Store, StoredMail};
use crate::journey::{imap, letter, pop3, report};

/// Alice's machine, her provider's MTA, and Bob's domain.
const ALICE_HOST: &str = "laptop.a.example";
const ALICE_MTA: &str = "mta.a.example";
const BOB_DOMAIN: &str = "b.example";
/// A transcript is cut off here; none of this story comes near.
const TRANSCRIPT: usize = 1024 * 1024;

/// Tells the whole story, or why it ended early.
pub(crate) fn tell(page: &mut impl Write, road: Road, file: Option<&Path>) -> Result<(), String> {
    let mut now = now();
    let mail = letter::compose(file)?;
    let envelope = Envelope {
        from: ReversePath::parse("alice@a.example").map_err(text)?,
        to: ForwardPath::parse("bob@b.example").map_err(text)?,
    };
    heading(page, &format!("Alice writes {} octets to {}", mail.size(), envelope.to))?;

    heading(page, &format!("Alice's client submits the mail to {ALICE_MTA}"))?;
    now += 1;
    let stamp = stamp(ALICE_MTA, now, Ipv4Addr::new(192, 0, 2, 10));
    let mut mta = Mta::new(ALICE_MTA, None, Box::new(stamp));
    converse(page, "submission", |log| submit(road, ALICE_HOST, &envelope, &mail, &mut mta, log))?;
    let queued = mta.into_taken().ok_or("the MTA took the mail and has it not")?;

    check_hops(
        HeaderSection::parse(queued.spool.head(report::HEAD).map_err(text)?).headers(),
        HOPS,
    )
    .map_err(text)?;
    let mx = |host: &'static str, at: i64| {
        let stamp = stamp_at_delivery(host, at, Ipv4Addr::new(192, 0, 2, 25));
        Mta::new(host, Some(BOB_DOMAIN), Box::new(stamp))
    };
    let delivered = relay(page, road, (ALICE_MTA, &mut now), (&envelope, &queued.spool), mx)?;

    let mut store = Store::with(&letter::OLD_MAILS, now - 3 * 86_400).map_err(text)?;
    let trace = [&delivered.stamp[..], &queued.stamp[..]].concat();
    let Taken { spool, .. } = delivered;
    store.mails.push(StoredMail { spool, arrived: now, flags: FlagSet::new() });

    heading(page, "Bob fetches his mail by POP3")?;
    let by_pop3 = converse(page, "POP3", |log| pop3::fetch(road, &store, log))?;

    heading(page, "Bob fetches his mail by IMAP")?;
    let by_imap = converse(page, "IMAP", |log| imap::fetch(road, &mut store, log))?;

    heading(page, "The mail as Bob reads it")?;
    let view = if by_imap.size() <= report::IN_MEMORY {
        report::mail(&by_imap.head(u64::MAX).map_err(text)?)
    } else {
        report::head_only(&by_imap.head(report::HEAD).map_err(text)?, by_imap.size())
    };
    write!(page, "{view}").map_err(text)?;

    heading(page, "Was it harmed on the way?")?;
    for (protocol, copy) in [("POP3", &by_pop3), ("IMAP", &by_imap)] {
        compare(page, protocol, &trace, &mail, copy)?;
    }
    Ok(())
}

pub(crate) fn text(error: impl ToString) -> String {
    error.to_string()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

pub(crate) fn heading(page: &mut impl Write, heading: &str) -> Result<(), String> {
    writeln!(page, "\n== {heading}").map_err(text)
}

/// Runs a conversation and prints its transcript, however it ended.
pub(crate) fn converse<T>(
    page: &mut impl Write,
    what: &str,
    run: impl FnOnce(&TranscriptLog) -> Result<T, String>,
) -> Result<T, String> {
    let log = TranscriptLog::new(TRANSCRIPT);
    let outcome = run(&log);
    write!(page, "{}", log.text()).map_err(text)?;
    outcome.map_err(|error| format!("{what}: {error}"))
}

/// The `Received` field of a hop.
fn stamp(
    host: &'static str,
    now: i64,
    peer: Ipv4Addr,
) -> impl Fn(&Arrival) -> Result<Vec<u8>, String> + Send {
    move |arrival| {
        let date = DateTime::from_unix(now, Zone::UTC).map_err(text)?;
        let by = EhloName::parse(host).map_err(text)?;
        let protocol = if arrival.extended { Protocol::Esmtp } else { Protocol::Smtp };
        let mut stamp = Stamp::new(by, date)
            .with_peer(arrival.client.clone(), IpAddr::V4(peer))
            .with_protocol(protocol)
            .with_id(&format!("J{now}"))
            .map_err(text)?;
        // With more recipients, the field would tell each of the others (RFC 5321 §7.2).
        if let [only] = &arrival.to[..] {
            stamp = stamp.with_recipient(only.clone());
        }
        Ok(stamp.to_field().into_bytes())
    }
}

/// The `Return-Path` and `Received` fields of the last hop (RFC 5321 §4.4).
fn stamp_at_delivery(
    host: &'static str,
    now: i64,
    peer: Ipv4Addr,
) -> impl Fn(&Arrival) -> Result<Vec<u8>, String> + Send {
    let received = stamp(host, now, peer);
    move |arrival| {
        let mut fields = return_path(&arrival.from).into_bytes();
        fields.extend_from_slice(&received(arrival)?);
        Ok(fields)
    }
}

/// Bob's copy must be the trace fields and then, octet for octet, what Alice sent.
fn compare(
    page: &mut impl Write,
    protocol: &str,
    trace: &[u8],
    mail: &Spool,
    copy: &Spool,
) -> Result<(), String> {
    match first_difference(trace, mail, copy).map_err(text)? {
        None => writeln!(
            page,
            "By {protocol} Bob has all {} octets that Alice sent, behind {} octets of trace fields.",
            mail.size(),
            trace.len()
        )
        .map_err(text),
        Some(at) => Err(format!("by {protocol} the mail was harmed at octet {at}")),
    }
}
