//! TLS as the options ask for it: never a silent fall-back.

use mysql_async::SslOpts;

use crate::options::{MySqlOptions, TlsMode};

/// What `mysql_async` shall do, `None` for no TLS.
pub(crate) fn settings(options: &MySqlOptions) -> Option<SslOpts> {
    let mode = options.tls_mode();
    if matches!(mode, TlsMode::Off | TlsMode::RequireUnverified) && !options.is_local() {
        tracing::warn!(target: "orm", server = options.target(), ?mode, "the server's identity is not verified");
    }
    let settings = match mode {
        TlsMode::Off => return None,
        TlsMode::RequireUnverified => SslOpts::default().with_danger_accept_invalid_certs(true),
        TlsMode::VerifyCa => SslOpts::default().with_danger_skip_domain_validation(true),
        TlsMode::VerifyFull => SslOpts::default(),
    };
    choose_cryptography();
    Some(match &options.root_certificate {
        None => settings,
        Some(path) => settings.with_root_certs(vec![path.clone().into()]).with_disable_built_in_roots(true),
    })
}

/// rustls panics when a program has several cryptography crates compiled in and none is chosen: choose, unless the
/// program did.
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread was faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
