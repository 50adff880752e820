//! A world without sockets: a store, hosts, a clock that jumps, and a plug that can be pulled.

use std::collections::{BTreeMap, BTreeSet};

use postrider_relay::dns::{Answer, MxRecord, Need, Told};
use postrider_relay::dsn::Notice;
use postrider_relay::queue::{Config, Delivery, NotNow, QueueItem, Step, Unreached};
use postrider_relay::route::{NoRoute, Plan, Route, Router};
use postrider_smtp::{ForwardPath, ReversePath};

use crate::server::{Server, Session, Talk};

/// What can be stopped before, or behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A host took a mail for these.
    Taken(Vec<String>),
    /// The store has something new.
    Stored(String),
    Removed(String),
}

pub(crate) struct Stopped;

/// Hosts of a domain in order of preference, and how each behaves in its sessions; the last goes on.
pub(crate) type Hosts = BTreeMap<&'static str, Vec<Vec<Server>>>;

pub(crate) struct World {
    pub(crate) hosts: Hosts,
    /// What the disk holds.
    pub(crate) store: BTreeMap<String, String>,
    /// How often each recipient has each mail.
    pub(crate) arrived: BTreeMap<(String, String), usize>,
    /// What the sender was told, by mail: kind and recipient, from the notices that arrived.
    pub(crate) told: BTreeMap<(String, String, String), usize>,
    /// What each notice says.
    notices: BTreeMap<String, Vec<(String, String)>>,
    sessions: BTreeMap<(&'static str, usize), usize>,
    pub(crate) effects: Vec<Effect>,
    /// The plug is pulled before this effect.
    pub(crate) stop_at: Option<usize>,
    pub(crate) now: i64,
    pub(crate) config: Config,
    /// Where each connection went, in order.
    pub(crate) connections: Vec<(i64, String)>,
    /// Who was in each transaction.
    pub(crate) transactions: Vec<Vec<String>>,
    /// All notices that were made, and the items of mails that have their end.
    pub(crate) made: Vec<Notice>,
    pub(crate) ended: Vec<QueueItem>,
}

pub(crate) const BEGIN: i64 = 1_800_000_000;

impl World {
    pub(crate) fn new(hosts: Hosts) -> Self {
        let (store, arrived, told) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            hosts,
            store,
            arrived,
            told,
            notices: BTreeMap::new(),
            sessions: BTreeMap::new(),
            effects: Vec::new(),
            stop_at: None,
            now: BEGIN,
            config: Config::new(),
            connections: Vec::new(),
            transactions: Vec::new(),
            made: Vec::new(),
            ended: Vec::new(),
        }
    }

    fn effect(&mut self, effect: Effect) -> Result<(), Stopped> {
        if self.stop_at == Some(self.effects.len()) {
            return Err(Stopped);
        }
        self.effects.push(effect);
        Ok(())
    }

    /// Puts a mail into the queue, as a server does before it says 250.
    pub(crate) fn submit(&mut self, item: &QueueItem) {
        let text = serde_json::to_string(item).unwrap();
        assert_eq!(serde_json::from_str::<QueueItem>(&text).unwrap(), *item);
        self.store.insert(item.id.clone(), text);
    }

    fn save(&mut self, item: &QueueItem) -> Result<(), Stopped> {
        self.effect(Effect::Stored(item.id.clone()))?;
        self.submit(item);
        Ok(())
    }

    /// Starts, delivers all there is, and waits where there is nothing to do but that.
    pub(crate) fn run(&mut self) -> Result<(), Stopped> {
        let mut items: BTreeMap<String, QueueItem> = self
            .store
            .iter()
            .map(|(id, text)| (id.clone(), serde_json::from_str(text).unwrap()))
            .collect();
        let held: Vec<String> = items
            .values()
            .filter(|item| item.is_held(item.notice_of.as_ref().and_then(|of| items.get(&of.id))))
            .map(|item| item.id.clone())
            .collect();
        for id in held {
            self.effect(Effect::Removed(id.clone()))?;
            self.store.remove(&id);
            items.remove(&id);
        }
        let mut queue: BTreeMap<String, (i64, Delivery)> = items
            .into_iter()
            .map(|(id, item)| (id, (self.now, Delivery::new(item, self.config.clone(), [9; 32]))))
            .collect();
        for rounds in 0.. {
            assert!(rounds < 2000, "every mail has its end");
            let Some((id, (at, mut delivery))) = queue
                .iter()
                .min_by_key(|(_, (at, _))| *at)
                .map(|(id, (at, delivery))| (id.clone(), (*at, delivery.clone())))
            else {
                return Ok(());
            };
            self.now = self.now.max(at);
            match self.deliver(&mut delivery, &mut queue)? {
                Some(until) => {
                    assert!(until > self.now, "{until} is not later than {}", self.now);
                    queue.insert(id, (until, delivery));
                }
                None => {
                    self.effect(Effect::Removed(id.clone()))?;
                    self.store.remove(&id);
                    queue.remove(&id);
                    self.ended.push(delivery.into_item());
                }
            }
        }
        unreachable!()
    }

    /// One mail, until it waits or is done.
    fn deliver(
        &mut self,
        delivery: &mut Delivery,
        queue: &mut BTreeMap<String, (i64, Delivery)>,
    ) -> Result<Option<i64>, Stopped> {
        let mut session = None;
        loop {
            let step = delivery.step(self.now);
            assert_eq!(delivery.step(self.now), step, "a step without an answer is the same again");
            misuse(delivery, &step, self.now);
            match step {
                Step::Route(ask) => {
                    delivery.routed(self.route(&ask.domain, ask.seed), self.now).unwrap();
                }
                Step::Connect(connect) => {
                    let name = connect.host.to_string();
                    self.connections.push((self.now, name.clone()));
                    let host = self.host(&name);
                    let opened = Session::open(&self.behaviour(host));
                    self.spent(host);
                    match opened {
                        Ok(opened) => {
                            session = Some(opened);
                            delivery.connected().unwrap();
                        }
                        Err(why) => delivery.not_connected(&why, self.now).unwrap(),
                    }
                }
                Step::Send(send) => {
                    let session: &mut Session = session.as_mut().expect("a connection stands");
                    let (told, taken) = session.send(&send);
                    if matches!(told, Talk::Report(_)) {
                        let paths = send.recipients.iter().map(|(path, _)| path.to_string());
                        self.transactions.push(paths.collect());
                    }
                    if !taken.is_empty() {
                        let id = delivery.item().id.clone();
                        self.effect(Effect::Taken(taken.clone()))?;
                        for one in taken {
                            self.arrive(&id, one);
                        }
                    }
                    match told {
                        Talk::Report(report) => delivery.sent(&report, self.now).unwrap(),
                        Talk::Unsendable(why) => delivery.unsendable(why, self.now).unwrap(),
                        Talk::Unreached(why) => delivery.not_connected(&why, self.now).unwrap(),
                    }
                }
                Step::Save => {
                    self.save(delivery.item())?;
                    delivery.saved().unwrap();
                }
                Step::Bounce(bounce) => {
                    let sender = delivery.item().sender.mailbox().unwrap().clone();
                    let mut item = QueueItem::new(bounce.id.clone(), ReversePath::null(), self.now)
                        .to(ForwardPath::from(sender));
                    item.notice_of = Some(bounce.notice_of.clone());
                    self.save(&item)?;
                    let kind = format!("{:?}", bounce.notice.kind);
                    let kind = kind.split([' ', '{']).next().unwrap().to_owned();
                    let says = bounce.notice.recipients.iter();
                    let says = says.map(|one| (kind.clone(), one.path.to_string())).collect();
                    self.notices.insert(bounce.id.clone(), says);
                    self.made.push(bounce.notice.clone());
                    delivery.bounced().unwrap();
                    // It is delivered once the mail that it is about has its record.
                    assert_eq!(delivery.step(self.now), Step::Save);
                    self.save(delivery.item())?;
                    delivery.saved().unwrap();
                    let new = Delivery::new(item, self.config.clone(), [9; 32]);
                    queue.insert(bounce.id, (self.now, new));
                }
                Step::Defer(until) => return Ok(Some(until)),
                Step::Done => return Ok(None),
                other => panic!("{other:?}"),
            }
        }
    }

    fn arrive(&mut self, id: &str, recipient: String) {
        if let Some(says) = self.notices.get(id) {
            for (kind, about) in says.clone() {
                let about = (id.split("-n").next().unwrap().to_owned(), kind, about);
                *self.told.entry(about).or_default() += 1;
            }
        }
        *self.arrived.entry((id.to_owned(), recipient)).or_default() += 1;
    }

    fn host(&self, name: &str) -> (&'static str, usize) {
        let (domain, n) = (name.split_once('.').unwrap().1, &name[2..name.find('.').unwrap()]);
        let (domain, _) = self.hosts.get_key_value(domain).unwrap();
        (domain, n.parse().unwrap())
    }

    fn behaviour(&self, (domain, n): (&'static str, usize)) -> Server {
        let sessions = self.sessions.get(&(domain, n)).copied().unwrap_or_default();
        let all = &self.hosts[domain][n];
        all.get(sessions).or_else(|| all.last()).cloned().unwrap()
    }

    fn spent(&mut self, host: (&'static str, usize)) {
        *self.sessions.entry(host).or_default() += 1;
    }

    /// `mx0.d`, `mx1.d` and so on. Domains that begin with `same` share the hosts of `b.example`.
    fn route(&self, domain: &str, seed: [u8; 32]) -> Result<Plan, NoRoute> {
        Route::new(&Router::new(), domain, seed).resolve(|need| match need {
            Need::Mx(name) => {
                let of =
                    if name.as_str().starts_with("same") { "b.example" } else { name.as_str() };
                match self.hosts.get(of) {
                    Some(hosts) => Told::Mx(Answer::records(
                        (0..hosts.len())
                            .map(|n| MxRecord::new(n as u16, format!("mx{n}.{of}")))
                            .collect::<Vec<_>>(),
                        60,
                    )),
                    None if of.starts_with("lost") => need.failed(),
                    None => Told::Mx(Answer::nothing(postrider_relay::dns::Outcome::NoSuchDomain)),
                }
            }
            Need::Addresses(_) => {
                Told::Addresses(Answer::records(["192.0.2.1".parse().unwrap()], 60))
            }
            other => other.nothing(),
        })
    }

    /// The same world with another plug.
    pub(crate) fn anew(&self, hosts: &Hosts) -> Self {
        let mut world = Self::new(hosts.clone());
        world.config = self.config.clone();
        world
    }
}

pub(crate) fn mail(recipients: &[&str]) -> QueueItem {
    let sender = ReversePath::parse("alice@a.example").unwrap();
    recipients.iter().fold(QueueItem::new("Q1", sender, BEGIN), |item, recipient| {
        item.to(ForwardPath::parse(recipient).unwrap())
    })
}

/// With a host of the sender that takes what comes, unless another is given.
pub(crate) fn hosts(of: &[(&'static str, Vec<Vec<Server>>)]) -> Hosts {
    let mut hosts: Hosts = of.iter().cloned().collect();
    hosts.entry("a.example").or_insert_with(|| vec![vec![Server::Takes]]);
    hosts
}

/// Whoever answers a step that is not due changes nothing.
fn misuse(delivery: &mut Delivery, step: &Step, now: i64) {
    let before = delivery.item().clone();
    let broken = Unreached::Broken("x".into());
    let refused = |told: Result<(), NotNow>| assert!(told.is_err(), "{step:?}");
    if !matches!(step, Step::Save) {
        refused(delivery.saved());
    }
    if !matches!(step, Step::Route(_)) {
        refused(delivery.routed(Err(NoRoute::NullMx), now));
    }
    if !matches!(step, Step::Connect(_)) {
        refused(delivery.connected());
    }
    if !matches!(step, Step::Connect(_) | Step::Send(_)) {
        refused(delivery.not_connected(&broken, now));
    }
    if !matches!(step, Step::Bounce(_)) {
        refused(delivery.bounced());
    }
    assert_eq!(*delivery.item(), before);
    assert_eq!(delivery.step(now), *step);
}

/// What holds of every mail in the end, with or without stops: `doubled` may have come twice.
pub(crate) fn check(world: &World, item: &QueueItem, doubled: &BTreeSet<String>) {
    // Each connection that broke behind a mail that was taken lets it come once more (RFC 1047).
    let lost = |server: &&Server| matches!(server, Server::Lost { taken: true });
    let broken = world.hosts.values().flatten().flatten().filter(lost).count();
    // Five days for the mail, and five for what its sender is told, at most.
    assert!(world.now <= BEGIN + 10 * 86_400 + 1, "{}", world.now);
    assert!(world.store.is_empty(), "the queue is empty: {:?}", world.store.keys());
    for recipient in &item.recipients {
        let path = recipient.path.to_string();
        let bare = path.trim_matches(['<', '>']).to_owned();
        let arrived = world.arrived.get(&(item.id.clone(), bare.clone())).copied().unwrap_or(0);
        let failed = (item.id.clone(), "Failed".to_owned(), path.clone());
        let failed = world.told.get(&failed).copied().unwrap_or(0);
        let most = if doubled.contains(&bare) { 2 + broken } else { 1 };
        assert!(arrived <= most, "{bare} has the mail {arrived} times");
        let sender = item.sender.mailbox().map(ToString::to_string).unwrap_or_default();
        let most = if doubled.contains(&sender) { 2 } else { 1 };
        assert!(failed <= most, "{failed} bounces about {bare}");
        assert!(arrived + failed > 0, "{bare} has neither the mail nor is there a bounce");
        if !doubled.contains(&bare) && !doubled.contains(&sender) {
            assert_eq!(arrived + failed, 1, "{bare} has the mail, and there is a bounce");
        }
    }
}
