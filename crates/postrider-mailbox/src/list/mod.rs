//! Names of mailboxes and the hierarchy they make: LIST, LSUB, CREATE, DELETE, RENAME (RFC 3501
//! §6.3, RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154, RFC 3348).
//!
//! A [`Listing`] is made of a LIST command. Given what a store knows of its mailboxes, in any order,
//! it tells the LIST responses, and which STATUS, MYRIGHTS and METADATA responses belong behind them.
//!
//! ```
//! use postrider_imap::{
//!     Delimiter, ListAttribute, ListAttributes, ListCommand, ListReturn, ListSelection, MailboxName,
//! };
//! use postrider_mailbox::list::{ListError, Listing, Mailbox};
//!
//! let name = |name: &'static str| MailboxName::new(name);
//! let mailboxes = [
//!     Mailbox::new(name("INBOX")?).subscribed(),
//!     Mailbox::new(name("Fruit/Apple")?),
//!     // Subscribed, but not there any more.
//!     Mailbox::subscription(name("Fruit/Peach")?),
//! ];
//! let slash = Some(Delimiter::new(b'/')?);
//!
//! let list = |command: &ListCommand| -> Result<Vec<(String, ListAttributes)>, ListError> {
//!     let listing = Listing::new(command, slash)?;
//!     let responses = listing.answer(mailboxes.clone()).map(|listed| listed.response);
//!     Ok(responses.map(|told| (told.mailbox.to_string(), told.attributes)).collect())
//! };
//!
//! // `LIST "" "%" RETURN (CHILDREN)`: a level of the hierarchy that is no mailbox is told too.
//! let command = ListCommand::new(name("")?, "%").with_returns(vec![ListReturn::Children]);
//! assert_eq!(list(&command)?, [
//!     ("INBOX".to_owned(), [ListAttribute::HasNoChildren].into()),
//!     ("Fruit".to_owned(), [ListAttribute::NonExistent, ListAttribute::HasChildren].into()),
//! ]);
//!
//! // `LIST (SUBSCRIBED) "" "*"`
//! let command = ListCommand::new(name("")?, "*").with_selection(vec![ListSelection::Subscribed]);
//! assert_eq!(list(&command)?, [
//!     ("INBOX".to_owned(), [ListAttribute::Subscribed].into()),
//!     ("Fruit/Peach".to_owned(), [ListAttribute::Subscribed, ListAttribute::NonExistent].into()),
//! ]);
//!
//! // `LIST (RECURSIVEMATCH) "" "*"` is BAD.
//! let command =
//!     ListCommand::new(name("")?, "*").with_selection(vec![ListSelection::RecursiveMatch]);
//! assert_eq!(list(&command), Err(ListError::RecursiveMatchAlone));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Choices
//!
//! - The canonical pattern is the reference with the pattern behind it. `%` and `*` in a reference
//!   stand for themselves: RFC 9051 §6.3.9 calls it a name. [`Pattern::with_break_outs`] has another
//!   rule, for servers with rooted names.
//! - INBOX is one name in any case of letters, as the first level of other names too. Otherwise case
//!   counts.
//! - `%` at the end of a pattern makes levels visible that are no mailboxes but have some below them:
//!   `\Noselect` where the command has no extended syntax, `\NonExistent \HasChildren` where it has
//!   (RFC 5258 §3.5). Under SUBSCRIBED they are not told (§3.1: exactly the subscribed names).
//! - RECURSIVEMATCH tells a name that does not meet the criteria only where some name below meets
//!   them and is not told itself (RFC 5258 §3.3, 2.B). The last answer of example 9 there has more,
//!   which it calls redundant.
//! - INBOX comes first, then the names in the order of their octets, each before what is below it.

mod announce;
mod automaton;
mod hierarchy;
mod listing;
mod mailbox;
mod nodes;
mod pattern;
mod request;

pub use hierarchy::{Deletion, Hierarchy, NameError, Renaming};
pub use listing::{Answers, Listed};
pub use mailbox::Mailbox;
pub use pattern::Pattern;
pub use request::{ListError, Listing};
