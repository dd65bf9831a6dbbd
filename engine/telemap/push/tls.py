"""TLS to a gateway: certificates and error messages."""

from __future__ import annotations

import errno
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.endless import ends
from telemap.errors import PushError
from telemap.push.sockets import Bounded

if TYPE_CHECKING:
    from telemap.push.credentials import Tls

_BUNDLES = (
    "/etc/pki/tls/certs/ca-bundle.crt",  # Amazon Linux
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/ssl/cert.pem",  # Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # SUSE
)
"""System CA bundles, for Pythons whose own OpenSSL looks elsewhere."""

_BROUGHT_ALONG = ("certifi/cacert.pem", "botocore/cacert.pem")
"""Bundles in packages, for machines that have none."""

_UNKNOWN_CA = "its certificate is signed by an unknown authority: set TELEMAP_CA_FILE to the authority's certificate"
_CLIENT = "set TELEMAP_CLIENT_CERT and TELEMAP_CLIENT_KEY"

_VERIFICATION = {
    9: "its certificate is not valid yet, or the clock of this machine is wrong",
    10: "its certificate has expired",
    18: "its certificate is self-signed: set TELEMAP_CA_FILE to this certificate",
    19: _UNKNOWN_CA,
    20: _UNKNOWN_CA,
    21: _UNKNOWN_CA,
    62: "its certificate is for another host name: use a host name of the certificate in GATEWAY",
    64: "its certificate is not for this IP address: use a host name of the certificate in GATEWAY",
}
"""Messages for OpenSSL's verification errors (https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/)."""

_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL")

_REFUSED_CLIENT = (
    "ALERT_CERTIFICATE_REQUIRED",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_UNKNOWN_CA",
    "ALERT_ACCESS_DENIED",
    "ALERT_HANDSHAKE_FAILURE",
)
"""Suffixes of OpenSSL's reasons when a server rejects the client certificate or its absence."""


class TlsSocket(Bounded, ssl.SSLSocket):
    """A TLS connection."""


def client_context(tls: Tls) -> ssl.SSLContext:
    """Return an SSL context, which always verifies certificates.

    Raises:
        PushError: a file cannot be used.
    """
    context = trusting(tls.ca_file)
    if tls.client_cert:
        identify(context, tls.client_cert, tls.client_key)
    context.sslsocket_class = TlsSocket
    return context


def trusting(ca_file: str) -> ssl.SSLContext:
    """Return a context that trusts the authorities in a file, or the system's if none is given.

    Raises:
        PushError: the file cannot be used.
    """
    if not ca_file:
        context = ssl.create_default_context()
        if not _has_default_authorities() and (bundle := _first_bundle()):
            context.load_verify_locations(bundle)
        return context
    try:
        _check_is_file(ca_file)
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise PushError(f"{ca_file!r}: {_file_reason(error, 'a certificate')}", sent=False) from error
    # Default since Python 3.13; it rejects certificates of private authorities that other programs accept.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def identify(context: ssl.SSLContext, client_cert: str, client_key: str) -> None:
    """Load the client certificate and its key into a context.

    Raises:
        PushError: they cannot be used.
    """
    try:
        for name in filter(None, (client_cert, client_key)):
            _check_is_file(name)
        # Without a password, OpenSSL would prompt for an encrypted key's passphrase.
        context.load_cert_chain(client_cert, client_key or None, password="")
    except OSError as error:
        shown = repr(client_cert) if not client_key else f"{client_cert!r} with {client_key!r}"
        raise PushError(f"{shown}: {_file_reason(error, 'a certificate and its key')}", sent=False) from error


def explain(error: OSError, tls: Tls) -> str:
    """Return why TLS failed, with advice."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFICATION.get(error.verify_code, f"its certificate is not valid: {error.verify_message}")
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    if reason.endswith(_REFUSED_CLIENT):
        if tls.client_cert:
            return f"it rejected the client certificate in TELEMAP_CLIENT_CERT ({reason})"
        return f"it requires a client certificate: {_CLIENT}"
    if reason.endswith(_NO_TLS):
        return "this port does not use TLS: use http:// or another port in GATEWAY"
    if isinstance(error, ssl.SSLEOFError):
        return "it closed the connection during the TLS handshake"
    return reason or error.strerror or type(error).__name__


def refuses_client(error: OSError) -> bool:
    """Return whether a server rejected the client certificate, and so has not read the request."""
    return isinstance(error, ssl.SSLError) and (error.reason or "").endswith(_REFUSED_CLIENT)


def _check_is_file(name: str) -> None:
    if not Path(name).is_file():
        raise FileNotFoundError(errno.ENOENT, "no such file")
    if not ends(Path(name)):
        raise OSError(errno.EINVAL, "the file is empty")


def _file_reason(error: OSError, wanted: str) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the key does not belong to the certificate"
        return f"it does not contain {wanted} in PEM without a passphrase"
    return error.strerror or type(error).__name__


def _has_default_authorities() -> bool:
    """Return whether there are certificates where OpenSSL looks by itself."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile is not None or (paths.capath is not None and any(Path(paths.capath).glob("*.0")))


def _first_bundle() -> Path | None:
    brought = (Path(folder, name) for name in _BROUGHT_ALONG for folder in sys.path)
    return next((path for path in (*map(Path, _BUNDLES), *brought) if path.is_file()), None)
