//! A mailbox as POP3 sees it (RFC 1939).
