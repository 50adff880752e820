//! Conformance of a whole header section: diagnostics, and where deployed readers disagree.
