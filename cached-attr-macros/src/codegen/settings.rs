//! `|policy| policy.ttl(…).capacity(…)`

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::{
    args::{Capacity, Time},
    idents,
    plan::{Layer, Plan, Rule},
};

pub(super) fn emit(plan: &Plan, layer: &Layer) -> TokenStream {
    let policy = idents::policy();
    let rules = rules(layer).map(|rule| emit_rule(plan, rule));
    quote!(|#policy| #policy #(.#rules)*)
}

/// The same for a companion, where no type of a closure is needed.
pub(super) fn emit_for_companion(plan: &Plan, layer: &Layer) -> TokenStream {
    if rules(layer).next().is_none() {
        quote!(::core::convert::identity)
    } else {
        emit(plan, layer)
    }
}

/// Those that the site does not know already.
fn rules(layer: &Layer) -> impl Iterator<Item = &Rule> {
    let known = |rule: &&Rule| matches!(rule, Rule::Ttl(Time::Exact(_)) | Rule::TtlNever);
    layer.rules.iter().filter(move |rule| !known(rule))
}

/// Does a rule see the value?
pub(super) fn has_closures(layer: &Layer) -> bool {
    layer.rules.iter().any(|rule| {
        matches!(
            rule,
            Rule::TtlBy(_) | Rule::StoreIf(_) | Rule::Weigh(_) | Rule::NegativeTtl(_)
        )
    })
}

fn emit_rule(plan: &Plan, rule: &Rule) -> TokenStream {
    let runtime = &plan.runtime;
    let value = idents::local("value");
    match rule {
        Rule::Ttl(time) => call("ttl", time),
        Rule::TtlNever => quote!(ttl_never()),
        Rule::TtlBy(closure) => quote!(ttl_by(#closure)),
        Rule::StoreIf(closure) => quote!(store_if(#closure)),
        Rule::NegativeTtl(time) => {
            let time = emit_time(time);
            quote!(negative_ttl(#time, |#value| #runtime::__private::absent!(#value)))
        }
        Rule::ErrorTtl(time) => call("error_ttl", time),
        Rule::StaleIfError(time) => call("stale_if_error", time),
        Rule::RetryAfter(time) => call("retry_after", time),
        Rule::Capacity(Capacity::Exact(amount)) => {
            let amount = Literal::u64_unsuffixed(*amount);
            quote!(capacity(#amount))
        }
        Rule::Capacity(Capacity::Computed(expr)) => quote!(capacity(#expr)),
        Rule::Weigh(closure) => quote!(weigh(#closure)),
        Rule::Tti(time) => call("tti", time),
        Rule::Jitter(time) => call("jitter", time),
        Rule::JitterRatio(ratio) => quote!(jitter_ratio(#ratio)),
        Rule::Single => quote!(single()),
    }
}

fn call(rule: &str, time: &Time) -> TokenStream {
    let rule = idents::method(rule);
    let time = emit_time(time);
    quote!(#rule(#time))
}

/// `"30s"` → `::core::time::Duration::from_millis(30000)`
fn emit_time(time: &Time) -> TokenStream {
    match time {
        Time::Computed(expr) => quote!(#expr),
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
