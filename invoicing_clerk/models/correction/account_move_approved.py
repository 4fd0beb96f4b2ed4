from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# Texts of a document that corrections of its lines do not touch.
TEXT_FIELDS = frozenset(
    {"ref", "payment_reference", "narration", "partner_shipping_id", "invoice_origin"}
)


class AccountMove(models.Model):
    """Documents of applied corrections: they stay as they were approved.

    These are the documents that a correction made, the one that it reissued, and the
    one whose lines or total it amends, as both together are what was approved. Payment,
    reconciliation, sending and the hash of a journal change nothing of it.
    """

    _inherit = "account.move"

    # What people approve. Modules that add content to documents extend it.
    _approved_fields = TEXT_FIELDS | {
        *("state", "posted_before", "name", "move_type", "company_id", "journal_id"),
        *("partner_id", "commercial_partner_id", "fiscal_position_id"),
        *("date", "invoice_date", "invoice_date_due", "delivery_date"),
        *("currency_id", "invoice_currency_rate", "invoice_cash_rounding_id"),
        *("invoice_payment_term_id", "reversed_entry_id", "debit_origin_id"),
        *("amount_untaxed", "amount_tax", "amount_total", "amount_untaxed_signed"),
        *("amount_tax_signed", "amount_total_signed", "amount_residual_signed"),
        *("amount_total_in_currency_signed", "amount_residual"),
    }

    def write(self, vals):
        """:raises UserError: a document would no longer be as it was approved"""
        self._check_as_approved(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._refuse_if_approved()

    def _check_as_approved(self, vals):
        names = self._approved_fields & vals.keys()
        if names and not self._is_inside():
            changed = self.filtered(
                lambda move: move.posted_before and move._will_change(move, vals, names)
            )
            changed._refuse_if_approved(names)

    @api.model
    def _will_change(self, record, vals, names):
        """Return True if the values differ from those of the record."""
        return any(self._will_differ(record, vals, name) for name in names)

    @api.model
    def _will_differ(self, record, vals, name):
        field = record._fields[name]
        if field.type in ("one2many", "many2many"):
            return self._adds_records(vals[name]) or self._field_will_change(
                record, vals, name
            )
        value = field.convert_to_cache(vals[name], record)
        return (field.convert_to_record(value, record) or False) != (
            record[name] or False
        )

    @api.model
    def _adds_records(self, value):
        """Return True if commands create records; ids and records are no commands."""
        return isinstance(value, list | tuple) and any(
            isinstance(command, list | tuple) and command[0] == Command.CREATE
            for command in value
        )

    def _refuse_if_approved(self, names=frozenset()):
        """Refuse to change any of these documents if a correction is applied to it.

        :param names: what would change; nothing stands for the whole document
        :raises UserError: names document and correction, and what to do instead
        """
        if self._is_inside():
            return
        # sudo: names the correction of a document that the caller may change, which is
        # checked before it is named.
        posted_sudo = self.sudo().filtered("posted_before")
        for move in posted_sudo:
            if correction := move.correction_id.filtered(
                lambda each: each.state == "applied"
            ):
                self.check_access("write")
                raise UserError(move._refuse_made(correction))
        corrected_sudo = posted_sudo.filtered("has_applied_correction")
        if correction := corrected_sudo._amending_correction(names):
            self.check_access("write")
            raise UserError(correction.move_id._refuse_amended(correction))

    def _amending_correction(self, names):
        """Return the last correction that amended or reissued one of these."""
        corrections = self.env["clerk.correction"]
        if not self:
            return corrections
        domain = self._reissued_domain()
        if not names or names - TEXT_FIELDS:
            domain |= Domain("state", "=", "applied") & Domain(
                "remedy_id.amends", "!=", "nothing"
            )
        return corrections.search(
            domain & Domain("move_id", "in", self.ids), order="id desc", limit=1
        )

    def _refuse_made(self, correction):
        is_billed = self.correction_role == "rebill"
        return self.env._(
            "%(document)s was made by %(correction)s and stays as it was approved: it "
            "cannot be reset, changed or deleted. Start another correction of "
            "%(original)s instead.",
            document=self.display_name,
            correction=correction.name,
            original=(self if is_billed else self.corrected_move_id or self).name,
        )

    def _refuse_amended(self, correction):
        return self.env._(
            "%(document)s was corrected by %(correction)s (%(remedy)s) and stays as it "
            "was approved: it cannot be reset, changed or deleted. Start another "
            "correction of %(document)s instead.",
            document=self.name,
            correction=correction.name,
            remedy=correction.remedy_id.name,
        )
