"""Files of strangers: what is refused before anybody opens them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

from ..limits import LimitError, check

MOST_PIXELS = 100_000_000
PNG_HEADER = b"\x89PNG\r\n\x1a\n"
JPEG_MARKERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class HostileFileError(ValueError):
    """A file that is not what it seems, or unpacks to too much; ``code`` says which."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def check_archive(content: bytes) -> None:
    """Check the list of files of a workbook, without unpacking them.

    :raises HostileFileError: it is damaged, too large unpacked, or holds other than
        plain files without macros
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise HostileFileError("damaged") from error
    try:
        check("sheet_files", len(members))
        check("sheet_unpacked", sum(each.file_size for each in members))
    except LimitError as error:
        raise HostileFileError("bomb") from error
    for each in members:
        mode, name = each.external_attr >> 16, each.filename
        is_plain = not mode or stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
        if not is_plain or name.startswith("/") or ".." in name.split("/"):
            raise HostileFileError("link")
        if name.lower().endswith(("vbaproject.bin", ".exe", ".js", ".bat")):
            raise HostileFileError("macro")


def check_picture(content: bytes) -> None:
    """Check the size that the header of a PNG or JPEG states.

    :raises HostileFileError: it is damaged, or has too many pixels

    >>> head = PNG_HEADER + b"\\0\\0\\0\\rIHDR"
    >>> check_picture(head + struct.pack(">II", 640, 480))
    >>> for tail in (struct.pack(">II", 60000, 60000), b"", struct.pack(">II", 0, 9)):
    ...     try:
    ...         check_picture(head + tail)
    ...     except HostileFileError as error:
    ...         print(error.code)
    bomb
    damaged
    damaged
    """
    try:
        width, height = (
            struct.unpack(">II", content[16:24])
            if content.startswith(PNG_HEADER)
            else _jpeg_size(content)
        )
    except (struct.error, IndexError) as error:
        raise HostileFileError("damaged") from error
    if not width or not height:
        raise HostileFileError("damaged")
    if width * height > MOST_PIXELS:
        raise HostileFileError("bomb")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Return the size that the first frame of a JPEG states.

    >>> frame = b"\\xff\\xc0" + struct.pack(">HBHH", 11, 8, 480, 640)
    >>> _jpeg_size(b"\\xff\\xd8" + b"\\xff\\xe0\\x00\\x04ab" + frame)
    (640, 480)
    """
    place = 2
    while place < len(content):
        if content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in JPEG_MARKERS:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        place += 2 + length
    return 0, 0
