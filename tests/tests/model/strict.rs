//! Random programs of callers with wishes. Who joins whom is left open; what an answer must be is not.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use cached_attr::{CacheControlExt as _, FnCache, cached};
use cached_attr_tests::{Dice, poll_once};
use tokio::sync::watch;
use tokio::time::Instant;

const KEYS: u32 = 2;
const TTL: Duration = Duration::from_secs(10);

/// When something happened: by the count of operations, and by the clock.
#[derive(Clone, Copy, Debug)]
struct Moment {
    step: u32,
    time: Instant,
}

struct Load {
    key: u32,
    began: Moment,
    /// The step in which it ended.
    ended: Option<u32>,
    tell: watch::Sender<bool>,
}

#[derive(Default)]
struct Desk {
    step: Cell<u32>,
    loads: RefCell<Vec<Load>>,
}

impl Desk {
    fn now(&self) -> Moment {
        Moment {
            step: self.step.get(),
            time: Instant::now(),
        }
    }
}

/// Its answer is the place of its load among all loads.
#[cached(ttl = "10s", cache = cache, skip(cache, desk))]
async fn price(cache: &FnCache<u32, usize>, desk: &Desk, key: u32) -> usize {
    let _ = cache;
    let (tell, mut told) = watch::channel(false);
    let began = desk.now();
    let number = desk.loads.borrow().len();
    desk.loads.borrow_mut().push(Load {
        key,
        began,
        ended: None,
        tell,
    });
    let _ = told.wait_for(|told| *told).await;
    number
}

struct Call {
    key: u32,
    began: Moment,
    /// The step of the last change of the key before the call.
    changed: Option<u32>,
    max_age: Option<Duration>,
    future: Pin<Box<dyn Future<Output = usize>>>,
}

impl Call {
    /// What every answer must be, whoever loaded it.
    fn judge(&self, load: &Load, story: &str) {
        assert_eq!(load.key, self.key, "{story}");
        // In the step of a change itself loads begin after it: a call that takes over yields until then.
        let after_change = self
            .changed
            .is_none_or(|changed| load.began.step >= changed);
        assert!(
            after_change,
            "a load from before a change answers a call after it: {story}"
        );
        if load.began.step >= self.began.step {
            return;
        }
        let age = self.began.time - load.began.time;
        // A load that takes longer than its ttl still answers those who wait for it.
        let stored = load.ended.is_some_and(|ended| ended < self.began.step);
        assert!(!stored || age < TTL, "older than the ttl: {story}");
        if let Some(max_age) = self.max_age {
            assert!(
                age < max_age,
                "{age:?} old for a caller who takes {max_age:?}: {story}"
            );
        }
    }
}

#[derive(Default)]
struct Program {
    cache: Option<FnCache<u32, usize>>,
    desk: Rc<Desk>,
    calls: Vec<Call>,
    changes: HashMap<u32, u32>,
    done: Vec<String>,
}

impl Program {
    fn story(&self) -> String {
        let from = self.done.len().saturating_sub(30);
        self.done[from..].join("\n")
    }

    fn call(&mut self, key: u32, wish: u32) {
        let max_age = match wish {
            0..4 => None,
            4 | 5 => Some(Duration::ZERO),
            6 => Some(Duration::from_secs(2)),
            _ => Some(Duration::from_secs(5)),
        };
        let (cache, desk) = (self.cache.clone(), Rc::clone(&self.desk));
        let future = async move {
            let cache = cache.expect("a program has a cache");
            let call = price(&cache, &desk, key);
            match (wish, max_age) {
                (4, _) => call.no_cache().await,
                (_, Some(age)) => call.max_age(age).await,
                (_, None) => call.await,
            }
        };
        self.calls.push(Call {
            key,
            began: self.desk.now(),
            changed: self.changes.get(&key).copied(),
            max_age,
            future: Box::pin(future),
        });
    }

    async fn poll_calls(&mut self) {
        let mut at = 0;
        while at < self.calls.len() {
            match poll_once(self.calls[at].future.as_mut()).await {
                Some(number) => {
                    let call = self.calls.remove(at);
                    call.judge(&self.desk.loads.borrow()[number], &self.story());
                    // Who was polled before may have waited for this one.
                    at = 0;
                }
                None => at += 1,
            }
        }
    }

    /// The loads that somebody still runs.
    fn running(&self) -> Vec<usize> {
        let loads = self.desk.loads.borrow();
        let running = loads
            .iter()
            .enumerate()
            .filter(|(_, load)| !load.tell.is_closed());
        running.map(|(number, _)| number).collect()
    }

    fn end(&self, number: usize) {
        let load = &mut self.desk.loads.borrow_mut()[number];
        load.ended = Some(self.desk.step.get());
        let _ = load.tell.send(true);
    }

    async fn step(&mut self, step: u32, dice: &mut Dice) {
        self.desk.step.set(step);
        let key = dice.below(KEYS);
        let cache = self.cache.clone().expect("a program has a cache");
        match dice.below(100) {
            0..45 => {
                let wish = dice.below(8);
                self.done
                    .push(format!("{step}: call {key} with wish {wish}"));
                self.call(key, wish);
            }
            45..70 => {
                let running = self.running();
                if !running.is_empty() {
                    let number = *dice.pick(&running);
                    self.done.push(format!("{step}: load {number} ends"));
                    self.end(number);
                }
            }
            70..80 => {
                if !self.calls.is_empty() {
                    let calls = u32::try_from(self.calls.len()).unwrap_or(1);
                    let call = self.calls.remove(dice.below(calls) as usize);
                    self.done
                        .push(format!("{step}: cancel the call of {:?}", call.began));
                }
            }
            80..86 => {
                self.done.push(format!("{step}: change {key}"));
                self.changes.insert(key, step);
                if dice.below(2) == 0 {
                    cache.invalidate(key).await;
                } else {
                    cache.write(key).await.commit().await;
                }
            }
            _ => {
                let time = Duration::from_millis(u64::from(dice.below(10)) * 300);
                self.done.push(format!("{step}: {time:?} pass"));
                tokio::time::advance(time).await;
            }
        }
        self.poll_calls().await;
    }
}

async fn run(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut program = Program {
        cache: Some(FnCache::builder().ttl(TTL).build()),
        done: vec![format!("SEED={seed}")],
        ..Program::default()
    };
    for step in 1..=1500 {
        program.step(step, &mut dice).await;
    }
    // Everyone gets an answer once the source answers.
    for _ in 0..100 {
        for number in program.running() {
            program.end(number);
        }
        program.poll_calls().await;
    }
    assert!(
        program.calls.is_empty(),
        "{} calls hang: {}",
        program.calls.len(),
        program.story()
    );
}

#[tokio::test(start_paused = true)]
async fn no_caller_gets_an_answer_older_than_it_takes() {
    for seed in 1000..1020 {
        run(seed).await;
    }
}
