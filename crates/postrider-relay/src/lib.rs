//! The decisions of an MTA between two conversations: which MX, which trace field.
