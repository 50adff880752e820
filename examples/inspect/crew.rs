//! Many inputs at once, told in the order they were given in.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

/// How far ahead of what is told the crew may work.
const AHEAD: usize = 256;
/// What is told in one piece, in octets.
const PIECE: usize = 1 << 20;

/// Some of what is told of one input.
struct Piece {
    input: usize,
    octets: Vec<u8>,
    last: bool,
}

/// How far the work has come: inputs that were taken, and those that were told to the end.
#[derive(Default)]
struct Progress {
    taken: usize,
    told: usize,
}

/// What a worker says of its input: `flush` it now and then.
pub(crate) struct Page<'c> {
    input: usize,
    pub(crate) octets: Vec<u8>,
    crew: &'c Crew,
    to: mpsc::SyncSender<Piece>,
}

#[derive(Default)]
struct Crew {
    progress: Mutex<Progress>,
    moved: Condvar,
}

/// Calls `work` for the inputs of these numbers on so many threads, and `tell` with what they say,
/// one input after the other. Memory is bounded by the largest inputs: who is ahead waits. `tell`
/// returns whether to go on; its last argument is how many inputs are done.
pub(crate) fn run(
    inputs: usize,
    threads: usize,
    work: impl Fn(usize, &mut Page<'_>) + Sync,
    mut tell: impl FnMut(&[u8], usize) -> bool,
) {
    let crew = Crew::default();
    let (to, from) = mpsc::sync_channel(64);
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, inputs.max(1)) {
            let (to, crew, work) = (to.clone(), &crew, &work);
            scope.spawn(move || {
                while let Some(input) = crew.take(inputs) {
                    let mut page = Page { input, octets: Vec::new(), crew, to: to.clone() };
                    work(input, &mut page);
                    if !page.send(true) {
                        return;
                    }
                }
            });
        }
        drop(to);
        let mut early: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
        let mut now = 0;
        for piece in from {
            early.entry(piece.input).or_default().push(piece);
            while let Some(pieces) = early.remove(&now) {
                let last = pieces.last().is_some_and(|piece| piece.last);
                let done = now + usize::from(last);
                if !pieces.iter().all(|piece| tell(&piece.octets, done)) {
                    crew.advance(usize::MAX);
                    return;
                }
                if !last {
                    break;
                }
                now = done;
                crew.advance(now);
            }
        }
    });
}

impl Page<'_> {
    /// Hands on what was said, once it is much. False where nobody listens any more.
    pub(crate) fn flush(&mut self) -> bool {
        self.octets.len() < PIECE || {
            drop(self.crew.wait(|progress| progress.told >= self.input));
            self.send(false)
        }
    }

    fn send(&mut self, last: bool) -> bool {
        let octets = std::mem::take(&mut self.octets);
        self.to.send(Piece { input: self.input, octets, last }).is_ok()
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            // Nobody waits for what will not come.
            self.crew.advance(usize::MAX);
        }
    }
}

impl Crew {
    /// The next input that nobody has taken.
    fn take(&self, inputs: usize) -> Option<usize> {
        let mut progress =
            self.wait(|progress| progress.taken < progress.told.saturating_add(AHEAD));
        let input = progress.taken;
        if input >= inputs || progress.told == usize::MAX {
            return None;
        }
        progress.taken += 1;
        Some(input)
    }

    fn advance(&self, told: usize) {
        self.wait(|_| true).told = told;
        self.moved.notify_all();
    }

    fn wait(&self, until: impl Fn(&Progress) -> bool) -> MutexGuard<'_, Progress> {
        // A worker that panicked left two numbers, which are sound.
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.moved.wait_while(progress, |progress| !until(progress));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}
