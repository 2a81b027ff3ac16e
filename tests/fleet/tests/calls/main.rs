//! Calls of `shared` functions, on each tier.

mod records;
mod support;

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
}
