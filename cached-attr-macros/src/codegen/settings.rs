//! `|policy| policy.ttl(…).capacity(…)`

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::shared;
use crate::{
    args::Time,
    idents,
    plan::{Layer, Plan, Setter, SetterArgument},
};

pub(super) fn emit(plan: &Plan, layer: &Layer) -> TokenStream {
    let policy = idents::policy();
    let setters = layer.setters.iter().map(|setter| emit_setter(plan, setter));
    let builder = shared::builder(plan, layer, quote!(#policy #(.#setters)*));
    quote!(|#policy| #builder)
}

/// The same for a companion, where no type of a closure is needed.
pub(super) fn emit_for_companion(plan: &Plan, layer: &Layer) -> TokenStream {
    if layer.setters.is_empty() && layer.sharing.is_none() {
        quote!(::core::convert::identity)
    } else {
        emit(plan, layer)
    }
}

/// Does a setter see key or value?
pub(super) fn see_values(layer: &Layer) -> bool {
    layer.sharing.is_some() || layer.setters.iter().any(Setter::sees_value)
}

/// `capacity(500)`
fn emit_setter(plan: &Plan, setter: &Setter) -> TokenStream {
    let method = idents::method(setter.method);
    let arguments = setter
        .arguments
        .iter()
        .map(|argument| emit_argument(plan, argument));
    quote!(#method(#(#arguments),*))
}

fn emit_argument(plan: &Plan, argument: &SetterArgument) -> TokenStream {
    let runtime = &plan.runtime;
    match argument {
        SetterArgument::Time(time) => emit_time(time),
        SetterArgument::Count(count) => {
            let count = Literal::u64_unsuffixed(*count);
            quote!(#count)
        }
        SetterArgument::Ratio(ratio) => quote!(#ratio),
        SetterArgument::Code(code) | SetterArgument::Closure(code) => quote!(#code),
        SetterArgument::IsNone => {
            let value = idents::local("value");
            quote!(|#value| #runtime::__private::absent!(#value))
        }
    }
}

/// `"30s"` → `::core::time::Duration::from_millis(30000)`
pub(super) fn emit_time(time: &Time) -> TokenStream {
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
