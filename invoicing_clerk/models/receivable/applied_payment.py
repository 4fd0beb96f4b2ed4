from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..mixin.gate import only_one
from ..mixin.locking import lock
from ..mixin.notification import SOFT_RELOAD

REASONS = [
    ("named", "Referenced"),
    ("advice", "Remittance Advice"),
    ("order", "Customer's Order"),
    ("balance", "Whole Balance"),
    ("item", "Same Amount"),
    ("sum", "Matching Total"),
    ("only", "Only Open Item"),
    ("oldest", "Oldest First"),
]
# How many of the latest ones the page of a customer shows.
SHOWN = 10


class ClerkAppliedPayment(models.Model):
    """Unapplied money that was applied by a proposal, and how to undo it.

    It keeps the reconciliations that the proposal made. Undoing removes these and no
    others, also later and by another clerk, until the period is locked.
    """

    _name = "clerk.applied.payment"
    _description = "Applied Payment"
    _inherit = "clerk.guarded"
    _guards_all = True
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    explanation = fields.Char(readonly=True)
    credit_names = fields.Char(string="Payments and Credits", readonly=True)
    charge_names = fields.Char(string="Invoices", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partial_ids = fields.Many2many(
        "account.partial.reconcile",
        "clerk_applied_payment_partial_rel",
        string="Reconciliations",
        readonly=True,
    )
    was_locked = fields.Boolean(
        string="In a Locked Period",
        readonly=True,
        exportable=False,
        help="The period was already locked when it was applied. Undoing it restores "
        "the open items of that period.",
    )
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_on = fields.Datetime(string="Undone At", readonly=True)
    state = fields.Selection(
        [("applied", "Applied"), ("undone", "Undone")],
        string="Status",
        compute="_compute_state",
    )

    @api.depends("credit_names", "charge_names")
    def _compute_display_name(self):
        for applied in self:
            names = filter(None, (applied.credit_names, applied.charge_names))
            applied.display_name = " → ".join(names)

    @api.depends("partial_ids")
    def _compute_state(self):
        """Reconciliations that were removed elsewhere are undone as well."""
        for applied in self:
            applied.state = "applied" if applied.partial_ids else "undone"

    @api.model
    def _applied_to(self, customers, companies):
        """Map (customer, company) to the latest applied payments."""
        rows = self._read_group(
            Domain("partner_id", "in", customers.ids)
            & Domain("company_id", "in", companies.ids)
            & Domain("partial_ids", "!=", False),
            ["partner_id", "company_id"],
            ["id:recordset"],
        )
        return {
            (customer, company): applied.sorted("id", reverse=True)[:SHOWN]
            for customer, company, applied in rows
        }

    @api.model
    def _keep(self, partials, **values):
        """Return the record of reconciliations that were just made."""
        return (
            self._inside()
            .create(
                {
                    **values,
                    "partial_ids": [fields.Command.set(partials.ids)],
                    "was_locked": bool(self._locks_of(partials)),
                }
            )
            .with_env(self.env)
        )

    def action_undo(self):
        """Remove the reconciliations, and show the customer again."""
        only_one(self)._undo()
        # sudo: copies the ledger into rows that record rules show to their readers.
        self.env["clerk.receivable"].sudo()._before_refresh()
        return SOFT_RELOAD

    def _undo(self):
        """:raises UserError: it is undone already, or its period is locked"""
        self.env["account.partial.reconcile"].check_access("unlink")
        self._lock()
        partials = self.partial_ids
        if not partials:
            raise UserError(self.env._("%s is no longer applied.", self.credit_names))
        if not self.was_locked and (locks := self._locks_of(partials)):
            raise UserError(self._refuse_locked(partials, max(locks)[0]))
        partials.unlink()
        self._inside().write(
            {"undone_by_id": self.env.uid, "undone_on": fields.Datetime.now()}
        )

    def _lock(self):
        lock(
            lambda: self.env._(
                "Somebody else is undoing %s. Try again in a moment.", self.credit_names
            ),
            self,
        )
        self.invalidate_recordset(["partial_ids"])

    def _refuse_locked(self, partials, locked_until):
        return self.env._(
            "%(credits)s was applied to %(charges)s as of %(date)s, and entries up to "
            "%(locked)s are locked. Ask an accountant to open the period, or reverse "
            "the application with an entry in the current one.",
            credits=self.credit_names,
            charges=self.charge_names,
            date=format_date(self.env, max(partials.mapped("max_date"))),
            locked=format_date(self.env, locked_until),
        )

    @api.model
    def _locks_of(self, partials):
        """Return the lock dates, with their kind, that reconciliations violate."""
        entries = partials.debit_move_id | partials.credit_move_id
        latest = max(partials.mapped("max_date"), default=False)
        return {
            lock
            for company in partials.company_id
            for journal in entries.journal_id
            for lock in company._get_violated_lock_dates(latest, False, journal)
        }
