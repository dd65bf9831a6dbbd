"""SHA-256 of texts, as hexadecimal.

`hashlib` loads OpenSSL first: 3 ms of CPU and 4 MiB of memory at each start, although Python has an implementation of
its own for where there is none. The standard library's `random` takes that one too.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # Python 3.12 and later; it has no types
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]  # as above, before 3.12
    except ImportError:  # a Python that was built to have OpenSSL's alone
        from hashlib import sha256


def sha256_of(content: bytes) -> str:
    """Return the digest of some bytes, in hexadecimal."""
    digest: str = sha256(content).hexdigest()
    return digest
