//! The signed receipt: central's word that it holds a submission, checkable without asking central.
//!
//! The signature is over the exact text in `body`, so nobody ever has to agree on how JSON is written.
//! Ed25519 (RFC 8032); keys travel as standard base64 of their 32 raw bytes.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

/// What the receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub version: u16,
    pub key: Uuid,
    pub number: String,
    /// SHA-256 of the manifest's bytes as they were received, lower-case hexadecimal.
    pub manifest_sha256: String,
    pub accepted_at: Timestamp,
}

/// A receipt and the signature over its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    pub body: String,
    pub signature: String,
}

/// Why a receipt is not believed. The submission stays queued.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ReceiptError {
    #[error("the public key is not 32 bytes of base64")]
    Key,
    #[error("the signature does not belong to the text, or to the key")]
    Signature,
    #[error("the text is not a receipt")]
    Body,
    #[error("the receipt is for another submission")]
    OtherSubmission,
}

impl SignedReceipt {
    /// Signs `receipt` as central.
    pub fn sign(receipt: &Receipt, key: &SigningKey) -> Self {
        let body = serde_json::to_string(receipt).expect("a receipt has only strings and numbers, which JSON can hold");
        let signature = STANDARD.encode(key.sign(body.as_bytes()).to_bytes());
        Self { body, signature }
    }

    /// Believes the receipt only for the submission `key` whose manifest had these bytes.
    pub fn verify(&self, public_key_base64: &str, key: Uuid, manifest: &[u8]) -> Result<Receipt, ReceiptError> {
        let raw: [u8; 32] = STANDARD.decode(public_key_base64).ok().and_then(|raw| raw.try_into().ok()).ok_or(ReceiptError::Key)?;
        let public = VerifyingKey::from_bytes(&raw).map_err(|_| ReceiptError::Key)?;
        let signature: [u8; 64] = STANDARD.decode(&self.signature).ok().and_then(|raw| raw.try_into().ok()).ok_or(ReceiptError::Signature)?;
        public.verify(self.body.as_bytes(), &Signature::from_bytes(&signature)).map_err(|_| ReceiptError::Signature)?;
        let receipt: Receipt = serde_json::from_str(&self.body).map_err(|_| ReceiptError::Body)?;
        if receipt.key != key || receipt.manifest_sha256 != manifest_sha256(manifest) {
            return Err(ReceiptError::OtherSubmission);
        }
        Ok(receipt)
    }
}

/// SHA-256 of a manifest's bytes, lower-case hexadecimal.
pub fn manifest_sha256(manifest: &[u8]) -> String {
    hex::encode(Sha256::digest(manifest))
}

/// A public key as it stands in `kiosk.toml`.
pub fn public_key_base64(key: &SigningKey) -> String {
    STANDARD.encode(key.verifying_key().to_bytes())
}
