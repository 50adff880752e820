//! The values of fields that have a grammar of their own, a file each.
