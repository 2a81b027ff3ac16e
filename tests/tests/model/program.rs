//! The program: random operations on the cache and on the model, compared after each.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use cached_attr::{CacheControlExt as _, FnCache, WriteGuard, cached};
use cached_attr_tests::{Dice, Source, poll_once};
use tokio::sync::watch;

use crate::model::{Answer, Counts, Load, Model, Stage};

const KEYS: u32 = 3;
const TTLS: [u64; 3] = [5, 10, 20];

/// Where loads wait for what the program tells them.
#[derive(Default)]
struct Desk {
    source: Source,
    waiting: RefCell<HashMap<Load, watch::Sender<Option<Answer>>>>,
}

#[cached(ttl = "10s", cache = cache, skip(cache, desk))]
async fn price(cache: &FnCache<u32, u32>, desk: &Desk, key: u32) -> Answer {
    let _ = (cache, key);
    let load = desk.source.ask();
    let (tell, mut told) = watch::channel(None);
    desk.waiting.borrow_mut().insert(load, tell);
    let said = told.wait_for(Option::is_some).await;
    said.ok()
        .and_then(|said| said.clone())
        .unwrap_or_else(|| Err("forgotten".to_owned()))
}

struct Call {
    key: u32,
    future: Pin<Box<dyn Future<Output = Answer>>>,
    stage: Stage,
}

pub(crate) struct Program {
    seed: u64,
    dice: Dice,
    cache: FnCache<u32, u32>,
    desk: Rc<Desk>,
    calls: Vec<Call>,
    guards: Vec<(u32, WriteGuard<u32>)>,
    told: HashMap<Load, Answer>,
    model: Model,
    done: Vec<String>,
}

impl Program {
    pub(crate) fn new(seed: u64) -> Self {
        Program {
            seed,
            dice: Dice::new(seed),
            cache: FnCache::builder().ttl(Duration::from_secs(10)).build(),
            desk: Rc::default(),
            calls: Vec::new(),
            guards: Vec::new(),
            told: HashMap::new(),
            model: Model::new(Duration::from_secs(10)),
            done: Vec::new(),
        }
    }

    /// What is needed to see a failure.
    fn story(&self) -> String {
        let from = self.done.len().saturating_sub(40);
        format!("SEED={}\n{}", self.seed, self.done[from..].join("\n"))
    }

    fn note(&mut self, what: String) {
        self.done.push(what);
    }

    pub(crate) async fn step(&mut self, step: u32) {
        let key = self.dice.below(KEYS);
        match self.dice.below(100) {
            0..30 => self.call(step, key).await,
            30..38 => self.call_bypassing(step, key).await,
            38..58 => self.tell(step),
            58..66 => self.cancel(step),
            66..72 => {
                self.note(format!("{step}: invalidate {key}"));
                self.cache.invalidate(key).await;
                self.model.invalidate(key);
            }
            72..77 => {
                self.note(format!("{step}: insert {key}"));
                self.cache.insert(key, 1_000_000 + step).await;
                self.model.insert(key, 1_000_000 + step);
            }
            77..82 => {
                self.note(format!("{step}: expire {key}"));
                self.cache.expire(key).await;
                self.model.expire(key);
            }
            82..83 => {
                self.note(format!("{step}: invalidate all"));
                self.cache.invalidate_all().await;
                self.model.invalidate_all();
            }
            83..88 => self.write(step, key).await,
            _ => self.pass_time(step).await,
        }
        self.poll_calls().await;
        self.compare().await;
    }

    async fn call(&mut self, step: u32, key: u32) {
        let (cache, desk) = (self.cache.clone(), Rc::clone(&self.desk));
        let mut future: Pin<Box<dyn Future<Output = Answer>>> =
            Box::pin(async move { price(&cache, &desk, key).await });
        let expected = self.model.begin(key);
        self.note(format!("{step}: call {key}: {expected:?}"));
        let answer = poll_once(future.as_mut()).await;
        match expected {
            Ok(value) => assert_eq!(answer, Some(Ok(value)), "{}", self.story()),
            Err(stage) => {
                assert_eq!(answer, None, "{}", self.story());
                self.calls.push(Call { key, future, stage });
            }
        }
    }

    async fn call_bypassing(&mut self, step: u32, key: u32) {
        let (cache, desk) = (self.cache.clone(), Rc::clone(&self.desk));
        let mut future: Pin<Box<dyn Future<Output = Answer>>> =
            Box::pin(async move { price(&cache, &desk, key).no_store().await });
        let stage = self.model.bypass();
        self.note(format!("{step}: call {key} with no_store: {stage:?}"));
        assert_eq!(poll_once(future.as_mut()).await, None, "{}", self.story());
        self.calls.push(Call { key, future, stage });
    }

    fn tell(&mut self, step: u32) {
        let mut waiting: Vec<_> = self.desk.waiting.borrow().keys().copied().collect();
        waiting.sort_unstable();
        if waiting.is_empty() {
            return;
        }
        let load = *self.dice.pick(&waiting);
        let answer = if self.dice.below(4) == 0 {
            Err(format!("load {load} failed"))
        } else {
            Ok(load)
        };
        self.note(format!(
            "{step}: the source answers load {load}: {answer:?}"
        ));
        self.say(load, answer);
    }

    fn say(&mut self, load: Load, answer: Answer) {
        self.model.tell(load, &answer);
        let waiting = self.desk.waiting.borrow_mut().remove(&load);
        // Nobody listens any more where the call was cancelled.
        let _ = waiting.map(|tell| tell.send(Some(answer.clone())));
        self.told.insert(load, answer);
    }

    fn cancel(&mut self, step: u32) {
        if self.calls.is_empty() {
            return;
        }
        let at = self
            .dice
            .below(u32::try_from(self.calls.len()).unwrap_or(1)) as usize;
        let call = self.calls.remove(at);
        self.note(format!(
            "{step}: cancel a call of {}: {:?}",
            call.key, call.stage
        ));
        self.model.cancel(call.stage);
        if let Stage::Leads(load) | Stage::Alone(load) = call.stage {
            self.desk.waiting.borrow_mut().remove(&load);
        }
    }

    async fn write(&mut self, step: u32, key: u32) {
        if self.guards.len() < 2 {
            self.note(format!("{step}: begin to write {key}"));
            self.guards.push((key, self.cache.write(key).await));
            self.model.hold(key);
            return;
        }
        let (key, guard) = self.guards.remove(self.dice.below(2) as usize);
        self.note(format!("{step}: end writing {key}"));
        if self.dice.below(2) == 0 {
            guard.commit().await;
        } else {
            drop(guard);
        }
        self.model.release(key);
    }

    async fn pass_time(&mut self, step: u32) {
        if self.dice.below(10) == 0 {
            let ttl = Duration::from_secs(*self.dice.pick(&TTLS));
            self.note(format!("{step}: set the ttl to {ttl:?}"));
            self.set_ttl(ttl);
            return;
        }
        let time = Duration::from_millis(u64::from(self.dice.below(8)) * 500);
        self.note(format!("{step}: {time:?} pass"));
        tokio::time::advance(time).await;
        self.model.now += time;
    }

    /// Polls every call, in order, until none moves on any more.
    async fn poll_calls(&mut self) {
        let mut moved = true;
        while moved {
            moved = false;
            let mut at = 0;
            while at < self.calls.len() {
                let (key, stage) = (self.calls[at].key, self.calls[at].stage);
                let alone = match stage {
                    Stage::Alone(load) => self.told.get(&load),
                    _ => None,
                };
                let expected = self.model.poll(key, stage, alone);
                let answer = poll_once(self.calls[at].future.as_mut()).await;
                match expected {
                    Ok(expected) => {
                        assert_eq!(
                            answer,
                            Some(expected),
                            "{stage:?} of {key}\n{}",
                            self.story()
                        );
                        self.calls.remove(at);
                        moved = true;
                    }
                    Err(stage) => {
                        assert_eq!(answer, None, "{stage:?} of {key}\n{}", self.story());
                        self.calls[at].stage = stage;
                        at += 1;
                    }
                }
            }
        }
    }

    /// A longer ttl brings back what was stale, unless it has been freed.
    fn set_ttl(&mut self, ttl: Duration) {
        self.cache.set_ttl(ttl);
        for key in 0..KEYS {
            if self.model.get(key).is_none() && self.cache.age(key).is_none() {
                self.model.free(key);
            }
        }
        self.model.ttl = ttl;
    }

    async fn compare(&self) {
        for key in 0..KEYS {
            let held = self.model.get(key);
            assert_eq!(
                self.cache.get(key).await,
                held,
                "get {key}\n{}",
                self.story()
            );
            let (age, expected) = (self.cache.age(key), self.model.age(key));
            // What is stale may have been freed.
            let as_expected = age == expected || (held.is_none() && age.is_none());
            assert!(
                as_expected,
                "age of {key}: {age:?}, not {expected:?}\n{}",
                self.story()
            );
        }
        let stats = self.cache.stats();
        let counted = Counts {
            hits: stats.hits,
            misses: stats.misses,
            loads: stats.loads,
            collapsed: stats.collapsed,
            bypassed: stats.bypassed,
            superseded: stats.superseded,
            stored: stats.stored,
        };
        assert_eq!(counted, self.model.counts, "{}", self.story());
    }

    /// Everyone who still waits gets an answer in the end.
    pub(crate) async fn wind_up(&mut self) {
        for _ in 0..10_000 {
            let waiting = self.desk.waiting.borrow().keys().min().copied();
            let Some(load) = waiting else { break };
            self.say(load, Ok(load));
            self.poll_calls().await;
        }
        assert!(
            self.calls.is_empty(),
            "{} calls hang\n{}",
            self.calls.len(),
            self.story()
        );
    }
}
