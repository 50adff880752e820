//! A mail from the spool to its end: what [`Delivery`] says is done, step by step.

use std::{sync::Arc, time::Duration};

use postrider::{
    relay::{
        DomainName,
        dsn::NoticeKind,
        queue::{Ask, Bounce, Delivery, QueueItem, Step, Unreached},
        route::{NoRoute, Plan},
        tls::sts::StsMemory,
    },
    smtp::client::RecipientOutcome,
};
use tokio::task::block_in_place;

use super::{
    notice,
    session::{Connection, Told},
};
use crate::{Failure, Post, now, random};

/// How long it is waited when the spool cannot be written.
const TROUBLE: i64 = 10;
/// How long it is slept at most: clocks are set.
const NAP: u64 = 600;

/// How an attempt ended.
enum Ended {
    /// The mail waits until then, in seconds since 1970.
    Waits(i64),
    /// It is gone from the spool.
    Done,
    /// The program ends.
    Closing,
}

/// Sees to one mail until it is delivered, returned, or the program ends.
pub(crate) async fn carry(post: Arc<Post>, item: QueueItem) {
    let mut delivery = Delivery::new(item, post.config.clone(), random());
    let mut closing = post.closing.subscribe();
    let mut notices = Vec::new();
    loop {
        let until = {
            let Ok(_place) = post.places.acquire().await else { return };
            let _busy = post.busy();
            let mut attempt = Attempt { post: &post, connection: None, notices: &mut notices };
            let ended = attempt.run(&mut delivery).await;
            if let Some(connection) = attempt.connection.take() {
                connection.close().await;
            }
            match ended {
                Ok(Ended::Waits(until)) => until,
                Ok(Ended::Done | Ended::Closing) => return,
                Err(error) => {
                    eprintln!("relay: {}: {error}", delivery.item().id);
                    now().saturating_add(TROUBLE)
                }
            }
        };
        let seconds = u64::try_from(until.saturating_sub(now())).unwrap_or_default().min(NAP);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
            _ = closing.wait_for(|closing| *closing) => return,
        }
    }
}

struct Attempt<'a> {
    post: &'a Arc<Post>,
    connection: Option<Connection>,
    /// They lie in the spool, and go once the mail that they are about has its record.
    notices: &'a mut Vec<QueueItem>,
}

impl Attempt<'_> {
    async fn run(&mut self, delivery: &mut Delivery) -> Result<Ended, Failure> {
        let post = self.post;
        loop {
            match delivery.step(now()) {
                // A good place to stop: nothing is under way.
                Step::Route(_) | Step::Connect(_) if post.is_closing() => {
                    return Ok(Ended::Closing);
                }
                Step::Route(ask) => {
                    let outcome = way(post, &ask).await;
                    if let Err(why) = &outcome {
                        post.log(&delivery.item().id, &format!("no way to {}: {why}", ask.domain));
                    }
                    delivery.routed(outcome, now())?;
                }
                Step::Connect(connect) => {
                    if let Some(connection) = self.connection.take() {
                        connection.close().await;
                    }
                    match Connection::open(post, &delivery.item().id, &connect).await {
                        Ok(connection) => {
                            match connection.fell_back {
                                true => delivery.connected_in_clear()?,
                                false => delivery.connected()?,
                            }
                            self.connection = Some(connection);
                        }
                        Err(why) => {
                            let (host, address, why_not) =
                                (&connect.host, connect.address, unreached(&why));
                            let text = format!("not to {host} at {address}: {why_not}");
                            post.log(&delivery.item().id, &text);
                            delivery.not_connected(&why, now())?;
                        }
                    }
                }
                Step::Send(send) => {
                    let octets = post.spool.octets(&delivery.item().id);
                    let told = match &mut self.connection {
                        Some(connection) => connection.send(&send, &octets).await?,
                        None => Told::Gone(Unreached::Broken("there is no connection".into())),
                    };
                    self.told(delivery, told)?;
                }
                Step::Save => {
                    block_in_place(|| post.spool.save(delivery.item()))?;
                    delivery.saved()?;
                    self.notices.drain(..).for_each(|item| post.take(item));
                }
                Step::Bounce(bounce) => {
                    let item = block_in_place(|| notice::put(post, delivery.item(), &bounce))?;
                    let text = format!("its sender hears {}, by {}", kind(&bounce), item.id);
                    post.log(&delivery.item().id, &text);
                    self.notices.push(item);
                    delivery.bounced()?;
                }
                Step::Defer(until) => {
                    let wait = until.saturating_sub(now());
                    post.log(&delivery.item().id, &format!("waits for {wait} s"));
                    return Ok(Ended::Waits(until));
                }
                Step::Done => {
                    block_in_place(|| post.spool.remove(&delivery.item().id))?;
                    post.log(&delivery.item().id, "has its end");
                    return Ok(Ended::Done);
                }
                other => return Err(format!("a step that is not known here: {other:?}").into()),
            }
        }
    }

    fn told(&mut self, delivery: &mut Delivery, told: Told) -> Result<(), Failure> {
        let id = delivery.item().id.clone();
        match told {
            Told::Report(report) => {
                for recipient in &report.recipients {
                    let what = match &recipient.outcome {
                        RecipientOutcome::Accepted(reply) => format!("sent: {reply}"),
                        RecipientOutcome::Failed(failure) => format!("not sent: {failure}"),
                        other => format!("{other:?}"),
                    };
                    self.post.log(&id, &format!("{} {what}", recipient.path));
                }
                delivery.sent(&report, now())?;
            }
            Told::Unsendable(why) => {
                self.post.log(&id, &format!("not sent: {why}"));
                delivery.unsendable(why, now())?;
            }
            Told::Gone(why) => {
                self.post.log(&id, &format!("not sent: {}", unreached(&why)));
                delivery.not_connected(&why, now())?;
            }
        }
        Ok(())
    }
}

/// The way to a domain, with what is known of its policy, which is kept whatever comes of it.
async fn way(post: &Post, ask: &Ask) -> Result<Plan, NoRoute> {
    let domain = DomainName::parse(&ask.domain).ok();
    let mut route = ask.route(&post.router).with_port(post.arguments.port);
    if !post.arguments.no_sts {
        let known = domain.as_ref().map_or_else(StsMemory::default, |one| post.policies.of(one));
        route = route.with_sts_memory(known, now());
    }
    post.resolver.follow(&mut route).await;
    if let Some(domain) = &domain
        && let Err(error) = block_in_place(|| post.policies.learn(domain, route.sts_memory()))
    {
        eprintln!("relay: the policy of {domain} cannot be kept: {error}");
    }
    route.into_outcome()
}

/// Why a host was of no use.
fn unreached(why: &Unreached) -> String {
    match why {
        Unreached::Connect(words) | Unreached::Broken(words) => words.clone(),
        Unreached::Tls(outcome) => outcome.to_string(),
        Unreached::Refused(reply) => reply.to_string(),
        other => format!("{other:?}"),
    }
}

/// What a notice is about.
fn kind(bounce: &Bounce) -> &'static str {
    match bounce.notice.kind {
        NoticeKind::Failed => "that it does not arrive",
        NoticeKind::Delayed { .. } => "that it is late",
        NoticeKind::Relayed => "that it was handed on",
        _ => "of it",
    }
}
