//! The outline of a signal of any length in bounded memory: least and largest value in equal
//! stretches, which grow as the signal does.

/// Least and largest value in at most `2 × stretches` stretches of equal length.
#[derive(Debug, Clone)]
pub struct Outline {
    low: Vec<f32>,
    high: Vec<f32>,
    stretch: u64,
    filled: u64,
    most: usize,
}

impl Outline {
    /// Between `stretches` and twice as many stretches once the signal is long enough.
    pub fn new(stretches: usize) -> Self {
        let most = 2 * stretches.max(1);
        Self { low: Vec::with_capacity(most), high: Vec::with_capacity(most), stretch: 1, filled: 0, most }
    }

    /// Takes the next values; one that is not finite leaves its stretch as it is.
    pub fn run(&mut self, mut values: &[f32]) {
        while !values.is_empty() {
            let fits = self.open().min(values.len() as u64);
            let (now, later) = values.split_at(fits as usize);
            if let (Some(low), Some(high)) = (self.low.last_mut(), self.high.last_mut()) {
                let (least, most) = range(now);
                (*low, *high) = (low.min(least), high.max(most));
            }
            self.fill(fits);
            values = later;
        }
    }

    /// Lets the time of `count` values pass without any.
    pub fn skip(&mut self, mut count: u64) {
        while count > 0 {
            let fits = self.open().min(count);
            self.fill(fits);
            count -= fits;
        }
    }

    /// How many values the stretch that is open still takes; opens one where none is.
    fn open(&mut self) -> u64 {
        if self.filled == 0 {
            if self.low.len() == self.most {
                self.halve();
            }
            self.low.push(f32::INFINITY);
            self.high.push(f32::NEG_INFINITY);
        }
        self.stretch - self.filled
    }

    fn fill(&mut self, count: u64) {
        self.filled += count;
        if self.filled == self.stretch {
            self.filled = 0;
        }
    }

    fn halve(&mut self) {
        for k in 0..self.most / 2 {
            self.low[k] = self.low[2 * k].min(self.low[2 * k + 1]);
            self.high[k] = self.high[2 * k].max(self.high[2 * k + 1]);
        }
        self.low.truncate(self.most / 2);
        self.high.truncate(self.most / 2);
        self.stretch *= 2;
    }

    /// How many values make one stretch.
    pub fn stretch(&self) -> u64 {
        self.stretch
    }

    /// The least value of each stretch; infinite where none was finite.
    pub fn low(&self) -> &[f32] {
        &self.low
    }

    /// The largest value of each stretch; minus infinite where none was finite.
    pub fn high(&self) -> &[f32] {
        &self.high
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.low.clear();
        self.high.clear();
        self.stretch = 1;
        self.filled = 0;
    }
}

/// The least and the largest of `values`, four chains side by side; NaN counts for neither.
fn range(values: &[f32]) -> (f32, f32) {
    let (mut low, mut high) = ([f32::INFINITY; 4], [f32::NEG_INFINITY; 4]);
    let mut take = |n: usize, value: f32| {
        // Unlike f32::min, this is one instruction; NaN is neither.
        low[n] = if value < low[n] { value } else { low[n] };
        high[n] = if value > high[n] { value } else { high[n] };
    };
    let (fours, rest) = values.as_chunks::<4>();
    fours.iter().for_each(|four| (0..4).for_each(|n| take(n, four[n])));
    rest.iter().for_each(|value| take(0, *value));
    (low.into_iter().fold(f32::INFINITY, f32::min), high.into_iter().fold(f32::NEG_INFINITY, f32::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_within_the_outline() {
        let mut outline = Outline::new(8);
        let values: Vec<f32> = (0..1003u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as f32).collect();
        values.chunks(7).for_each(|some| outline.run(some));
        let stretch = outline.stretch() as usize;
        assert!(outline.low().len() <= 16 && outline.low().len() >= 8);
        for (k, chunk) in values.chunks(stretch).enumerate() {
            assert_eq!(chunk.iter().copied().fold(f32::INFINITY, f32::min), outline.low()[k]);
            assert_eq!(chunk.iter().copied().fold(f32::NEG_INFINITY, f32::max), outline.high()[k]);
        }
    }

    #[test]
    fn time_that_passes_without_values_is_in_the_outline_too() {
        let mut outline = Outline::new(8);
        outline.run(&[1.0; 5]);
        outline.skip(1 << 40);
        outline.run(&[2.0]);
        assert!(outline.low().len() <= 16);
        assert_eq!((outline.low()[0], outline.low().last()), (1.0, Some(&2.0)));
    }
}
