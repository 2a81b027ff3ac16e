//! Compile-fail cases for `cached-attr`: see `fail/`.
