//! An error that is `Display + From<SharedError>`: one load, and those who waited get its text.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use cached_attr::{SharedError, cached};
use cached_attr_tests::Source;
use tokio::time::{Instant, sleep};

#[derive(Debug)]
enum StoreError {
    Io(std::io::Error),
    Shared(SharedError),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Io(_) => f.write_str("read failed"),
            StoreError::Shared(error) => error.fmt(f),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StoreError::Io(error) => Some(error),
            StoreError::Shared(_) => None,
        }
    }
}

impl From<SharedError> for StoreError {
    fn from(error: SharedError) -> Self {
        StoreError::Shared(error)
    }
}

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn read(id: u32) -> Result<u32, StoreError> {
    SOURCE.ask();
    sleep(Duration::from_millis(50)).await;
    Err(StoreError::Io(std::io::Error::other(format!("disk {id}"))))
}

#[tokio::test(start_paused = true)]
async fn the_loader_gets_its_own_error_and_two_hundred_others_the_rendered_chain() {
    let began = Instant::now();
    let calls: Vec<_> = (0..201).map(|_| tokio::spawn(read(7))).collect();
    let (mut own, mut shared) = (0, 0);
    for call in calls {
        match call.await.expect("nobody panics") {
            Err(StoreError::Io(_)) => own += 1,
            Err(StoreError::Shared(error)) => {
                assert_eq!(error.to_string(), "read failed: disk 7");
                shared += 1;
            }
            Ok(_) => panic!("every load fails"),
        }
    }
    assert_eq!((own, shared, SOURCE.asked()), (1, 200, 1));
    assert!(began.elapsed() < Duration::from_millis(60));
}

/// Not a standard error: only its text can be rendered.
#[derive(Debug, PartialEq)]
struct Text(String);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SharedError> for Text {
    fn from(error: SharedError) -> Self {
        Text(format!("shared: {error}"))
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_only_displays_is_shared_as_its_text() {
    #[cached(ttl = "1m")]
    async fn say() -> Result<u32, Text> {
        sleep(Duration::from_millis(50)).await;
        Err(Text("no".to_owned()))
    }

    let answers = async { tokio::join!(say(), say()) }.await;
    assert_eq!(
        answers,
        (
            Err(Text("no".to_owned())),
            Err(Text("shared: no".to_owned()))
        )
    );
}

#[tokio::test(start_paused = true)]
async fn anyhow_errors_are_shared_with_their_whole_chain() {
    static ANYHOW: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn failing() -> anyhow::Result<u32> {
        use anyhow::Context as _;

        ANYHOW.ask();
        sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("disk")).context("read failed")
    }

    let (own, shared) = async { tokio::join!(failing(), failing()) }.await;
    let own = own.expect_err("every load fails");
    assert!(
        own.downcast_ref::<std::io::Error>().is_some(),
        "the loader's is its own"
    );
    let shared = shared.expect_err("every load fails");
    assert!(shared.downcast_ref::<SharedError>().is_some());
    assert_eq!(format!("{shared:#}"), "read failed: disk");
    assert_eq!(ANYHOW.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn boxed_errors_are_shared() {
    static BOXED: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn failing() -> Result<u32, Box<dyn Error + Send + Sync>> {
        BOXED.ask();
        sleep(Duration::from_millis(50)).await;
        Err(StoreError::Io(std::io::Error::other("disk")).into())
    }

    let (own, shared) = async { tokio::join!(failing(), failing()) }.await;
    assert!(own.is_err_and(|error| error.is::<StoreError>()));
    let shared = shared.expect_err("every load fails");
    assert_eq!(shared.to_string(), "read failed: disk");
    assert_eq!(BOXED.asked(), 1);
}
