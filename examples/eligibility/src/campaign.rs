//! A campaign config, and what it says about a person.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// One vaccination campaign.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Campaign {
    /// Unique in the bucket.
    pub id: String,
    /// Raised with every edit.
    pub version: u32,
    /// Its name for people.
    pub name: String,
    /// What is vaccinated against.
    pub target: String,
    /// First moment.
    pub start: DateTime<Utc>,
    /// First moment after.
    pub end: DateTime<Utc>,
    /// Rounds, each replacing the one before it.
    pub iterations: Vec<Iteration>,
}

/// One round of a campaign.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Iteration {
    /// Unique in the campaign.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// From when it holds.
    pub start: DateTime<Utc>,
    /// All must hold.
    pub rules: Vec<Rule>,
}

/// A condition on a person.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Rule {
    /// Its name for people.
    pub name: String,
    /// The person's value is on the left.
    pub operator: Operator,
    /// Years.
    pub age: u32,
}

/// How a person's age compares.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// This age or older.
    AtLeast,
    /// Younger than this.
    Below,
}

/// The person that the request is about.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Person {
    /// Full years.
    pub age: u32,
}

impl Campaign {
    /// Parses and validates one file.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, ConfigError> {
        let campaign: Self =
            serde_json::from_slice(bytes).map_err(|error| ConfigError::broken(file, &error))?;
        if campaign.end <= campaign.start {
            return Err(ConfigError::broken(
                file,
                &"the campaign ends before it starts",
            ));
        }
        if campaign.iterations.is_empty() {
            return Err(ConfigError::broken(file, &"the campaign has no iteration"));
        }
        Ok(campaign)
    }

    /// The round that holds at this moment.
    ///
    /// The moment is an argument: an answer that depends on the current time must not be cached.
    #[must_use]
    pub fn iteration_at(&self, at: DateTime<Utc>) -> Option<&Iteration> {
        let live = self.start <= at && at < self.end;
        let begun = self
            .iterations
            .iter()
            .filter(|iteration| iteration.start <= at);
        begun
            .max_by_key(|iteration| iteration.start)
            .filter(|_| live)
    }
}

impl Iteration {
    /// Whether all rules hold for this person.
    #[must_use]
    pub fn admits(&self, person: Person) -> bool {
        self.rules.iter().all(|rule| match rule.operator {
            Operator::AtLeast => person.age >= rule.age,
            Operator::Below => person.age < rule.age,
        })
    }
}
