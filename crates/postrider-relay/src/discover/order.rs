//! The order of SRV records (RFC 2782).

use alloc::vec::Vec;

use crate::dns::SrvRecord;
use crate::random::Random;

/// Records of one answer that are put in order; the work grows with the square of their number.
const CONSIDERED: usize = 64;

/// The records in the order in which they are tried.
///
/// One after the other is drawn, as RFC 2782 says: each has as many of the numbers from 1 to the
/// sum of the weights as its weight says, and 0 falls to the records of weight 0, of which a random
/// one is the first. Where there is none of these, 0 is not drawn: RFC 2782 would have it fall to
/// whichever record is first in its list, so that of the weights 1 and 3 in its own example not
/// "three-fourths" would come to the second.
pub(super) fn by_weight<'r>(records: &'r [SrvRecord], random: &mut Random) -> Vec<&'r SrvRecord> {
    let mut rest: Vec<&SrvRecord> = records.iter().collect();
    random.shuffle(&mut rest);
    rest.sort_by_key(|record| (record.priority, record.weight != 0));
    rest.truncate(CONSIDERED);
    let mut ordered = Vec::with_capacity(rest.len());
    while let Some(first) = rest.first() {
        let (priority, least) = (first.priority, usize::from(first.weight != 0));
        let group = || rest.iter().take_while(|record| record.priority == priority);
        let sum = group().fold(0, |sum: usize, record| sum.saturating_add(record.weight.into()));
        let numbers = sum.saturating_add(1).saturating_sub(least);
        let drawn = random.below(numbers).saturating_add(least);
        let mut running = 0usize;
        let chosen = group().position(|record| {
            running = running.saturating_add(record.weight.into());
            running >= drawn
        });
        ordered.push(rest.remove(chosen.unwrap_or_default()));
    }
    ordered
}
