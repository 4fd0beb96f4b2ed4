from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.amount import amount_text

from ..rules import check_layout as rules
from ..rules import check_text

VOID = "VOID"
STUB_SIZE = rules.SIZES[1]


class ClerkCheck(models.Model):
    """The paper of a check: what is printed, and where.

    A number is valid on its first PDF only. Later ones, and those of numbers that are
    no longer valid, say so in the place of the amount.
    """

    _inherit = "clerk.check"

    def _sheets(self, layout):
        """Return the sheets of a check, as the template draws them.

        :param layout: ``top``, ``middle`` or ``bottom``
        """
        mark = self._take_mark()
        payment = self.payment_id.with_context(lang=self._stub_lang())
        pages = payment._check_get_pages()
        return [
            self._sheet(layout, page, mark if number == 1 else VOID)
            for number, page in enumerate(pages, 1)
        ]

    def _stub_lang(self):
        return self.partner_id.lang or self.env.lang

    def _take_mark(self):
        """Return what invalidates the paper; nothing on the first PDF of a number."""
        if self.state != "printed":
            return VOID
        if self.handed_out_on or not self.payment_id.sudo(False).has_access("write"):
            return self.env._("COPY – NOT NEGOTIABLE")
        # sudo: whoever may print the check of a payment has its PDF noted.
        self.sudo()._inside().handed_out_on = fields.Datetime.now()
        return None

    def _sheet(self, layout, page, mark):
        margins = self._margins()
        places = rules.places(layout, *margins)
        texts = self._texts(mark)
        return {
            "check": self,
            "fields": [
                self._field(name, texts[name], place)
                for name, place in places.items()
                if texts[name]
            ],
            "stubs": [
                rules.style(place, STUB_SIZE) for place in rules.stubs(layout, *margins)
            ],
            "lines": page["stub_lines"] or [],
            "is_cropped": page["stub_cropped"],
        }

    def _margins(self):
        company = self.company_id
        return (
            company.account_check_printing_margin_left,
            company.account_check_printing_margin_top,
        )

    def _texts(self, mark=None):
        """Return what is printed on the panel of the check, by field."""
        is_numbered = not self.journal_id.check_manual_sequencing
        words = mark or self.amount_words
        return {
            # Numbered stock has the number already, in two places.
            "number": "" if is_numbered else self.name,
            "date": self._date_text(),
            "payee": self.payee,
            "figures": self.amount_figures if not mark else VOID,
            "words": rules.filled(words, rules.FIELDS["words"].width),
            "address": self.address or "",
            "memo": self._memo_text(),
        }

    def _field(self, name, text, place):
        """Return a field as the template draws it."""
        longest = max(text.splitlines(), key=len)
        size = rules.font_size(longest, place.width) or rules.SIZES[-1]
        if name == "address":
            size = min(size, STUB_SIZE)
        align = "right" if name in rules.RIGHT_ALIGNED else "left"
        return {"name": name, "text": text, "style": rules.style(place, size, align)}

    def _date_text(self):
        return check_text.date_text(self.date, self.journal_id._check_country())

    def _memo_text(self):
        room = rules.capacity(rules.FIELDS["memo"].width, rules.SIZES[-1])
        memo = self.memo or ""
        return memo if len(memo) <= room else f"{memo[: room - 1]}…"

    def _amount_text(self):
        return amount_text(self.currency_id, self.amount)
