from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class ClerkCorrection(models.Model):
    """Remedy: change the document itself without changing amounts, and print it again.

    A setting of the company states what the law allows to change on an invoice that
    keeps its number. Everything else is credited and billed again.
    """

    _inherit = "clerk.correction"

    _reissue_fields = {
        "none": (),
        "reference": ("reference",),
        "all": ("reference", "partner_shipping_id", "narration"),
    }
    _reissue_targets = {
        "reference": "ref",
        "partner_shipping_id": "partner_shipping_id",
        "narration": "narration",
    }

    def _unfit_reissue(self):
        if self.company_id.clerk_reissue_scope == "none":
            return self.env._(
                "%(company)s does not allow posted invoices to be changed. %(advice)s",
                company=self.company_id.name,
                advice=self._advice("rebill", "credit_full"),
            )
        return False

    def _preview_reissue(self):
        changes = self._reissue_changes()
        if not changes:
            return []
        self._check_reissue(changes)
        return [
            {
                "role": "reissue",
                "title": self.env._("%s, printed again", self.move_id.name),
                "partner": self.partner_id.display_name,
                "total": self.move_id.amount_total,
                "currency": self.currency_id.id,
                "change": 0.0,
                "stake": 0.0,
                "note": self._reissue_note(),
            }
        ]

    def _apply_reissue(self):
        changes = self._reissue_changes()
        self._check_reissue(changes)
        move = self.move_id
        note = self._reissue_note()
        # Core derives the fiscal position from the delivery address and the label of
        # the receivable from the reference; posted values, perhaps hashed, must stay.
        protected = [
            ([move._fields["fiscal_position_id"]], move),
            ([move.line_ids._fields["name"]], move.line_ids),
        ]
        with self.env.protecting(protected):
            move._inside().write(
                {self._reissue_targets[name]: self[name] for name in changes}
            )
        move._detach_attachments()
        move.is_move_sent = False
        move.message_post(
            body=self.env._(
                "Reissued by %(correction)s: %(note)s", correction=self.name, note=note
            )
        )
        return self.env["account.move"]

    # Changes

    def _reissue_changes(self):
        move = self.move_id
        return [
            name
            for name, target in self._reissue_targets.items()
            if (self[name] or False) != (move[target] or False)
        ]

    def _reissue_note(self):
        """Return the changes as text, before and after."""
        move = self.move_id
        return "; ".join(
            self.env._(
                "%(field)s: %(before)s → %(after)s",
                field=self._fields[name]._description_string(self.env),
                before=self._reissue_text(move[self._reissue_targets[name]]),
                after=self._reissue_text(self[name]),
            )
            for name in self._reissue_changes()
        )

    def _reissue_text(self, value):
        if isinstance(value, models.BaseModel):
            value = value.display_name
        return html2plaintext(value or "–").strip()

    def _check_reissue(self, changes):
        """Refuse a reissue without changes or with changes that are not allowed.

        :raises UserError: names the fields, and what to do instead
        """
        if not changes:
            raise UserError(
                self.env._(
                    "Nothing would change on %s: change the reference, delivery "
                    "address or notes first.",
                    self.move_id.name,
                )
            )
        allowed = self._reissue_fields[self.company_id.clerk_reissue_scope]
        if forbidden := [name for name in changes if name not in allowed]:
            raise UserError(
                self.env._(
                    "%(company)s does not allow %(fields)s to be changed on an "
                    "invoice that keeps its number. %(advice)s",
                    company=self.company_id.name,
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in forbidden
                    ),
                    advice=self._advice("rebill", "credit_full"),
                )
            )
