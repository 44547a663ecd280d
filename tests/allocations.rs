//! Once a recording is under way, the pipeline asks for no more memory.

#[path = "support/cases.rs"]
mod cases;

use cases::CASES;

/// Heard before it counts: the pipeline has started and everything has its size.
const START_S: f64 = 8.0;

#[test]
fn a_pipeline_under_way_allocates_nothing() {
    for case in CASES.iter() {
        let rate_hz = case.format.rate.hz();
        let (frames, start) = (case.frames.nrows(), (START_S * rate_hz) as usize);
        let (mut pipeline, mut events) = (case.pipeline(), 0);
        // Blocks exist before it counts; a gap lies between the last two.
        let half = start + frames.saturating_sub(start) / 2;
        let size = (0.02 * rate_hz) as usize;
        let mut blocks: Vec<_> =
            (0..frames).step_by(size).map(|at| case.block(at, frames.min(at + size))).collect();
        for block in blocks.iter_mut().filter(|b| b.first.get() > half as u64) {
            block.first = block.first + (70.0 * rate_hz) as u64;
        }
        let begun = blocks.iter().position(|b| b.first.get() >= start as u64).unwrap_or(blocks.len());
        blocks[..begun].iter().for_each(|block| pipeline.push(block, &mut |_| {}));
        let info = allocation_counter::measure(|| {
            for block in &blocks[begun..] {
                pipeline.push(block, &mut |_| events += 1);
            }
            pipeline.reset();
        });
        assert_eq!(info.count_total, 0, "{}: {} bytes", case.name, info.bytes_total);
        assert!(events > 0 || begun == blocks.len() || case.format.rate.hz() > 9000.0, "{}", case.name);
    }
}
