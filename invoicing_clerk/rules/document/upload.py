"""Files of strangers: what is refused before anybody opens them."""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib

from ..limits import LimitError, check

MOST_PIXELS = 100_000_000
PNG_HEADER = b"\x89PNG\r\n\x1a\n"
# Members that run, or hold other files. Workbooks need none of them.
PROGRAMS = re.compile(
    r"(vbaproject[^/]*\.bin|/activex/.*|/embeddings/.*|\.(exe|dll|com|scr|msi|jar|js|jse"
    r"|vbs|vbe|wsf|hta|ps1|bat|cmd|lnk|sh|py|zip|rar|7z|gz|tar|iso|cab|xls[xmb]?))$"
)
# The two ways in which workbooks are packed; others can unpack without bounds.
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
JPEG_MARKERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class HostileFileError(ValueError):
    """A file that is not what it seems, or unpacks to too much; ``code`` says which."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def check_archive(content: bytes) -> None:
    """Check the files in a workbook: their list, and then that it is true.

    :raises HostileFileError: it is damaged, too large unpacked, or holds other than
        plain files without programs
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive.infolist())
            if archive.testzip():
                raise HostileFileError("damaged")
    except HostileFileError:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, struct.error),
        *(RuntimeError, ValueError, OverflowError),
    ) as error:
        raise HostileFileError("damaged") from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """:raises HostileFileError: some of the files are too many, large or dangerous"""
    try:
        check("sheet_files", len(members))
        check("sheet_unpacked", sum(each.file_size for each in members))
    except LimitError as error:
        raise HostileFileError("bomb") from error
    if len({each.filename for each in members}) < len(members):
        raise HostileFileError("damaged")
    for each in members:
        mode, name = each.external_attr >> 16, each.filename.lower()
        is_plain = not mode or stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
        if not is_plain or _leads_out(name):
            raise HostileFileError("link")
        if PROGRAMS.search(name):
            raise HostileFileError("macro")
        if each.compress_type not in PACKINGS:
            raise HostileFileError("damaged")


def _leads_out(name: str) -> bool:
    """Return whether a file would be unpacked elsewhere than in its own folder.

    >>> [_leads_out(name) for name in ("/etc/passwd", "xl/../../a", "..\\\\a", "c:a")]
    [True, True, True, True]
    >>> _leads_out("c:/a"), _leads_out("xl/worksheets/sheet1.xml")
    (True, False)
    """
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or ":" in parts[0]


def plain_name(name: str) -> str:
    """Return a file name as it can be shown: no folders, no characters that mislead.

    Marks of direction let ``exe.pdf`` look like the end of another name.

    >>> plain_name("../../etc/passwd"), plain_name(r"C:\\scans\\cmr.pdf")
    ('passwd', 'cmr.pdf')
    >>> plain_name("fdp\\u202eexe.pdf"), plain_name("a\\r\\nb.pdf"), plain_name("../")
    ('fdpexe.pdf', 'ab.pdf', '')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = (each for each in last if unicodedata.category(each) not in ("Cc", "Cf"))
    return "".join(shown).strip()


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
