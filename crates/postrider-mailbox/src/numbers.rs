//! Which messages a sequence set names (RFC 3501 §9 `sequence-set`, §6.4.8), for a mailbox that one
//! session alone sees; a session of several has a [`View`](crate::view::View).

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use postrider_imap::{MessageNumber, SequenceSet, Uid};

/// The message numbers that a set names in a mailbox of `exists` messages: ascending, each once,
/// none that does not exist. The set is not expanded: memory depends on its ranges alone, and at
/// most `exists` numbers come.
///
/// ```
/// use postrider_imap::SequenceSet;
/// use postrider_mailbox::numbers;
///
/// let set = SequenceSet::parse("*:4,2,4294967295")?;
/// assert_eq!(numbers(&set, 5).map(u32::from).collect::<Vec<_>>(), [2, 4, 5]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn numbers(set: &SequenceSet, exists: u32) -> impl Iterator<Item = MessageNumber> + use<> {
    set.resolve(exists).into_iter().flatten().filter_map(|number| MessageNumber::new(number).ok())
}

/// The message numbers that a set of UIDs names, where `uids` are those of the messages in order,
/// which is ascending (RFC 3501 §2.3.1.1). UIDs that are not there name nothing.
///
/// ```
/// use postrider_imap::{SequenceSet, Uid};
/// use postrider_mailbox::numbers_by_uid;
///
/// let set = SequenceSet::parse("10:20,99:*")?;
/// let uids = [Uid::new(7)?, Uid::new(15)?, Uid::new(16)?, Uid::new(40)?];
/// assert_eq!(numbers_by_uid(&set, &uids).map(u32::from).collect::<Vec<_>>(), [2, 3, 4]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
pub fn numbers_by_uid(
    set: &SequenceSet,
    uids: &[Uid],
) -> impl Iterator<Item = MessageNumber> + use<> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for range in set.resolve(uids.last().map_or(0, |uid| uid.get())) {
        let before = uids.partition_point(|uid| uid.get() < *range.start());
        let through = uids.partition_point(|uid| uid.get() <= *range.end());
        runs.push(number(before).saturating_add(1)..=number(through));
    }
    runs.into_iter().flatten().filter_map(|number| MessageNumber::new(number).ok())
}
