//! What fits into a mailbox (RFC 9208).
