//! The numbers that one session has for the messages of a mailbox, and the news it has not been told.
