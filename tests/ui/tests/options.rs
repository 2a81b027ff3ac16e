//! The README's table is the only list of options: what the compiler offers for an unknown one is just that.

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The options in the README's table.
fn in_the_readme() -> BTreeSet<String> {
    let readme = read("../../cached-attr/README.md");
    let (_, options) = readme
        .split_once("\n## Options\n")
        .expect("a chapter on options");
    in_the_table(options.split("\n## ").next().unwrap_or_default())
}

/// `` | `skip(a, b)` | … | `` → `skip`
fn in_the_table(table: &str) -> BTreeSet<String> {
    let first_cell = |row: &str| quoted(row.split('|').nth(1)?).next().map(str::to_owned);
    let name = |cell: String| cell.split('(').next().map(str::to_owned);
    table
        .lines()
        .filter_map(first_cell)
        .filter_map(name)
        .collect()
}

#[test]
fn an_unknown_option_is_answered_with_the_table_of_the_readme() {
    let told = read("fail/options/unknown.stderr");
    let (_, told) = told
        .split_once("the options are ")
        .expect("a list of the options");
    let told = told.lines().next().unwrap_or_default();
    let told: BTreeSet<String> = quoted(told).map(str::to_owned).collect();
    assert_eq!(told, in_the_readme());
}

#[test]
fn the_attributes_own_documentation_lists_the_same_options() {
    let shown = read("../../cached-attr-macros/src/options.md");
    assert_eq!(in_the_table(&shown), in_the_readme());
}
