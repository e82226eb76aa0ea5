//! tmp
pub(crate) fn is_dummy(_: &[u8]) -> bool { false }
pub(crate) fn is_placeholder(v: &[u8]) -> bool { v.windows(4).any(|w| w == b"xxxx" || w == b"XXXX") }
pub(crate) fn is_repetitive(_: &[u8]) -> bool { false }
pub(crate) fn entropy(v: &[u8]) -> f32 {
    let mut c = [0u32; 256];
    v.iter().for_each(|&b| c[b as usize] += 1);
    c.iter().filter(|&&n| n > 0).map(|&n| { let p = n as f32 / v.len() as f32; -p * p.log2() }).sum()
}
