import base64
import io
import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.limits import MEGABYTE, LimitError
from odoo.addons.invoicing_clerk.rules.picture import NotAPngError, check_png
from odoo.addons.invoicing_clerk.tests.properties import property_of


def picture(kind="PNG", size=(60, 20)):
    with io.BytesIO() as content:
        Image.new("RGB", size, "navy").save(content, kind)
        return content.getvalue()


def chunk(name, content):
    crc = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + crc


@tagged("post_install", "-at_install")
class TestPicture(BaseCase):
    """A signature is a PNG, and nothing else."""

    def test_pictures(self):
        """15 inputs: an SVG with a script, other formats and bombs were stored."""
        png = picture()
        head, end = png[:8], chunk(b"IEND", b"")
        header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        bomb = head + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + end
        check_png(base64.b64encode(png))
        check_png(base64.b64encode(png).decode())
        for content in (
            *(picture("GIF"), picture("JPEG"), b"BM6\0\0\0", b"II*\0\x08\0\0\0"),
            *(b"", b"<svg onload='alert(1)'/>", b"%PDF-1.4", head, head + end),
            *(png[:-5], png + b"<script>", png[:60] + bytes(4) + png[64:]),
        ):
            with self.assertRaises(NotAPngError, msg=content[:20]):
                check_png(base64.b64encode(content))
        encoded = base64.b64encode(png).decode()
        for value in ("%%%", f"%{encoded}", [png], 5, None, {"a": 1}, "größer", True):
            with self.assertRaises(NotAPngError, msg=value):
                check_png(value)
        for content in (bomb, picture(size=(5000, 1)), bytes(2 * MEGABYTE)):
            with self.assertRaises((LimitError, NotAPngError)):
                check_png(base64.b64encode(content))

    def _parted(self, *parts):
        """Return a picture with more parts behind its header."""
        png = picture()
        return png[:33] + b"".join(chunk(*part) for part in parts) + png[33:]

    def _profiled(self, size):
        """Return a picture with a colour profile of a size."""
        profile = b"icc\0\0" + zlib.compress(bytes(size))
        return self._parted((b"iCCP", profile))

    def test_parts(self):
        """Would have caught: a picture without pixels ended in an IndexError, and
        bombs in texts and pixels, a second file behind the picture, and animations
        were stored."""
        png = picture()
        end = chunk(b"IEND", b"")
        pixels = zlib.compress(bytes(60 * 20 * 3 * 400))
        check_png(base64.b64encode(self._parted((b"sRGB", b"\0"))))
        check_png(
            base64.b64encode(self._parted((b"pHYs", struct.pack(">IIB", 1, 1, 0))))
        )
        check_png(base64.b64encode(self._profiled(1024 * 1024)))
        bombs = zlib.compress(b"x" * 20_000_000)
        for name, content in {
            "no pixels": png[:33] + end,
            "few pixels": png[:33] + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + end,
            "many pixels": png[:33] + chunk(b"IDAT", pixels) + end,
            "pixels that are not packed": png[:33] + chunk(b"IDAT", b"x" * 900) + end,
            "a file behind it": png + b"PK\3\4<script>" + end,
            "a picture behind it": png + png,
            "a part behind it": png + chunk(b"prIv", b"x") + end,
            "an end with content": png[:-12] + chunk(b"IEND", b"x"),
            "a large profile": self._profiled(1024 * 1024 + 1),
            "two headers": self._parted((b"IHDR", png[16:29])),
            "packed text": self._parted((b"zTXt", b"a\0\0" + bombs)),
            "text": self._parted((b"tEXt", b"a\0<script>")),
            "other text": self._parted((b"iTXt", b"a\0\1\0\0\0" + bombs)),
            "packed profile": self._parted((b"iCCP", b"a\0\0" + bombs)),
            "animated": self._parted((b"acTL", struct.pack(">II", 2, 0))),
            "frames": self._parted((b"fdAT", b"xx")),
            "another colour": self._parted()[:25] + b"\5" + png[26:],
            "a length that lies": png[:33] + b"\x7f\xff\xff\xffprIv" + png[33:],
            **{
                f"{kind} inside": png[:8] + picture(kind) + end
                for kind in ("GIF", "JPEG", "BMP", "PPM")
            },
        }.items():
            with self.subTest(name), self.assertRaises(NotAPngError):
                check_png(base64.b64encode(content))

    @property_of(300)
    @given(
        st.lists(
            st.tuples(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 4)),
            min_size=1,
            max_size=3,
        ),
        st.lists(
            st.tuples(
                st.sampled_from(
                    [b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"pHYs"]
                    + [b"iCCP", b"eXIf", b"sRGB", b"sBIT", b"hIST", b"tIME", b"prIv"]
                ),
                st.binary(max_size=24),
            ),
            max_size=2,
        ),
        st.booleans(),
    )
    def test_whatever_is_sent_is_refused_or_taken(self, changes, parts, has_changes):
        """Any bytes changed, left out or added, and any part with right checksum."""
        content = self._parted(*parts)
        for place, added, removed in changes if has_changes else ():
            place %= len(content)
            content = content[:place] + added + content[place + removed :]
        try:
            check_png(base64.b64encode(content))
        except (NotAPngError, LimitError):
            return
        with Image.open(io.BytesIO(content)) as image:
            self.assertEqual(image.format, "PNG")
