//! One attempt at one next hop: hosts and addresses, one after the other.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::SocketAddr;

use postrider_smtp::Unsendable;
use sha2::{Digest, Sha256};

use super::step::Connect;
use super::{Trouble, Unreached};
use crate::route::{Plan, PlannedHost};

/// Transactions of a session for those for whom there was no room in another: a host that takes one
/// recipient at a time is not sent the mail without end.
const AGAIN: usize = 32;

/// Recipients that go to the same hosts, and how far they are.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    hosts: Vec<PlannedHost>,
    /// There are hosts, or addresses, that this attempt does not come to.
    some_untried: bool,
    /// Host and address, in order.
    targets: Vec<(usize, SocketAddr)>,
    at: usize,
    /// All recipients, domain by domain.
    recipients: Vec<usize>,
    /// Those without an end in this attempt.
    left: BTreeSet<usize>,
    /// Those whose end in this attempt was that they are put off.
    put_off: Vec<usize>,
    /// The last reason to try again, and the last to give up, of each.
    soft: BTreeMap<usize, Trouble>,
    hard: BTreeMap<usize, Trouble>,
    session: Option<Session>,
    /// Those whom a session with the current target was too short for.
    rest: Option<Vec<usize>>,
    /// Sessions with a transaction in them.
    sessions: u32,
}

/// What plans have in common that lead to the same hosts with the same demands: a digest, since a mail may
/// have as many plans as recipients.
pub(super) fn key(plan: &Plan) -> [u8; 32] {
    let mut key = Sha256::new();
    for host in &plan.hosts {
        let PlannedHost { name, addresses, port, demand, testing, .. } = host;
        key.update(format!("{:?}\n", (name, addresses, port, demand, testing)));
    }
    key.finalize().into()
}

/// A connection that stands.
#[derive(Clone, Debug)]
struct Session {
    /// Recipients to be told in this session, in order.
    todo: Vec<usize>,
    /// How many go into a transaction.
    most: usize,
    /// Only those of one domain go into it.
    one_domain: bool,
    /// There was a transaction in it.
    used: bool,
    /// How many transactions more there may be for those for whom there was no room before.
    again: usize,
    /// The host does not offer REQUIRETLS, and the mail is a notice.
    without_require_tls: bool,
    /// It is in clear text, because TLS failed.
    in_clear: bool,
}

impl Hop {
    pub(super) fn new(plan: &Plan, recipients: Vec<usize>, most_targets: usize) -> Self {
        let of = |(n, host): (usize, &PlannedHost)| {
            host.sockets().map(move |socket| (n, socket)).collect::<Vec<_>>()
        };
        let mut all = plan.hosts.iter().enumerate().flat_map(of);
        let targets = all.by_ref().take(most_targets.max(1)).collect();
        Self {
            // Those that are left out for now may be of another mind tomorrow.
            some_untried: all.next().is_some()
                || plan.left_out.iter().any(|(_, why)| why.may_pass()),
            hosts: plan.hosts.clone(),
            targets,
            at: 0,
            left: recipients.iter().copied().collect(),
            recipients,
            put_off: Vec::new(),
            soft: BTreeMap::new(),
            hard: BTreeMap::new(),
            session: None,
            rest: None,
            sessions: 0,
        }
    }

    pub(super) fn join(&mut self, plan: &Plan, recipients: Vec<usize>) {
        self.left.extend(&recipients);
        self.recipients.extend(recipients);
        self.some_untried |= plan.left_out.iter().any(|(_, why)| why.may_pass());
    }

    /// Where to connect, if that is what is due.
    pub(super) fn connect(&self) -> Option<Connect> {
        if self.session.is_some() || self.left.is_empty() {
            return None;
        }
        let (host, address) = self.targets.get(self.at)?;
        Some(Connect { host: self.hosts.get(*host)?.clone(), address: *address })
    }

    /// Whom to send to, if that is what is due: the next of the session, as many as go into one
    /// transaction. `domain` tells of each where it goes.
    pub(super) fn chunk(&self, domain: impl Fn(usize) -> String) -> Vec<usize> {
        let Some(session) = &self.session else { return Vec::new() };
        let chunk = session.todo.iter().copied().take(session.most.max(1));
        match session.todo.first() {
            Some(first) if session.one_domain => {
                let first = domain(*first);
                chunk.take_while(|one| domain(*one) == first).collect()
            }
            _ => chunk.collect(),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.session.is_some()
    }

    /// The host that the connection stands to, as people know it.
    pub(super) fn host(&self) -> String {
        let host = self.targets.get(self.at).and_then(|(host, _)| self.hosts.get(*host));
        host.map(ToString::to_string).unwrap_or_default()
    }

    fn place(&self) -> String {
        match self.targets.get(self.at) {
            Some((_, address)) => format!("{} [{}]", self.host(), address.ip()),
            None => self.host(),
        }
    }

    pub(super) fn connected(&mut self, most: usize, in_clear: bool) {
        let left = || self.recipients.iter().copied().filter(|one| self.left.contains(one));
        let todo = self.rest.take().unwrap_or_else(|| left().collect());
        self.session = Some(Session {
            todo,
            most,
            one_domain: false,
            used: false,
            again: AGAIN,
            without_require_tls: false,
            in_clear,
        });
    }

    /// Whether the notice goes to this host without REQUIRETLS.
    pub(super) fn is_without_require_tls(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.without_require_tls)
    }

    /// Whether the session is in clear text, because TLS failed.
    pub(super) fn is_in_clear(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.in_clear)
    }

    pub(super) fn go_without_require_tls(&mut self) {
        if let Some(session) = &mut self.session {
            session.without_require_tls = true;
        }
    }

    /// The target was of no use.
    pub(super) fn not_connected(&mut self, why: &Unreached, require_tls: bool, at: i64) {
        let mut trouble = why.trouble(require_tls, at);
        if !trouble.is_reply {
            trouble.words = format!("{}: {}", self.place(), trouble.words);
        }
        let trouble = trouble.with_host(&self.host());
        let todo = self.session.take().map(|session| session.todo).or_else(|| self.rest.take());
        for one in todo.unwrap_or_else(|| self.left.iter().copied().collect()) {
            self.note(one, trouble.clone());
        }
        self.leave();
    }

    /// Remembers why a recipient stays.
    pub(super) fn note(&mut self, recipient: usize, trouble: Trouble) {
        let noted = if trouble.is_permanent() { &mut self.hard } else { &mut self.soft };
        noted.insert(recipient, trouble);
    }

    /// A recipient has its end in this attempt.
    pub(super) fn end(&mut self, recipient: usize) {
        self.left.remove(&recipient);
    }

    /// The same, and the end is that it is put off.
    pub(super) fn put_off(&mut self, recipient: usize) {
        self.end(recipient);
        self.put_off.push(recipient);
    }

    /// A transaction is over: the first `told` of the session had an answer; `again` may go into another
    /// one, if this one came to something. `broken` is why the session cannot go on.
    pub(super) fn told(
        &mut self,
        told: usize,
        again: &[usize],
        progress: bool,
        broken: Option<Trouble>,
    ) {
        let Some(session) = &mut self.session else { return };
        if !core::mem::replace(&mut session.used, true) {
            self.sessions = self.sessions.saturating_add(1);
        }
        session.todo.drain(..told.min(session.todo.len()));
        if let Some(trouble) = broken {
            for one in core::mem::take(&mut session.todo) {
                self.note(one, trouble.clone());
            }
            return self.leave();
        }
        if progress && session.again > 0 && !again.is_empty() {
            session.again = session.again.saturating_sub(1);
            session.todo.extend(again);
        }
        if session.todo.is_empty() {
            self.leave();
        }
    }

    /// The client would not send the mail to this server as it was asked to; `needy` are those for whom it
    /// would not, where it is not the mail itself that the server cannot take.
    pub(super) fn unsendable(&mut self, why: Unsendable, needy: &BTreeSet<usize>, at: i64) {
        let trouble = Trouble::of_unsendable(why, at).with_host(&self.host());
        let Some(session) = &mut self.session else { return };
        match why {
            Unsendable::Recipients { most, .. } if most > 0 && session.most > most as usize => {
                session.most = most as usize;
            }
            Unsendable::Domains { .. } if !session.one_domain && !session.used => {
                session.one_domain = true;
            }
            // The session is full, the host is not: connect there again, for those who are left.
            Unsendable::Domains { .. } | Unsendable::Mails { .. } if session.used => {
                let rest = core::mem::take(&mut session.todo);
                for one in &rest {
                    self.note(*one, trouble.clone());
                }
                (self.session, self.rest) = (None, Some(rest));
            }
            _ if !needy.is_empty() => {
                session.todo.retain(|one| !needy.contains(one));
                let is_over = session.todo.is_empty();
                for one in needy {
                    self.note(*one, trouble.clone());
                }
                if is_over {
                    self.leave();
                }
            }
            _ => {
                for one in core::mem::take(&mut session.todo) {
                    self.note(one, trouble.clone());
                }
                self.leave();
            }
        }
    }

    /// On to the next target.
    fn leave(&mut self) {
        (self.session, self.rest) = (None, None);
        self.at = self.at.saturating_add(1);
    }

    /// Whether nothing is left to be tried in this attempt.
    pub(super) fn is_over(&self, most_sessions: u32) -> bool {
        self.left.is_empty()
            || (self.session.is_none()
                && (self.at >= self.targets.len() || self.sessions >= most_sessions.max(1)))
    }

    /// Those that were put off.
    pub(super) fn those_put_off(&self) -> &[usize] {
        &self.put_off
    }

    /// Those without an end, each with its trouble: one to try again before one to give up.
    pub(super) fn remains(self) -> impl Iterator<Item = (usize, Option<Trouble>)> {
        let Self { left, mut soft, mut hard, at, targets, some_untried, .. } = self;
        // Hosts that were not tried may be of another mind.
        let all_tried = at >= targets.len() && !some_untried;
        left.into_iter().map(move |one| {
            let trouble = soft.remove(&one).or_else(|| {
                let hard = hard.remove(&one)?;
                Some(if all_tried { hard } else { hard.for_now() })
            });
            (one, trouble)
        })
    }
}
