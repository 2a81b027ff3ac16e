//! Tiers under test.
