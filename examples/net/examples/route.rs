//! Tells where a mail would go, in which order, with which demands on TLS, and why.
//!
//! ```console
//! $ cargo run --release --example route -- bob@b.org
//! $ cargo run --release --example route -- bob@b.example --zone world.zone --secure
//! ```
//!
//! Each line ends with the RFC that it follows. Exit code 0 where there is a way to all of them, 75 where
//! there may be one later, 68 where there is none.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use postrider::relay::route::{LeftOut, NoRoute, Plan, PlannedHost, Reach, Route, Router};
use postrider::relay::tls::require_tls::TlsTag;
use postrider::relay::tls::sts::StsMemory;
use postrider::relay::tls::{CertificateCheck, Demand};
use postrider::smtp::ForwardPath;
use postrider_net::program::{
    failure::{Code, Escaped, Failure, usage},
    flags,
};

mod route {
    pub(crate) mod arguments;
}

use route::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Arguments = match flags::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(&arguments).await {
        Ok(worst) => worst.map_or(ExitCode::SUCCESS, Into::into),
        Err(failure) => {
            eprintln!("route: {failure}");
            failure.code.into()
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Option<Code>, Failure> {
    let resolver = arguments.resolver().await?;
    let mut router = Router::new();
    for name in &arguments.own_name {
        let no_name = |error| usage(format!("{name}: {error}"));
        router = router.with_own_name(name).map_err(no_name)?;
    }
    if arguments.private {
        router = router.with_reach(Reach::Any);
    }
    let mut worst = None;
    for recipient in &arguments.recipient {
        let path = ForwardPath::parse(recipient)
            .map_err(|error| usage(format!("{}: {error}", Escaped::new(recipient))))?;
        let domain = path.mailbox().map(|mailbox| mailbox.domain()).unwrap_or_default();
        let mut route = Route::new(&router, domain, seed()).with_port(arguments.port);
        if !arguments.no_sts {
            route = route.with_sts_memory(StsMemory::default(), now());
        }
        if arguments.requiretls {
            route = route.with_tag(TlsTag::Required);
        }
        resolver.follow(&mut route).await;
        print!("{}", told(&path, &route));
        if let Some(Err(why)) = route.outcome() {
            let code = if why.is_temporary() { Code::TempFail } else { Code::NoHost };
            worst = worst.min(Some(code)).or(Some(code));
        }
    }
    Ok(worst)
}

/// The page about one recipient.
fn told(path: &ForwardPath, route: &Route) -> String {
    let mut page = format!("{}\n", Escaped::new(&path.to_string()));
    // Writing into a String cannot fail.
    let _ = match route.outcome() {
        Some(Ok(plan)) => plan_told(&mut page, plan),
        Some(Err(why)) => refusal_told(&mut page, why, route.left_out()),
        None => Ok(()),
    };
    if let Some(fault) = route.sts_fault() {
        let _ = writeln!(page, "  the MTA-STS policy could not be had: {fault} (RFC 8461 §3.3)");
    }
    page
}

fn plan_told(page: &mut String, plan: &Plan) -> std::fmt::Result {
    for reason in &plan.reasons {
        writeln!(page, "  {reason}")?;
    }
    for (n, host) in plan.hosts.iter().enumerate() {
        let addresses: Vec<_> = host.sockets().map(|socket| socket.to_string()).collect();
        writeln!(page, "  {}. {host}, preference {}", n + 1, host.preference)?;
        writeln!(page, "     at {} (RFC 5321 §5.1)", addresses.join(", "))?;
        demand_told(page, host)?;
    }
    left_out_told(page, &plan.left_out)?;
    writeln!(page, "  the answers hold for {} s (RFC 1035 §3.2.1)", plan.ttl)
}

fn demand_told(page: &mut String, host: &PlannedHost) -> std::fmt::Result {
    for reason in &host.reasons {
        writeln!(page, "     {reason}")?;
    }
    if let Demand::Authenticated(CertificateCheck::Dane { records, names, .. }) = &host.demand {
        for record in records {
            writeln!(page, "     TLSA {record} (RFC 6698 §2.2)")?;
        }
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        writeln!(page, "     names for a trust anchor: {} (RFC 7672 §3.2.2)", names.join(", "))?;
    }
    Ok(())
}

fn left_out_told(page: &mut String, left_out: &[(String, LeftOut)]) -> std::fmt::Result {
    for (host, why) in left_out {
        let reference = match why {
            LeftOut::TlsaFailed => "RFC 7672 §2.1.2",
            LeftOut::NotInPolicy => "RFC 8461 §4.1",
            LeftOut::NotAuthentic => "RFC 8689 §4.2.1",
            LeftOut::NotPublic => "RFC 6890 §2.2.2",
            _ => "RFC 5321 §5.1",
        };
        writeln!(page, "  not {}: {why} ({reference})", Escaped::new(host))?;
    }
    Ok(())
}

fn refusal_told(
    page: &mut String,
    why: NoRoute,
    left_out: &[(String, LeftOut)],
) -> std::fmt::Result {
    left_out_told(page, left_out)?;
    let reference = match why {
        NoRoute::NullMx => "RFC 7505 §3",
        NoRoute::Policy => "RFC 8461 §5",
        NoRoute::RequireTls => "RFC 8689 §4.2.1",
        NoRoute::NotPublic => "RFC 6890 §2.2.2",
        _ => "RFC 5321 §5.1",
    };
    let then = if why.is_temporary() { "it is tried again" } else { "it is returned" };
    writeln!(page, "  no way: {why}: {} {}; {then} ({reference})", why.reply_code(), why.status())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Chance enough to draw among hosts.
fn seed() -> [u8; 32] {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&since.as_nanos().to_be_bytes());
    seed
}
