//! The numbers of every cache, for a recorder of the [`metrics`](https://docs.rs/metrics) crate (feature `metrics`).
//!
//! Counting into a recorder from each call would cost a lookup in its registry on every hit. The caches count for
//! themselves anyway, so [`publish`] copies these counts when somebody wants to read them: a hit costs what it costs
//! without this feature.
//!
//! All names begin with `cached_attr_`, and every metric has the label `cache`: the function's name. Caches of one name
//! are added up. No metric has a label for a key.
//!
//! | counter | further label |
//! |---|---|
//! | `requests_total` | `outcome`: what the lookup of a call came to, `hit`, `miss`, `stale` (while it is revalidated, or in the pause after a failure) or `bypass` |
//! | `collapsed_total` | |
//! | `loads_total`, `load_errors_total`, `unshared_errors_total` | |
//! | `stale_total` | `cause`: `load_error`, `retry_after` for the pause after one, `revalidation` or `soft_timeout` |
//! | `refreshes_total` | `outcome` of loads in the background: `begun` or `skipped` |
//! | `timeouts_total` | |
//! | `stores_total` | `outcome`: `stored`, `superseded` or `refused` |
//! | `evictions_total` | `cause`: `capacity`, `expired` or `idle` |
//! | `invalidations_total` | |
//! | `load_duration_seconds_bucket` | `le`, as in a Prometheus histogram; with `load_duration_seconds_count` |
//!
//! | gauge | |
//! |---|---|
//! | `entries`, `weight` | what is held |
//! | `running_loads`, `oldest_load_seconds` | loads that run now, and for how long the oldest has |
//! | `load_duration_seconds_sum` | only grows; a gauge because the facade's counters are whole numbers |
//! | `enabled` | 1 or 0 |
//!
//! What they count is said at the fields of [`Stats`].

use std::time::Duration;

use ::metrics::{Label, Unit, counter, describe_counter, describe_gauge, gauge};

use crate::report::caches;
use crate::stats::Stats;

/// A count: its metric, a label beside the cache's name, and where it comes from.
struct Count {
    metric: &'static str,
    label: Option<(&'static str, &'static str)>,
    read: fn(&Stats) -> u64,
}

const fn count(metric: &'static str, read: fn(&Stats) -> u64) -> Count {
    Count {
        metric,
        label: None,
        read,
    }
}

const fn by(
    metric: &'static str,
    label: &'static str,
    value: &'static str,
    read: fn(&Stats) -> u64,
) -> Count {
    Count {
        metric,
        label: Some((label, value)),
        read,
    }
}

const REQUESTS: &str = "cached_attr_requests_total";
const STALE: &str = "cached_attr_stale_total";
const REFRESHES: &str = "cached_attr_refreshes_total";
const STORES: &str = "cached_attr_stores_total";
const EVICTIONS: &str = "cached_attr_evictions_total";
const DURATION_BUCKET: &str = "cached_attr_load_duration_seconds_bucket";

const COUNTS: &[Count] = &[
    by(REQUESTS, "outcome", "hit", |stats| stats.hits),
    by(REQUESTS, "outcome", "miss", |stats| stats.misses),
    by(REQUESTS, "outcome", "stale", |stats| {
        stats.stale_in_pause + stats.stale_while_revalidate
    }),
    by(REQUESTS, "outcome", "bypass", |stats| stats.bypassed),
    count("cached_attr_collapsed_total", |stats| stats.collapsed),
    count("cached_attr_loads_total", |stats| stats.loads),
    count("cached_attr_load_errors_total", |stats| stats.load_errors),
    count("cached_attr_unshared_errors_total", |stats| {
        stats.unshared_errors
    }),
    by(STALE, "cause", "load_error", |stats| {
        let others =
            stats.stale_in_pause + stats.stale_while_revalidate + stats.stale_after_soft_timeout;
        stats.stale.saturating_sub(others)
    }),
    by(STALE, "cause", "retry_after", |stats| stats.stale_in_pause),
    by(STALE, "cause", "revalidation", |stats| {
        stats.stale_while_revalidate
    }),
    by(STALE, "cause", "soft_timeout", |stats| {
        stats.stale_after_soft_timeout
    }),
    by(REFRESHES, "outcome", "begun", |stats| stats.refreshes),
    by(REFRESHES, "outcome", "skipped", |stats| {
        stats.refreshes_skipped
    }),
    count("cached_attr_timeouts_total", |stats| stats.timed_out),
    by(STORES, "outcome", "stored", |stats| stats.stored),
    by(STORES, "outcome", "superseded", |stats| stats.superseded),
    by(STORES, "outcome", "refused", |stats| stats.refused),
    by(EVICTIONS, "cause", "capacity", |stats| {
        stats.evicted_for_capacity
    }),
    by(EVICTIONS, "cause", "expired", |stats| stats.evicted_expired),
    by(EVICTIONS, "cause", "idle", |stats| stats.evicted_idle),
    count("cached_attr_invalidations_total", |stats| stats.invalidated),
    count("cached_attr_load_duration_seconds_count", |stats| {
        stats.load_times.count()
    }),
];

/// A number that goes up and down.
struct Gauge {
    metric: &'static str,
    read: fn(&Stats) -> f64,
}

#[allow(clippy::cast_precision_loss, reason = "gauges are floats")]
const GAUGES: &[Gauge] = &[
    Gauge {
        metric: "cached_attr_entries",
        read: |stats| stats.entries as f64,
    },
    Gauge {
        metric: "cached_attr_weight",
        read: |stats| stats.weight as f64,
    },
    Gauge {
        metric: "cached_attr_running_loads",
        read: |stats| stats.running_loads as f64,
    },
    Gauge {
        metric: "cached_attr_oldest_load_seconds",
        read: |stats| stats.oldest_load.unwrap_or_default().as_secs_f64(),
    },
    Gauge {
        metric: "cached_attr_load_duration_seconds_sum",
        read: |stats| stats.load_time.as_secs_f64(),
    },
    Gauge {
        metric: "cached_attr_enabled",
        read: |stats| f64::from(u8::from(stats.enabled)),
    },
];

/// Copies the numbers of every cache of the process to the recorder of the `metrics` crate.
///
/// Call it before the recorder is read: in the handler that a scraper calls, or every few seconds. Counters are set to
/// what the caches have counted since they were made, so nothing is lost or counted twice, however often this is called.
///
/// ```
/// # let render = || String::new();
/// // What a scraper gets; `render` is the exporter's.
/// cached_attr_runtime::metrics::publish();
/// let page = render();
/// ```
pub fn publish() {
    describe();
    let mut known = caches();
    // Ordered by name: those of one name stand side by side.
    known.dedup_by(|next, first| {
        let same = next.name == first.name;
        if same {
            first.stats = first.stats.plus(next.stats);
        }
        same
    });
    for cache in &known {
        publish_cache(&cache.name, &cache.stats);
    }
}

fn publish_cache(name: &str, stats: &Stats) {
    let labels = |further: Option<(&'static str, &'static str)>| {
        let mut labels = vec![Label::new("cache", name.to_owned())];
        labels.extend(further.map(|(label, value)| Label::new(label, value)));
        labels
    };
    for count in COUNTS {
        counter!(count.metric, labels(count.label)).absolute((count.read)(stats));
    }
    for gauge in GAUGES {
        gauge!(gauge.metric, labels(None)).set((gauge.read)(stats));
    }
    let mut within = 0;
    for (bound, loads) in stats.load_times.buckets() {
        within += loads;
        let mut labels = labels(None);
        labels.push(Label::new("le", le(bound)));
        counter!(DURATION_BUCKET, labels).absolute(within);
    }
}

/// A bucket's bound in seconds.
fn le(bound: Option<Duration>) -> String {
    bound.map_or_else(
        || "+Inf".to_owned(),
        |bound| bound.as_secs_f64().to_string(),
    )
}

/// Says what the metrics mean, each time: a recorder may have been installed since the last.
fn describe() {
    describe_counter!(REQUESTS, "Calls, by what their lookup came to");
    describe_counter!(
        "cached_attr_collapsed_total",
        "Calls answered by a load that another call ran"
    );
    describe_counter!("cached_attr_loads_total", "Loads begun");
    describe_counter!(
        "cached_attr_load_errors_total",
        "Loads that ended in an error"
    );
    describe_counter!(
        "cached_attr_unshared_errors_total",
        "Calls that started over because the error of the load they waited for could not be shared"
    );
    describe_counter!(STALE, "Calls answered past the ttl, by cause");
    describe_counter!(REFRESHES, "Loads in the background");
    describe_counter!(
        "cached_attr_timeouts_total",
        "Loads that took longer than their timeout"
    );
    describe_counter!(STORES, "Answers of loads, by whether they were stored");
    describe_counter!(EVICTIONS, "Entries that left by themselves, by cause");
    describe_counter!("cached_attr_invalidations_total", "Keys invalidated");
    describe_counter!(
        DURATION_BUCKET,
        "Loads that gave an answer within a time, cumulated"
    );
    describe_gauge!("cached_attr_entries", "Entries held");
    describe_gauge!(
        "cached_attr_weight",
        "Weight of the entries held; their number where nothing is weighed"
    );
    describe_gauge!("cached_attr_running_loads", "Loads that are running");
    describe_gauge!(
        "cached_attr_oldest_load_seconds",
        Unit::Seconds,
        "For how long the oldest running load has been running"
    );
    describe_gauge!(
        "cached_attr_enabled",
        "Whether calls read and write the cache"
    );
}
