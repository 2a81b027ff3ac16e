//! Calls of `shared` functions, on each tier.

#![allow(
    clippy::similar_names,
    reason = "a call has an answer, a status and its stats"
)]
#![allow(
    clippy::unnecessary_wraps,
    reason = "what the functions return is compared as a whole"
)]
#![allow(
    clippy::too_many_arguments,
    clippy::many_single_char_names,
    reason = "a key of many parts is one of the shapes"
)]

mod batch_loads;
mod batch_waits;
mod batches;
mod invalidations;
mod keys;
mod lives;
mod loads;
mod outages;
mod records;
mod server;
mod shelf;
mod stopped;
mod support;
mod writes;

/// One test for each behaviour and tier.
macro_rules! on_each_tier {
    ($($module:ident: $($behaviour:ident)*;)*) => {
        on!(memory, MemoryServer::new(), $($module: $($behaviour)*;)*);
        on!(redis_server, RedisFleet::start(Kind::Redis), $($module: $($behaviour)*;)*);
    };
}

macro_rules! on {
    ($tier:ident, $fleet:expr, $($module:ident: $($behaviour:ident)*;)*) => {
        mod $tier {
            $(mod $module {
                #[allow(unused_imports, reason = "every tier is made of one of them")]
                use cached_attr_fleet::{memory::MemoryServer, redis::RedisFleet, server::Kind};

                $(#[tokio::test]
                async fn $behaviour() {
                    crate::$module::$behaviour(&$fleet).await;
                })*
            })*
        }
    };
}

on_each_tier! {
    records:
        a_record_of_one_replica_is_a_hit_for_another
        a_cached_none_is_a_hit_for_another
        a_copy_in_memory_needs_no_tier
        an_error_is_not_stored
        every_call_without_copies_reads_the_tier;
    invalidations:
        a_key_invalidated_by_one_replica_leaves_the_others_with_the_push
        a_tag_invalidated_by_one_replica_leaves_the_others_with_the_push
        a_function_invalidated_by_one_replica_leaves_the_others_with_the_push
        invalidating_everything_reaches_the_whole_namespace
        a_foreign_delete_empties_the_copies
        an_inserted_value_is_read_by_the_others
        an_expired_key_is_loaded_anew_by_the_others
        a_load_overtaken_in_another_replica_is_never_stored
        a_tag_invalidated_during_a_load_in_another_replica_voids_it
        a_writer_returns_when_the_tier_has_its_invalidations
        a_writer_that_is_dropped_invalidates_in_the_tier
        two_caches_of_one_name_share_nothing;
    keys:
        each_shape_of_function_has_its_records
        companions_reach_the_records_of_every_shape
        instances_of_one_generic_function_are_not_mixed;
    loads:
        many_calls_in_two_replicas_load_once
        a_call_after_the_lease_shares_an_answer_that_is_not_stored
        a_call_after_the_lease_shares_an_error
        a_strict_call_beside_an_old_load_joins_it_while_its_lease_stands
        a_strict_call_does_not_join_a_load_from_before_an_invalidation
        a_caller_without_old_answers_gets_none_of_the_tier
        a_load_that_nobody_polls_does_not_hold_up_its_own_task
        a_call_that_is_dropped_frees_the_key_for_the_others
        a_timeout_bounds_the_wait_for_another_replica;
    lives:
        a_value_says_how_long_its_record_lives
        a_copy_does_not_outlive_its_record
        none_has_its_own_life_in_the_tier
        a_copy_ends_with_its_local_ttl_and_the_record_does_not
        a_stale_record_is_served_while_one_replica_loads
        calls_that_join_a_stale_answer_do_not_wait_for_its_load
        a_source_that_fails_is_asked_once_per_pause
        a_stale_record_stands_in_for_a_failing_load
        a_record_of_another_shape_is_a_miss;
    outages:
        calls_succeed_and_keep_copies_while_the_tier_is_away
        copies_of_an_outage_end_with_it
        a_silent_tier_costs_a_call_its_timeout
        copies_are_distrusted_when_the_line_is_cut
        an_invalidation_of_an_outage_is_delivered_after_it
        a_value_that_was_put_in_during_an_outage_lives_in_memory
        a_call_outside_of_a_runtime_goes_without_the_tier;
    writes:
        nothing_is_stored_anywhere_while_a_writer_holds_the_key
        a_writer_that_is_dropped_ends_its_hold
        a_writer_sees_that_the_tier_is_away;
    batches:
        what_a_batch_has_loaded_is_there_for_the_batches_of_others
        a_batch_and_a_function_of_one_item_have_the_same_records
        a_batch_loads_only_what_the_tier_has_not
        max_batch_splits_what_is_loaded_and_not_what_is_read
        an_item_without_a_value_is_not_stored_and_holds_nobody_up
        an_absence_is_kept_in_memory_only_while_the_tier_is_away
        a_none_of_an_item_is_stored
        every_batch_without_copies_reads_the_tier
        stale_records_of_a_batch_stand_in_for_a_failing_body
        batches_go_on_without_a_tier_that_is_away
        a_silent_tier_costs_a_batch_its_timeout
        items_of_one_text_do_not_wait_for_each_other
        a_batch_of_a_method_has_the_records_of_its_whole_key;
    batch_loads:
        many_batches_in_two_replicas_load_each_item_once
        batches_without_copies_load_each_item_once
        a_body_does_not_wait_for_what_others_load
        a_batch_of_one_process_waits_for_another_after_its_leases
        an_item_invalidated_during_the_body_is_never_stored
        a_body_that_fails_gives_all_leases_back
        a_batch_that_is_dropped_during_its_body_frees_its_items
        a_batch_that_is_dropped_at_any_time_holds_nobody_up
        a_body_that_panics_frees_its_items
        a_timeout_bounds_a_batch_that_waits_for_another_replica
        no_batch_without_copies_answers_from_before_an_invalidation
        a_batch_that_nobody_polls_does_not_hold_up_its_own_task
        two_batches_of_one_task_load_each_item_once;
    batch_waits:
        a_body_that_awaits_an_item_of_its_own_runs_it_directly
        bodies_that_await_each_others_items_end
        batches_that_wait_for_each_other_load_each_item_once
        a_replica_that_is_cut_off_holds_items_no_longer_than_its_leases
        an_item_that_a_writer_holds_is_loaded_and_not_stored;
}
