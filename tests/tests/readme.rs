//! The README and the guide: short, without scaffolding, and without a link that leads nowhere.

use std::fs;
use std::path::{Path, PathBuf};

/// The README is shown at several addresses, and the built book lacks the other documents: both link to this one.
const REPOSITORY: &str = "https://github.com/cached-attr/cached-attr/blob/main/";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn readme() -> String {
    read(&root().join("cached-attr/README.md"))
}

/// Every page below `docs/` and beside it.
fn pages() -> Vec<PathBuf> {
    let markdown = |folder: &str| {
        let folder = root().join(folder);
        let entries =
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "md").then_some(path)
        })
    };
    ["", "docs", "docs/decisions", "docs/guide/src"]
        .into_iter()
        .flat_map(markdown)
        .collect()
}

/// The targets of `[text](target)`, code blocks and code spans left out.
fn links(text: &str) -> Vec<String> {
    let prose = text.split("```").step_by(2).collect::<String>();
    let prose = prose.split('`').step_by(2).collect::<String>();
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// The fragment that a heading is reached by: `## 1. Words` → `1-words`.
fn fragment(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_heading(page: &Path, wanted: &str) -> bool {
    read(page)
        .lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| fragment(line) == wanted)
}

#[test]
fn the_readme_is_one_front_page() {
    let lines = readme().lines().count();
    assert!(lines <= 180, "{lines} lines");
}

#[test]
fn no_example_shows_lines_that_rustdoc_would_hide() {
    for page in pages() {
        for block in read(&page)
            .split("```")
            .skip(1)
            .step_by(2)
            .filter(|block| block.starts_with("rust"))
        {
            let hidden = block
                .lines()
                .find(|line| *line == "#" || line.starts_with("# "));
            assert_eq!(hidden, None, "in {}", page.display());
        }
    }
}

#[test]
fn every_absolute_link_into_the_repository_leads_to_a_file() {
    let text: String = pages().iter().map(|page| read(page)).collect();
    let targets = text.split(REPOSITORY).skip(1);
    let targets: Vec<_> = targets
        .filter_map(|rest| rest.split([')', '\n']).next())
        .collect();
    assert!(targets.len() > 10, "the README links to the guide");
    for target in targets {
        assert!(root().join(target).is_file(), "{target}");
    }
}

#[test]
fn every_link_of_a_page_leads_to_a_page_and_a_heading() {
    for page in pages() {
        let folder = page.parent().unwrap_or(&page);
        for link in links(&read(&page))
            .into_iter()
            .filter(|link| !link.contains("://"))
        {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                page.clone()
            } else {
                folder.join(file)
            };
            assert!(target.is_file(), "{link} in {}", page.display());
            let found = heading.is_empty() || has_heading(&target, heading);
            assert!(found, "{link} in {}", page.display());
        }
    }
}

#[test]
fn every_page_of_the_guide_is_in_its_summary_and_among_the_doctests() {
    let folder = root().join("docs/guide/src");
    let mut written: Vec<_> = pages()
        .into_iter()
        .filter(|page| page.parent() == Some(&folder))
        .collect();
    written.retain(|page| !page.ends_with("SUMMARY.md"));
    let summary = links(&read(&folder.join("SUMMARY.md")));
    let doctests = read(&root().join("tests/src/guide.rs"));
    let with_frameworks = read(&root().join("tests/recipes/src/lib.rs"));
    assert_eq!(written.len(), summary.len());
    for page in &written {
        let name = page
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        assert!(
            summary.contains(&format!("{name}.md")),
            "{name} is not in the summary"
        );
        assert!(
            doctests.lines().any(|line| line.trim() == name)
                || with_frameworks.contains(&format!("/{name}.md")),
            "{name} is not among the doctests"
        );
    }
}
