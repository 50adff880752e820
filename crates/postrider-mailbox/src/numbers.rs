//! Which messages a sequence set names (RFC 3501 §9 `sequence-set`, §6.4.8).

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use postrider_imap::SequenceSet;

/// The message numbers that a set names in a mailbox of `exists` messages: ascending, each once,
/// none that does not exist. The set is not expanded: memory depends on its ranges alone, and at
/// most `exists` numbers come.
///
/// ```
/// use postrider_imap::SequenceSet;
/// use postrider_mailbox::numbers;
///
/// let set = SequenceSet::parse("*:4,2,4294967295")?;
/// assert_eq!(numbers(&set, 5).collect::<Vec<_>>(), [2, 4, 5]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn numbers(set: &SequenceSet, exists: u32) -> impl Iterator<Item = u32> + use<> {
    set.resolve(exists).into_iter().flatten()
}

/// The message numbers that a set of UIDs names, where `uids` are those of the messages in order,
/// which is ascending (RFC 3501 §2.3.1.1). UIDs that are not there name nothing.
///
/// ```
/// use postrider_imap::SequenceSet;
/// use postrider_mailbox::numbers_by_uid;
///
/// let set = SequenceSet::parse("10:20,99:*")?;
/// assert_eq!(numbers_by_uid(&set, &[7, 15, 16, 40]).collect::<Vec<_>>(), [2, 3, 4]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn numbers_by_uid(set: &SequenceSet, uids: &[u32]) -> impl Iterator<Item = u32> + use<> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for range in set.resolve(uids.last().copied().unwrap_or_default()) {
        let before = uids.partition_point(|uid| uid < range.start());
        let through = uids.partition_point(|uid| uid <= range.end());
        runs.push(number(before).saturating_add(1)..=number(through));
    }
    runs.into_iter().flatten()
}
