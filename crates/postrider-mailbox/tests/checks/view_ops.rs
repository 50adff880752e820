//! What holds of the views of a mailbox for every sequence of calls: they tell their sessions what a
//! reference tells that is too simple to be wrong. It has the messages of each session as a list, and
//! what happened since as another; nothing is found but by looking through them.

use postrider_imap::{
    MessageNumber, MessageSet, NumberList, SequenceNumber, SequenceRange, SequenceSet, Uid, UidSet,
};
use postrider_mailbox::view::{
    Access, Extension, Numbering, Permit, Recents, UidRange, Update, View,
};

/// How many sessions there are.
const SESSIONS: usize = 3;

/// Something to do, whatever the numbers are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Op {
    pub(crate) kind: u8,
    pub(crate) session: u8,
    pub(crate) a: u16,
    pub(crate) b: u16,
}

/// Six octets each, and no more of them than the reference is fast enough for.
pub(crate) fn check(data: &[u8]) {
    let mut reference = Reference::default();
    let mut real = Real::new(&reference);
    for octets in data.chunks_exact(6).take(160) {
        let word = |at: usize| u16::from_le_bytes([octets[at], octets[at + 1]]);
        let op = Op { kind: octets[0], session: octets[1], a: word(2), b: word(4) };
        reference.apply(op);
        real.apply(&reference);
    }
    real.compare_all(&reference);
}

/// What an operation came to, and what is expected of it.
#[derive(Debug, Clone)]
enum Step {
    Nothing,
    Appended {
        first: u32,
        last: u32,
        fits: bool,
    },
    Expunged {
        first: u32,
        last: u32,
    },
    Changed {
        first: u32,
        last: u32,
    },
    Told {
        session: usize,
        first: u32,
        last: u32,
    },
    Tell {
        session: usize,
        permit: Permit,
        update: Option<Update>,
    },
    Save {
        session: usize,
        found: Vec<(u32, u32)>,
    },
    ClearSaved {
        session: usize,
    },
    /// `None` is BAD.
    Resolve {
        session: usize,
        set: MessageSet,
        by_uid: bool,
        named: Option<Vec<(u32, u32)>>,
    },
    Enable {
        session: usize,
        extension: Extension,
    },
    Open {
        session: usize,
        access: Access,
    },
    Recreate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Appended(u32),
    Expunged(u32),
    Changed(u32),
}

/// A mailbox and its sessions.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    live: Vec<u32>,
    newest: u32,
    /// No read-write session was told of these.
    untold: Vec<u32>,
    sessions: Vec<Session>,
    step: Step,
}

#[derive(Debug, Clone)]
struct Session {
    access: Access,
    /// UID, and whether it is recent.
    seen: Vec<(u32, bool)>,
    events: Vec<Event>,
    saved: Vec<u32>,
    recent_told: usize,
    vanished: bool,
    uid_only: bool,
    rev2: bool,
}

impl Default for Reference {
    fn default() -> Self {
        let sessions = vec![Session::new(Access::ReadWrite); SESSIONS];
        Self { live: vec![], newest: 0, untold: vec![], sessions, step: Step::Nothing }
    }
}

impl Session {
    fn new(access: Access) -> Self {
        Self {
            access,
            seen: vec![],
            events: vec![],
            saved: vec![],
            recent_told: 0,
            vanished: false,
            uid_only: false,
            rev2: false,
        }
    }

    fn knows(&self, uid: u32) -> bool {
        self.seen.iter().any(|&(seen, _)| seen == uid)
    }

    fn recent(&self) -> usize {
        self.seen.iter().filter(|(_, recent)| *recent).count()
    }

    /// Known messages that were expunged.
    fn gone(&self) -> Vec<u32> {
        let expunged = |event: &Event| match *event {
            Event::Expunged(uid) if self.knows(uid) => Some(uid),
            _ => None,
        };
        let mut gone: Vec<u32> = self.events.iter().filter_map(expunged).collect();
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    /// Messages that came and are still there.
    fn came(&self) -> Vec<u32> {
        let came = |event: &Event| match *event {
            Event::Appended(uid) if !self.events.contains(&Event::Expunged(uid)) => Some(uid),
            _ => None,
        };
        self.events.iter().filter_map(came).collect()
    }

    /// The known messages whose flags changed.
    fn changed(&self) -> Vec<u32> {
        let changed = |event: &Event| match *event {
            Event::Changed(uid) if !self.events.contains(&Event::Expunged(uid)) => Some(uid),
            _ => None,
        };
        let mut changed: Vec<u32> = self.events.iter().filter_map(changed).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    fn number(&self, uid: u32) -> u32 {
        let at = self.seen.iter().position(|&(seen, _)| seen == uid).unwrap();
        u32::try_from(at + 1).unwrap()
    }

    fn forget(&mut self, uid: u32) {
        self.seen.retain(|&(seen, _)| seen != uid);
        self.events.retain(|event| *event != Event::Expunged(uid) && *event != Event::Changed(uid));
    }

    fn tell(&mut self, permit: Permit, untold: &mut Vec<u32>) -> Option<Update> {
        let gone = self.gone();
        if permit == Permit::All
            && let Some(&first) = gone.first()
        {
            if self.vanished {
                gone.iter().for_each(|&uid| self.forget(uid));
                let uids: NumberList = gone.into_iter().collect();
                return Some(Update::Vanished(UidSet::new(uids).unwrap()));
            }
            let number = MessageNumber::new(self.number(first)).unwrap();
            self.forget(first);
            return Some(Update::Expunge(number));
        }
        let came = self.came();
        if !came.is_empty() {
            self.learn(&came, untold);
            let seen = &self.seen;
            let known = |uid: u32| seen.iter().any(|&(seen, _)| seen == uid);
            self.events.retain(|event| match *event {
                Event::Appended(_) => false,
                Event::Expunged(uid) | Event::Changed(uid) => known(uid),
            });
            return Some(Update::Exists(u32::try_from(self.seen.len()).unwrap()));
        }
        if self.recent() != self.recent_told && !self.rev2 {
            self.recent_told = self.recent();
            return Some(Update::Recent(u32::try_from(self.recent_told).unwrap()));
        }
        let first = *self.changed().first()?;
        self.events.retain(|event| *event != Event::Changed(first));
        let uid = Uid::new(first).unwrap();
        if self.uid_only {
            return Some(Update::UidFetch(uid));
        }
        Some(Update::Fetch { number: MessageNumber::new(self.number(first)).unwrap(), uid })
    }

    fn learn(&mut self, uids: &[u32], untold: &mut Vec<u32>) {
        self.seen.extend(uids.iter().map(|uid| (*uid, untold.contains(uid))));
        if self.access == Access::ReadWrite {
            untold.retain(|uid| !uids.contains(uid));
        }
    }

    /// Whether a set holds each of the messages, one after the other.
    fn resolve(&self, set: &MessageSet, by_uid: bool) -> Option<Vec<(u32, u32)>> {
        let exists = u32::try_from(self.seen.len()).unwrap();
        let all = (1..).zip(self.seen.iter().map(|&(uid, _)| uid));
        let set = match set {
            MessageSet::Saved => {
                return Some(all.filter(|(_, uid)| self.saved.contains(uid)).collect());
            }
            MessageSet::Set(set) => set,
        };
        if by_uid {
            let largest = self.seen.last().map_or(0, |&(uid, _)| uid);
            return Some(all.filter(|&(_, uid)| set.contains(uid, largest)).collect());
        }
        let bad = |number: SequenceNumber| match number {
            SequenceNumber::Number(number) => number.get() > exists,
            SequenceNumber::Last => exists == 0,
        };
        for range in set.ranges() {
            match *range {
                SequenceRange::One(number) if bad(number) => return None,
                SequenceRange::Between(one, other) if bad(one) || bad(other) => return None,
                _ => {}
            }
        }
        Some(all.filter(|&(number, _)| set.contains(number, exists)).collect())
    }
}

impl Reference {
    pub(crate) fn apply(&mut self, op: Op) {
        let session = usize::from(op.session) % SESSIONS;
        self.step = match op.kind % 32 {
            0..=3 => self.append(op),
            4..=7 => self.expunge(op),
            8..=10 => self.change(op),
            11..=18 => self.tell(session, op),
            19..=20 => self.tell(session, Op { a: 0, ..op }),
            21 => self.told(session, op),
            22..=23 => self.save(session, op),
            24 => {
                self.sessions[session].saved.clear();
                Step::ClearSaved { session }
            }
            25..=28 => self.resolve(session, op),
            29 if op.a.is_multiple_of(8) => self.enable(session, op),
            30 if op.a.is_multiple_of(4) => self.open(session, op),
            31 if op.a.is_multiple_of(32) => {
                *self = Self::default();
                Step::Recreate
            }
            _ => self.tell(session, op),
        };
    }

    /// From a UID that may be there, on.
    fn range(&self, op: Op) -> (u32, u32) {
        let first = u32::from(op.a) % (self.newest + 2);
        let few = [0, 0, 0, 1, 3, 10, 200, 3000][usize::from(op.b % 8)];
        let first = first.max(1);
        // Now and then the ends are the wrong way round.
        if op.b % 64 == 63 { (first, first.saturating_sub(1).max(1)) } else { (first, first + few) }
    }

    fn append(&mut self, op: Op) -> Step {
        let gap = [1, 1, 1, 1, 2, 3, 70, 900][usize::from(op.a % 8)];
        let len = [1, 1, 1, 2, 3, 5, 20, 600][usize::from(op.b % 8)];
        if op.a % 32 == 9 || self.newest > 2_000_000 {
            let first = (u32::from(op.b) % (self.newest + 1)).max(1);
            let fits = first > self.newest;
            if !fits {
                return Step::Appended { first, last: first + 3, fits };
            }
        }
        let len = if self.live.len() > 150 || op.b % 64 != 7 && len == 600 { 1 } else { len };
        let first = self.newest + gap;
        let last = first + len - 1;
        for uid in first..=last {
            self.live.push(uid);
            self.untold.push(uid);
            self.sessions.iter_mut().for_each(|session| session.events.push(Event::Appended(uid)));
        }
        self.newest = last;
        Step::Appended { first, last, fits: true }
    }

    fn expunge(&mut self, op: Op) -> Step {
        let (first, mut last) = self.range(op);
        if self.live.len() > 100 {
            last = last.max(first + 100);
        }
        let gone: Vec<u32> =
            self.live.iter().copied().filter(|uid| (first..=last).contains(uid)).collect();
        self.live.retain(|uid| !gone.contains(uid));
        for session in &mut self.sessions {
            session.events.extend(gone.iter().map(|&uid| Event::Expunged(uid)));
            session.saved.retain(|uid| !gone.contains(uid));
        }
        Step::Expunged { first, last }
    }

    fn change(&mut self, op: Op) -> Step {
        let (first, last) = self.range(op);
        for session in &mut self.sessions {
            for &uid in self.live.iter().filter(|uid| (first..=last).contains(*uid)) {
                if session.knows(uid) {
                    session.events.push(Event::Changed(uid));
                }
            }
        }
        Step::Changed { first, last }
    }

    fn told(&mut self, session: usize, op: Op) -> Step {
        let (first, last) = self.range(op);
        let told =
            |event: &Event| matches!(*event, Event::Changed(uid) if (first..=last).contains(&uid));
        self.sessions[session].events.retain(|event| !told(event));
        Step::Told { session, first, last }
    }

    fn tell(&mut self, session: usize, op: Op) -> Step {
        let permit = Permit::new(op.a.is_multiple_of(2));
        let update = self.sessions[session].tell(permit, &mut self.untold);
        Step::Tell { session, permit, update }
    }

    fn save(&mut self, session: usize, op: Op) -> Step {
        let mut found = vec![self.range(op)];
        // All sorts of UIDs, in any order.
        let mut next = u32::from(op.b) | 1;
        for _ in 0..op.a % 12 {
            next = next.wrapping_mul(0x9e37_79b1) >> 3;
            let uid = (next % (self.newest + 2)).max(1);
            found.push((uid, uid));
        }
        if op.b.is_multiple_of(3) {
            found.sort_unstable();
        }
        let gone = self.sessions[session].gone();
        let is_found = |uid: u32| found.iter().any(|&(first, last)| (first..=last).contains(&uid));
        let seen = self.sessions[session].seen.iter().map(|&(uid, _)| uid);
        let saved = seen.filter(|uid| is_found(*uid) && !gone.contains(uid)).collect();
        self.sessions[session].saved = saved;
        Step::Save { session, found }
    }

    fn resolve(&mut self, session: usize, op: Op) -> Step {
        let by_uid = op.a.is_multiple_of(2);
        let largest = match by_uid {
            true => self.newest + 3,
            false => u32::try_from(self.sessions[session].seen.len() + 1).unwrap(),
        };
        let number = |word: u16| match word % 9 {
            0 => SequenceNumber::Last,
            _ => SequenceNumber::try_from((u32::from(word) % (largest + 1)).max(1)).unwrap(),
        };
        let set = match op.b % 5 {
            0 => MessageSet::Saved,
            1 => SequenceSet::from(SequenceRange::One(number(op.a))).into(),
            2 => SequenceSet::all().into(),
            3 => SequenceSet::from(SequenceRange::Between(number(op.a), number(op.b))).into(),
            _ => SequenceSet::new(vec![
                SequenceRange::Between(number(op.a), number(op.a.rotate_left(3))),
                SequenceRange::One(number(op.b)),
                SequenceRange::Between(number(op.b.rotate_left(7)), number(op.a ^ op.b)),
            ])
            .unwrap()
            .into(),
        };
        let named = self.sessions[session].resolve(&set, by_uid);
        Step::Resolve { session, set, by_uid, named }
    }

    fn enable(&mut self, session: usize, op: Op) -> Step {
        let of = &mut self.sessions[session];
        let extension = match op.b % 4 {
            0 => {
                (of.vanished, of.uid_only) = (true, true);
                Extension::UidOnly
            }
            1 => {
                of.rev2 = true;
                Extension::Imap4Rev2
            }
            _ => {
                of.vanished = true;
                Extension::Qresync
            }
        };
        Step::Enable { session, extension }
    }

    fn open(&mut self, session: usize, op: Op) -> Step {
        let access = if op.b.is_multiple_of(3) { Access::ReadOnly } else { Access::ReadWrite };
        let mut new = Session::new(access);
        new.learn(&self.live, &mut self.untold);
        new.recent_told = new.recent();
        self.sessions[session] = new;
        Step::Open { session, access }
    }
}

/// The same with views.
pub(crate) struct Real {
    store: Numbering,
    recents: Recents,
    views: Vec<View>,
}

fn range(first: u32, last: u32) -> UidRange {
    UidRange::new(Uid::new(first).unwrap(), Uid::new(last).unwrap())
}

fn plain((number, uid): (MessageNumber, Uid)) -> (u32, u32) {
    (number.get(), uid.get())
}

impl Real {
    pub(crate) fn new(reference: &Reference) -> Self {
        let recents = Recents::new(None);
        let view = |session: &Session| {
            View::new(Numbering::default()).with_recents(&recents, session.access)
        };
        let views = reference.sessions.iter().map(view).collect();
        Self { store: Numbering::default(), recents, views }
    }

    /// Does what the reference has just done, and compares what came of it.
    pub(crate) fn apply(&mut self, reference: &Reference) {
        match &reference.step {
            Step::Nothing => {}
            &Step::Appended { first, last, fits } => {
                let uids = range(first, last);
                assert_eq!(self.store.push(uids).is_ok(), fits);
                for view in &mut self.views {
                    assert_eq!(view.appended(uids).is_ok(), fits);
                }
            }
            &Step::Expunged { first, last } => {
                self.store.remove(range(first, last));
                self.views.iter_mut().for_each(|view| view.expunged(range(first, last)));
                assert_eq!(self.store.len() as usize, reference.live.len());
            }
            &Step::Changed { first, last } => {
                self.views.iter_mut().for_each(|view| view.changed(range(first, last)));
            }
            &Step::Told { session, first, last } => self.views[session].told(range(first, last)),
            Step::Tell { session, permit, update } => {
                let view = &mut self.views[*session];
                assert_eq!(view.has_news(*permit), update.is_some());
                assert_eq!(&view.tell(*permit), update);
                self.compare(*session, reference);
            }
            Step::Save { session, found } => {
                self.views[*session].save(found.iter().map(|&(first, last)| range(first, last)));
                self.compare(*session, reference);
            }
            &Step::ClearSaved { session } => self.views[session].clear_saved(),
            Step::Resolve { session, set, by_uid, named } => {
                let view = &self.views[*session];
                let got = view.messages(set, *by_uid).ok();
                assert_eq!(view.has(set, *by_uid), named.is_some());
                if let (Some(got), Some(named)) = (&got, named) {
                    assert_eq!(got.len(), named.len());
                    let gone = reference.sessions[*session].gone();
                    assert_eq!(got.any_gone(), named.iter().any(|(_, uid)| gone.contains(uid)));
                }
                assert_eq!(&got.map(|got| got.map(plain).collect::<Vec<_>>()), named);
            }
            &Step::Enable { session, extension } => self.views[session].enable(extension),
            &Step::Open { session, access } => {
                self.views[session] =
                    View::new(self.store.clone()).with_recents(&self.recents, access);
                self.compare(session, reference);
            }
            Step::Recreate => *self = Self::new(reference),
        }
        for (view, session) in self.views.iter().zip(&reference.sessions) {
            assert_eq!(view.exists() as usize, session.seen.len());
            assert_eq!(view.recent() as usize, session.recent());
        }
    }

    pub(crate) fn compare_all(&self, reference: &Reference) {
        (0..SESSIONS).for_each(|session| self.compare(session, reference));
        let live: Vec<u32> = self.store.iter().map(|(_, uid)| uid.get()).collect();
        assert_eq!(live, reference.live);
    }

    /// Whether a view knows what its session knows.
    fn compare(&self, session: usize, reference: &Reference) {
        let (view, session) = (&self.views[session], &reference.sessions[session]);
        let gone = session.gone();
        assert_eq!(view.exists() as usize, session.seen.len());
        assert_eq!(view.iter().len(), session.seen.len());
        for (at, ((number, uid), &(seen, recent))) in view.iter().zip(&session.seen).enumerate() {
            assert_eq!((number.get() as usize, uid.get()), (at + 1, seen));
            assert_eq!(view.number(uid), Some(number));
            assert_eq!(view.uid(number), Some(uid));
            assert_eq!(view.is_recent(uid), recent);
            assert_eq!(view.is_gone(uid), gone.binary_search(&seen).is_ok());
        }
        // What was not told has no number.
        for uid in reference.newest.saturating_sub(3).max(1)..=reference.newest + 1 {
            let number = session.knows(uid).then(|| session.number(uid));
            assert_eq!(view.number(Uid::new(uid).unwrap()).map(u32::from), number);
        }
        let exists = u32::try_from(session.seen.len()).unwrap();
        assert_eq!(view.uid(MessageNumber::new(exists + 1).unwrap()), None);
        let ends = |at: Option<&(u32, bool)>| at.map(|&(uid, _)| Uid::new(uid).unwrap());
        assert_eq!(view.lowest(), ends(session.seen.first()));
        assert_eq!(view.highest(), ends(session.seen.last()));
        let seen: NumberList = session.seen.iter().map(|&(uid, _)| uid).collect();
        let known = view.known().map(postrider_imap::NumberRange::from);
        assert!(known.eq(seen.ranges().iter().copied()));
        assert!(view.saved().map(|(_, uid)| uid.get()).eq(session.saved.iter().copied()));
    }
}
