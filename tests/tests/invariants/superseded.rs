//! I1: what happened to a key counts more than loads that began before.

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};

use crate::changes::{CHANGES, Prices};

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_a_change_is_not_stored() {
    for change in CHANGES {
        let (prices, gate) = (Prices::new(), Gate::new());
        let load = Stepped::begin(prices.behind(&gate, 1)).await;
        change.make(&prices, 1).await;
        gate.open();

        assert_eq!(load.finish().await, 1, "{change:?}: its caller came before");
        assert_eq!(prices.cache.get(1).await, change.leaves(), "{change:?}");
        assert_eq!(
            prices.of(1).await,
            change.leaves().unwrap_or(2),
            "{change:?}"
        );
        assert_eq!(prices.cache.stats().superseded, 1, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_stored_before_a_change_answers_nobody_after_it() {
    for change in CHANGES {
        let prices = Prices::new();
        assert_eq!(prices.of(1).await, 1);
        assert_eq!(prices.of(1).await, 1);
        change.make(&prices, 1).await;

        assert_eq!(prices.cache.get(1).await, change.leaves(), "{change:?}");
        assert_eq!(
            prices.of(1).await,
            change.leaves().unwrap_or(2),
            "{change:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_waited_before_a_change_gets_the_load_and_who_comes_after_does_not() {
    for change in CHANGES {
        let (prices, gate, second_gate) = (Prices::new(), Gate::new(), Gate::new());
        let load = Stepped::begin(prices.behind(&gate, 1)).await;
        let waiter = Stepped::begin(prices.behind(&gate, 1)).await;
        change.make(&prices, 1).await;

        let mut later = Box::pin(prices.behind(&second_gate, 1));
        let later_answer = cached_attr_tests::poll_once(later.as_mut()).await;
        assert_eq!(later_answer, change.leaves(), "{change:?}");
        gate.open();
        assert_eq!(
            (load.finish().await, waiter.finish().await),
            (1, 1),
            "{change:?}"
        );

        if later_answer.is_none() {
            let later_still_waits = cached_attr_tests::poll_once(later.as_mut()).await;
            assert_eq!(
                later_still_waits, None,
                "{change:?}: the old load answered it"
            );
            second_gate.open();
            assert_eq!(later.await, 2, "{change:?}");
            assert_eq!(prices.cache.get(1).await, Some(2), "{change:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_after_a_change_is_stored() {
    for change in CHANGES {
        let (prices, gate) = (Prices::new(), Gate::new());
        change.make(&prices, 1).await;
        if change.leaves().is_some() {
            prices.cache.invalidate(1).await;
        }
        let load = Stepped::begin(prices.behind(&gate, 1)).await;
        gate.open();

        assert_eq!(load.finish().await, 1);
        assert_eq!(prices.of(1).await, 1, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_load_that_ends_last_does_not_replace_the_new_answer() {
    for change in CHANGES {
        let (prices, old_gate, new_gate) = (Prices::new(), Gate::new(), Gate::new());
        let old = Stepped::begin(prices.behind(&old_gate, 1)).await;
        change.make(&prices, 1).await;
        if change.leaves().is_some() {
            prices.cache.invalidate(1).await;
        }
        let new = Stepped::begin(prices.behind(&new_gate, 1)).await;
        new_gate.open();
        assert_eq!(new.finish().await, 2);
        old_gate.open();
        assert_eq!(old.finish().await, 1);

        assert_eq!(prices.of(1).await, 2, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_load_that_ends_first_leaves_the_new_one_alone() {
    for change in CHANGES {
        let (prices, old_gate, new_gate) = (Prices::new(), Gate::new(), Gate::new());
        let old = Stepped::begin(prices.behind(&old_gate, 1)).await;
        change.make(&prices, 1).await;
        if change.leaves().is_some() {
            prices.cache.invalidate(1).await;
        }
        let new = Stepped::begin(prices.behind(&new_gate, 1)).await;
        old_gate.open();
        assert_eq!(old.finish().await, 1);
        let joins_the_new = Stepped::begin(prices.behind(&new_gate, 1)).await;
        new_gate.open();

        assert_eq!((new.finish().await, joins_the_new.finish().await), (2, 2));
        assert_eq!(prices.of(1).await, 2, "{change:?}");
        assert_eq!(prices.source.asked(), 2, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_one_key_leaves_loads_of_others_alone() {
    for change in CHANGES {
        let (prices, gate) = (Prices::new(), Gate::new());
        let other = Stepped::begin(prices.behind(&gate, 2)).await;
        change.make(&prices, 1).await;
        gate.open();
        assert_eq!(other.finish().await, 1);

        let kept = !matches!(change, crate::changes::Change::InvalidateAll);
        assert_eq!(prices.cache.get(2).await.is_some(), kept, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_takes_effect_in_its_first_poll() {
    let prices = Prices::new();
    assert_eq!(prices.of(1).await, 1);
    let mut invalidation = Box::pin(prices.cache.invalidate(1));
    let _ = cached_attr_tests::poll_once(invalidation.as_mut()).await;
    drop(invalidation);

    assert_eq!(prices.of(1).await, 2);
}

static PLAIN: Source = Source::new();

#[cached(ttl = "1m", skip(gate))]
async fn plain(gate: &Gate, id: u32) -> u32 {
    let answer = PLAIN.ask();
    gate.pass().await;
    answer
}

#[tokio::test]
async fn a_function_with_a_cache_of_its_own_keeps_the_same_rule() {
    let gate = Gate::new();
    let load = Stepped::begin(plain(&gate, 1)).await;
    plain_cache().invalidate(1).await;
    gate.open();

    assert_eq!(load.finish().await, 1);
    assert_eq!(plain(&Gate::opened(), 1).await, 2);
    assert_eq!(plain(&Gate::opened(), 1).await, 2);
}
