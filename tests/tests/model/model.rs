//! The reference: what the contract says, for one cache, in the simplest words.

use std::collections::HashMap;
use std::time::Duration;

pub(crate) type Answer = Result<u32, String>;

/// The number of a load: also the value it loads.
pub(crate) type Load = u32;

#[derive(Clone, Debug)]
struct Entry {
    value: u32,
    began: Duration,
    /// Its place among all loads and insertions.
    serial: u64,
    expired: bool,
}

#[derive(Clone, Debug)]
struct Flight {
    key: u32,
    began: Duration,
    serial: u64,
    /// Nothing has happened since it began that forbids to store its answer or to join it.
    stands: bool,
    /// What the source said.
    told: Option<Answer>,
    end: Option<End>,
}

#[derive(Clone, Debug)]
enum End {
    Answered(Answer),
    Abandoned,
}

/// What a call is doing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    Leads(Load),
    Waits(Load),
    /// The load it waited for was cancelled: it yields once before it begins one.
    TakesOver,
    /// It was bypassed and runs its own body.
    Alone(Load),
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: Duration,
    pub(crate) ttl: Duration,
    entries: HashMap<u32, Entry>,
    flights: HashMap<Load, Flight>,
    held: HashMap<u32, u32>,
    loads: Load,
    serial: u64,
    pub(crate) counts: Counts,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) loads: u64,
    pub(crate) collapsed: u64,
    pub(crate) bypassed: u64,
    pub(crate) superseded: u64,
    pub(crate) stored: u64,
}

impl Model {
    pub(crate) fn new(ttl: Duration) -> Self {
        Model {
            ttl,
            ..Model::default()
        }
    }

    fn is_fresh(&self, entry: &Entry) -> bool {
        !entry.expired && self.now < entry.began + self.ttl
    }

    pub(crate) fn get(&self, key: u32) -> Option<u32> {
        let entry = self.entries.get(&key)?;
        self.is_fresh(entry).then_some(entry.value)
    }

    pub(crate) fn age(&self, key: u32) -> Option<Duration> {
        self.entries
            .get(&key)
            .map(|entry| self.now.saturating_sub(entry.began))
    }

    /// A call begins: an answer at once, or what it does.
    pub(crate) fn begin(&mut self, key: u32) -> Result<u32, Stage> {
        let begun = self.board(key);
        match begun {
            Ok(_) => self.counts.hits += 1,
            Err(_) => self.counts.misses += 1,
        }
        begun
    }

    /// The same for one that starts over.
    fn board(&mut self, key: u32) -> Result<u32, Stage> {
        if let Some(value) = self.get(key) {
            return Ok(value);
        }
        match self.under_way(key) {
            Some(load) => Err(Stage::Waits(load)),
            None => Err(Stage::Leads(self.load(key))),
        }
    }

    /// The same for one whose load was cancelled.
    fn take_over(&mut self, key: u32) -> Result<u32, Stage> {
        if self.get(key).is_some() || self.under_way(key).is_some() {
            self.board(key)
        } else {
            Err(Stage::TakesOver)
        }
    }

    fn under_way(&self, key: u32) -> Option<Load> {
        self.flights
            .iter()
            .filter(|(_, flight)| flight.key == key && flight.stands && flight.end.is_none())
            .max_by_key(|(_, flight)| flight.serial)
            .map(|(load, _)| *load)
    }

    pub(crate) fn bypass(&mut self) -> Stage {
        self.counts.bypassed += 1;
        self.loads += 1;
        Stage::Alone(self.loads)
    }

    fn load(&mut self, key: u32) -> Load {
        self.counts.loads += 1;
        self.loads += 1;
        self.serial += 1;
        let flight = Flight {
            key,
            began: self.now,
            serial: self.serial,
            stands: true,
            told: None,
            end: None,
        };
        self.flights.insert(self.loads, flight);
        self.loads
    }

    /// The source answers a load.
    pub(crate) fn tell(&mut self, load: Load, answer: &Answer) {
        if let Some(flight) = self.flights.get_mut(&load) {
            flight.told = Some(answer.clone());
        }
    }

    /// A call is polled: its answer, or what it does now.
    pub(crate) fn poll(
        &mut self,
        key: u32,
        stage: Stage,
        alone: Option<&Answer>,
    ) -> Result<Answer, Stage> {
        match stage {
            Stage::Alone(_) => alone.cloned().ok_or(stage),
            Stage::Leads(load) => match self.flights[&load].told.clone() {
                Some(answer) => {
                    self.land(load, &answer);
                    Ok(answer)
                }
                None => Err(stage),
            },
            Stage::Waits(load) => match self.flights[&load].end.clone() {
                Some(End::Answered(answer)) => {
                    self.counts.collapsed += 1;
                    Ok(answer)
                }
                Some(End::Abandoned) => {
                    let value = self.take_over(key)?;
                    self.counts.collapsed += 1;
                    Ok(Ok(value))
                }
                None => Err(stage),
            },
            Stage::TakesOver => {
                let value = self.board(key)?;
                self.counts.collapsed += 1;
                Ok(Ok(value))
            }
        }
    }

    fn land(&mut self, load: Load, answer: &Answer) {
        let flight = self.flights.get_mut(&load).expect("it was begun");
        flight.end = Some(End::Answered(answer.clone()));
        let Ok(value) = *answer else { return };
        let flight = flight.clone();
        let younger = self
            .entries
            .get(&flight.key)
            .is_some_and(|entry| entry.serial > flight.serial);
        if flight.stands && !self.held.contains_key(&flight.key) && !younger {
            let entry = Entry {
                value,
                began: flight.began,
                serial: flight.serial,
                expired: false,
            };
            self.entries.insert(flight.key, entry);
            self.counts.stored += 1;
        } else {
            self.counts.superseded += 1;
        }
    }

    /// A call is dropped.
    pub(crate) fn cancel(&mut self, stage: Stage) {
        if let Stage::Leads(load) = stage {
            let flight = self.flights.get_mut(&load).expect("it was begun");
            flight.end = Some(End::Abandoned);
        }
    }

    fn void(&mut self, key: u32) {
        for flight in self.flights.values_mut().filter(|flight| flight.key == key) {
            flight.stands = false;
        }
    }

    pub(crate) fn invalidate(&mut self, key: u32) {
        self.void(key);
        self.entries.remove(&key);
    }

    pub(crate) fn invalidate_all(&mut self) {
        for flight in self.flights.values_mut() {
            flight.stands = false;
        }
        self.entries.clear();
    }

    /// Nobody could use it: its memory is free.
    pub(crate) fn free(&mut self, key: u32) {
        self.entries.remove(&key);
    }

    pub(crate) fn expire(&mut self, key: u32) {
        self.void(key);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.expired = true;
        }
    }

    pub(crate) fn insert(&mut self, key: u32, value: u32) {
        self.void(key);
        self.serial += 1;
        self.entries.remove(&key);
        if !self.held.contains_key(&key) {
            let entry = Entry {
                value,
                began: self.now,
                serial: self.serial,
                expired: false,
            };
            self.entries.insert(key, entry);
            self.counts.stored += 1;
        }
    }

    pub(crate) fn hold(&mut self, key: u32) {
        self.invalidate(key);
        *self.held.entry(key).or_default() += 1;
    }

    pub(crate) fn release(&mut self, key: u32) {
        self.void(key);
        match self.held.get_mut(&key) {
            Some(writers) if *writers > 1 => *writers -= 1,
            _ => drop(self.held.remove(&key)),
        }
    }
}
