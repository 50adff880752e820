//! The order that SORT asks for (RFC 5256, RFC 5957).
