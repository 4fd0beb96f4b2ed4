from odoo import api, fields, models
from odoo.fields import Domain


class ClerkReceivable(models.Model):
    """What one customer owes one company, and what of it can be asked for today.

    Rows are kept from the ledger (`clerk.receivable.refresh`) and are nobody's to
    write. Everything is in company currency, instalment by instalment.
    """

    _name = "clerk.receivable"
    _description = "Customer Balance"
    _inherit = "clerk.work.item.link"
    _order = "to_collect desc, balance desc, id"
    _rec_name = "partner_id"

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
    currency_id = fields.Many2one("res.currency", readonly=True)
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one(related="partner_id.user_id")
    balance = fields.Monetary(
        readonly=True, help="All that is open, payments and credits taken off."
    )
    owed = fields.Monetary(
        readonly=True, help="Open instalments, before payments and credits on account."
    )
    unapplied = fields.Monetary(
        readonly=True, help="Payments and credits that are matched with no invoice yet."
    )
    date_unapplied = fields.Date(
        string="Unapplied Since",
        readonly=True,
        help="Date of the oldest payment or credit that is matched with no invoice.",
    )
    date_due = fields.Date(
        string="Oldest Due Date", readonly=True, help="Of all that is owed."
    )
    not_due = fields.Monetary(readonly=True)
    due_30 = fields.Monetary(string="1–30", readonly=True)
    due_60 = fields.Monetary(string="31–60", readonly=True)
    due_90 = fields.Monetary(string="61–90", readonly=True)
    due_120 = fields.Monetary(string="91–120", readonly=True)
    due_older = fields.Monetary(string="Over 120", readonly=True)
    overdue = fields.Monetary(
        readonly=True, help="Instalments whose due date is before today."
    )
    disputed = fields.Monetary(
        readonly=True,
        help="What open billing errors dispute of overdue invoices, never more than "
        "what is overdue of each.",
    )
    promised = fields.Monetary(
        readonly=True,
        help="What the customer has promised to pay of what is overdue and not in "
        "dispute, and may still keep.",
    )
    to_collect = fields.Monetary(
        readonly=True,
        help="Overdue, less what is disputed, promised or unapplied: what the customer "
        "can be asked for today.",
    )
    credit_limit = fields.Monetary(
        readonly=True, help="The customer's own or the company's usual one; 0 is none."
    )
    over_limit = fields.Monetary(
        readonly=True,
        help="By how much all that is open, in branches too, exceeds the limit.",
    )
    line_ids = fields.Many2many(
        "account.move.line",
        string="Open Items",
        compute="_compute_line_ids",
        help="What makes up the balance.",
    )
    billing_error_count = fields.Integer(related="partner_id.billing_error_count")

    _one_row = models.UniqueIndex(
        "(company_id, partner_id)", "A customer has one balance in a company."
    )

    def _open_items_domain(self):
        """Open journal items that make up the balances, of what the caller may read."""
        return (
            Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "!=", 0)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
        )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_line_ids(self):
        rows = self.env["account.move.line"]._read_group(
            self._open_items_domain(),
            ["company_id", "partner_id"],
            ["id:recordset"],
        )
        lines = {}
        for company, partner, found in rows:
            key = company, partner.commercial_partner_id
            lines[key] = lines.get(key, found.browse()) + found
        for row in self:
            found = lines.get((row.company_id, row.partner_id), row.line_ids.browse())
            row.line_ids = found.sorted(lambda line: line.date_maturity or line.date)

    # Screens

    @api.model
    def action_open_balances(self):
        """The balances of all customers as the ledger has them now."""
        self.check_access("read")
        # sudo: repeats the ledger in rows that show themselves to who may read them.
        self.sudo()._before_refresh()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_receivable_action"
        )

    def action_refresh(self):
        """Bring what is on the screen up to date."""
        self.check_access("read")
        # sudo: repeats the ledger in rows that show themselves to who may read them.
        self.sudo()._before_refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_invoices(self):
        """The customer's open invoices and credit notes, the oldest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "display_name": self.env._("Open: %s", self.partner_id.display_name),
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "not in", ("paid", "reversed", "in_payment")),
            ],
            "context": {"default_move_type": "out_invoice"},
        }

    def action_view_billing_errors(self):
        self.ensure_one()
        return self.partner_id.action_view_billing_errors()
