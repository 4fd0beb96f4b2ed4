import io
import stat
import struct
import zipfile

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.document.upload import (
    MOST_PIXELS,
    PNG_HEADER,
    HostileFileError,
    check_archive,
    check_picture,
)

# The flag of a file that needs a password.
PROTECTED = 1
START = b"\xff\xd8"
# Frames of a JPEG; the others between them define tables, or are reserved.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PLAIN = ("xl/workbook.xml", 0)
ARCHIVES = (
    ((PLAIN, ("xl", stat.S_IFDIR | 0o755), ("a.xml", stat.S_IFREG | 0o644)), None),
    ((PLAIN, ("a.xml", 0o644), ("a..b.xml", 0)), None),
    ((PLAIN, ("a.xml", stat.S_IFLNK | 0o777)), "link"),
    ((PLAIN, ("a.xml", stat.S_IFIFO | 0o644)), "link"),
    ((PLAIN, ("/etc/passwd", 0)), "link"),
    ((PLAIN, ("xl/../../a.xml", 0)), "link"),
    ((PLAIN, ("xl/vbaProject.bin", 0)), "macro"),
    ((("run.EXE", 0), PLAIN), "macro"),
)


def archive(members, packing=zipfile.ZIP_STORED):
    """Return a workbook with files of these names and modes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as out:
        for name, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = packing
            out.writestr(info, b"")
    return content.getvalue()


def frame(marker, width, height):
    """Return a segment of a JPEG that states a size where its marker is of a frame."""
    return b"\xff" + struct.pack(">BHBHHH", marker, 9, 8, height, width, 0)


def png(width, height):
    return PNG_HEADER + b"\0\0\0\rIHDR" + struct.pack(">IIB", width, height, 8)


@tagged("at_install", "-post_install")
class TestUploadRules(BaseCase):
    """Files of strangers at the limits of what can be opened."""

    def _verdict(self, check, content):
        try:
            check(content)
        except HostileFileError as error:
            return error.code
        return None

    def test_archives(self):
        for members, expected in ARCHIVES:
            with self.subTest(members=members):
                self.assertEqual(
                    self._verdict(check_archive, archive(members)), expected
                )
        self.assertEqual(self._verdict(check_archive, b"PK"), "damaged")

    def test_archives_that_are_packed_otherwise_or_protected(self):
        for packing, expected in (
            (zipfile.ZIP_DEFLATED, None),
            (zipfile.ZIP_BZIP2, "damaged"),
        ):
            content = archive((PLAIN,), packing)
            self.assertEqual(self._verdict(check_archive, content), expected)
        content = bytearray(archive((PLAIN,)))
        content[content.index(b"PK\1\2") + 8] |= PROTECTED
        self.assertEqual(self._verdict(check_archive, bytes(content)), "damaged")

    def test_pictures_of_the_largest_size(self):
        for width, height, expected in (
            (10_000, 10_000, None),
            (1, MOST_PIXELS, None),
            (1, 100_000_001, "bomb"),
            (0, 9, "damaged"),
            (9, 0, "damaged"),
        ):
            with self.subTest(width=width, height=height):
                self.assertEqual(
                    self._verdict(check_picture, png(width, height)), expected
                )

    def test_each_frame_states_the_size(self):
        for marker in range(0xBF, 0xD1):
            with self.subTest(marker=hex(marker)):
                content = START + frame(marker, 60_000, 60_000) + frame(0xC0, 9, 9)
                self.assertEqual(
                    self._verdict(check_picture, content),
                    "bomb" if marker in FRAMES else None,
                )

    def test_damaged_jpegs(self):
        good = frame(0xC0, 640, 480)
        for content, expected in (
            (START + b"\xff" + good, None),
            (START + b"\xff\xff" + good, None),
            (START + b"\xfe" + good, "damaged"),
            (START + b"\0\0" + good, "damaged"),
            (START, "damaged"),
            (START + good[:6], "damaged"),
        ):
            with self.subTest(content=content):
                self.assertEqual(self._verdict(check_picture, content), expected)
