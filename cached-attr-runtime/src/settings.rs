//! What options a cache was given, as far as they outlast the call that names them.

use std::fmt;
use std::time::Duration;

use crate::clock::NEVER;
use crate::policy::{Jitter, Limits, Policy};

/// One option of a cached function, such as `capacity = 500`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Setting {
    /// The option's name, as the attribute has it.
    pub option: &'static str,
    /// What it says. A closure is only said to be there.
    pub value: String,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.option, self.value)
    }
}

/// The options of a policy and, where the cache is its own, of its limits.
pub(crate) fn of(policy: &Policy, limits: Option<&Limits>) -> Vec<Setting> {
    let closure = |is_there: bool| is_there.then(|| "closure".to_owned());
    let window = |nanos: u64| (nanos > 0).then(|| duration(nanos));
    let tries = policy.pauses();
    let part = policy.refreshes_ahead();
    let negative = policy.negative.as_ref();
    let settings = [
        ("store_if", closure(policy.store_if.is_some())),
        ("negative_ttl", negative.map(|(ttl, _)| duration(*ttl))),
        ("error_ttl", window(policy.error_ttl)),
        ("stale_if_error", window(policy.stale_if_error)),
        ("retry_after", tries.then(|| duration(policy.retry_after))),
        (
            "stale_while_revalidate",
            window(policy.stale_while_revalidate),
        ),
        ("refresh_ahead", part.map(|part| part.to_string())),
        ("timeout", window(policy.timeout)),
        ("soft_timeout", window(policy.soft_timeout)),
        (
            "capacity",
            limits.map(|limits| limits.capacity().to_string()),
        ),
        (
            "weigh",
            closure(limits.is_some_and(|it| it.weigh.is_some())),
        ),
        ("tti", limits.and_then(|limits| window(limits.tti))),
        ("jitter", jitter(policy.jitter)),
        ("cache", limits.is_none().then(|| "another's".to_owned())),
    ];
    let given = |(option, value): (_, Option<String>)| {
        Some(Setting {
            option,
            value: value?,
        })
    };
    settings.into_iter().filter_map(given).collect()
}

fn duration(nanos: u64) -> String {
    if nanos == NEVER {
        return "never".to_owned();
    }
    humantime::format_duration(Duration::from_nanos(nanos)).to_string()
}

fn jitter(jitter: Jitter) -> Option<String> {
    match jitter {
        Jitter::None => None,
        Jitter::Ratio(part) => Some(format!("{}%", part * 100.0)),
        Jitter::Span(nanos) => Some(duration(nanos)),
    }
}
