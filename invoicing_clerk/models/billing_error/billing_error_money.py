from dataclasses import replace

from odoo import api, fields, models

from ...rules.billing_error.billing_error import OPEN_STATES, Settlement
from ..mixin.amount import amount_text
from ..mixin.changes import Changes

# The name of the checkpoint of cases without open money.
CLEARED = "clerk.billing.error._cron_resolve_cleared"

LEDGER_FIELDS = [
    "amount_credited",
    "amount_debited",
    "amount_written_off",
    "amount_paid",
    "amount_open",
]


class ClerkBillingError(models.Model):
    """The amounts of a billing error: disputed, corrected, paid and open.

    Only the disputed amount is stored. The others are computed from the ledger when
    they are read (``clerk.billing.error.report``), so that invoices, notes and payments
    take no longer to post.
    """

    _inherit = "clerk.billing.error"

    amount_disputed = fields.Monetary(
        string="Disputed",
        compute="_compute_amount_disputed",
        store=True,
        help="The claimed reduction, taxes included. Negative if the customer was "
        "billed too little.",
    )
    amount_credited = fields.Monetary(
        string="Credited",
        compute="_compute_ledger_amounts",
        help="Credit notes posted on these invoices since the case was opened.",
    )
    amount_debited = fields.Monetary(
        string="Debited",
        compute="_compute_ledger_amounts",
        help="Debit notes and rebills posted to the same customer since the case was "
        "opened.",
    )
    amount_written_off = fields.Monetary(
        string="Written Off",
        compute="_compute_ledger_amounts",
        help="Write-offs of these invoices posted since the case was opened.",
    )
    amount_paid = fields.Monetary(
        string="Paid Since",
        compute="_compute_ledger_amounts",
        help="Everything that was reconciled with these invoices since the case was "
        "opened, except their corrections: payments, bank transactions and other "
        "credits.",
    )
    amount_open = fields.Monetary(
        string="Still Open",
        compute="_compute_ledger_amounts",
        help="The disputed amount, minus credits (net of debits), write-offs and "
        "payments beyond the undisputed part. Zero once the case is closed.",
    )

    @api.depends("line_ids.disputed_amount")
    def _compute_amount_disputed(self):
        for error in self:
            error.amount_disputed = sum(error.line_ids.mapped("disputed_amount"))

    # The ledger is intentionally not a dependency: see the class.
    @api.depends("amount_disputed", "currency_id", "state")
    def _compute_ledger_amounts(self):
        settlements = self.env["clerk.billing.error.report"]._settlements(self.ids)
        for error in self:
            settlement = replace(
                settlements.get(error._origin.id, Settlement()),
                disputed=error.amount_disputed,
            )
            error.amount_credited = settlement.credited
            error.amount_debited = settlement.debited
            error.amount_written_off = settlement.written_off
            error.amount_paid = settlement.paid
            is_open = error.state in OPEN_STATES
            error.amount_open = error.currency_id.round(settlement.open * is_open)

    def _is_zero(self, amount):
        self.ensure_one()
        return (self.currency_id or self.env.company.currency_id).is_zero(amount)

    def _unsettled_reason(self):
        """Return that a part of the claim is open, or False if all is settled."""
        if self._is_zero(self.amount_open):
            return False
        return self.env._(
            "%(case)s: %(open)s of %(disputed)s disputed is still open. Correct the "
            "invoice, or explain why the remainder is not owed.",
            case=self.name,
            open=amount_text(self.currency_id, self.amount_open),
            disputed=amount_text(self.currency_id, self.amount_disputed),
        )

    def _resolve_cleared(self):
        """Close the cases whose claims are settled, and return them.

        Cases that are locked by somebody else are left for the next run.
        """
        candidates = self.filtered(lambda error: error.state in OPEN_STATES)
        candidates.invalidate_recordset(LEDGER_FIELDS)
        cleared = candidates.filtered(
            lambda error: (
                not error._is_zero(error.amount_disputed)
                and error._is_zero(error.amount_open)
            )
        ).try_lock_for_update(allow_referencing=True)
        notes = {error.id: error._cleared_note() for error in cleared}
        if cleared:
            cleared._take_step("resolve")
            cleared._message_log_batch(bodies=notes)
        return cleared

    def _cleared_note(self):
        return self.env._(
            "Resolved automatically: of %(disputed)s disputed, %(credited)s was "
            "credited, %(debited)s debited, %(written_off)s written off, and %(paid)s "
            "paid since the case was opened. No amount is open.",
            disputed=amount_text(self.currency_id, self.amount_disputed),
            credited=amount_text(self.currency_id, self.amount_credited),
            debited=amount_text(self.currency_id, self.amount_debited),
            written_off=amount_text(self.currency_id, self.amount_written_off),
            paid=amount_text(self.currency_id, self.amount_paid),
        )

    @api.model
    def _cron_resolve_cleared(self, batch_size=100):
        """Resolve cases without open money, if any of them may have changed."""
        changes = Changes(self.env)
        self.env["ir.cron"]._commit_progress()
        if changes.are_known(CLEARED):
            return
        with changes.reading() as reading:
            cleared_ids = self._cleared_ids()
        self.env["ir.cron"]._commit_progress(remaining=len(cleared_ids))
        is_complete = True
        for start in range(0, len(cleared_ids), batch_size):
            batch = self.browse(cleared_ids[start : start + batch_size])
            resolved = batch._resolve_cleared()
            is_complete &= resolved == batch
            self.env["ir.cron"]._commit_progress(len(batch))
        if is_complete:
            changes.settle(CLEARED, reading)

    @api.model
    def _cleared_ids(self):
        cases = self.env["clerk.billing.error.report"].search(
            [
                ("state", "in", OPEN_STATES),
                ("amount_disputed", "!=", 0),
                ("amount_open", "=", 0),
            ]
        )
        return cases.ids
