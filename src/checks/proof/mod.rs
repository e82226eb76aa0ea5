//! Offline proofs: checksums and structures that tell a real token from an invented one.

use crate::model::Proof;
use crate::raw::Secret;

/// What a proof says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Passed (checksum or structure), or failed; `None` where this proof has nothing to say of the value.
    pub(crate) proof: Proof,
    /// What the value tells of itself without being shown, such as the account it belongs to.
    pub(crate) detail: Option<String>,
}

/// A proof that rules name by `proof = "…"`.
pub(crate) struct ProofKind {
    /// The name.
    pub(crate) name: &'static str,
    /// Looks at the whole secret.
    pub(crate) prove: fn(Secret<'_>) -> Verdict,
    /// Completes a token for examples: given all before the check characters, returns those. `None` where there are none.
    pub(crate) sign: Option<fn(&str) -> String>,
}

/// All proofs.
pub(crate) static PROOFS: &[ProofKind] = &[];
