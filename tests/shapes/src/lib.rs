//! `#[cached]` among the attributes and types of other crates: see `tests/shapes`.
