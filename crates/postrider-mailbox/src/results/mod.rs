//! What is told of the messages that were found: SEARCH, SORT, ESEARCH, PARTIAL and CONTEXT.
//!
//! [`Returns`] is what a SEARCH or SORT command wants to be told. Of the messages that were [`Found`] it
//! makes the response, and says what `$` stands for from now on.
//!
//! ```
//! use postrider_imap::{EsearchItem, EsearchResponse, MessageNumber, Response, Uid};
//! use postrider_imap::{SearchCommand, SearchKey, SearchReturn};
//! use postrider_mailbox::results::{Found, FoundMessage, Returns};
//! use postrider_mailbox::search::{Scope, Search};
//!
//! // A282 SEARCH RETURN (MIN COUNT) FLAGGED
//! let command = SearchCommand::new(vec![SearchKey::Flagged])
//!     .with_returns(vec![SearchReturn::Min, SearchReturn::Count]);
//! let search = Search::of(&command, &Scope::new(11, Some(Uid::new(30)?), 0))?;
//! let returns = Returns::of_search(&command, &search)?;
//!
//! let found: Found = [(2, 14), (10, 20), (11, 30)]
//!     .into_iter()
//!     .map(|(number, uid)| Ok(FoundMessage::new(MessageNumber::new(number)?, Uid::new(uid)?, None)))
//!     .collect::<Result<_, postrider_imap::InvalidValue>>()?;
//!
//! // * ESEARCH (TAG "A282") MIN 2 COUNT 3
//! let items = vec![EsearchItem::Min(2.try_into()?), EsearchItem::Count(3)];
//! let response = EsearchResponse::new(items).with_tag("A282");
//! assert_eq!(returns.response("A282", &found), Some(Response::Esearch(response.into())));
//! // The command does not save.
//! assert_eq!(returns.saved(&found), None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! A client that asked for `UPDATE` is told what becomes of the results: a [`Context`] goes on where the
//! response ended.

mod context;
mod found;
mod places;
mod returns;

pub use context::Context;
pub use found::{Found, FoundMessage};
pub use returns::{Returns, Unreturnable};
