//! One mail, from attempt to attempt: each step is done as it is told.

use std::sync::Arc;
use std::time::Duration;

use postrider::relay::queue::{Ask, Delivery, QueueItem, Step, Unreached};
use postrider::relay::route::{NoRoute, Plan};
use tokio::sync::watch;

use super::bounce;
use super::session::{Sent, Session};
use crate::{Failure, Relay, now, seed};

/// Brings a mail to its end, or to that of the program.
pub(crate) async fn run(
    relay: &Arc<Relay>,
    item: QueueItem,
    mut ending: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let id = item.id.clone();
    let mut delivery = Delivery::new(item, relay.config.clone(), seed());
    let mut session: Option<Session> = None;
    let mut place = None;
    loop {
        let step = delivery.step(now());
        if !matches!(step, Step::Send(_) | Step::Save)
            && let Some(session) = session.take()
        {
            session.close().await;
        }
        // What is on the disk is as it should be, but for what is to be saved.
        if *ending.borrow() && !matches!(step, Step::Save) {
            return Ok(());
        }
        if place.is_none() && !matches!(step, Step::Defer(_)) {
            place = Some(relay.places.acquire().await?);
        }
        match step {
            Step::Route(ask) => {
                let outcome = find(relay, &id, &ask).await;
                delivery.routed(outcome, now())?;
            }
            Step::Connect(to) => match Session::open(relay, &to).await {
                Ok(opened) => {
                    relay.log(&id, &format!("connected to {} [{}]", to.host, to.address));
                    session = Some(opened);
                    delivery.connected()?;
                }
                Err(why) => {
                    relay.log(&id, &format!("not to {} [{}]: {why:?}", to.host, to.address));
                    delivery.not_connected(&why, now())?;
                }
            },
            Step::Send(send) => {
                let mut sending = session.take().ok_or("no connection stands")?;
                match sending.send(&send, relay.spool.octets(&id)?).await? {
                    Sent::Report(report) => {
                        for one in &report.recipients {
                            relay.log(&id, &format!("{}: {}", one.path, told(&one.outcome)));
                        }
                        delivery.sent(&report, now())?;
                    }
                    Sent::Unsendable(why) => {
                        relay.log(&id, &format!("not as it is: {why}"));
                        delivery.unsendable(why, now())?;
                    }
                    Sent::Gone(why) => delivery.not_connected(&Unreached::Broken(why), now())?,
                }
                session = Some(sending);
            }
            Step::Save => {
                relay.spool.save(delivery.item())?;
                delivery.saved()?;
            }
            Step::Bounce(due) => {
                let notice = bounce::make(relay, delivery.item(), &due)?;
                relay.log(&id, &format!("tells its sender as {}", due.id));
                delivery.bounced()?;
                relay.spool.save(delivery.item())?;
                delivery.saved()?;
                // Not before the mail that it is about has it in its record.
                relay.begin(notice);
            }
            Step::Defer(until) => {
                place = None;
                let wait = u64::try_from(until.saturating_sub(now())).unwrap_or_default();
                relay.log(&id, &format!("waits for {wait} s"));
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(wait)) => {}
                    _ = ending.wait_for(|ending| *ending) => {}
                }
            }
            Step::Done => {
                relay.spool.remove(&id)?;
                relay.log(&id, "done");
                return Ok(());
            }
            _ => return Err("a step that is not known here".into()),
        }
    }
}

/// The way to a domain: all that can be asked at once is.
async fn find(relay: &Arc<Relay>, id: &str, ask: &Ask) -> Result<Plan, NoRoute> {
    let memory = relay.sts_memory(&ask.domain);
    let route = ask.route(&relay.router).with_port(relay.arguments.port);
    let mut route = route.with_sts_memory(memory, now());
    while !route.needs().is_empty() {
        let mut asked = tokio::task::JoinSet::new();
        for need in route.needs().to_vec() {
            let resolver = relay.resolver.clone();
            asked.spawn(async move {
                let told = resolver.ask(&need).await;
                (need, told)
            });
        }
        for (need, told) in asked.join_all().await {
            // What was not asked any more, or is of another kind, is not told.
            if route.tell(&need, told).is_err() {
                let _ = route.tell(&need, need.failed());
            }
        }
    }
    if let Err(error) = relay.set_sts_memory(ask.domain.clone(), route.sts_memory()) {
        relay.log(id, &format!("a policy is not remembered: {error}"));
    }
    if let Some(Err(why)) = route.outcome() {
        relay.log(id, &format!("no way to {}: {why}", ask.domain));
    }
    route.into_outcome()
}

fn told(outcome: &postrider::smtp::client::RecipientOutcome) -> String {
    use postrider::smtp::client::RecipientOutcome::{Accepted, Failed};
    match outcome {
        Accepted(reply) => reply.to_string(),
        Failed(failure) => failure.to_string(),
        _ => "nobody knows".into(),
    }
}
