//! One SEARCH response with 100 000 UIDs.

use super::{Unit, values::Value};
use crate::dice::Dice;

/// How many UIDs.
const IDS: usize = 100_000;

/// The unit of the workload.
pub fn units() -> Vec<Unit> {
    let mut dice = Dice::new(0x510e_527f_ade6_82d1);
    let mut uid = 0;
    let step = |_| {
        uid += 1 + dice.of(&[0, 0, 0, 1, 2, 9, 40]);
        uid
    };
    let ids: Vec<u32> = (0..IDS).map(step).collect();
    let mut wire = b"* SEARCH".to_vec();
    for id in &ids {
        wire.extend(format!(" {id}").bytes());
    }
    wire.extend(b"\r\n");
    vec![Unit { wire, value: Value::Search(ids) }]
}
