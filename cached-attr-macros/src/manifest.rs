//! Under which name the user's package has `cached-attr`, for the one message that needs it.

use std::{env, fs, path::Path, sync::OnceLock};

/// The other name, where the dependency is renamed in the package's own manifest.
pub(crate) fn renamed() -> Option<&'static str> {
    static RENAMED: OnceLock<Option<String>> = OnceLock::new();
    RENAMED
        .get_or_init(|| {
            let directory = env::var_os("CARGO_MANIFEST_DIR")?;
            let manifest = fs::read_to_string(Path::new(&directory).join("Cargo.toml")).ok()?;
            other_name(&manifest)
        })
        .as_deref()
}

/// `memo = { package = "cached-attr" }` → `memo`; none where a dependency has the name itself.
///
/// Not a TOML parser: what it does not understand only means that the compiler's own message stays.
fn other_name(manifest: &str) -> Option<String> {
    let mut table = None;
    let mut other = None;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            table = header
                .rsplit_once("dependencies.")
                .map(|(_, name)| name.trim_matches('"'));
            if table.is_some_and(is_ours) {
                return None;
            }
        } else if let Some((key, value)) = line.split_once('=') {
            let name = key.split('.').next().unwrap_or_default().trim();
            if is_ours(name.trim_matches('"')) {
                return None;
            }
            let of_ours = |text: &str| text.contains("\"cached-attr\"");
            match value.split_once("package") {
                _ if name == "package" && of_ours(value) => {
                    other = table.map(str::to_owned).or(other);
                }
                Some((_, package)) if of_ours(package) => other = Some(name.to_owned()),
                _ => {}
            }
        }
    }
    other.map(|name| name.replace('-', "_"))
}

fn is_ours(name: &str) -> bool {
    name == "cached-attr" || name == "cached_attr"
}

#[cfg(test)]
mod tests {
    use super::other_name;

    #[test]
    fn a_renamed_dependency_is_found_in_a_line_and_in_a_table() {
        let line = "[dependencies]\nmemo-ize = { version = \"1\", package = \"cached-attr\" }";
        assert_eq!(other_name(line).as_deref(), Some("memo_ize"));
        let table = "[dependencies.memo]\npackage = \"cached-attr\"\nversion = \"1\"";
        assert_eq!(other_name(table).as_deref(), Some("memo"));
    }

    #[test]
    fn a_dependency_of_the_right_name_is_not_renamed() {
        for manifest in [
            "[dependencies]\ncached-attr = \"1\"",
            "[dev-dependencies]\ncached-attr.workspace = true",
            "[dependencies.cached-attr]\nversion = \"1\"",
            "[package]\nname = \"shop\"\n[dependencies]\ntokio = \"1\"",
        ] {
            assert_eq!(other_name(manifest), None, "{manifest}");
        }
    }
}
