//! Values that vendors and standards publish as examples. Known by hash, so that none of them stands here.
//!
//! A row is made from a line `value<TAB>what it is` on standard input (the table is sorted by the hash):
//! ```sh
//! while IFS=$'\t' read -r value what; do
//!   printf '    (0x%s, %d), // %s\n' "$(printf %s "$value" | sha256sum | cut -c1-16 | sed 's/..../&_/g; s/_$//')" "${#value}" "$what"
//! done | sort
//! ```
//! What is a dummy only on a local host (`guest:guest` and the like) has no row: the same password on a public host is a leak.

use sha2::{Digest, Sha256};

/// The first eight bytes of the SHA-256 of a value, and its length.
static DUMMIES: &[(u64, u8)] = &[
    (0x0011_cc25_eb43_2071, 88),  // Azurite documentation: key of devstoreaccount1
    (0x03b9_70ed_8171_d73b, 40),  // reCAPTCHA documentation: test site key
    (0x03f9_beb6_43b1_913d, 17),  // Postmark documentation: test token
    (0x051d_093c_4bde_dbf2, 43),  // jwt.io: signature of the default token
    (0x0883_1f80_b564_14a9, 43),  // jwt.io: signature of the default token
    (0x0951_01cf_732c_298a, 66),  // Hardhat and Foundry: key of account 1, with 0x
    (0x0e9d_2206_16f0_8345, 12),  // base64 of user:pass
    (0x12b9_377c_be7e_5c94, 36),  // the nil UUID
    (0x12d8_d9ea_56a1_acfb, 16),  // base64 of admin:admin
    (0x1a5d_44a2_dca1_9669, 20),  // AWS documentation: access key id
    (0x1e3e_5865_6012_d861, 35),  // Turnstile documentation: test secret
    (0x2037_abca_ffb2_b777, 39),  // Firebase documentation: API key
    (0x2243_ae4c_7301_4469, 111), // BIP-32: vector 1
    (0x27a9_a429_31df_f7eb, 39),  // Firebase SDK tests: API key
    (0x29ae_db05_1d65_bcc8, 141), // BIP-39: vector of 18 words
    (0x2caf_c097_0149_a84f, 32),  // Stripe documentation: test key
    (0x2f46_43b1_3aea_be7e, 13),  // Service Bus and Event Hubs emulators: key
    (0x3002_888f_967a_7086, 23),  // kubeadm documentation: bootstrap token
    (0x37f8_f09b_df12_c2f2, 39),  // Firebase SDK tests: API key
    (0x3a64_bcd9_cea4_3c0a, 79),  // BIP-39: vector
    (0x3a8b_61d0_f636_b007, 39),  // Google's samples, as other scanners list them: API key
    (0x3c09_4943_5a7e_4277, 49),  // BIP-39: vector
    (0x3f37_0c9d_d822_5c63, 39),  // Firebase SDK tests: API key
    (0x44f0_5a06_9ba8_95c4, 40),  // GitHub documentation: token
    (0x49f7_77db_995e_8260, 39),  // Firebase SDK tests: API key
    (0x4c98_242d_cadc_8b29, 39),  // Firebase SDK tests: API key
    (0x4d3e_46ee_c824_4d1d, 64),  // Hardhat and Foundry: key of account 4
    (0x549c_9390_539e_fcfa, 32),  // RFC 6238: TOTP secret
    (0x5843_41c2_f0e8_8ad1, 28),  // Codex CLI: OAuth client id
    (0x5d42_b3de_5660_e0d1, 18),  // llama.cpp documentation: no API key
    (0x5de2_2089_c247_b9b2, 66),  // Hardhat and Foundry: key of account 4, with 0x
    (0x5dfe_0d8d_8e6c_af63, 92),  // GC Notify documentation: API key
    (0x60a0_9e43_5786_8c1e, 66),  // Hardhat and Foundry: key of account 0, with 0x
    (0x6403_4b44_c579_b335, 64),  // Hardhat and Foundry: key of account 3
    (0x647f_7143_af14_7062, 41),  // AWS documentation: secret access key
    (0x666f_f6cc_aa5b_3c07, 36),  // a UUID that documentation uses
    (0x67b9_d29d_92ab_ee2c, 23),  // kubeadm documentation: bootstrap token
    (0x69be_79ef_3c28_f55d, 187), // BIP-39: vector of 24 words
    (0x72a6_2cdd_4f38_0777, 80),  // GitHub documentation: refresh token
    (0x73f7_1af0_93fd_f154, 24),  // MDN: Basic credentials
    (0x7831_4b11_be2e_5815, 40),  // AWS documentation: secret access key
    (0x789e_b04a_e4c0_0984, 74),  // age: identity of the test suite
    (0x7e8d_e44e_a9ec_f6d5, 32),  // Stripe documentation: test key
    (0x7f39_f457_6795_8338, 36),  // a UUID that documentation uses
    (0x8094_81ac_9de1_f321, 40),  // GitHub documentation: token
    (0x8203_50d9_0471_03b6, 50),  // GitHub documentation: push protection's test token (its beginning)
    (0x8335_c553_3482_1eef, 64),  // Hardhat and Foundry: key of account 1
    (0x841b_4f5b_0b34_e19a, 35),  // Turnstile documentation: test secret
    (0x8731_261c_b72d_8626, 39),  // Firebase SDK tests: API key
    (0x88dc_28d0_f030_c55e, 7),   // LiteLLM documentation: master key
    (0x8be5_d113_c087_1ce1, 16),  // Google Authenticator documentation: TOTP secret
    (0x9705_102d_b0d5_f99e, 46),  // Supabase CLI: local publishable key
    (0x976b_57ee_8acd_fcf4, 40),  // GitHub: an example that many tests use; its CRC passes
    (0x9d6a_2b9d_1f01_d457, 51),  // Bitcoin wiki: private key
    (0xa070_2bc9_1d69_9f60, 14),  // NuGet documentation: password
    (0xa09c_39b0_19c0_b2ed, 165), // BIP-39: vector of 21 words
    (0xa19f_89ab_3555_eac1, 39),  // Firebase SDK tests: API key
    (0xa3a8_ee43_7933_3906, 36),  // a UUID that documentation uses
    (0xa4b8_b245_ab28_bc4f, 23),  // kubeadm documentation: bootstrap token
    (0xa6c8_14bc_555a_e62c, 39),  // Google's samples, as other scanners list them: API key
    (0xa6d3_26bc_8f12_0786, 85),  // GOV.UK Notify documentation: API key
    (0xaa65_4743_9583_c3a2, 88),  // Cosmos DB emulator documentation: key
    (0xaaf6_f663_9214_566e, 40),  // GitHub documentation: token
    (0xb0dd_dc8d_f192_f89d, 21),  // Slack documentation: token
    (0xb147_1f54_4cee_ea31, 32),  // Stripe documentation: test key
    (0xb26a_b652_9d20_ebeb, 64),  // Hardhat and Foundry: key of account 2
    (0xb416_b47c_309f_d7cf, 40),  // GitHub documentation: token
    (0xb8e1_4854_5b13_c78b, 15),  // RFC 6750: bearer token
    (0xbb49_78fb_e763_8de8, 66),  // Hardhat and Foundry: key of account 2, with 0x
    (0xbc1a_5096_6c9e_6486, 64),  // Hardhat and Foundry: key of account 0
    (0xc557_eec8_78df_d852, 93),  // BIP-39: vector of 12 words
    (0xc6ea_27c5_34f9_93d3, 20),  // AWS documentation: access key id
    (0xc85d_ebb5_5f2f_204d, 41),  // Supabase CLI: local secret key
    (0xcb20_d34a_7add_a2f5, 20),  // AWS documentation: access key id
    (0xcc1d_2f83_8445_db7a, 5),   // vLLM documentation: no API key
    (0xcf4d_418e_d3de_92d7, 28),  // RFC 7617: Basic credentials
    (0xcfb9_7dad_7d89_6f37, 72),  // gcloud: built-in OAuth client id
    (0xd88f_4b1b_d2ec_8589, 12),  // vLLM documentation: API key
    (0xdba7_2c00_f41f_4e4c, 11),  // NuGet documentation: password
    (0xdc0f_cf04_6c61_640c, 39),  // Firebase SDK tests: API key
    (0xe21b_597b_a6b9_cafa, 40),  // AWS documentation: secret access key
    (0xe4a5_542b_b7fd_7b67, 39),  // Firebase SDK tests: API key
    (0xe4da_07ad_2000_89ce, 24),  // base64 of username:password
    (0xea9b_b108_2cf9_5663, 39),  // Firebase SDK tests: API key
    (0xeb54_0d2b_6ee2_a0a4, 39),  // Firebase SDK tests: API key
    (0xecb0_e7ba_498c_5920, 75),  // BIP-39: vector
    (0xf023_2219_7a19_6ceb, 66),  // Hardhat and Foundry: key of account 3, with 0x
    (0xf038_6f9b_e1fe_905f, 24),  // gcloud: built-in OAuth client secret
    (0xf2d6_ca16_5150_33e5, 32),  // Stripe documentation: test key
    (0xf56e_3234_94a6_ffc2, 39),  // Firebase documentation: API key
    (0xf5c3_8873_4d28_087b, 77),  // Slack documentation: webhook
    (0xf5e9_5c99_5463_5b65, 40),  // reCAPTCHA documentation: test secret
    (0xf79c_d64f_9cea_2378, 59),  // Hardhat and Foundry: mnemonic
    (0xfb49_e221_9266_3f27, 16),  // Langfuse documentation: secret key
    (0xfb8f_3512_9df8_7662, 35),  // Turnstile documentation: test secret
    (0xfdd1_a61d_387b_95c7, 119), // BIP-39: vector of 15 words
];

/// Bit `n` tells whether a dummy has `n` bytes: values of other lengths are not hashed.
static LENGTHS: [u64; 4] = {
    let mut lengths = [0; 4];
    let mut row = 0;
    while row < DUMMIES.len() {
        let length = DUMMIES[row].1;
        lengths[(length >> 6) as usize] |= 1 << (length & 63);
        row += 1;
    }
    lengths
};

/// GitHub's push protection has a test token with any ending; so much of it is fixed.
const TEST_TOKEN: (&[u8], usize) = (b"secret_scanning_", 50);

/// Whether the whole value is a published example.
pub(crate) fn is_dummy(value: &[u8]) -> bool {
    is_published(value)
        || is_amazons_example(value)
        || (value.starts_with(TEST_TOKEN.0) && value.get(..TEST_TOKEN.1).is_some_and(is_published))
        || (value.starts_with(b"eyJ") && value.rsplit(|&byte| byte == b'.').next().is_some_and(is_published))
}

fn is_published(value: &[u8]) -> bool {
    let length = value.len();
    if length > 255 || LENGTHS[length >> 6] >> (length & 63) & 1 == 0 {
        return false;
    }
    let digest: [u8; 32] = Sha256::digest(value).into();
    let head = digest.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    DUMMIES.binary_search_by_key(&head, |row| row.0).is_ok_and(|row| usize::from(DUMMIES[row].1) == length)
}

/// Amazon ends the key ids of its documentation in `EXAMPLE`, the keys in `EXAMPLEKEY`; by chance, one id in 34 thousand million would.
fn is_amazons_example(value: &[u8]) -> bool {
    match value.len() {
        20 => value.starts_with(b"A") && value.ends_with(b"EXAMPLE"),
        40 => value.ends_with(b"EXAMPLEKEY"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(DUMMIES.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn published_values_are_known_and_others_are_not() {
        let known = [
            ["dXNl", "cjpw", "YXNz"].concat(),
            ["AKIA", "I44Q", "H8DH", "BEXA", "MPLE"].concat(),
            ["AKIA", "Q2Q2", "Q2Q2", "QEXA", "MPLE"].concat(),
            ["eyJ0.eyJ0.", "SflKxw", "RJSMeK", "KF2QT4", "fwpMeJ", "f36POk", "6yJV_a", "dQssw5", "c"].concat(),
            ["secret_scanning_", "ab85fc", "6f8d76", "38cf1c", "11da81", "2da308", "d43_", "anything"].concat(),
            "abandon ".repeat(11) + "about",
        ];
        for (row, value) in known.iter().enumerate() {
            assert!(is_dummy(value.as_bytes()), "row {row}");
            assert!(row == 4 || !is_dummy(format!("{value}x").as_bytes()), "row {row}");
        }
    }

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn no_bytes_panic_and_chance_hits_nothing(value in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(!is_dummy(&value));
        }
    }
}
