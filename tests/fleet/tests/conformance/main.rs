//! What every tier does, run against each implementation.

mod changes;
mod guards;
mod journal;
mod leaders;
mod leases;
mod lookups;
mod records;
mod support;
mod tags;

/// One test for each behaviour and tier.
macro_rules! conformance {
    ($($module:ident: $($behaviour:ident)*;)*) => {
        on!(memory, MemoryServer::new(), $($module: $($behaviour)*;)*);
        on!(redis_server, RedisFleet::start(Kind::Redis), $($module: $($behaviour)*;)*);
        on!(redis_cluster, ClusterFleet::start(), $($module: $($behaviour)*;)*);
        on!(valkey_server, RedisFleet::start(Kind::Valkey), $($module: $($behaviour)*;)*);
    };
}

macro_rules! on {
    ($tier:ident, $fleet:expr, $($module:ident: $($behaviour:ident)*;)*) => {
        mod $tier {
            $(mod $module {
                #[allow(unused_imports, reason = "every tier is made of one of them")]
                use cached_attr_fleet::{
                    cluster::ClusterFleet, memory::MemoryServer, redis::RedisFleet, server::Kind,
                };

                $(#[tokio::test]
                async fn $behaviour() {
                    crate::$module::$behaviour(&$fleet).await;
                })*
            })*
        }
    };
}

conformance! {
    records:
        a_record_filled_by_one_replica_is_read_by_the_others
        a_cached_none_is_not_an_absent_key
        a_record_of_another_format_or_type_is_a_miss
        a_late_fill_does_not_lengthen_a_life
        a_fill_later_than_its_life_is_not_stored
        an_expired_record_leaves_its_stale_window
        several_records_are_read_in_order
        keys_that_look_alike_are_different;
    leases:
        only_one_replica_gets_the_lease
        a_lease_that_ended_is_void_and_the_next_replica_loads
        a_renewed_lease_stands
        a_released_lease_is_granted_at_once
        a_dropped_load_gives_its_lease_back
        a_failed_refresh_leaves_the_stale_record
        an_invalidation_between_lease_and_fill_voids_the_fill
        a_foreign_delete_between_lease_and_fill_voids_the_fill
        a_foreign_write_between_lease_and_fill_voids_the_fill
        a_stale_record_comes_with_one_lease
        a_lease_on_a_stale_record_outlives_the_record
        a_strict_caller_declines_a_fresh_record;
    lookups:
        replicas_on_one_cold_key_load_once
        a_replica_whose_holder_crashed_loads_within_the_lease
        a_holder_that_fails_is_replaced_at_once
        waiting_for_others_is_bounded
        a_late_lease_does_not_wedge_its_key
        a_stale_record_is_served_while_another_replica_loads
        a_caller_with_a_maximum_age_gets_nothing_older;
    tags:
        an_invalidated_tag_invalidates_its_records_only
        a_tag_named_during_the_load_counts
        a_tag_invalidated_during_a_load_invalidates_the_loads_record
        a_record_is_judged_by_the_map_that_came_with_it
        an_invalidated_record_does_not_block_its_key
        a_function_is_invalidated_by_its_name
        a_namespace_is_invalidated_at_once
        losing_the_map_invalidates_everything;
    guards:
        nothing_is_stored_while_a_guard_lives
        a_guard_removes_the_record_and_voids_running_loads
        an_invalidation_leaves_a_guard_standing
        an_invalidation_leaves_the_guard_of_a_crashed_writer_standing
        every_guard_of_a_key_counts
        a_dropped_guard_ends
        the_guard_of_a_crashed_writer_ends_at_its_bound
        a_guard_renews_itself
        a_guard_that_was_deleted_leaves_nothing_stale;
    journal:
        an_invalidation_that_cannot_be_sent_is_delivered_later
        an_invalidation_that_is_not_answered_is_delivered_later
        a_queued_invalidation_survives_the_ack_of_its_twin
        a_replica_with_undelivered_invalidations_neither_reads_nor_fills
        a_tier_that_is_away_refuses_at_once;
    changes:
        a_change_by_another_replica_is_reported
        a_foreign_delete_is_reported
        an_invalidation_without_a_record_is_reported
        an_invalidated_tag_is_reported_with_its_number
        a_cut_line_distrusts_every_copy
        losing_the_map_distrusts_every_copy;
    leaders:
        one_leads_at_a_time
        the_fence_grows
        grace_follows_a_success_only
        a_cancelled_leader_frees_its_key
        a_leader_that_lasts_longer_than_its_ttl_keeps_it
        a_lost_leadership_cancels_the_work
        without_a_tier_the_caller_chooses
        the_attribute_elects_on_the_tier_of_its_context;
}
