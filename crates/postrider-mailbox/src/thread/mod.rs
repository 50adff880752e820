//! Who answers whom: THREAD (RFC 5256).
