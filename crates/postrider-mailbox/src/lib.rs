//! The logic of a mail store: what IMAP FETCH must answer for a message.
