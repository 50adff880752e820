//! What changed since a client was here (RFC 7162).
