//! What people see: the windows, their globals and their types, as Slint generates them from the `.slint` files.
//!
//! This crate knows no other crate of the kiosk, no clock and no file; whoever shows a view sets the global
//! [`Resident`] and listens to its wishes.
//! The rule a newcomer would break: a page never decides which page is next, so nothing in here calls a setter.

/// What Slint's compiler writes. The workspace's lints are for what people write.
#[allow(clippy::unwrap_used, clippy::todo, clippy::allow_attributes_without_reason, reason = "generated code, remade at every build")]
mod generated {
    slint::include_modules!();
}

pub use generated::*;

#[cfg(feature = "headless")]
pub mod headless;

pub use slint::SelectBundledTranslationError;

/// Selects the language of the furniture on the pages: button labels, and the few sentences that belong to no service.
///
/// `code` is `id`, `jv`, `mad` or `en`. Indonesian is the language the pages are written in, so it has no catalogue and
/// stands for the empty name. Call it after the first window exists, and once at the start: without a call the language
/// of the operating system decides, and a terminal must not depend on that.
///
/// # Errors
///
/// [`SelectBundledTranslationError`] names the languages that are there when `code` is none of them, and says so when no
/// window exists yet.
pub fn select_language(code: &str) -> Result<(), SelectBundledTranslationError> {
    slint::select_bundled_translation(if code == "id" { "" } else { code })
}
