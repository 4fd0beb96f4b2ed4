"""The one place where a PDF is opened before it counts."""

import io
import zlib
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from odoo.exceptions import UserError
from odoo.tools.pdf import PdfReader, filters

from ...rules.plural import plural

# The mark of the end stands in the last kilobyte (ISO 32000, implementation note 18).
END, END_BYTES = b"%%EOF", 1024
# Bytes that a reader may unpack, all filters of all streams together, to find the pages
# of a file of others. A table of a few kilobytes can unpack to gigabytes.
MAXIMUM_UNPACKED = 16 << 20
# Pages of a file. Its tree may name a node again and again, and so have millions of
# pages in a few kilobytes.
MAXIMUM_PAGES = 10_000
# What precedes the header in files of others.
BLANK = b"\xef\xbb\xbf \t\r\n\0"


class DamagedPdfError(UserError):
    """A file that is called a PDF and cannot be opened as one."""


def open_pdf(env, content, strict=True):
    """Open a PDF up to its last page, and return its reader.

    wkhtmltopdf ends with code 1 for warnings and for failures alike, and Odoo takes
    both for success; what it has written may be empty, rubbish or half a file.

    :param strict: refuse files that a reader would have to repair, and read the content
        of each page. Files of others are taken as readers take them, and the content of
        their pages stays packed; those with a password cannot be looked into.
    :raises DamagedPdfError: says what is wrong with the file
    """
    content = content or b""
    if not strict:
        content = content.lstrip(BLANK)
    if problem := _problem_outside(env, content):
        raise DamagedPdfError(problem)
    try:
        with nullcontext() if strict else _budget():
            reader = PdfReader(io.BytesIO(content), strict=strict)
            is_locked = reader.is_encrypted and not strict
            if not strict and not is_locked:
                _check_tree(reader)
            pages = None if is_locked else _pages(reader, strict)
    # Readers raise all kinds of errors, RecursionError included, for broken files.
    except Exception as error:
        raise DamagedPdfError(
            plural(
                len(content),
                env._(
                    "The PDF is damaged and cannot be opened (%s byte).", len(content)
                ),
                env._(
                    "The PDF is damaged and cannot be opened (%s bytes).", len(content)
                ),
            )
        ) from error
    if pages == 0:
        raise DamagedPdfError(env._("The PDF has no pages."))
    return reader


def pdf_problem(env, content, strict=True):
    """Return why a PDF cannot be opened, or None."""
    try:
        open_pdf(env, content, strict)
    except DamagedPdfError as error:
        return str(error)
    return None


def _problem_outside(env, content):
    """Return what is wrong with begin or end of a file, or None."""
    if not content:
        return env._("The PDF is empty.")
    if not content.startswith(b"%PDF-"):
        return plural(
            len(content),
            env._("The file is not a PDF (%s byte).", len(content)),
            env._("The file is not a PDF (%s bytes).", len(content)),
        )
    if END not in content[-END_BYTES:]:
        return plural(
            len(content),
            env._("The PDF is incomplete: it stops after %s byte.", len(content)),
            env._("The PDF is incomplete: it stops after %s bytes.", len(content)),
        )
    return None


def _pages(reader, strict):
    """Return the number of pages, and read the content of each if ``strict``."""
    count = 0
    for count, page in enumerate(reader.pages, 1):  # noqa: B007
        if strict and (drawing := page.get_contents()) is not None:
            drawing.get_data()
    return count


def _check_tree(reader):
    """:raises ValueError: the tree of pages repeats its branches, or is too large"""
    waiting, branches, pages = [reader.root_object["/Pages"]], set(), 0
    while waiting:
        node = waiting.pop().get_object()
        if "/Kids" not in node:
            pages += 1
        elif id(node) in branches:
            raise ValueError("a branch of pages is repeated")
        else:
            # A reader keeps its objects, so that no two have the same id.
            branches.add(id(node))
            waiting += node["/Kids"]
        if pages + len(waiting) > MAXIMUM_PAGES:
            raise ValueError("too many pages")


# What is left of the budget of the file that is being read.
_LEFT = ContextVar("clerk_pdf_left", default=None)


@contextmanager
def _budget():
    """Limit what is unpacked.

    :raises ValueError: it was too much, even if a reader has gone on without it
    """
    token = _LEFT.set([MAXIMUM_UNPACKED])
    try:
        yield
        _spend(0)
    finally:
        _LEFT.reset(token)


def _spend(size):
    """:raises ValueError: more is unpacked than a file of others may need"""
    left = _LEFT.get()
    left[0] -= size
    if left[0] < 0:
        raise ValueError("too much is unpacked")


def _limited(decompress):
    """Return the reader's function that unpacks bytes, limited for files of others.

    Odoo replaces it as well, so that the reader's own limit does not apply.
    """

    def unpack(data):
        if _LEFT.get() is None:
            return decompress(data)
        _spend(0)
        unpacked = zlib.decompressobj().decompress(data, _LEFT.get()[0] + 1)
        _spend(len(unpacked))
        return unpacked

    return unpack


def _counted(decode):
    """Return the reader's function that unpacks streams, counted for all filters."""

    def unpack(stream):
        if _LEFT.get() is None:
            return decode(stream)
        _spend(0)
        unpacked = decode(stream)
        _spend(len(unpacked))
        return unpacked

    return unpack


# Every table of a reader is unpacked here, however a file spells its name.
filters.decompress = _limited(filters.decompress)
# The second name is that of PyPDF2 1, which Odoo takes as well.
for _name in ("decode_stream_data", "decodeStreamData"):
    if hasattr(filters, _name):
        setattr(filters, _name, _counted(getattr(filters, _name)))
