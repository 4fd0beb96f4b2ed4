from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.amount import amount_text


class ClerkReceivable(models.Model):
    """The balance of a customer in a company, and how much of it to collect today.

    A refresh copies the figures from the ledger; users cannot write them. All amounts
    are in company currency, instalment by instalment.
    """

    _name = "clerk.receivable"
    _description = "Customer Balance"
    _inherit = [
        "clerk.guarded",
        "clerk.automated",
        "clerk.work.item.link",
        "clerk.open.items",
    ]
    _guards_all = True
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
        readonly=True, help="All open items: invoices less payments and credits."
    )
    owed = fields.Monetary(
        string="Amount Owed",
        readonly=True,
        help="Open instalments, before unapplied payments and credits.",
    )
    unapplied = fields.Monetary(
        readonly=True,
        help="Payments and credits that are not reconciled with an invoice yet.",
    )
    date_unapplied = fields.Date(
        string="Unapplied Since",
        readonly=True,
        help="Date of the oldest payment or credit that is not reconciled with an "
        "invoice.",
    )
    date_due = fields.Date(
        string="Oldest Due Date",
        readonly=True,
        help="The earliest due date among the open instalments.",
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
        help="Overdue amount that is disputed in open billing errors.",
    )
    promised = fields.Monetary(
        readonly=True,
        help="Overdue, undisputed amount that is outstanding on open promises to pay.",
    )
    to_collect = fields.Monetary(
        readonly=True,
        help="Overdue less disputed, promised and unapplied: the amount to collect "
        "from the customer today.",
    )
    credit_limit = fields.Monetary(
        readonly=True,
        help="The limit of the customer, or the default limit of the company; 0 means "
        "no limit.",
    )
    over_limit = fields.Monetary(
        readonly=True,
        help="Amount by which the balance, including branches, exceeds the credit "
        "limit.",
    )
    # Not sudo: counts only what the user may read.
    billing_error_count = fields.Integer(
        related="partner_id.billing_error_count", related_sudo=False
    )

    _one_row = models.UniqueIndex(
        "(company_id, partner_id)", "A customer can have only one balance per company."
    )

    @api.model
    def _open_items_of(self, customers, companies):
        """Return a domain of the open items of customers in companies."""
        return (
            Domain("account_id.account_type", "=", "asset_receivable")
            & self._unsettled_in(companies)
            & Domain("partner_id.commercial_partner_id", "in", customers.ids)
        )

    @api.model
    def _open_items_query(self, customers, companies):
        """Return a query of the same items that an index serves.

        Unlike joined tables, arrays of ids fit the index of items that are not
        reconciled, by account and partner.
        """
        items = self.env["account.move.line"]
        query = items._search(self._unsettled_in(companies))
        for name, ids in (
            ("account_id", self._receivable_accounts()),
            ("partner_id", self._families(customers)),
        ):
            column = items._field_to_sql(query.table, name, query)
            query.add_where(SQL("%s = ANY(ARRAY(%s))", column, ids.select()))
        return query

    @api.model
    def _receivable_accounts(self):
        # sudo: of accounts, only whether items belong to them.
        accounts = self.env["account.account"].sudo().with_context(active_test=False)
        return accounts._search([("account_type", "=", "asset_receivable")])

    @api.model
    def _families(self, customers):
        """Return a query of customers and their contacts, archived ones too."""
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners._search([("commercial_partner_id", "in", customers.ids)])

    @api.model
    def _unsettled_in(self, companies):
        """Return a domain of the posted journal items in companies that are open."""
        return (
            Domain("parent_state", "=", "posted")
            & Domain("is_unsettled", "=", True)
            & Domain("company_id", "in", companies.ids)
        )

    # Actions

    @api.model
    def action_open_balances(self):
        """Bring all balances up to date and open them."""
        self.check_access("read")
        # sudo: copies the ledger into rows that record rules show to their readers.
        self.sudo()._before_refresh()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_receivable_action"
        )

    def action_refresh(self):
        """Bring all balances up to date and reload the screen."""
        self.check_access("read")
        # sudo: copies the ledger into rows that record rules show to their readers.
        self.sudo()._before_refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_invoices(self):
        """Open the unpaid invoices and credit notes of the customer."""
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
                "|",
                ("is_unpaid", "=", True),
                ("payment_state", "in", ("blocked", "invoicing_legacy")),
            ],
            "context": {"default_move_type": "out_invoice"},
        }

    def action_view_items(self):
        return {
            **super().action_view_items(),
            "display_name": self.env._(
                "Open Items of %(customer)s: %(balance)s",
                customer=self.partner_id.display_name,
                balance=amount_text(self.currency_id, self.balance),
            ),
        }

    def action_view_billing_errors(self):
        self.ensure_one()
        return self.partner_id.action_view_billing_errors()
