//! Shannon's entropy of a value's bytes.

/// Bits per byte: 0 for one repeated byte, 8 for all 256 equally often. A value of `n` bytes reaches at most `log2(n)`.
pub(crate) fn bits_per_byte(value: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32 / total)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_shannons() {
        let all: Vec<u8> = (0..=255).collect();
        for (value, bits) in
            [(&b""[..], 0.0), (b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0), (b"aab", 0.918_295_8), (&all, 8.0)]
        {
            assert!((bits_per_byte(value) - bits).abs() < 1e-5, "{bits}");
        }
    }
}
