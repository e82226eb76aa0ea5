//! A small fixed generator of pseudo-random numbers (wyrand): the same on every machine and fast enough to vanish.

/// A stream of numbers that depends on its name alone.
pub(crate) struct Rng(u64);

impl Rng {
    /// Each file draws from a stream of its own name, so it comes out the same whatever else is generated beside it.
    pub(crate) fn named(name: &str) -> Self {
        let fnv = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0xa076_1d64_78bd_642f);
        let product = u128::from(self.0) * u128::from(self.0 ^ 0xe703_7ed1_a0b4_28db);
        (product >> 64) as u64 ^ product as u64
    }

    /// A number below `limit`, which must not be 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// A number below `limit`, small ones far more often: ranks drawn so are spread much like words in text.
    pub(crate) fn rank(&mut self, limit: usize) -> usize {
        let unit = self.next() >> 32;
        let cubed = (((unit * unit) >> 32) * unit) >> 32;
        ((cubed * limit as u64) >> 32) as usize
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// `count` characters of an alphabet of at most 256.
    pub(crate) fn string(&mut self, alphabet: &[u8], count: usize, out: &mut Vec<u8>) {
        let mut left = count;
        while left > 0 {
            // Four characters from one draw: 16 bits each leave no bias that a scanner could notice.
            let mut bits = self.next();
            for _ in 0..left.min(4) {
                out.push(alphabet[((bits & 0xffff) as usize * alphabet.len()) >> 16]);
                bits >>= 16;
            }
            left = left.saturating_sub(4);
        }
    }
}
