from odoo import api, fields, models

from ...rules.ageing.ageing import (
    MOST_BUCKETS,
    bucket_labels,
    parse_shape,
    shape_text,
)

# Length and number of the buckets. The web client passes on only names like this one
# when it asks for a view and its labels, and keeps the answer by their values.
LABELS_KEY = "ageing_buckets_view_ref"
BUCKETS = tuple(f"bucket_{number}" for number in range(MOST_BUCKETS + 1))
# Amounts that a row has in both currencies.
AMOUNTS = ("balance", *BUCKETS, "overdue", "unapplied", "disputed", "promised")


def _amount(label, company=False, **kwargs):
    """Return a monetary field, of a row in document or company currency."""
    if company:
        kwargs["currency_field"] = "company_currency_id"
    else:
        # Amounts of several currencies do not add up.
        kwargs["aggregator"] = None
    return fields.Monetary(label, readonly=True, **kwargs)


class ClerkAgeingRow(models.Model):
    """The aged open items of a customer in one currency and on one account.

    All buckets, unapplied credits and exchange differences add up to the balance. What
    is overdue, by its due date, disputed or promised is a part of them.
    """

    _name = "clerk.ageing.row"
    _description = "Aged Receivables by Customer"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "balance_company desc, id"
    _rec_name = "customer_name"
    # The report has author and time.
    _log_access = False

    ageing_id = fields.Many2one(
        "clerk.ageing", string="Report", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    company_currency_id = fields.Many2one("res.currency", required=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="set null",
        index="btree_not_null",
        help="Empty for journal items without a customer.",
    )
    # Names as they were; what they belong to may be merged or renamed later.
    customer_name = fields.Char()
    account_name = fields.Char()
    user_id = fields.Many2one("res.users", string="Salesperson")
    account_id = fields.Many2one(
        "account.account", ondelete="set null", index="btree_not_null"
    )
    currency_id = fields.Many2one("res.currency", required=True)
    item_count = fields.Integer(string="Open Items")
    date_due = fields.Date(
        string="Oldest Due Date",
        aggregator="min",
        help="The earliest date by which an open item is aged.",
    )

    balance = _amount("Balance in Currency")
    overdue = _amount("Overdue in Currency")
    unapplied = _amount("Unapplied in Currency")
    disputed = _amount("Disputed in Currency")
    promised = _amount("Promised in Currency")
    bucket_0 = _amount("Not Due in Currency")
    bucket_1 = _amount("Bucket 1 in Currency")
    bucket_2 = _amount("Bucket 2 in Currency")
    bucket_3 = _amount("Bucket 3 in Currency")
    bucket_4 = _amount("Bucket 4 in Currency")
    bucket_5 = _amount("Bucket 5 in Currency")
    bucket_6 = _amount("Bucket 6 in Currency")
    bucket_7 = _amount("Bucket 7 in Currency")
    bucket_8 = _amount("Bucket 8 in Currency")

    balance_company = _amount("Balance", company=True)
    overdue_company = _amount("Overdue", company=True)
    unapplied_company = _amount(
        "Unapplied",
        company=True,
        help="Payments and credits that are not reconciled with an invoice yet.",
    )
    exchange_company = _amount(
        "Exchange Differences",
        company=True,
        help="Amounts in company currency of items that are settled in their own.",
    )
    disputed_company = _amount(
        "Disputed",
        company=True,
        help="Part of the open items that is disputed in open billing errors now.",
    )
    promised_company = _amount(
        "Promised",
        company=True,
        help="Undisputed part of the open items that open promises to pay cover now.",
    )
    bucket_0_company = _amount("Not Due", company=True)
    bucket_1_company = _amount("Bucket 1", company=True)
    bucket_2_company = _amount("Bucket 2", company=True)
    bucket_3_company = _amount("Bucket 3", company=True)
    bucket_4_company = _amount("Bucket 4", company=True)
    bucket_5_company = _amount("Bucket 5", company=True)
    bucket_6_company = _amount("Bucket 6", company=True)
    bucket_7_company = _amount("Bucket 7", company=True)
    bucket_8_company = _amount("Bucket 8", company=True)

    @api.depends("customer_name", "currency_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(customer)s (%(currency)s)",
                customer=row.customer_name or self.env._("No Customer"),
                currency=row.currency_id.name,
            )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Name the buckets as those of the report whose rows are shown."""
        found = super().fields_get(allfields, attributes)
        for number, label in enumerate(self._labels_in_context()):
            own, company = f"bucket_{number}", f"bucket_{number}_company"
            if label and "string" in found.get(company, {}):
                found[company]["string"] = label
            if label and "string" in found.get(own, {}):
                found[own]["string"] = self.env._("%s in Currency", label)
        return found

    @api.model
    def _labels_in_context(self):
        """Return the labels of the buckets that the context describes, or none."""
        shape = parse_shape(self.env.context.get(LABELS_KEY))
        if not shape:
            return []
        *size, by_invoice = shape
        return bucket_labels(*size, self._first_label(by_invoice))

    @api.model
    def _first_label(self, by_invoice):
        """Return the label of the first bucket: by invoice date, it says nothing about
        what is due."""
        return self.env._("Current") if by_invoice else self.env._("Not Due")


class ClerkAgeing(models.Model):
    _inherit = "clerk.ageing"

    def _bucket_labels(self):
        first = self.env["clerk.ageing.row"]._first_label(self._is_by_invoice())
        return bucket_labels(self.bucket_days, self.bucket_count, first)

    def _is_by_invoice(self):
        return self.ageing_basis == "invoice"

    def action_view_rows(self):
        """Open the rows as a list, a pivot table or cards."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_ageing_row_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("ageing_id", "=", self.id)],
            "context": {
                "ageing_buckets": self.bucket_count,
                LABELS_KEY: shape_text(
                    self.bucket_days, self.bucket_count, self._is_by_invoice()
                ),
            },
        }
