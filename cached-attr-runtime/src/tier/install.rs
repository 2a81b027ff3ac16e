//! The tier of this process.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{ChangeListener, Tier};
use crate::shared::process_names;

static INSTALLED: OnceLock<Arc<dyn Tier>> = OnceLock::new();

/// A tier was installed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyInstalled;

impl fmt::Display for AlreadyInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this process already has a shared tier; install one only once, at start-up")
    }
}

impl Error for AlreadyInstalled {}

/// Makes a tier the one that this process's `shared` caches use.
///
/// # Errors
///
/// When there is one already: calls may have used it.
pub fn install(tier: Arc<dyn Tier>) -> Result<(), AlreadyInstalled> {
    let changes = Arc::clone(&tier);
    INSTALLED.set(tier).map_err(|_| AlreadyInstalled)?;
    let names: Arc<dyn ChangeListener> = Arc::clone(process_names()) as _;
    changes.changes().listen(names);
    Ok(())
}

/// The tier of this process, once there is one.
#[must_use]
pub fn installed() -> Option<&'static Arc<dyn Tier>> {
    INSTALLED.get()
}
