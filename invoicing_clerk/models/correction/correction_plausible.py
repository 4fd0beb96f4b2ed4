from odoo import api, fields, models
from odoo.tools import formatLang

from ...rules.correction.plausible import times


class ClerkCorrection(models.Model):
    """Asks before it bills what is more likely a slip: 100 times the billed price.

    The answer holds for exactly the changes that it was given for.
    """

    _inherit = "clerk.correction"
    _guarded_fields = frozenset({"confirmed_changes"})

    unusual_note = fields.Char(
        compute="_compute_unusual_note",
        exportable=False,
        export_string_translation=False,
    )
    is_confirmed = fields.Boolean(
        string="This is correct",
        compute="_compute_is_confirmed",
        inverse="_inverse_is_confirmed",
        exportable=False,
    )
    confirmed_changes = fields.Char(
        readonly=True, copy=False, exportable=False, export_string_translation=False
    )

    @api.depends(
        "remedy_id",
        "state",
        *("line_ids.quantity", "line_ids.price_unit", "line_ids.product_id"),
    )
    def _compute_unusual_note(self):
        for correction in self:
            notes = [
                line._unusual_text(*change)
                for line, *change in correction._unusual_changes()
            ]
            correction.unusual_note = " ".join(notes)

    @api.depends("unusual_note", "confirmed_changes")
    def _compute_is_confirmed(self):
        for correction in self:
            key = correction._unusual_key()
            correction.is_confirmed = bool(key) and correction.confirmed_changes == key

    def _inverse_is_confirmed(self):
        for correction in self:
            key = correction._unusual_key() if correction.is_confirmed else False
            correction._inside().confirmed_changes = key

    def _unusual_changes(self):
        """Return lines whose price or quantity was hardly meant, with field, value
        billed, value corrected, and the factor."""
        if not self.edits_lines or self.state in ("applied", "cancelled"):
            return []
        return [
            (line, *change)
            for line in self.line_ids.sorted(lambda line: line._place())
            for change in line._unusual_changes()
        ]

    def _unusual_key(self):
        # Texts of documents are not translated, so that it holds for all users.
        return "; ".join(
            f"{line.name}: {name} {old!r} {new!r}"
            for line, name, old, new, _factor in self._unusual_changes()
        )

    def _unconfirmed(self):
        """Return what somebody has to confirm first, or False."""
        asks = self.unusual_note and not self.is_confirmed
        return asks and self.env._(
            "%s Change it, or confirm that it is correct.", self.unusual_note
        )


class ClerkCorrectionLine(models.Model):
    _inherit = "clerk.correction.line"

    def _unusual_changes(self):
        """Return field, old and new value, and factor of each implausible change.

        The price of a line that is added is compared with that of its product.
        """
        if self.move_line_id:
            pairs = {
                "price_unit": (self.billed_price_unit, self.price_unit),
                "quantity": (self.billed_quantity, self.quantity),
            }
        elif self.product_id:
            pairs = {"price_unit": (self._product_price(), self.price_unit)}
        else:
            pairs = {}
        return [
            (name, old, new, factor)
            for name, (old, new) in pairs.items()
            if (factor := times(old, new))
        ]

    def _unusual_text(self, name, old, new, factor):
        values = {
            "line": self.name,
            "before": formatLang(self.env, old),
            "after": formatLang(self.env, new),
            "factor": factor,
        }
        if name == "quantity":
            return self.env._(
                "“%(line)s”: quantity %(after)s instead of %(before)s, a factor of "
                "%(factor)s.",
                **values,
            )
        return self.env._(
            "“%(line)s”: price %(after)s instead of %(before)s, a factor of "
            "%(factor)s.",
            **values,
        )
