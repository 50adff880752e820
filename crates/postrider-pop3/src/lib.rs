//! POP3 client and server state machines without I/O.
