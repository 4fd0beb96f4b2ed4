import base64
import io
import struct
import zlib

from PIL import Image

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.limits import MEGABYTE, LimitError
from odoo.addons.invoicing_clerk.rules.picture import NotAPngError, check_png


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
        for value in ("%%%", [png], 5, None, {"a": 1}, "größer", True):
            with self.assertRaises(NotAPngError, msg=value):
                check_png(value)
        for content in (bomb, picture(size=(5000, 1)), bytes(2 * MEGABYTE)):
            with self.assertRaises((LimitError, NotAPngError)):
                check_png(base64.b64encode(content))
