"""SHA-256 in hexadecimal, without OpenSSL.

`hashlib` loads OpenSSL, which costs 3 ms of CPU and 4 MiB of memory at each start. Like the standard library's
`random`, this uses Python's own implementation instead.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # Python 3.12 and later; it has no types
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]  # as above, before 3.12
    except ImportError:  # a Python built with OpenSSL's only
        from hashlib import sha256


def sha256_of(content: bytes) -> str:
    """Return the digest of bytes."""
    digest: str = sha256(content).hexdigest()
    return digest
