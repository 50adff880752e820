//! What an MTA does between two conversations, as `relay` decides it: it keeps the mail, finds the way,
//! tries one host after the other, and writes down what came of it.

use std::fmt::Write;

use postrider::relay::queue::{Config, Delivery, QueueItem, Step, Unreached};
use postrider::relay::route::Router;

use crate::journey::dns;
use crate::journey::mta::{Mta, Taken};
use crate::journey::road::Road;
use crate::journey::smtp::{Envelope, send};
use crate::journey::spool::Spool;
use crate::journey::story::{converse, heading, text};

/// How long the MTA waits for a host that is down, in seconds.
const CONNECT: i64 = 30;

/// Relays a mail to the host that takes it. `mx` is the MTA of a host that answers, at a time in seconds
/// since 1970.
pub(crate) fn relay<'a>(
    page: &mut impl Write,
    road: Road,
    (name, now): (&'static str, &mut i64),
    (envelope, mail): (&Envelope, &Spool),
    mx: impl Fn(&'static str, i64) -> Mta<'a>,
) -> Result<Taken, String> {
    let router = Router::new().with_own_name(name).map_err(text)?;
    let item = QueueItem::new("J1", envelope.from.clone(), *now).to(envelope.to.clone());
    let mut delivery = Delivery::new(item, Config::new(), [0; 32]);
    let mut host = None;
    let mut taken = None;
    loop {
        match delivery.step(*now) {
            Step::Route(ask) => {
                heading(page, &format!("{name} looks for the way to {}", ask.domain))?;
                let plan = ask.route(&router).resolve(dns::answer);
                for reason in plan.iter().flat_map(|plan| &plan.reasons) {
                    writeln!(page, "{reason}").map_err(text)?;
                }
                delivery.routed(plan, *now).map_err(text)?;
            }
            Step::Connect(to) => match dns::host_at(to.address.ip()) {
                Some(up) => {
                    writeln!(page, "{} ({}) answers", to.host, to.address).map_err(text)?;
                    host = Some(up);
                    delivery.connected().map_err(text)?;
                }
                None => {
                    *now += CONNECT;
                    let down = "is down: no answer in";
                    writeln!(page, "{} ({}) {down} {CONNECT} s", to.host, to.address)
                        .map_err(text)?;
                    let why = Unreached::Connect("no answer".into());
                    delivery.not_connected(&why, *now).map_err(text)?;
                }
            },
            Step::Send(due) => {
                let host = host.take().ok_or("no connection stands")?;
                heading(page, &format!("{name} relays the mail to {host}"))?;
                *now += 2;
                let mut mx = mx(host, *now);
                let report = converse(page, "relay", |log| {
                    send(road, name, mail, &mut mx, log, |content| due.transaction(content))
                })?;
                delivery.sent(&report, *now).map_err(text)?;
                taken = mx.into_taken();
            }
            Step::Save => {
                writeln!(page, "{name} writes down what came of it").map_err(text)?;
                delivery.saved().map_err(text)?;
            }
            Step::Done => return taken.ok_or_else(|| "the MX took the mail and has it not".into()),
            Step::Bounce(due) => {
                let why = due.notice.recipients.first().and_then(|one| one.diagnostic.clone());
                return Err(why.unwrap_or_else(|| "it comes back".into()));
            }
            Step::Defer(_) => return Err(format!("no host of {} takes it today", envelope.to)),
            _ => return Err("a step that this story does not know".into()),
        }
    }
}
