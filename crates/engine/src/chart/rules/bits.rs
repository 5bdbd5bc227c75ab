//! Yes or no for each point, 64 to a word, so that a pattern of several points is found in a few
//! operations for 64 of them at once.
//!
//! Who may call this: [`super::nhs`]. What must stay true: bits past the last point are 0.

/// One bit for each point, the first point in the lowest bit of the first word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// What holds of each value.
    pub fn of<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Self {
        // Eight bytes that are 0 or 1 are moved into one: byte i becomes bit i of the product's highest byte.
        let eight = |values: &[T]| {
            let mut bytes = [0_u8; 8];
            for (byte, value) in bytes.iter_mut().zip(values) {
                *byte = u8::from(holds(*value));
            }
            u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
        };
        let word = |chunk: &[T]| {
            (0_u32..)
                .zip(chunk.chunks(8))
                .fold(0, |word, (i, values)| word | (eight(values) << (8 * i)))
        };
        Self(values.chunks(64).map(word).collect())
    }

    pub fn words(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }

    pub fn and(&self, other: &Self) -> Self {
        Self(
            self.words()
                .zip(other.words())
                .map(|(a, b)| a & b)
                .collect(),
        )
    }

    pub fn or(&self, other: &Self) -> Self {
        Self(
            self.words()
                .zip(other.words())
                .map(|(a, b)| a | b)
                .collect(),
        )
    }

    pub fn but_not(&self, other: &Self) -> Self {
        Self(
            self.words()
                .zip(other.words())
                .map(|(a, b)| a & !b)
                .collect(),
        )
    }

    /// At each point what is true `by` points later; `by` is 1 to 63.
    pub fn later(&self, by: u32) -> Self {
        let next = self.words().skip(1).chain([0]);
        Self(
            self.words()
                .zip(next)
                .map(|(word, next)| (word >> by) | (next << (64 - by)))
                .collect(),
        )
    }

    /// At each point what was true `by` points before; `by` is 1 to 63. Used on what began within the
    /// series, so that nothing is carried past its end.
    pub fn before(&self, by: u32) -> Self {
        let last = std::iter::once(0).chain(self.words());
        Self(
            self.words()
                .zip(last)
                .map(|(word, last)| (word << by) | (last >> (64 - by)))
                .collect(),
        )
    }

    /// Where `length` points in a row begin; `length` is 2 or more.
    pub fn begins(&self, length: u32) -> Self {
        let (mut all, mut covered) = (self.clone(), 1);
        while covered < length {
            let step = covered.min(length - covered);
            all = all.and(&all.later(step));
            covered += step;
        }
        all
    }

    /// Each beginning and the points after it, `length` in all.
    pub fn spread(&self, length: u32) -> Self {
        let (mut any, mut covered) = (self.clone(), 1);
        while covered < length {
            let step = covered.min(length - covered);
            any = any.or(&any.before(step));
            covered += step;
        }
        any
    }
}
