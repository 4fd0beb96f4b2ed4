"""Hash of a file that proves something."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

CHUNK = 1 << 20


def digest(file: BinaryIO) -> str:
    """Return the SHA-256 of a file from its current position.

    >>> import io
    >>> digest(io.BytesIO(b"abc"))[:8]
    'ba7816bf'
    """
    sha256 = hashlib.sha256()
    while chunk := file.read(CHUNK):
        sha256.update(chunk)
    return sha256.hexdigest()
