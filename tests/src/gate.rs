//! Gates: a load stops there until the test lets it go on.

use tokio::sync::Semaphore;

/// Holds every load that passes it until [`Gate::open`].
#[derive(Debug)]
pub struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub const fn new() -> Self {
        Gate {
            arrived: Semaphore::const_new(0),
            open: Semaphore::const_new(0),
        }
    }

    /// A gate that holds nobody.
    #[must_use]
    pub fn opened() -> Self {
        let gate = Gate::new();
        gate.open();
        gate
    }

    /// Where a load waits.
    ///
    /// # Panics
    ///
    /// Never: the semaphores are not closed.
    pub async fn pass(&self) {
        self.arrived.add_permits(1);
        drop(
            self.open
                .acquire()
                .await
                .expect("a gate is never closed for good"),
        );
    }

    /// Waits until one more load has come to the gate.
    ///
    /// # Panics
    ///
    /// Never: the semaphores are not closed.
    pub async fn arrival(&self) {
        let arrived = self.arrived.acquire().await;
        arrived.expect("a gate is never closed for good").forget();
    }

    /// Lets everyone through, from now on.
    pub fn open(&self) {
        // One each: a permit that is handed to a call nobody polls would hold up the others.
        self.open.add_permits(1_000_000);
    }
}

impl Default for Gate {
    fn default() -> Self {
        Gate::new()
    }
}
