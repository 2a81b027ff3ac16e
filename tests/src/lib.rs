//! Behaviour of `cached-attr`, tested from outside: see the files in `tests/`.
