//! The contract between mail machines and the I/O that drives them: inbox, outbox, timers, TLS upgrade, framing.
