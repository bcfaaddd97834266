//! What people run at their desk: the check of the catalogue, its book, its signature, another city's catalogue, and the rules
//! of this tree that `tests/tidy.rs` holds.
//!
//! Nothing of it is part of a product, and nothing here needs the network. What is written goes where the caller says.
//! Start reading at [`commands`] (what there is), then [`check_catalogue`] and [`tidy`].
//! The rule a newcomer would break: a rule is a pure function over texts, so that a test can hand it a bad text and see it bite.

pub mod book;
pub mod bundle;
pub mod check_catalogue;
pub mod city;
pub mod code;
pub mod commands;
pub mod fit;
pub mod tidy;
pub mod tree;
