//! The two alphabets of base64; hex digits are in both.

/// What distinguishes the two alphabets of base64.
pub(super) const STANDARD: [u8; 2] = *b"+/";
pub(super) const URL: [u8; 2] = *b"-_";

/// Whether a byte is in one of the alphabets.
pub(super) const fn is_member(byte: u8) -> bool {
    is_in(STANDARD, byte) | is_in(URL, byte)
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches, for whole chunks are tested")]
pub(super) const fn is_in(alphabet: [u8; 2], byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    letter | (byte.wrapping_sub(b'0') < 10) | (byte == alphabet[0]) | (byte == alphabet[1])
}

/// The six bits that a character of either alphabet stands for; of other bytes it means nothing.
pub(super) const fn sextet(byte: u8) -> u8 {
    SEXTETS[byte as usize]
}

const SEXTETS: [u8; 256] = {
    let mut sextets = [0; 256];
    let alphabets: [&[u8; 64]; 2] = [
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    let mut bits = 0;
    while bits < 64 {
        sextets[alphabets[0][bits] as usize] = bits as u8;
        sextets[alphabets[1][bits] as usize] = bits as u8;
        bits += 1;
    }
    sextets
};
