//! How far a script has come.

use std::collections::VecDeque;

/// One step of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Send(Vec<u8>),
    Expect(Vec<u8>),
    ExpectLine(Vec<u8>),
    Tls,
    Eof,
}

/// The machine did not follow the script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: expected {expected}, heard `{heard}`")]
#[non_exhaustive]
pub struct Mismatch {
    /// Which step of the script, from 1.
    pub step: usize,
    /// What should have come.
    pub expected: String,
    /// What came instead, escaped.
    pub heard: String,
}

#[derive(Clone, Debug)]
pub(super) struct Stage {
    steps: VecDeque<Step>,
    passed: usize,
    heard: Vec<u8>,
}

impl Stage {
    pub(super) fn new(steps: &[Step]) -> Self {
        Self { steps: steps.iter().cloned().collect(), passed: 0, heard: Vec::new() }
    }

    /// Takes what the machine says and checks it against what is expected now.
    pub(super) fn hear(&mut self, octets: &[u8]) -> Result<(), Mismatch> {
        self.heard.extend_from_slice(octets);
        loop {
            let line = self.heard.iter().position(|&octet| octet == b'\n').map(|lf| lf + 1);
            let (expected, takes) = match (self.steps.front(), line) {
                (Some(Step::Expect(expected)), _) => {
                    let whole = self.heard.len() >= expected.len();
                    (expected, whole.then_some(expected.len()))
                }
                (Some(Step::ExpectLine(prefix)), line) => (prefix, line),
                _ => return Ok(()),
            };
            let common = expected.iter().zip(&self.heard).take_while(|(a, b)| a == b).count();
            if common < expected.len().min(self.heard.len())
                || takes.is_some_and(|n| n < expected.len())
            {
                return Err(self.mismatch());
            }
            let Some(n) = takes else { return Ok(()) };
            self.heard.drain(..n);
            self.pass();
        }
    }

    /// The machine waits for the peer: nothing may be due from it.
    pub(super) fn expects_nothing(&self) -> Result<(), Mismatch> {
        match self.steps.front() {
            Some(Step::Expect(_) | Step::ExpectLine(_) | Step::Tls) => Err(self.mismatch()),
            _ => self.heard_nothing_else(),
        }
    }

    /// What the machine says next is expected.
    pub(super) fn expects_more(&self) -> bool {
        matches!(self.steps.front(), Some(Step::Expect(_) | Step::ExpectLine(_)))
    }

    pub(super) fn heard_nothing_else(&self) -> Result<(), Mismatch> {
        if self.heard.is_empty() { Ok(()) } else { Err(self.mismatch()) }
    }

    pub(super) fn to_send(&self) -> Option<&[u8]> {
        if let Some(Step::Send(octets)) = self.steps.front() { Some(octets) } else { None }
    }

    pub(super) fn sent(&mut self, n: usize) {
        if let Some(Step::Send(octets)) = self.steps.front_mut() {
            octets.drain(..n);
            if octets.is_empty() {
                self.pass();
            }
        }
    }

    pub(super) fn at_eof(&self) -> bool {
        self.steps.front() == Some(&Step::Eof)
    }

    pub(super) fn passed_eof(&mut self) {
        if self.at_eof() {
            self.pass();
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn upgrade(&mut self) -> Result<(), Mismatch> {
        if self.steps.front() != Some(&Step::Tls) {
            return Err(self.mismatch());
        }
        self.pass();
        Ok(())
    }

    fn pass(&mut self) {
        self.steps.pop_front();
        self.passed += 1;
    }

    pub(super) fn mismatch(&self) -> Mismatch {
        let expected = match self.steps.front() {
            Some(Step::Expect(octets)) => format!("`{}`", octets.escape_ascii()),
            Some(Step::ExpectLine(prefix)) => format!("`{}...`", prefix.escape_ascii()),
            Some(Step::Tls) => "a TLS upgrade".to_owned(),
            Some(Step::Send(_) | Step::Eof) => "silence".to_owned(),
            None => "nothing more".to_owned(),
        };
        let heard = self.heard.escape_ascii().to_string();
        Mismatch { step: self.passed + 1, expected, heard }
    }
}
