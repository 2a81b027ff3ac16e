//! What stays in a cache that has room for one entry in a hundred, beside moka itself.

use cached_attr_benches::contest::{Contender, limited};
use cached_attr_benches::place::{Narrow, Scanned};
use cached_attr_benches::rows::ratio::Requests;
use cached_attr_benches::table::Column;

/// Percentage points that the index in front of moka may lose.
const MOST_LOST: f64 = 1.0;

fn compare(contenders: &[Contender], requests: &Requests) {
    let of = |column| {
        let found = contenders.iter().find(|one| one.column == column);
        requests.ratio_of(*found.expect("both are there"))
    };
    let (ours, moka) = (of(Column::CachedAttr), of(Column::MokaGet));
    println!("{ours:.1} % of calls are hits, with moka alone {moka:.1} %");
    assert!(moka - ours <= MOST_LOST, "{ours:.1} %, moka {moka:.1} %");
}

#[test]
fn popular_entries_stay_as_they_do_in_moka() {
    // One after the other: loads are counted for the whole process.
    compare(&limited::<Narrow>(), &Requests::plain());
    compare(&limited::<Scanned>(), &Requests::scanned());
}
