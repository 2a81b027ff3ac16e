//! `#[cached]` on functions as other crates want them.

mod async_traits;
mod background;
mod for_ever;
mod handlers;
mod services;
mod signatures;
mod spans;
