//! The rules of this tree, each as one sentence. A failure names file, line, and what to do.
//!
//! That each rule can fail at all is proved in `teeth.rs`.

use std::path::Path;

use jiff::civil::date;
use xtask::check_catalogue::{self, Verdict};
use xtask::tidy::{Finding, edges, fences, log_lines, map, people, screens, shape};
use xtask::tree::Tree;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn tree() -> Tree {
    let tree = Tree::read(Path::new(ROOT)).expect("the tree this test was built from can be read");
    assert!(tree.text("Cargo.toml").is_some() && tree.files.len() > 100, "this is not the root of the tree");
    tree
}

fn none(findings: Vec<Finding>) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn no_crate_imports_what_the_design_keeps_from_it() {
    none(edges::never_import(&tree()));
}

#[test]
fn no_build_for_the_field_contains_a_simulator() {
    none(edges::no_simulator_in_the_field(&tree()));
}

#[test]
fn every_crate_is_gpl_3_only_and_under_the_workspace_lints() {
    none(edges::licence_and_lints(&tree()));
}

#[test]
fn no_module_names_what_lies_behind_its_fence() {
    none(fences::kept(&tree()));
}

#[test]
fn no_fence_stands_around_nothing() {
    none(fences::stand_around_something(&tree()));
}

#[test]
fn components_know_the_theme_and_pages_their_own_audience() {
    none(screens::imports(&tree()));
}

#[test]
fn no_slint_file_is_longer_than_250_lines() {
    none(screens::short(&tree()));
}

#[test]
fn no_rust_file_is_longer_than_500_lines_and_no_main_reaches_100() {
    none(shape::short(&tree()));
}

#[test]
fn every_rust_file_above_40_lines_opens_by_saying_what_it_is() {
    none(shape::opens(&tree()));
}

#[test]
fn nothing_is_unfinished_skipped_or_waited_for_blindly() {
    none(shape::finished(&tree()));
}

#[test]
fn no_line_ends_in_spaces_and_every_file_ends_in_a_line_break() {
    none(shape::clean(&tree()));
}

#[test]
fn no_text_names_a_folder_of_one_machine() {
    none(shape::at_home_anywhere(&tree()));
}

#[test]
fn the_kiosk_logs_exactly_the_lines_of_the_closed_list() {
    none(log_lines::closed(&tree()));
}

#[test]
fn the_map_names_every_crate_and_every_module_of_the_kiosk() {
    none(map::complete(&tree()));
}

#[test]
fn the_map_names_nothing_that_is_gone() {
    none(map::true_to_life(&tree()));
}

#[test]
fn nobody_real_stands_in_the_tree() {
    none(people::invented(&tree()));
}

#[test]
fn the_catalogue_that_is_shipped_passes_its_own_check() {
    let verdict = check_catalogue::check(&Path::new(ROOT).join("config/catalogue"), date(2026, 11, 23)).expect("the folder can be read");
    assert!(matches!(&verdict, Verdict::Good(summary) if summary.contains("Kota Surabaya")), "{verdict:?}");
}
