//! What is wrong with a message, and where readers disagree: all of it, by place.

use postrider::{
    message::{Defect, Severity},
    mime::{Message, Part},
};

/// A defect, and how it is read where deployed readers disagree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    pub(crate) defect: Defect,
    pub(crate) choice: Option<&'static str>,
}

/// What was found in a message.
pub(crate) struct Found {
    /// In the order of the octets, each once.
    pub(crate) list: Vec<Finding>,
    /// Whether there was more than the limit keeps.
    pub(crate) has_more: bool,
}

/// Everything, in the order of the octets, each once. Header sections of messages are held to all
/// that RFC 5322 says; bodies are decoded for it, and every octet is looked at.
pub(crate) fn findings<B: AsRef<[u8]>>(message: &Message<B>) -> Found {
    let ambiguities = message.ambiguities();
    let all = message.all_defects();
    let mut dropped = ambiguities.dropped() + all.dropped();
    let chosen = ambiguities.into_iter().map(|one| (*one.defect(), Some(one.choice())));
    let mut defects: Vec<Defect> = all.to_vec();
    for part in message.parts().filter(|part| is_message(*part)) {
        let lint = part.headers().lint();
        dropped += lint.dropped();
        defects.extend_from_slice(lint.findings());
    }
    let defects = defects.into_iter().map(|defect| (defect, None));
    let found = chosen.chain(defects).map(|(defect, choice)| Finding { defect, choice });
    let mut found: Vec<_> = found.collect();
    let key = |one: &Finding| {
        let span = one.defect.span();
        (span.start(), span.end(), one.defect.code().name())
    };
    // Those that tell the choice come first.
    found.sort_by_key(|one| (key(one), one.choice.is_none()));
    found.dedup_by_key(|one| key(one));
    Found { list: found, has_more: dropped > 0 }
}

impl Finding {
    /// Whether deployed readers disagree there.
    pub(crate) fn is_ambiguity(&self) -> bool {
        self.defect.severity() == Severity::Ambiguous || self.choice.is_some()
    }

    /// Whether it is allowed, and something else would be better.
    pub(crate) fn is_advice(&self) -> bool {
        self.defect.severity() == Severity::Advice && !self.is_ambiguity()
    }
}

/// Whether its header section is that of a message.
fn is_message(part: Part<'_>) -> bool {
    part.parent().is_none_or(|parent| parent.message().is_some())
}
