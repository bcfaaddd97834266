//! The shipped catalogue held to its word, and broken ones refused: one file per family of promises.
//!
//! What is shipped is looked at as it is; what is broken is broken in a small catalogue of three services over the shipped
//! shared files (`small`), since a hundred mistakes over fifty-eight services take long to find.

mod broken;
mod damaged;
mod examples;
mod facts;
mod looked_at;
mod numbers;
mod promises;
mod regions;
mod routes;
mod search;
mod signed;
mod small;
mod visits;
mod walks;

use std::path::PathBuf;
use std::sync::LazyLock;

use catalogue::{Bundle, Catalogue};
use jiff::civil::Date;

/// A Friday on which nothing special happens.
const TODAY: Date = Date::constant(2026, 11, 20);

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/catalogue");
    Bundle::read_dir(&dir).expect("the shipped files can be read")
});
static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(&BUNDLE).expect("the shipped catalogue is right"));
