//! The pages of the guide, so that `cargo test --doc` runs their examples.

macro_rules! pages {
    ($($page:ident)*) => {$(
        #[doc = include_str!(concat!("../../docs/guide/src/", stringify!($page), ".md"))]
        mod $page {}
    )*};
}

pages! {
    introduction
    keys
    methods
    generics
    returns
    resources
    batches
    conditional
    errors
    staleness
    companions
    writers
    control
    fleet
    leaders
    testing
    operations
    migrating
}
