//! The shipped catalogue, broken catalogues, numbers, promises and routes.

mod broken;
mod numbers;
mod promises;
mod routes;

use std::path::PathBuf;
use std::sync::LazyLock;

use catalogue::{Bundle, Catalogue};

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/catalogue");
    Bundle::read_dir(&dir).expect("the shipped files can be read")
});
static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(&BUNDLE).expect("the shipped catalogue is right"));
