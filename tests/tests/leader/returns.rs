//! What a call returns where its body did not run, and what counts as a failure.

use cached_attr::leader;
use cached_attr::tier::LeaderReturn;
use cached_attr_tests::{Gate, Source, Stepped};

#[tokio::test]
async fn a_result_with_an_option_is_ok_none_elsewhere() {
    #[leader(key = "ok none")]
    async fn seed(gate: &Gate) -> Result<Option<u32>, std::num::ParseIntError> {
        gate.pass().await;
        Ok(Some("7".parse()?))
    }

    let (closed, open) = (Gate::new(), Gate::opened());
    let leading = Stepped::begin(seed(&closed)).await;
    assert_eq!(seed(&open).await, Ok(None));
    closed.open();
    assert_eq!(leading.finish().await, Ok(Some(7)));
}

#[tokio::test]
async fn an_error_inside_of_the_option_is_a_failure_as_well() {
    type Outcome = Option<Result<u32, String>>;

    #[leader(key = "inside", grace = "1h")]
    async fn seed(source: &Source) -> Outcome {
        match source.ask() {
            1 => Some(Err("away".to_owned())),
            answer => Some(Ok(answer)),
        }
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Some(Err("away".to_owned())));
    assert_eq!(seed(&source).await, Some(Ok(2)));
    assert_eq!(seed(&source).await, None);
}

#[tokio::test]
async fn a_function_without_a_value_needs_no_option() {
    #[leader(key = "unit", grace = "1h")]
    async fn bootstrap(source: &Source) {
        source.ask();
    }

    #[leader(key = "fallible unit", grace = "1h")]
    async fn seed(source: &Source) -> Result<(), String> {
        match source.ask() {
            2 => Err("away".to_owned()),
            _ => Ok(()),
        }
    }

    let source = Source::new();
    bootstrap(&source).await;
    bootstrap(&source).await;
    assert_eq!(source.asked(), 1);
    assert_eq!(seed(&source).await, Err("away".to_owned()));
    assert_eq!(seed(&source).await, Ok(()));
    assert_eq!(seed(&source).await, Ok(()));
    assert_eq!(source.asked(), 3);
}

#[tokio::test]
async fn a_type_of_ones_own_can_say_that_the_body_did_not_run() {
    #[derive(Debug, PartialEq)]
    enum Seeding {
        Done,
        Broken,
        Elsewhere,
    }

    impl LeaderReturn for Seeding {
        fn not_leader() -> Self {
            Seeding::Elsewhere
        }

        fn failed(&self) -> bool {
            *self == Seeding::Broken
        }
    }

    #[leader(key = "own type", grace = "1h")]
    async fn seed(source: &Source) -> Seeding {
        match source.ask() {
            1 => Seeding::Broken,
            _ => Seeding::Done,
        }
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Seeding::Broken);
    assert_eq!(seed(&source).await, Seeding::Done);
    assert_eq!(seed(&source).await, Seeding::Elsewhere);
}
