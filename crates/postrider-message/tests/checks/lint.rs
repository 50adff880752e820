//! What holds of the report, the ambiguities and the thread of any octets: findings lie inside the
//! header section, in order and within the limit; every ambiguity names a choice; a base subject
//! is its own base subject; the identifiers of a thread are valid and those of the fields.

use postrider_message::{HeaderSection, Limits, base_subject};

/// Asserts it.
pub(crate) fn check(data: &[u8]) {
    let limits = Limits::DEFAULT;
    let section = HeaderSection::parse_with(data, &limits);
    let headers = section.headers();
    let report = headers.lint();
    assert!(report.findings().len() <= limits.defects);
    assert!(report.findings().is_sorted_by_key(|one| one.span().start()));
    let end = headers.separator().end();
    assert!(report.findings().iter().all(|one| one.span().end() <= end));
    let lines = report.to_string().lines().count();
    assert_eq!(lines, report.findings().len() + usize::from(report.dropped() > 0));

    let ambiguities = headers.ambiguities();
    assert!(ambiguities.len() <= limits.defects);
    assert!(ambiguities.iter().all(|one| !one.choice().is_empty()));
    if report.dropped() == 0 {
        assert!(ambiguities.iter().all(|one| report.findings().contains(one.defect())));
    }

    let base = headers.base_subject();
    assert_eq!(base_subject(base.as_str()).as_str(), base.as_str());
    let thread = headers.thread_ids();
    assert!(thread.references().len() <= limits.message_ids);
    let own = headers.message_id().map(|list| list.value).unwrap_or_default();
    let first = own.ids().iter().find(|id| id.is_valid());
    assert_eq!(thread.message_id(), first.map(|id| id.normalized()).as_deref());
}
