//! What people run at their desk to look at this tree: the check of the catalogue, and the rules that `tests/tidy.rs` holds.
//!
//! Nothing of it is part of a product, nothing here changes a file, and nothing needs the network.
//! Start reading at [`tidy`] (the rules), then [`tree`] (how files come in).
//! The rule a newcomer would break: a rule is a pure function over texts, so that a test can hand it a bad text and see it bite.

pub mod check_catalogue;
pub mod code;
pub mod tidy;
pub mod tree;
