//! Durations.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::args::Time;

/// `"30s"` → `::core::time::Duration::from_millis(30000)`
pub(super) fn emit(time: &Time) -> TokenStream {
    match time {
        Time::Computed(expr) => quote!(#expr),
        Time::Exact(Duration::MAX) => quote!(::core::time::Duration::MAX),
        Time::Exact(time) => match u64::try_from(time.as_millis()) {
            Ok(whole) if Duration::from_millis(whole) == *time => {
                let millis = Literal::u64_unsuffixed(whole);
                quote!(::core::time::Duration::from_millis(#millis))
            }
            _ => {
                let (seconds, nanos) = (
                    Literal::u64_unsuffixed(time.as_secs()),
                    Literal::u32_unsuffixed(time.subsec_nanos()),
                );
                quote!(::core::time::Duration::new(#seconds, #nanos))
            }
        },
    }
}

/// 584 years and more are all the same.
pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
