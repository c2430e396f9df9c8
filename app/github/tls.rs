//! One TLS provider for the whole process.
//!
//! rustls refuses to guess where two providers are compiled in, and which are compiled in depends
//! on dependencies of dependencies. So one is installed by name, before the first connection.

/// Makes aws-lc the TLS provider of this process, unless one is installed already. Safe to call
/// any number of times, from any thread.
pub fn install_tls() {
    // It fails only where somebody was faster, and then there is a provider: all we want.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
