//! Compiles the screens: resources embedded as files, translations bundled, element names only for who needs them.

use std::env;

use slint_build::{CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    let with_demo = env::var_os("CARGO_FEATURE_DEMO").is_some();
    let with_names = env::var_os("CARGO_FEATURE_ELEMENT_NAMES").is_some();
    let configuration = CompilerConfiguration::new()
        .with_style("fluent".into())
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("lang")
        .with_default_translation_context(DefaultTranslationContext::None)
        .with_debug_info(with_names);
    let root = if with_demo { "app_demo.slint" } else { "app.slint" };
    slint_build::compile_with_config(root, configuration)
}
