//! A chunk and what follows it, tested byte by byte: in vectors, or without. Bit `n` of an answer is that of byte `n`.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_and_si128, _mm_cmpeq_epi8_mask, _mm_set_epi64x, _mm_set1_epi8, _mm_shuffle_epi8,
    _mm_srli_epi16, _mm_test_epi8_mask, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi16, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512,
    _mm512_set1_epi8, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_test_epi8_mask,
};

use super::class::Class;
use super::{AHEAD, CHUNK, View};

/// Without vectors, for any processor.
pub(super) struct Portable(View);

impl Portable {
    pub(super) fn load(view: &View) -> Self {
        Self(*view)
    }

    /// The bytes that are this one.
    pub(super) fn is(&self, byte: u8) -> u128 {
        self.bits(|other| other == byte)
    }

    /// The bytes of a class.
    pub(super) fn of(&self, class: &Class) -> u128 {
        self.bits(|byte| class.has(byte))
    }

    /// The bytes that pass a test.
    pub(super) fn bits(&self, test: impl Fn(u8) -> bool) -> u128 {
        let mut flags = [0_u8; CHUNK + AHEAD];
        for (flag, byte) in flags.iter_mut().zip(&self.0) {
            *flag = u8::from(test(*byte));
        }
        let (words, _) = flags.as_chunks::<8>();
        words.iter().enumerate().fold(0, |bits, (index, word)| {
            // Moves the lowest bit of each byte to the top byte: eight flags become eight bits.
            let eight = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits | u128::from(eight) << (8 * index)
        })
    }
}

/// For each high half of a byte its bit in the entries of a [`Class`]; bytes from 128 on are in none.
#[cfg(target_arch = "x86_64")]
const POWERS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

/// Two vectors of the chunk, and one of what follows it, each as bytes, low halves and the bits of high halves.
#[cfg(target_arch = "x86_64")]
pub(super) struct Avx2([[__m256i; 3]; 3]);

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    #[target_feature(enable = "avx2")]
    pub(super) fn load(view: &View) -> Self {
        let word = |index: usize| i64::from_le_bytes(view.as_chunks::<8>().0[index]);
        let bytes = [
            _mm256_set_epi64x(word(3), word(2), word(1), word(0)),
            _mm256_set_epi64x(word(7), word(6), word(5), word(4)),
            _mm256_set_epi64x(0, 0, word(9), word(8)),
        ];
        let half = _mm256_set1_epi8(15);
        Self(bytes.map(|bytes| {
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
            let power = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(entries(&POWERS)), high);
            [bytes, _mm256_and_si256(bytes, half), power]
        }))
    }

    /// The bytes that are this one.
    #[target_feature(enable = "avx2")]
    pub(super) fn is(&self, byte: u8) -> u128 {
        let byte = _mm256_set1_epi8(byte.cast_signed());
        join(self.0.each_ref().map(|[bytes, ..]| _mm256_movemask_epi8(_mm256_cmpeq_epi8(*bytes, byte)).cast_unsigned()))
    }

    /// The bytes of a class.
    #[target_feature(enable = "avx2")]
    pub(super) fn of(&self, class: &Class) -> u128 {
        let class = _mm256_broadcastsi128_si256(entries(&class.0));
        !join(self.0.each_ref().map(|[_, low, power]| {
            let common = _mm256_and_si256(_mm256_shuffle_epi8(class, *low), *power);
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(common, _mm256_setzero_si256())).cast_unsigned()
        })) & ALL
    }
}

/// The bits of a chunk and of what follows it.
const ALL: u128 = (1 << (CHUNK + AHEAD)) - 1;

#[cfg(target_arch = "x86_64")]
fn join([first, second, ahead]: [u32; 3]) -> u128 {
    (u128::from(first) | u128::from(second) << 32 | u128::from(ahead) << 64) & ALL
}

/// A vector of the chunk, and a short one of what follows it, each as bytes, low halves and the bits of high halves.
#[cfg(target_arch = "x86_64")]
pub(super) struct Avx512 {
    chunk: [__m512i; 3],
    ahead: [__m128i; 3],
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// Whether the processor has what the others demand.
    pub(super) fn is_detected() -> bool {
        std::arch::is_x86_feature_detected!("avx512bw") && std::arch::is_x86_feature_detected!("avx512vl")
    }

    #[target_feature(enable = "avx512bw,avx512vl")]
    #[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
    pub(super) fn load(view: &View) -> Self {
        const { assert!(CHUNK == 64 && AHEAD == 16) };
        let Some(ahead) = view.last_chunk() else { unreachable!("a view has 80 bytes") };
        // SAFETY: the pointer comes from a reference to 80 bytes, of which 64 are read; it need not be aligned.
        let (chunk, ahead) = unsafe { (_mm512_loadu_si512(view.as_ptr().cast()), entries(ahead)) };
        let (half, short_half) = (_mm512_set1_epi8(15), _mm_set1_epi8(15));
        let high = _mm512_and_si512(_mm512_srli_epi16::<4>(chunk), half);
        let short_high = _mm_and_si128(_mm_srli_epi16::<4>(ahead), short_half);
        let powers = entries(&POWERS);
        Self {
            chunk: [chunk, _mm512_and_si512(chunk, half), _mm512_shuffle_epi8(_mm512_broadcast_i32x4(powers), high)],
            ahead: [ahead, _mm_and_si128(ahead, short_half), _mm_shuffle_epi8(powers, short_high)],
        }
    }

    /// The bytes that are this one.
    #[target_feature(enable = "avx512bw,avx512vl")]
    pub(super) fn is(&self, byte: u8) -> u128 {
        let byte = byte.cast_signed();
        let chunk = _mm512_cmpeq_epi8_mask(self.chunk[0], _mm512_set1_epi8(byte));
        let ahead = _mm_cmpeq_epi8_mask(self.ahead[0], _mm_set1_epi8(byte));
        u128::from(chunk) | u128::from(ahead) << 64
    }

    /// The bytes of a class.
    #[target_feature(enable = "avx512bw,avx512vl")]
    pub(super) fn of(&self, class: &Class) -> u128 {
        let class = entries(&class.0);
        let chunk =
            _mm512_test_epi8_mask(_mm512_shuffle_epi8(_mm512_broadcast_i32x4(class), self.chunk[1]), self.chunk[2]);
        let ahead = _mm_test_epi8_mask(_mm_shuffle_epi8(class, self.ahead[1]), self.ahead[2]);
        u128::from(chunk) | u128::from(ahead) << 64
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn entries(entries: &[u8; 16]) -> __m128i {
    let [low, high] = [0, 1].map(|half| i64::from_le_bytes(entries.as_chunks::<8>().0[half]));
    _mm_set_epi64x(high, low)
}
