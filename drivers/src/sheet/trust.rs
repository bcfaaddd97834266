//! Which printer an encrypted connection may end at.
//!
//! Printers sign their own certificates, so no authority can vouch for them. The rule a newcomer would break: encrypted is not
//! authenticated. [`Trust::Anyone`] keeps a listener out and not an impostor; a field installation pins the certificate.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::sync::Arc;
use thiserror::Error;

/// Why a certificate cannot be pinned, or TLS cannot be set up.
#[derive(Debug, Error)]
pub enum TrustError {
    #[error("no certificate in PEM form was found")]
    NoCertificate,
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// Who may answer at an encrypted address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whoever answers: encrypted and not authenticated.
    Anyone,
    /// Only the holder of exactly this certificate, whatever name or date it bears.
    Exactly(CertificateDer<'static>),
}

impl Trust {
    /// Pins the first certificate of a PEM text, such as a technician copies from the printer's own page.
    ///
    /// # Errors
    /// `NoCertificate` when there is none.
    pub fn pinned(pem: &[u8]) -> Result<Self, TrustError> {
        CertificateDer::from_pem_slice(pem).map(|certificate| Trust::Exactly(certificate.into_owned())).map_err(|_| TrustError::NoCertificate)
    }

    pub(super) fn tls(&self) -> Result<ClientConfig, TrustError> {
        // A provider of its own, since this crate may not choose one for the whole program.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier { trust: self.clone(), provider: Arc::clone(&provider) };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(TrustError::Tls)?;
        Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
    }
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.trust {
            Trust::Anyone => Ok(ServerCertVerified::assertion()),
            Trust::Exactly(certificate) if certificate.as_ref() == end_entity.as_ref() => Ok(ServerCertVerified::assertion()),
            Trust::Exactly(_) => Err(rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)),
        }
    }

    // The signatures prove that who answers holds the certificate's key; they are checked as always.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
