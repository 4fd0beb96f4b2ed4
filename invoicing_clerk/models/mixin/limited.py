import base64
from contextlib import contextmanager
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ...rules import limits
from ...rules.entered_amount import parse_amount
from ...rules.plural import plural

DOCUMENT_TYPES = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}


class ClerkLimited(models.AbstractModel):
    """Limits of what people send, with the sentence for what is too large."""

    _name = "clerk.limited"
    _description = "Limits of Sizes"

    @api.model
    def _check_limit(self, name, value, what):
        """
        :param name: one of ``LIMITS``
        :param value: a number, or a value whose length counts
        :param what: how the user calls it
        :raises UserError: it is too large
        """
        with self._limits_of(what):
            limits.check(name, value)

    @api.model
    @contextmanager
    def _limits_of(self, what):
        """:raises UserError: a limit was exceeded inside"""
        try:
            yield
        except limits.LimitError as error:
            raise UserError(self._limit_text(error, what)) from error

    @api.model
    def _limit_text(self, error, what):
        maximum, unit = error.limit
        if unit == "byte":
            return self.env._(
                "%(what)s is larger than %(maximum)s MB. Please use a smaller file.",
                what=what,
                maximum=maximum // limits.MEGABYTE,
            )
        units = {
            "character": self.env._("characters"),
            "pixel": self.env._("pixels in width or height"),
            "file": self.env._("files"),
            "row": self.env._("rows"),
            "column": self.env._("columns"),
            "text": self.env._("texts"),
            "message": self.env._("messages"),
            "cell": self.env._("cells"),
            "element": self.env._("styles and other parts"),
        }
        return self.env._(
            "%(what)s has %(found)s %(unit)s; at most %(maximum)s are allowed.",
            what=what,
            found=error.found,
            unit=units[unit],
            maximum=maximum,
        )

    @api.model
    def _entered_text(self, name, value, what):
        """Return the text that a visitor entered, without blanks around it.

        :raises UserError: it is not a text, too long, or cannot be stored
        """
        if value is None or value is False:
            return ""
        if not isinstance(value, str) or not limits.is_storable(value):
            raise UserError(self.env._("%s: please enter text.", what))
        text = value.strip()
        self._check_limit(name, text, what)
        return text

    @api.model
    def _entered_amount(self, text, currency):
        """Return the amount that a visitor entered, or None for an empty field.

        :raises UserError: it is not a number, too large, or has too many decimals
        """
        text = self._entered_text("amount", text, self.env._("The amount"))
        try:
            amount = parse_amount(text)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%s” is not a valid amount. Please enter it as 1234.56.", text
                )
            ) from error
        places = amount.as_tuple().exponent if amount is not None else 0
        if -places > currency.decimal_places:
            raise UserError(self._refuse_places(text, currency))
        return amount

    @api.model
    def _refuse_places(self, text, currency):
        return plural(
            currency.decimal_places,
            self.env._(
                "“%(amount)s”: %(currency)s has %(places)s decimal place.",
                amount=text,
                currency=currency.name,
                places=currency.decimal_places,
            ),
            self.env._(
                "“%(amount)s”: %(currency)s has %(places)s decimal places.",
                amount=text,
                currency=currency.name,
                places=currency.decimal_places,
            ),
        )

    @api.model
    def _entered_date(self, text):
        """Return the date that a visitor entered, or None for an empty field.

        :raises UserError: it is not a date
        """
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise UserError(self.env._("“%s” is not a valid date.", text)) from error

    # Documents

    @api.model
    def _document_of(self, encoded, name):
        """Return (name, bytes, mimetype) of a file that a dialog holds in Base64.

        :raises UserError: it is too large, or not of a permitted type
        """
        self._check_limit("document", limits.decoded_size(encoded), name)
        content = base64.b64decode(encoded)
        return name, content, self._document_kind(name, content)

    @api.model
    def _uploaded(self, upload):
        """Return (name, bytes, mimetype) of a file that a visitor uploaded, or None.

        :param upload: the file as ``werkzeug`` gives it, of which no more is read than
            the limit
        :raises UserError: it is too large, or not of a permitted type
        """
        if not upload or not upload.filename:
            return None
        content = upload.read(limits.maximum("document") + 1)
        kind = self._document_kind(upload.filename, content)
        return upload.filename, content, kind

    @api.model
    def _document_kind(self, name, content):
        """Return the mimetype of a document, determined from its content.

        :raises UserError: it is too large, or not of a permitted type
        """
        self._entered_text("file_name", name, self.env._("The name of the file"))
        self._check_limit("document", content, name)
        mimetype = guess_mimetype(content)
        if mimetype not in DOCUMENT_TYPES:
            raise UserError(
                self.env._(
                    "%(name)s cannot be used. Please upload one of these types: "
                    "%(types)s.",
                    name=name,
                    types=", ".join(DOCUMENT_TYPES.values()),
                )
            )
        return mimetype
