//! The machine that carries a mail from attempt to attempt.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use postrider_smtp::client::{RecipientOutcome, Report};
use postrider_smtp::{EnhancedStatusCode, Unsendable};

use super::classify::{Class, ends_session, wants_tls};
use super::hop::{self, Hop};
use super::item::{by_domain, key};
use super::notices::Telling;
use super::step::{Ask, Connect, Send, Step};
use super::{Config, QueueItem, RecipientState, Schedule, Trouble, Unreached};
use crate::random::Random;
use crate::route::{NoRoute, Plan};
use crate::tls::require_tls::TlsTag;

/// A method was called that answers another step than the one that is due. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("this does not answer the step that is due")]
#[non_exhaustive]
pub struct NotNow;

/// One mail on its way: what is to be done next, and what came of it.
///
/// [`Delivery::step`] tells; the method that [`Step`] names takes the answer. In between, octets go over
/// sockets that nobody here knows of. A delivery can be dropped at any time, and made again of the item
/// that was saved last.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub(super) item: QueueItem,
    pub(super) config: Config,
    random: Random,
    /// The item is not as it was saved last.
    pub(super) unsaved: bool,
    attempt: Option<Attempt>,
    pub(super) notice: Option<Telling>,
}

/// One attempt at all recipients that were due when it began.
#[derive(Clone, Debug)]
struct Attempt {
    seed: [u8; 32],
    /// Domains to find the way to, and their recipients; the next one last.
    ask: Vec<(String, Vec<usize>)>,
    /// Next hops; the current one last, once nothing is left to ask.
    hops: Vec<Hop>,
    /// Where among them each stands.
    places: BTreeMap<[u8; 32], usize>,
}

impl Delivery {
    /// A mail that was put into the queue, or found there after a stop. The seed decides about jitter and
    /// about the order of hosts of equal preference.
    #[must_use]
    pub fn new(item: QueueItem, config: Config, seed: [u8; 32]) -> Self {
        let random = Random::new(seed);
        Self { item, config, random, unsaved: false, attempt: None, notice: None }
    }

    /// The mail: what is to be saved at [`Step::Save`].
    #[must_use]
    pub fn item(&self) -> &QueueItem {
        &self.item
    }

    /// The mail, as it is now.
    #[must_use]
    pub fn into_item(self) -> QueueItem {
        self.item
    }

    /// What is to be done next, at this time in seconds since 1970. Without an answer, and without time
    /// that passes, it is the same again.
    pub fn step(&mut self, now: i64) -> Step {
        if self.unsaved {
            return Step::Save;
        }
        if self.attempt.is_none() && self.notice.is_none() {
            self.begin(now);
        }
        if let Some(attempt) = &self.attempt {
            if let Some((domain, _)) = attempt.ask.last() {
                return Step::Route(self.ask(attempt, domain));
            }
            if let Some(connect) = self.connect() {
                return Step::Connect(connect);
            }
            let chunk = self.chunk();
            if !chunk.is_empty() {
                return Step::Send(self.send(&chunk));
            }
        }
        if self.notice.is_none() {
            self.notice = self.owed(now);
        }
        match &self.notice {
            Some(telling) => Step::Bounce(telling.bounce.clone()),
            None if self.item.is_done() => Step::Done,
            None => Step::Defer(self.wake_at(now)),
        }
    }

    /// Answers [`Step::Save`].
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn saved(&mut self) -> Result<(), NotNow> {
        if !self.unsaved {
            return Err(NotNow);
        }
        self.unsaved = false;
        Ok(())
    }

    /// Answers [`Step::Route`], at a time in seconds since 1970.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn routed(&mut self, outcome: Result<Plan, NoRoute>, now: i64) -> Result<(), NotNow> {
        let most = self.config.targets;
        let attempt = self.attempt_due()?;
        let (_, recipients) = attempt.ask.pop().ok_or(NotNow)?;
        match outcome {
            Ok(plan) => {
                let place = attempt.places.entry(hop::key(&plan)).or_insert(attempt.hops.len());
                match attempt.hops.get_mut(*place) {
                    Some(hop) => hop.join(&plan, recipients),
                    None => attempt.hops.push(Hop::new(&plan, recipients, most)),
                }
            }
            Err(why) => {
                for one in recipients {
                    self.stays(one, Some(Trouble::of_no_route(why, now)), now);
                }
            }
        }
        self.settle(now);
        Ok(())
    }

    /// Answers [`Step::Connect`]: the session stands, TLS is as demanded, `EHLO` was answered.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn connected(&mut self) -> Result<(), NotNow> {
        self.connected_with(false)
    }

    /// Answers [`Step::Connect`] as [`connected`](Delivery::connected) does, where TLS, which is not
    /// demanded, was offered and failed, so that the session is in clear text. What the host refuses there
    /// for want of TLS (530, X.7.10, X.7.11) is tried again: else whoever disturbs one handshake has a mail
    /// returned.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn connected_in_clear(&mut self) -> Result<(), NotNow> {
        self.connected_with(true)
    }

    /// Answers [`Step::Connect`]: it came to nothing; or [`Step::Send`], when the connection turned out to
    /// be gone before the client took the transaction.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn not_connected(&mut self, why: &Unreached, now: i64) -> Result<(), NotNow> {
        let required = self.requires_tls();
        self.nothing_to_save()?;
        self.hop_due()?.not_connected(why, required, now);
        self.settle(now);
        Ok(())
    }

    /// Answers [`Step::Send`]: what the client told.
    ///
    /// # Errors
    ///
    /// [`NotNow`], also for a report of other recipients. That of another mail to the same ones is not
    /// noticed: give each delivery its own.
    pub fn sent(&mut self, report: &Report, now: i64) -> Result<(), NotNow> {
        self.nothing_to_save()?;
        let chunk = self.chunk();
        if chunk.is_empty() || !self.is_about(report, &chunk) {
            return Err(NotNow);
        }
        let hop = self.hop_due()?;
        let (host, in_clear) = (hop.host(), hop.is_in_clear());
        let (mut again, mut progress, mut broken) = (Vec::new(), false, None);
        for (one, told) in chunk.iter().copied().zip(&report.recipients) {
            if let RecipientOutcome::Failed(failure) = &told.outcome
                && ends_session(failure)
            {
                broken = Some(Trouble::of_failure(failure, now).for_now().with_host(&host));
            }
            match Class::of(&told.outcome, now) {
                Class::Delivered => {
                    progress = true;
                    self.delivered(one, &host, report.left_out.dsn, now);
                    self.hop_due()?.end(one);
                }
                Class::Failed(trouble) if in_clear && wants_tls(&told.outcome) => {
                    self.hop_due()?.note(one, trouble.for_now().with_host(&host));
                }
                Class::Failed(trouble) => {
                    self.failed(one, trouble.with_host(&host));
                    self.hop_due()?.end(one);
                }
                Class::Later(trouble) => {
                    self.stays(one, Some(trouble.with_host(&host)), now);
                    self.hop_due()?.put_off(one);
                }
                Class::NextHost(trouble) => self.hop_due()?.note(one, trouble.with_host(&host)),
                Class::Again(trouble) => {
                    again.push(one);
                    self.hop_due()?.note(one, trouble.with_host(&host));
                }
            }
        }
        self.hop_due()?.told(chunk.len(), &again, progress, broken);
        self.settle(now);
        Ok(())
    }

    /// Answers [`Step::Send`]: the client would not send the mail to this server as it is. Nothing was
    /// sent.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn unsendable(&mut self, why: Unsendable, now: i64) -> Result<(), NotNow> {
        self.nothing_to_save()?;
        let chunk = self.chunk();
        if chunk.is_empty() {
            return Err(NotNow);
        }
        let needy = self.needy(why, &chunk);
        let is_notice = self.item.sender.is_null();
        let hop = self.hop_due()?;
        // RFC 8689 §5: a notice goes without it to a host that does not offer it.
        if why == Unsendable::RequireTls && is_notice && !hop.is_without_require_tls() {
            hop.go_without_require_tls();
            return Ok(());
        }
        hop.unsendable(why, &needy, now);
        self.settle(now);
        Ok(())
    }

    /// Whether the recipients of a report are these.
    fn is_about(&self, report: &Report, chunk: &[usize]) -> bool {
        let paths = chunk.iter().map(|one| self.item.recipients.get(*one).map(|one| &one.path));
        paths.eq(report.recipients.iter().map(|told| Some(&told.path)))
    }

    /// Those of a transaction whose address alone is why it needs `SMTPUTF8`; none where the mail or its
    /// sender needs it anyway.
    fn needy(&self, why: Unsendable, chunk: &[usize]) -> BTreeSet<usize> {
        let mail_needs = self.item.parameters.smtp_utf8 || !self.item.sender.is_ascii();
        if why != Unsendable::Utf8 || mail_needs {
            return BTreeSet::new();
        }
        let beyond = |one: &usize| {
            self.item.recipients.get(*one).is_some_and(|recipient| !recipient.path.is_ascii())
        };
        chunk.iter().copied().filter(beyond).collect()
    }

    fn connected_with(&mut self, in_clear: bool) -> Result<(), NotNow> {
        let most = self.config.recipients;
        self.nothing_to_save()?;
        let hop = self.hop_due()?;
        if hop.connect().is_none() {
            return Err(NotNow);
        }
        hop.connected(most, in_clear);
        Ok(())
    }

    pub(super) fn nothing_to_save(&self) -> Result<(), NotNow> {
        if self.unsaved { Err(NotNow) } else { Ok(()) }
    }

    fn attempt_due(&mut self) -> Result<&mut Attempt, NotNow> {
        self.nothing_to_save()?;
        self.attempt.as_mut().ok_or(NotNow)
    }

    /// The hop that is tried, where nothing is left to ask.
    fn hop_due(&mut self) -> Result<&mut Hop, NotNow> {
        // What came of a hop is written down while others of its recipients are still looked at.
        let attempt = self.attempt.as_mut().ok_or(NotNow)?;
        if !attempt.ask.is_empty() {
            return Err(NotNow);
        }
        attempt.hops.last_mut().ok_or(NotNow)
    }

    fn begin(&mut self, now: i64) {
        let all = self.item.recipients.iter().enumerate();
        let due = all.filter(|(_, recipient)| recipient.is_due(now));
        let mut ask = by_domain(due.map(|(one, recipient)| (one, &recipient.path)));
        if ask.is_empty() {
            return;
        }
        ask.reverse();
        let seed = self.random.seed();
        self.attempt = Some(Attempt { seed, ask, hops: Vec::new(), places: BTreeMap::new() });
    }

    /// RFC 8689 §4.2.1 speaks of mails with a return path; a notice is not to be lost over it (§5).
    fn requires_tls(&self) -> bool {
        self.item.parameters.require_tls && !self.item.sender.is_null()
    }

    fn ask(&self, attempt: &Attempt, domain: &str) -> Ask {
        let tag = match (self.requires_tls(), self.item.tls_optional) {
            (true, _) => TlsTag::Required,
            (false, true) => TlsTag::NotRequired,
            (false, false) => TlsTag::Untagged,
        };
        Ask { domain: domain.into(), tag, seed: attempt.seed }
    }

    fn hop(&self) -> Option<&Hop> {
        self.attempt.as_ref().filter(|attempt| attempt.ask.is_empty())?.hops.last()
    }

    fn connect(&self) -> Option<Connect> {
        self.hop()?.connect()
    }

    fn chunk(&self) -> Vec<usize> {
        let of = |one: usize| self.item.recipients.get(one).map(|one| key(&one.path));
        let hop = self.hop().filter(|hop| hop.is_connected());
        hop.map(|hop| hop.chunk(|one| of(one).unwrap_or_default())).unwrap_or_default()
    }

    fn send(&self, chunk: &[usize]) -> Send {
        let mut parameters = self.item.parameters.clone();
        parameters.require_tls &= !self.hop().is_some_and(Hop::is_without_require_tls);
        let of = |one: &usize| {
            let recipient = self.item.recipients.get(*one)?;
            Some((recipient.path.clone(), recipient.parameters.clone()))
        };
        let recipients = chunk.iter().filter_map(of).collect();
        Send { sender: self.item.sender.clone(), parameters, recipients }
    }

    /// Ends what is over: hops, and the attempt.
    fn settle(&mut self, now: i64) {
        let most = self.config.sessions;
        while let Some(attempt) = &mut self.attempt {
            if !attempt.ask.is_empty() {
                return;
            }
            match attempt.hops.pop() {
                Some(hop) if hop.is_over(most) => {
                    for one in hop.those_put_off() {
                        self.put_off(*one, now);
                    }
                    for (one, trouble) in hop.remains() {
                        self.stays(one, trouble, now);
                    }
                }
                Some(hop) => {
                    attempt.hops.push(hop);
                    return;
                }
                None => self.attempt = None,
            }
        }
    }

    fn delivered(&mut self, one: usize, host: &str, without_dsn: bool, at: i64) {
        let tellable = !self.item.sender.is_null();
        let Some(recipient) = self.item.recipients.get_mut(one) else { return };
        let asked = recipient.parameters.notify.is_some_and(|notify| notify.success());
        // RFC 3461 §5.2.2: a host that offers DSN tells by itself.
        let to_tell = tellable && asked && without_dsn;
        recipient.state = RecipientState::Delivered { host: host.into(), at, to_tell };
        self.unsaved = true;
    }

    fn failed(&mut self, one: usize, trouble: Trouble) {
        let tellable = !self.item.sender.is_null();
        let Some(recipient) = self.item.recipients.get_mut(one) else { return };
        // RFC 3461 §5.2.2, §4.1: asked for, or nothing was said about it.
        let to_tell = tellable && recipient.parameters.notify.is_none_or(|notify| notify.failure());
        recipient.state = RecipientState::Failed { trouble, to_tell };
        self.unsaved = true;
    }

    /// A recipient stays in the queue, unless its trouble is for good or its time is over.
    fn stays(&mut self, one: usize, trouble: Option<Trouble>, now: i64) {
        let trouble = trouble.unwrap_or_else(|| {
            Trouble::new(EnhancedStatusCode::TEMPORARY, "no host was tried", now)
        });
        if trouble.is_permanent() {
            return self.failed(one, trouble);
        }
        if now >= self.schedule().give_up_at(self.item.arrived) {
            // RFC 3463 §3.5: "Delivery time expired". The words stay those of the last trouble.
            return self.failed(one, Trouble { status: EnhancedStatusCode::EXPIRED, ..trouble });
        }
        let Some(recipient) = self.item.recipients.get_mut(one) else { return };
        if let RecipientState::Waiting { attempts, last, .. } = &mut recipient.state {
            *attempts = attempts.saturating_add(1);
            *last = Some(trouble);
            self.put_off(one, now);
        }
    }

    /// Sets when a recipient is tried again. Chance is the same for all of an attempt, so that those who
    /// were put off together come back together, and go together.
    fn put_off(&mut self, one: usize, now: i64) {
        let seed = self.attempt.as_ref().map(|attempt| attempt.seed).unwrap_or_default();
        let schedule = self.config.schedule_of(self.item.sender.is_null());
        let arrived = self.item.arrived;
        let Some(recipient) = self.item.recipients.get_mut(one) else { return };
        if let RecipientState::Waiting { attempts, next, .. } = &mut recipient.state {
            *next = schedule.next(arrived, now, *attempts, seed);
            self.unsaved = true;
        }
    }

    /// The schedule of this mail.
    pub(super) fn schedule(&self) -> &Schedule {
        self.config.schedule_of(self.item.sender.is_null())
    }

    /// When something is due again.
    fn wake_at(&self, now: i64) -> i64 {
        let tries = self.item.recipients.iter().filter_map(|recipient| match recipient.state {
            RecipientState::Waiting { next, .. } => Some(next),
            _ => None,
        });
        let warnings = (0..self.item.recipients.len()).filter_map(|one| self.late_at(one));
        tries.chain(warnings).min().unwrap_or(now)
    }
}
