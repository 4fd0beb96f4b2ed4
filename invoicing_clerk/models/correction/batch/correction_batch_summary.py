from collections import defaultdict

from odoo import api, fields, models

from ....rules.plural import plural
from ....rules.progress import percent
from ...mixin.amount import amount_text

# Customers with the largest changes are shown; all are in the list of documents.
SHOWN_CUSTOMERS = 10
CORRECTED = ("ready", "failed", "done")


class ClerkCorrectionBatch(models.Model):
    """Figures of a batch: documents by outcome; sums by customer, month and tax."""

    _inherit = "clerk.correction.batch"

    item_count = fields.Integer(compute="_compute_counts", string="Documents Found")
    ready_count = fields.Integer(compute="_compute_counts", string="To Correct")
    done_count = fields.Integer(compute="_compute_counts", string="Corrected")
    right_count = fields.Integer(compute="_compute_counts", string="Nothing to Correct")
    unfit_count = fields.Integer(
        compute="_compute_counts",
        string="Not Corrected",
        help="Documents that cannot be corrected, or whose correction failed.",
    )
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    progress = fields.Integer(compute="_compute_counts")
    amount_company = fields.Monetary(
        compute="_compute_counts",
        currency_field="company_currency_id",
        string="Change in Company Currency",
    )
    summary_html = fields.Html(
        compute="_compute_summary_html",
        string="Preview",
        sanitize=False,
        exportable=False,
    )

    @api.depends("state", "item_ids.state")
    def _compute_counts(self):
        groups = self.env["clerk.correction.batch.item"]._read_group(
            [("batch_id", "in", self.ids)],
            ["batch_id", "state"],
            ["__count", "amount_company:sum"],
        )
        counts, sums = defaultdict(int), defaultdict(float)
        for batch, state, count, amount in groups:
            counts[batch.id, state] = count
            sums[batch.id] += amount if state in CORRECTED else 0.0
        for batch in self:
            batch._set_counts({s: counts[batch.id, s] for s in self._item_states()})
            batch.amount_company = sums[batch.id]

    @api.model
    def _item_states(self):
        return dict(self.env["clerk.correction.batch.item"]._fields["state"].selection)

    def _set_counts(self, counts):
        total = sum(counts.values())
        self.item_count = total
        self.ready_count = counts["ready"]
        self.done_count = counts["done"]
        self.right_count = counts["right"]
        self.failed_count = counts["failed"]
        self.unfit_count = counts["unfit"] + counts["failed"]
        waiting = counts["found" if self.state == "preparing" else "ready"]
        self.progress = percent(total - waiting, total)

    def _outcome(self):
        """Return in words how far the batch has come, for the clerk."""
        if self.state == "ready":
            return self.env._(
                "%(batch)s is ready: %(ready)s to correct, %(right)s with nothing to "
                "correct, %(unfit)s that cannot be corrected.",
                batch=self.name,
                ready=self.ready_count,
                right=self.right_count,
                unfit=self.unfit_count,
            )
        return self.env._(
            "%(batch)s is done: %(done)s corrected, %(unfit)s not. The list of "
            "documents says why.",
            batch=self.name,
            done=self.done_count,
            unfit=self.unfit_count,
        )

    # The preview

    @api.depends("state", "item_ids.state")
    def _compute_summary_html(self):
        for batch in self:
            items = batch.item_ids.filtered(lambda each: each.state in CORRECTED)
            batch.summary_html = bool(items) and self.env["ir.qweb"]._render(
                "invoicing_clerk.correction_batch_summary",
                {"tables": batch._summary_tables(items)},
            )

    def _summary_tables(self, items):
        """Return the tables of the preview: head, rows of label, count and amounts."""
        customers = self._rows(items, lambda each: each.partner_id.display_name)
        customers.sort(key=lambda row: -abs(row["amount"]))
        months = self._rows(items, lambda each: self._month(each.invoice_date))
        shown = customers[:SHOWN_CUSTOMERS]
        more = len(customers) - len(shown)
        return [
            {
                "head": self.env._("Customer"),
                "rows": [self._as_text(row) for row in shown],
                "more": more
                and plural(
                    more,
                    self.env._("%s more customer in the list of documents", more),
                    self.env._("%s more customers in the list of documents", more),
                ),
            },
            {
                "head": self.env._("Month"),
                "rows": [self._as_text(row) for row in months],
            },
            {
                "head": self.env._("Tax"),
                "rows": [self._as_text(row) for row in self._tax_rows(items)],
            },
        ]

    @api.model
    def _month(self, date):
        return date and fields.Date.start_of(date, "month").strftime("%Y-%m")

    @api.model
    def _rows(self, items, label):
        """Return the number of documents and their change by label and currency."""
        groups = items.grouped(lambda each: (label(each) or "", each.currency_id))
        return [
            {
                "label": name,
                "count": len(group),
                "amount": sum(group.mapped("amount")),
                "currency": currency,
            }
            for (name, currency), group in sorted(
                groups.items(), key=lambda pair: (pair[0][0], pair[0][1].name)
            )
        ]

    @api.model
    def _tax_rows(self, items):
        """Return the untaxed change and that of each tax group, by currency."""
        sums, counts = defaultdict(float), defaultdict(int)
        for item in items:
            rows = [{"name": self.env._("Untaxed"), "amount": item.untaxed}]
            for each in [*rows, *(item.taxes or [])]:
                sums[each["name"], item.currency_id] += each["amount"]
                counts[each["name"], item.currency_id] += 1
        return [
            {"label": name, "count": counts[name, currency], "amount": amount}
            | {"currency": currency}
            for (name, currency), amount in sums.items()
        ]

    def _as_text(self, row):
        amount = amount_text(row["currency"], row["amount"])
        return {"label": row["label"], "count": row["count"], "amount": amount}
