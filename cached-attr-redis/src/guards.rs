//! The guards of this process's writers: one that is gone from the server is put back.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cached_attr_runtime::tier::{RecordKey, Token};
use redis::{Pipeline, Value};

use crate::core::Core;
use crate::lease::lasting_millis;
use crate::link::{Link, Operation};
use crate::names::canonical;
use crate::scripts::Script;

/// Tokens, and until when each guard was meant to last.
type Held = Vec<(Token, Instant)>;

/// By function and canonical text.
#[derive(Default)]
pub(crate) struct Guards(Mutex<HashMap<(String, String), Held>>);

impl Guards {
    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, key: RecordKey<'_>, token: Token, bound: Duration) {
        let mut guards = self.lock();
        let held = guards.entry(place(key)).or_default();
        held.retain(|(other, _)| *other != token);
        held.push((token, Instant::now() + bound));
    }

    pub(crate) fn remove(&self, key: RecordKey<'_>, token: Token) {
        let mut guards = self.lock();
        let place = place(key);
        if let Some(held) = guards.get_mut(&place) {
            held.retain(|(other, _)| *other != token);
            if held.is_empty() {
                guards.remove(&place);
            }
        }
    }

    fn holds(&self, place: &(String, String), token: Token) -> bool {
        let guards = self.lock();
        let held = guards.get(place);
        held.is_some_and(|held| held.iter().any(|(other, _)| *other == token))
    }

    /// A record's key changed: puts this process's guards back in the background, should they be gone.
    pub(crate) fn changed(&self, core: &Arc<Core>, key: RecordKey<'_>) {
        let guards = self.lock();
        if guards.is_empty() {
            return;
        }
        let place = (key.name.to_owned(), key.key.to_owned());
        if !guards.contains_key(&place) {
            return;
        }
        drop(guards);
        check_later(core, place);
    }

    /// Checks all of them: another server, or the same one emptied, does not have them.
    pub(crate) async fn check_all(&self, core: &Core, link: &Arc<Link>) {
        let places: Vec<_> = self.lock().keys().cloned().collect();
        for place in places {
            check(core, &link.operation(), &place).await;
        }
    }

    /// The same in the background, after the server was emptied.
    pub(crate) fn all_changed(&self, core: &Arc<Core>) {
        let places: Vec<_> = self.lock().keys().cloned().collect();
        for place in places {
            check_later(core, place);
        }
    }
}

/// Where a caller's key stands. A push's key is canonical already.
fn place(key: RecordKey<'_>) -> (String, String) {
    (key.name.to_owned(), canonical(key.key).into_owned())
}

/// Left out, the guard's next renewal puts it back.
fn check_later(core: &Arc<Core>, place: (String, String)) {
    let shared = Arc::clone(core);
    core.in_background(async move {
        if let Ok(operation) = shared.operation().await {
            check(&shared, &operation, &place).await;
        }
    });
}

async fn check(core: &Core, operation: &Operation, place: &(String, String)) {
    let held = core.guards.lock().get(place).cloned().unwrap_or_default();
    let key = core.names.canonical_record(&place.0, &place.1);
    let mut commands = Pipeline::new();
    commands.cmd("GET").arg(&key);
    let Ok(answers) = operation.send(&commands).await else {
        return;
    };
    let header = match answers.first() {
        Some(Value::BulkString(raw)) => {
            let line = raw.split(|&byte| byte == b'\n').next();
            String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
        }
        _ => String::new(),
    };
    for (token, until) in held {
        if !header.contains(&format!("{token}@")) && core.guards.holds(place, token) {
            put_back(core, operation, place, (token, until)).await;
        }
    }
}

async fn put_back(
    core: &Core,
    operation: &Operation,
    place: &(String, String),
    (token, until): (Token, Instant),
) {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return;
    }
    let key = core.names.canonical_record(&place.0, &place.1);
    let (text, left) = (token.to_string(), lasting_millis(left));
    // Failing that, its next renewal puts it back.
    let _ = operation
        .call(Script::Guard, &key, &[text.as_bytes(), left.as_bytes()])
        .await;
    if !core.guards.holds(place, token) {
        // Its commit may have been sent before this.
        let _ = operation
            .call(Script::Commit, &key, &[text.as_bytes()])
            .await;
    }
}

impl fmt::Debug for Guards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guards").finish_non_exhaustive()
    }
}
