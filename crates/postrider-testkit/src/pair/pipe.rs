//! One direction of a simulated connection.

use core::time::Duration;
use std::collections::VecDeque;

use crate::random::Random;

/// Octets under way: bounded, in order, late.
pub(crate) struct Pipe {
    segments: VecDeque<Segment>,
    /// Octets that are under way or wait to be read.
    held: usize,
    capacity: usize,
    latency: Duration,
    /// Up to this much is added to the latency, at random, and never overtakes.
    jitter: Duration,
    random: Random,
    latest: Duration,
    closed: Option<Duration>,
    /// Nobody reads any more: what is written is lost.
    abandoned: bool,
}

struct Segment {
    arrives: Duration,
    octets: VecDeque<u8>,
}

impl Pipe {
    pub(crate) fn new(
        capacity: usize,
        latency: Duration,
        jitter: Duration,
        random: Random,
    ) -> Self {
        Self {
            segments: VecDeque::new(),
            held: 0,
            capacity,
            latency,
            jitter,
            random,
            latest: Duration::ZERO,
            closed: None,
            abandoned: false,
        }
    }

    /// When what is sent now arrives: later than all that was sent before.
    fn arrival(&mut self, now: Duration) -> Duration {
        let most = usize::try_from(self.jitter.as_micros()).unwrap_or(usize::MAX);
        let late = Duration::from_micros(self.random.below(most) as u64);
        self.latest = self.latest.max(now + self.latency + late);
        self.latest
    }

    pub(crate) fn room(&self) -> usize {
        if self.abandoned { usize::MAX } else { self.capacity - self.held }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Sends `octets`, for which there is room.
    pub(crate) fn write(&mut self, octets: &[u8], now: Duration) {
        if !self.abandoned && !octets.is_empty() {
            self.held += octets.len();
            let (octets, arrives) = (octets.iter().copied().collect(), self.arrival(now));
            self.segments.push_back(Segment { arrives, octets });
        }
    }

    pub(crate) fn close(&mut self, now: Duration) {
        if self.closed.is_none() {
            self.closed = Some(self.arrival(now));
        }
    }

    pub(crate) fn abandon(&mut self) {
        self.abandoned = true;
        self.segments.clear();
        self.held = 0;
    }

    /// Receives up to `most` octets of those that have arrived.
    pub(crate) fn read(&mut self, most: usize, now: Duration) -> Vec<u8> {
        let mut read = Vec::new();
        while let Some(segment) = self.segments.front_mut() {
            if segment.arrives > now || read.len() == most {
                break;
            }
            let n = segment.octets.len().min(most - read.len());
            read.extend(segment.octets.drain(..n));
            if segment.octets.is_empty() {
                self.segments.pop_front();
            }
        }
        self.held -= read.len();
        read
    }

    /// Everything was read, and the end has arrived too.
    pub(crate) fn at_end(&self, now: Duration) -> bool {
        self.is_empty() && self.closed.is_some_and(|at| at <= now)
    }

    /// When something more arrives, octets or the end.
    pub(crate) fn next_arrival(&self, now: Duration) -> Option<Duration> {
        let octets = self.segments.iter().map(|segment| segment.arrives);
        octets.chain(self.closed).filter(|&at| at > now).min()
    }
}
