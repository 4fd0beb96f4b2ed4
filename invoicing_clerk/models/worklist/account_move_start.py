from odoo import api, fields, models
from odoo.fields import Domain

from ..mixin.roles import BOOKKEEPERS
from ..mixin.traces import reads


class AccountMove(models.Model):
    """Start date of worklists: invoices before it count as sent."""

    _inherit = "account.move"

    precedes_worklists = fields.Boolean(
        string="Before the Start of Worklists",
        compute="_compute_precedes_worklists",
        search="_search_precedes_worklists",
        help="Dated before the start date of worklists of its company: it counts as "
        "sent.",
        groups=BOOKKEEPERS,
    )

    @api.depends("invoice_date", "company_id")
    def _compute_precedes_worklists(self):
        starts = self._worklist_starts()
        for move in self:
            start = starts.get(move.company_id.id)
            date = move.invoice_date
            move.precedes_worklists = bool(start and date and date < start)

    @reads("invoice_date", "company_id")
    def _search_precedes_worklists(self, operator, value):
        # Core does not ask for it before it calls a search method.
        self._check_field_access(self._fields["precedes_worklists"], "read")
        if operator != "in":
            return NotImplemented
        earlier = Domain.OR(
            Domain("company_id", "=", company) & Domain("invoice_date", "<", start)
            for company, start in self._worklist_starts().items()
        )
        if set(value) == {True, False}:
            return Domain.TRUE
        return earlier if True in value else self._not_before(earlier)

    def _not_before(self, earlier):
        """Return the other entries; those without a date are not before any."""
        return ~earlier | Domain("invoice_date", "=", False)

    @api.model
    def _worklist_starts(self):
        """Return the start date of each company that has one."""
        # sudo: which dates count is not secret, and companies are not told apart.
        companies = self.env["res.company"].sudo()
        found = companies.search([("clerk_work_start", "!=", False)])
        return {company.id: company.clerk_work_start for company in found}
