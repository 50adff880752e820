//! What is wrong with a message, and where readers disagree: all of it, by place.

use std::collections::HashSet;

use postrider::{
    message::{Defect, Defects, Severity},
    mime::{Message, Part},
};

/// A defect, and how it is read where deployed readers disagree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    pub(crate) defect: Defect,
    pub(crate) choice: Option<&'static str>,
}

/// Everything, in the order of the octets, each once. Header sections of messages are held to all
/// that RFC 5322 says; bodies are decoded for it, and every octet is looked at.
pub(crate) fn findings<B: AsRef<[u8]>>(message: &Message<B>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut tell = |defects: &[Defect]| {
        found.extend(defects.iter().map(|&defect| Finding { defect, choice: None }));
    };
    tell(message.defects());
    tell(&message.check().defects);
    for part in message.parts() {
        if is_message(part) {
            tell(part.headers().lint().findings());
        } else {
            tell(&part.headers().defects());
        }
        tell(&part.content_type().defects);
        part.disposition().into_iter().for_each(|read| tell(&read.defects));
        tell(&part.file_names().defects);
        tell(&body(part));
    }
    let choices = message.parts().filter(|part| is_message(*part)).flat_map(|part| {
        let told = part.headers().ambiguities();
        told.into_iter().map(|one| (*one.defect(), one.choice())).collect::<Vec<_>>()
    });
    found.extend(choices.map(|(defect, choice)| Finding { defect, choice: Some(choice) }));
    let key = |one: &Finding| {
        let span = one.defect.span();
        (span.start(), span.end(), one.defect.code().name())
    };
    // Those that tell the choice come first.
    found.sort_by_key(|one| (key(one), one.choice.is_none()));
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(key(one)));
    found
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

fn body(part: Part<'_>) -> Defects {
    if part.is_multipart() || part.message().is_some() {
        return Defects::default();
    }
    part.text().map_or_else(|| part.decoded().defects, |text| text.defects)
}
