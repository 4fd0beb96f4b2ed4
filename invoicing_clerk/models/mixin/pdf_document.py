"""The one place where a PDF is opened before it counts."""

import io

from odoo.exceptions import UserError
from odoo.tools.pdf import PdfReader

from ...rules.plural import plural

# The mark of the end stands in the last kilobyte (ISO 32000, implementation note 18).
END, END_BYTES = b"%%EOF", 1024


class DamagedPdfError(UserError):
    """A file that is called a PDF and cannot be opened as one."""


def open_pdf(env, content, strict=True):
    """Open a PDF up to its last page, and return its reader.

    wkhtmltopdf ends with code 1 for warnings and for failures alike, and Odoo takes
    both for success; what it has written may be empty, rubbish or half a file.

    :param strict: refuse files that a reader would have to repair. Files of others are
        taken as readers take them; those with a password cannot be looked into.
    :raises DamagedPdfError: says what is wrong with the file
    """
    content = content or b""
    if problem := _problem_outside(env, content):
        raise DamagedPdfError(problem)
    try:
        reader = PdfReader(io.BytesIO(content), strict=strict)
        pages = None if reader.is_encrypted and not strict else _count_pages(reader)
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


def _count_pages(reader):
    """Read the content of each page, and return the number of pages."""
    count = 0
    for count, page in enumerate(reader.pages, 1):  # noqa: B007
        if (drawing := page.get_contents()) is not None:
            drawing.get_data()
    return count
