"""Check pictures that visitors send."""

import base64
import binascii
import io
from typing import Any

from PIL import Image

from .limits import LimitError, check, decoded_size

BEGIN = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"


class NotAPngError(Exception):
    """The picture is not a PNG, damaged, or something follows it."""


def check_png(signature: Any) -> None:
    """Check that a signature is a PNG in Base64, of a limited size.

    The size is checked before the picture is decoded.

    :raises LimitError: it is too large
    :raises NotAPngError: it is something else

    >>> try:
    ...     check_png("R0lGODlhAQABAAAAACw=")
    ... except NotAPngError:
    ...     print("no PNG")
    no PNG
    """
    if not isinstance(signature, str | bytes):
        raise NotAPngError
    check("signature", decoded_size(signature))
    try:
        content = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAPngError from error
    if not content.startswith(BEGIN) or not content.endswith(END):
        raise NotAPngError
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            check("signature_side", max(picture.size))
            # Odoo has Pillow load truncated pictures; this compares the checksums.
            picture.verify()
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, LimitError):
            raise
        raise NotAPngError from error
