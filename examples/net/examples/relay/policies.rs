//! What is known of policies of MTA-STS, which outlives the program (RFC 8461 §10.2).

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use postrider::relay::{DomainName, tls::sts::StsMemory};

use super::spool::replace;
use crate::now;

/// Domains of which something is remembered; of more, nothing.
const MOST: usize = 10_000;

/// A file with what is known of each domain.
pub(crate) struct Policies {
    file: PathBuf,
    known: Mutex<BTreeMap<String, StsMemory>>,
}

impl Policies {
    /// What the last run knew. A file that cannot be read is one that knows nothing.
    pub(crate) fn open(dir: &Path) -> Self {
        let file = dir.join("policies");
        let known = fs::read(&file).ok().and_then(|octets| serde_json::from_slice(&octets).ok());
        Self { file, known: Mutex::new(known.unwrap_or_default()) }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, StsMemory>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(&self, domain: &DomainName) -> StsMemory {
        self.known().get(domain.as_str()).cloned().unwrap_or_default()
    }

    /// Keeps what a route came to know, if it is news.
    pub(crate) fn learn(&self, domain: &DomainName, memory: &StsMemory) -> io::Result<()> {
        let mut known = self.known();
        let before = known.get(domain.as_str()).cloned().unwrap_or_default();
        let mut after = before.clone();
        // Another route may have learned more meanwhile.
        after.learn(memory);
        if after == before {
            return Ok(());
        }
        if known.len() >= MOST && !known.contains_key(domain.as_str()) {
            known.retain(|_, memory| !memory.is_stale(now()));
            if known.len() >= MOST {
                return Ok(());
            }
        }
        known.insert(domain.as_str().to_owned(), after);
        replace(&self.file, &serde_json::to_vec(&*known)?)
    }
}
