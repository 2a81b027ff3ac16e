//! The table at the end: what each step cost, and what it would have cost.

use std::fmt;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::campaigns::{campaign_cache, overview_cache};
use crate::service::{LATENCY, Service};

/// Counters of both caches together.
#[derive(Clone, Copy, Default)]
struct Counts {
    hits: u64,
    loads: u64,
    collapsed: u64,
    bypassed: u64,
}

impl Counts {
    fn now() -> Self {
        [campaign_cache().stats(), overview_cache().stats()]
            .iter()
            .fold(Self::default(), |sum, stats| Self {
                hits: sum.hits + stats.hits,
                loads: sum.loads + stats.loads,
                collapsed: sum.collapsed + stats.collapsed,
                bypassed: sum.bypassed + stats.bypassed,
            })
    }

    fn since(self, before: Self) -> Self {
        Self {
            hits: self.hits - before.hits,
            loads: self.loads - before.loads,
            collapsed: self.collapsed - before.collapsed,
            bypassed: self.bypassed - before.bypassed,
        }
    }

    /// Every call is exactly one of the four.
    fn calls(self) -> u64 {
        self.hits + self.loads + self.collapsed + self.bypassed
    }
}

struct Row {
    step: &'static str,
    counts: Counts,
    requests: u64,
    took: Duration,
    note: String,
}

impl Row {
    /// A hit answers without a request; each request takes at least this long.
    fn saved(&self) -> Duration {
        LATENCY.saturating_mul(u32::try_from(self.counts.hits).unwrap_or(u32::MAX))
    }
}

/// The steps done so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Runs a step, and counts what the caches and the service saw of it.
    pub(crate) async fn run(
        &mut self,
        step: &'static str,
        service: &Service,
        run: impl Future<Output = Outcome<String>>,
    ) -> Outcome {
        let (counts, requests, start) = (Counts::now(), service.requests(), Instant::now());
        let note = run.await?;
        self.rows.push(Row {
            step,
            counts: Counts::now().since(counts),
            requests: service.requests() - requests,
            took: start.elapsed(),
            note,
        });
        Ok(())
    }

    /// What all steps come to.
    fn total(&self) -> Row {
        Row {
            step: "in all",
            counts: Counts::now(),
            requests: self.rows.iter().map(|row| row.requests).sum(),
            took: self.rows.iter().map(|row| row.took).sum(),
            note: String::new(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = [
            "calls",
            "hits",
            "loads",
            "collapsed",
            "bypassed",
            "requests",
            "took",
            "time saved",
        ];
        write!(f, "{:36}", "step")?;
        for title in titles {
            write!(f, " {title:>10}")?;
        }
        writeln!(f, "\n{}", "-".repeat(36 + 11 * titles.len()))?;
        for row in self.rows.iter().chain([&self.total()]) {
            let Counts {
                hits,
                loads,
                collapsed,
                bypassed,
            } = row.counts;
            write!(f, "{:36}", row.step)?;
            for count in [
                row.counts.calls(),
                hits,
                loads,
                collapsed,
                bypassed,
                row.requests,
            ] {
                write!(f, " {count:>10}")?;
            }
            writeln!(
                f,
                " {:>7} ms {:>8.1} s",
                row.took.as_millis(),
                row.saved().as_secs_f64()
            )?;
        }
        writeln!(f)?;
        for row in &self.rows {
            writeln!(f, "{:36} {}", row.step, row.note)?;
        }
        write!(
            f,
            "\nrequests: counted by the service. collapsed: joined another caller's load.\n\
             time saved: hits, times the {} ms a request takes at least.\n",
            LATENCY.as_millis()
        )
    }
}
