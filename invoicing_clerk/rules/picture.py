"""Check pictures that visitors send."""

import base64
import binascii
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image

from .limits import LimitError, check, decoded_size

BEGIN = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"
# Texts and animations: nobody draws them, and texts may be packed a thousandfold.
NOT_DRAWN = frozenset({b"tEXt", b"zTXt", b"iTXt", b"acTL", b"fcTL", b"fdAT"})
# Values of a pixel, by the type of colours.
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PROFILE_SIZE = 1024 * 1024
# What a decoder raises for content that it did not expect.
DAMAGED = (
    *(OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError),
    *(EOFError, AttributeError, MemoryError, struct.error, zlib.error),
)


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
    try:
        _check_chunks(content)
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            check("signature_side", max(picture.size))
            # Odoo has Pillow load truncated pictures; this compares the checksums.
            picture.verify()
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            picture.load()
    except (*DAMAGED, Image.DecompressionBombError) as error:
        if isinstance(error, LimitError):
            raise
        raise NotAPngError from error


def _check_chunks(content: bytes) -> None:
    """Check the parts of a PNG: all are known to end where they say, with nothing
    before, between or after them, and unpack to what the picture needs.

    :raises NotAPngError: they are not
    """
    chunks = list(_chunks(content))
    names = [name for name, _data in chunks]
    if NOT_DRAWN & set(names) or names[:1] != [b"IHDR"] or names.count(b"IHDR") > 1:
        raise NotAPngError
    if names.index(b"IEND") != len(names) - 1:
        raise NotAPngError
    packed = b"".join(data for name, data in chunks if name == b"IDAT")
    least, most = _unpacked_sizes(chunks[0][1])
    if not least <= _unpacked(packed, most) <= most:
        raise NotAPngError
    for name, data in chunks:
        if name == b"iCCP" and _unpacked(data.partition(b"\0")[2][1:], PROFILE_SIZE) > (
            PROFILE_SIZE
        ):
            raise NotAPngError


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and data of each part.

    :raises NotAPngError: it begins or ends otherwise
    """
    if not content.startswith(BEGIN) or not content.endswith(END):
        raise NotAPngError
    place = len(BEGIN)
    while place < len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + size
        if end > len(content):
            raise NotAPngError
        yield name, content[place + 8 : end - 4]
        place = end


def _unpacked_sizes(header: bytes) -> tuple[int, int]:
    """Return the fewest and the most bytes that the pixels of a picture have.

    >>> header = struct.pack(">IIBBBBB", 10, 4, 8, 2, 0, 0, 0)
    >>> _unpacked_sizes(header)
    (124, 124)

    Interlaced ones have up to seven passes:

    >>> _unpacked_sizes(header[:-1] + b"\1")
    (124, 312)

    By the type of colours, and where pixels share bytes:

    >>> def size(width, bits, colours):
    ...     header = struct.pack(">IIBBBBB", width, 1, bits, colours, 0, 0, 0)
    ...     return _unpacked_sizes(header)[0]
    >>> [size(10, 8, colours) for colours in (0, 2, 3, 4, 6)]
    [11, 31, 11, 21, 41]
    >>> size(8, 1, 0), size(9, 1, 0)
    (2, 3)
    """
    width, height, bits, colours, _packing, _filter, interlaced = struct.unpack(
        ">IIBBBBB", header
    )
    check("signature_side", max(width, height))
    size = height * (1 + (width * bits * CHANNELS[colours] + 7) // 8)
    return size, 2 * size + 16 * height if interlaced else size


def _unpacked(packed: bytes, most: int) -> int:
    """Return the number of unpacked bytes; no more than one above ``most`` is read."""
    return len(zlib.decompressobj().decompress(packed, most + 1))
