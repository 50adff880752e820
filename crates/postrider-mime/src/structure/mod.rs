//! The grammar of structure, which the tree and the stream share: what a header section makes of a
//! part, and which lines are delimiters.
//!
//! The stream holds little and tells what it read at once, so no rule looks back, and each looks
//! ahead no further than a bound that both readers keep:
//!
//! - A delimiter is a whole line, compared with every open boundary, the innermost first. A line
//!   longer than 1000 octets with its line end is none. Of a closing delimiter the line end is that
//!   of the next one, where that directly follows.
//! - What a part is comes from the first `Content-Type` and the first `Content-Transfer-Encoding`
//!   that are not longer than [`Limits::field`](crate::Limits::field).
//! - Depth, parts and fields are counted in the order of the octets.

mod delimiter;
mod kind;
mod nesting;

pub(crate) use delimiter::{Delimiter, Found, LONGEST_LINE, is_delimiter, next_delimiter};
pub(crate) use kind::{
    Kind, LONGEST_BOUNDARY, Shape, is_content_field, is_message, media_type, shape,
};
pub(crate) use nesting::Nesting;
