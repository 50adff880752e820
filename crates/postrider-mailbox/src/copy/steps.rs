//! In which order MOVE and REPLACE tell what was done, and what is told where it cannot be done.

use alloc::vec::Vec;

use postrider_imap::{Code, CommandName, ModSeq, PlainCode, Status, Uid, UidSet};

use super::{Appended, Copied, Destination};

/// What a server tells of MOVE and REPLACE, one step after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// This untagged status.
    Untagged(Status),
    /// That messages have come, if the selected mailbox is the one they went to: EXISTS.
    Exists,
    /// That the messages with these UIDs are gone from the selected mailbox: EXPUNGE or VANISHED.
    Gone(UidSet),
    /// This tagged status.
    Tagged(Status),
}

/// The order in which MOVE tells what was done: COPYUID in an untagged OK before the messages vanish
/// (RFC 6851 §4.3), and the new HIGHESTMODSEQ of the mailbox they left, if it counts, with the tagged
/// status (§4.4). That may be NO: what was moved before it failed is told all the same (§3.3). Where
/// nothing was moved there is nothing else to tell.
///
/// ```
/// use postrider_imap::{Status, Uid, UidValidity};
/// use postrider_mailbox::copy::{Copied, Destination, Step, move_steps};
///
/// let mut moved = Copied::new();
/// moved.push(Uid::new(42)?, Uid::new(1202)?)?;
/// let foo = Destination::new(UidValidity::new(432_432));
/// let steps = move_steps(&moved, &foo, None, Status::ok("Done"));
/// let [Step::Untagged(copied), Step::Exists, Step::Gone(gone), Step::Tagged(_)] = &steps[..] else {
///     panic!("in this order");
/// };
/// assert_eq!(copied.to_string(), "[COPYUID 432432 42 1202] Messages moved");
/// assert_eq!(gone.to_string(), "42");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use]
pub fn move_steps(
    moved: &Copied,
    destination: &Destination,
    highest: Option<ModSeq>,
    result: Status,
) -> Vec<Step> {
    let gone = UidSet::new(moved.from().clone()).ok();
    steps(moved.code(destination), "Messages moved", gone, highest, result)
}

/// The order in which REPLACE tells what was done: APPENDUID in an untagged OK, EXISTS, and then that
/// the message is gone (RFC 8508 §3.2, §4.3). Where it failed, nothing was appended and nothing is
/// gone, and the tagged NO is all there is to tell.
#[must_use]
pub fn replace_steps(
    appended: &Appended,
    destination: &Destination,
    replaced: Uid,
    highest: Option<ModSeq>,
    result: Status,
) -> Vec<Step> {
    let gone = (!appended.is_empty()).then(|| UidSet::one(replaced));
    steps(appended.code(destination), "Replacement ready", gone, highest, result)
}

fn steps(
    code: Option<Code>,
    text: &'static str,
    gone: Option<UidSet>,
    highest: Option<ModSeq>,
    result: Status,
) -> Vec<Step> {
    let Some(gone) = gone else { return [Step::Tagged(result)].into() };
    let mut steps = Vec::new();
    if let Some(code) = code {
        steps.push(Step::Untagged(Status::ok(text).with_code(code)));
    }
    steps.push(Step::Exists);
    steps.push(Step::Gone(gone));
    match highest.map(Code::HighestModSeq) {
        Some(code) if result.code.is_none() && result.is_ok() => {
            steps.push(Step::Tagged(result.with_code(code)));
        }
        Some(code) => {
            // A status has one code: this one goes before it.
            steps.push(Step::Untagged(Status::ok("Highest").with_code(code)));
            steps.push(Step::Tagged(result));
        }
        None => steps.push(Step::Tagged(result)),
    }
    steps
}

/// The code for the NO to a command whose mailbox is not there: `TRYCREATE` to those that put messages
/// in it, unless it is certain that it could not be created (RFC 3501 §6.3.11, §6.4.7, RFC 6851 §3.3,
/// RFC 8508 §3.4), and `NONEXISTENT` to all others (RFC 5530 §3).
///
/// ```
/// use postrider_imap::{CommandName, PlainCode};
/// use postrider_mailbox::copy::missing;
///
/// assert_eq!(missing(CommandName::Copy, true), PlainCode::TryCreate);
/// assert_eq!(missing(CommandName::Copy, false), PlainCode::NonExistent);
/// assert_eq!(missing(CommandName::Select, true), PlainCode::NonExistent);
/// ```
#[must_use]
pub const fn missing(command: CommandName, can_be_created: bool) -> PlainCode {
    match command {
        CommandName::Append | CommandName::Copy | CommandName::Move | CommandName::Replace
            if can_be_created =>
        {
            PlainCode::TryCreate
        }
        _ => PlainCode::NonExistent,
    }
}

/// What SELECT tells of a mailbox whose UIDs do not persist: an untagged NO (RFC 4315 §3).
#[must_use]
pub fn uid_not_sticky() -> Status {
    Status::no("UIDs do not persist").with_code(PlainCode::UidNotSticky.into())
}
