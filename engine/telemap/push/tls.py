"""TLS to a gateway: whom to trust, who we are, and what it means when that fails."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.errors import PushError
from telemap.push.sockets import Bounded

if TYPE_CHECKING:
    from telemap.push.credentials import Tls

_BUNDLES = (
    "/etc/pki/tls/certs/ca-bundle.crt",  # Amazon Linux
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/ssl/cert.pem",
)
"""Where systems keep the authorities they trust; for a Python whose own OpenSSL looks elsewhere."""

_CA = "set TELEMAP_CA_FILE to the certificate of the authority"
_CLIENT = "set TELEMAP_CLIENT_CERT and TELEMAP_CLIENT_KEY"

_VERIFICATION = {
    9: "its certificate is not valid yet, or the clock here is wrong",
    10: "its certificate has expired, and has to be renewed there",
    18: f"its certificate is signed by itself, which is not trusted here: {_CA}, here the certificate itself",
    19: f"an authority that is not trusted here signed its certificate: {_CA}",
    20: f"an authority that is not trusted here signed its certificate: {_CA}",
    21: f"an authority that is not trusted here signed its certificate: {_CA}",
    62: "its certificate is for another host name: write one of its certificate's names in GATEWAY",
    64: "its certificate is not for this IP address: write one of its certificate's names in GATEWAY",
}
"""What the codes of OpenSSL mean (https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/)."""

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
"""The ends of OpenSSL's reasons with which servers refuse a client for its certificate, or for having none."""


class TlsSocket(Bounded, ssl.SSLSocket):
    """A TLS connection."""


def client_context(tls: Tls) -> ssl.SSLContext:
    """Make what connections are opened with; it always verifies.

    Raises:
        PushError: a file cannot be used.
    """
    context = trusting(tls.ca_file)
    if tls.client_cert:
        identify(context, tls.client_cert, tls.client_key)
    context.sslsocket_class = TlsSocket
    return context


def trusting(ca_file: str) -> ssl.SSLContext:
    """Make a context that trusts the authorities of a file; without one, the system's.

    Raises:
        PushError: the file cannot be used.
    """
    if not ca_file:
        context = ssl.create_default_context()
        paths = ssl.get_default_verify_paths()
        if paths.cafile is None and paths.capath is None and (bundle := _first_bundle()):
            context.load_verify_locations(bundle)
        return context
    try:
        _check_is_file(ca_file)
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise PushError(f"{ca_file!r}: {_file_reason(error, 'a certificate')}", sent=False) from error
    # From Python 3.13 on this is on, and refuses what private authorities issue and other programs take.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def identify(context: ssl.SSLContext, client_cert: str, client_key: str) -> None:
    """Return a context our own certificate and its key.

    Raises:
        PushError: they cannot be used.
    """
    try:
        for name in filter(None, (client_cert, client_key)):
            _check_is_file(name)
        # A key that is encrypted would have OpenSSL ask at a terminal that is not there.
        context.load_cert_chain(client_cert, client_key or None, password="")
    except OSError as error:
        shown = repr(client_cert) if not client_key else f"{client_cert!r} with {client_key!r}"
        raise PushError(f"{shown}: {_file_reason(error, 'a certificate and its key')}", sent=False) from error


def explain(error: OSError, tls: Tls) -> str:
    """Report why TLS failed, and the way out."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFICATION.get(error.verify_code, f"its certificate is not valid: {error.verify_message}")
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    if reason.endswith(_REFUSED_CLIENT):
        if tls.client_cert:
            return f"it does not take the client certificate of TELEMAP_CLIENT_CERT ({reason})"
        return f"it asks for a client certificate: {_CLIENT}"
    if reason.endswith(_NO_TLS):
        return "it does not speak TLS on this port: write http:// in GATEWAY, or another port"
    if isinstance(error, ssl.SSLEOFError):
        return "it closed the connection while TLS began"
    return reason or error.strerror or type(error).__name__


def refuses_client(error: OSError) -> bool:
    """Return whether a server ended the connection for our certificate: then it has not read what was sent on it."""
    return isinstance(error, ssl.SSLError) and (error.reason or "").endswith(_REFUSED_CLIENT)


def _check_is_file(name: str) -> None:
    if not Path(name).is_file():
        raise FileNotFoundError(2, "there is no such file")


def _file_reason(error: OSError, wanted: str) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the key is not the certificate's"
        return f"it does not hold {wanted} in PEM, without a passphrase"
    return error.strerror or type(error).__name__


def _first_bundle() -> str | None:
    return next((name for name in _BUNDLES if Path(name).is_file()), None)
