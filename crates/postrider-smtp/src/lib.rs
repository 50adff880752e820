//! SMTP client and server state machines without I/O.
