//! Which load waits for which: a wait that would close a cycle is not begun.
//!
//! A load that awaits another cached call waits for that call's load. A new wait is refused when the awaited load
//! already waits, through others, for the one that asks. Edges exist only where loads are nested, so one lock for the
//! process serves.
//!
//! A cycle is searched from both ends in turn, so that it takes as long as the smaller side: a load that fans out to
//! thousands costs no more for each of them than one that does not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;

use super::running_load::{PollingTask, RunningLoad, Stalled, Watch};
use crate::lock::lock;

/// Loads by address, with how many waits there are: a body may wait for one load several times.
type Edges = BTreeMap<usize, u32>;

struct Node {
    load: Arc<RunningLoad>,
    waits_for: Edges,
    awaited_by: Edges,
}

type Graph = BTreeMap<usize, Node>;

static GRAPH: Mutex<Graph> = Mutex::new(Graph::new());

fn lock_graph() -> MutexGuard<'static, Graph> {
    lock(&GRAPH)
}

/// A recorded wait; dropping it ends the record.
pub(crate) struct Wait {
    from: Arc<RunningLoad>,
    to: Arc<RunningLoad>,
}

impl Wait {
    /// Records that `from`'s body waits for `to`; none where that would close a cycle.
    pub(crate) fn begin(from: &Arc<RunningLoad>, to: &Arc<RunningLoad>) -> Option<Wait> {
        let (source, target) = (from.address(), to.address());
        let mut graph = lock_graph();
        if closes_cycle(&graph, source, target) {
            return None;
        }
        *node(&mut graph, from).waits_for.entry(target).or_default() += 1;
        *node(&mut graph, to).awaited_by.entry(source).or_default() += 1;
        // SeqCst: either a follower that has just registered sees that there are waits, or it is woken here.
        from.waits.fetch_add(1, Ordering::SeqCst);
        let concerned = concerned(&graph, from, to);
        drop(graph);
        concerned.into_iter().for_each(Waker::wake);
        Some(Wait {
            from: Arc::clone(from),
            to: Arc::clone(to),
        })
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let (source, target) = (self.from.address(), self.to.address());
        let mut graph = lock_graph();
        remove_edge(&mut graph, source, target, |node| &mut node.waits_for);
        remove_edge(&mut graph, target, source, |node| &mut node.awaited_by);
        drop(graph);
        self.from.waits.fetch_sub(1, Ordering::SeqCst);
    }
}

fn node<'a>(graph: &'a mut Graph, load: &Arc<RunningLoad>) -> &'a mut Node {
    graph.entry(load.address()).or_insert_with(|| Node {
        load: Arc::clone(load),
        waits_for: Edges::new(),
        awaited_by: Edges::new(),
    })
}

fn remove_edge(graph: &mut Graph, at: usize, to: usize, edges: fn(&mut Node) -> &mut Edges) {
    let Some(node) = graph.get_mut(&at) else {
        return;
    };
    if let Some(count) = edges(node).get_mut(&to) {
        *count -= 1;
        if *count == 0 {
            edges(node).remove(&to);
        }
    }
    if node.waits_for.is_empty() && node.awaited_by.is_empty() {
        graph.remove(&at);
    }
}

/// Whether `target` is `source`, or waits for it through others.
fn closes_cycle(graph: &Graph, source: usize, target: usize) -> bool {
    let mut forward = Search::from(target);
    let mut backward = Search::from(source);
    loop {
        match forward.step(graph, |node| &node.waits_for) {
            Some(found) if found == source => return true,
            Some(_) => {}
            None => return false,
        }
        match backward.step(graph, |node| &node.awaited_by) {
            Some(found) if found == target => return true,
            Some(_) => {}
            None => return false,
        }
    }
}

/// A search along one kind of edges.
struct Search {
    next: Vec<usize>,
    seen: BTreeSet<usize>,
}

impl Search {
    fn from(start: usize) -> Self {
        Search {
            next: vec![start],
            seen: BTreeSet::from([start]),
        }
    }

    /// Visits one more load; none when all have been.
    fn step(&mut self, graph: &Graph, edges: fn(&Node) -> &Edges) -> Option<usize> {
        let found = self.next.pop()?;
        if let Some(node) = graph.get(&found) {
            let seen = &mut self.seen;
            self.next.extend(
                edges(node)
                    .keys()
                    .copied()
                    .filter(|&next| seen.insert(next)),
            );
        }
        Some(found)
    }
}

/// Whether a load, or one that it waits for through others, was woken on this task and not polled since: who waits for
/// it here may wait for ever. The follower is woken to look again whenever that may have changed.
pub(crate) fn stalled(watch: &Watch, task: PollingTask, waker: &Waker) -> Option<Stalled> {
    watch.register(task, waker);
    let load = watch.load();
    let stalled = load.stalled_in(task);
    if stalled.is_some() || load.waits.load(Ordering::SeqCst) == 0 {
        return stalled;
    }
    let graph = lock_graph();
    let mut search = Search::from(load.address());
    while let Some(found) = search.step(&graph, |node| &node.waits_for) {
        let stalled = graph
            .get(&found)
            .and_then(|node| node.load.stalled_in(task));
        if stalled.is_some() {
            return stalled;
        }
    }
    None
}

/// Those who follow `source`, or a load that waits for it, on a task that polls `target`, or a load that it waits for:
/// a new wait of `source` for `target` may concern them.
fn concerned(graph: &Graph, source: &Arc<RunningLoad>, target: &Arc<RunningLoad>) -> Vec<Waker> {
    let tasks: Vec<_> = reachable(graph, target, |node| &node.waits_for)
        .iter()
        .filter_map(|load| load.task())
        .collect();
    if tasks.is_empty() {
        return Vec::new();
    }
    reachable(graph, source, |node| &node.awaited_by)
        .iter()
        .flat_map(|load| load.followers(|task| tasks.contains(&task)))
        .collect()
}

fn reachable(
    graph: &Graph,
    start: &Arc<RunningLoad>,
    edges: fn(&Node) -> &Edges,
) -> Vec<Arc<RunningLoad>> {
    let mut search = Search::from(start.address());
    let mut found = vec![Arc::clone(start)];
    while let Some(address) = search.step(graph, edges) {
        let other = |node: &&Node| !Arc::ptr_eq(&node.load, start);
        found.extend(
            graph
                .get(&address)
                .filter(other)
                .map(|node| Arc::clone(&node.load)),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Arc<RunningLoad> {
        Arc::default()
    }

    #[test]
    fn a_wait_that_closes_a_cycle_through_others_is_refused() {
        let loads: Vec<_> = (0..50).map(|_| load()).collect();
        let waits: Vec<_> = loads
            .windows(2)
            .map(|pair| Wait::begin(&pair[0], &pair[1]))
            .collect();
        assert!(waits.iter().all(Option::is_some));
        assert!(Wait::begin(&loads[49], &loads[0]).is_none());
        assert!(Wait::begin(&loads[7], &loads[7]).is_none(), "its own key");
        drop(waits);
        assert!(Wait::begin(&loads[49], &loads[0]).is_some());
    }

    #[test]
    fn a_wait_that_is_recorded_twice_ends_when_both_have_ended() {
        let (a, b) = (load(), load());
        let first = Wait::begin(&a, &b);
        let second = Wait::begin(&a, &b);
        drop(first);
        assert!(Wait::begin(&b, &a).is_none());
        drop(second);
        assert!(Wait::begin(&b, &a).is_some());
    }
}
