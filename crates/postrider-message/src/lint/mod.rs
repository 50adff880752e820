//! Conformance of a whole header section: diagnostics, and where deployed readers disagree.

mod ambiguity;
mod counts;
mod identifiers;
mod lines;
mod mime;
mod originators;
mod report;
mod resent;
mod values;
mod words;

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::{Code, Defect, Defects, Headers, Span};

pub(crate) use ambiguity::ambiguities;
pub use ambiguity::{Ambiguities, Ambiguity};
pub(crate) use report::lint;
pub use report::{Level, Report};
pub(crate) use values::value_defects;

/// One rule: it looks at a header section and tells what it finds.
type Rule = fn(Headers<'_>, &mut Findings);

/// All rules. The order is that of findings at the same place.
const RULES: &[Rule] = &[
    values::section,
    values::values,
    counts::required,
    counts::destination,
    counts::empty,
    counts::disclosed_bcc,
    originators::sender,
    originators::groups,
    identifiers::message_id,
    identifiers::uniqueness,
    identifiers::repeated,
    identifiers::replies,
    lines::lengths,
    lines::white,
    lines::controls,
    lines::eight_bit,
    resent::blocks,
    resent::reply_to,
    resent::order,
    words::lengths,
    words::places,
    words::local_parts,
    mime::version,
    mime::parameters,
];

/// What one rule tells. A rule has a share of the limit of defects, so that a message with one
/// fault in every line has its other faults told too.
struct Findings {
    wanted: fn(&'static Code) -> bool,
    found: Defects,
}

impl Findings {
    fn tell(&mut self, code: &'static Code, span: Span) {
        if (self.wanted)(code) {
            self.found.push(code, span);
        }
    }
}

/// What all rules tell of the wanted codes, in the order of the octets, the worst where there are
/// more than the limit; and how many were left out.
fn findings(headers: Headers<'_>, wanted: fn(&'static Code) -> bool) -> (Vec<Defect>, usize) {
    let limit = headers.limits().defects;
    let (mut all, mut dropped) = (Vec::new(), 0_usize);
    for rule in RULES {
        let found = Defects::with_limit(limit.div_ceil(4));
        let mut findings = Findings { wanted, found };
        rule(headers, &mut findings);
        dropped = dropped.saturating_add(findings.found.dropped());
        all.extend_from_slice(&findings.found);
    }
    all.sort_by_key(|defect| Reverse(Level::of(defect.severity())));
    dropped = dropped.saturating_add(all.len().saturating_sub(limit));
    all.truncate(limit);
    all.sort_by_key(|defect| (defect.span().start(), defect.span().end()));
    (all, dropped)
}
