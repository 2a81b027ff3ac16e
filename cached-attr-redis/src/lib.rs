//! The shared tier of `cached-attr` over Redis and Valkey.
