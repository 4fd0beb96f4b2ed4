from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.sample import sampling as rules
from ...mixin.amount import amount_text

# An item for which one of these is entered has been examined.
RESULT_FIELDS = {"audited_amount", "is_deviation"}
BILLING_MODELS = ("account.move", "account.move.line")


class ClerkAuditSampleItem(models.Model):
    """A sampled record with its book amount and its audited amount.

    The auditor ticks an item that agrees with the books; entering another amount or a
    deviation marks it as examined as well.
    """

    _name = "clerk.audit.sample.item"
    _description = "Sampled Item"
    _inherit = ["clerk.guarded", "clerk.audit.part"]
    _writable_fields = RESULT_FIELDS | {"is_recorded", "note"}
    _order = "sample_id, number"

    sample_id = fields.Many2one(
        "clerk.audit.sample",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    audit_id = fields.Many2one(
        related="sample_id.audit_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="audit_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(string="Status", related="sample_id.state")
    purpose = fields.Selection(related="sample_id.purpose")
    number = fields.Integer(string="No.", required=True, readonly=True)
    stratum_id = fields.Many2one(
        "clerk.audit.sample.stratum", readonly=True, ondelete="cascade", index=True
    )
    is_certain = fields.Boolean(
        string="Individually Significant",
        related="stratum_id.is_certain",
        help="All items of this stratum are examined: nothing is projected from it.",
    )
    res_model = fields.Char(string="Model Name", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="Item", required=True, readonly=True)
    details = fields.Char(
        readonly=True, help="Columns of the query when the item was drawn."
    )
    unit = fields.Monetary(
        string="Selected Monetary Unit",
        readonly=True,
        help="Position of the selected unit in the cumulative total of the population.",
    )
    book_amount = fields.Monetary(readonly=True)
    audited_amount = fields.Monetary(help="Correct amount.")
    difference = fields.Monetary(
        compute="_compute_difference",
        store=True,
        precompute=True,
        help="Book amount less audited amount; negative for an understatement.",
    )
    taint = fields.Float(
        string="Tainting",
        compute="_compute_taint",
        help="Misstated part of the book amount.",
    )
    projected = fields.Monetary(
        string="Projected Misstatement",
        compute="_compute_taint",
        help="Misstatement projected to the population from this item.",
    )
    is_deviation = fields.Boolean(
        string="Deviation", help="The control was not applied to this item."
    )
    is_recorded = fields.Boolean(string="Examined")
    is_wrong = fields.Boolean(
        string="Exception", compute="_compute_difference", store=True, precompute=True
    )
    note = fields.Char(help="Evidence examined and observations.")
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        # Only auditors see draft findings, and so their titles.
        groups="invoicing_clerk.group_auditor",
    )
    error_count = fields.Integer(
        string="Billing Errors",
        compute="_compute_error_count",
        help="Billing errors of the invoice.",
    )
    can_be_billing_error = fields.Boolean(
        compute="_compute_can_be_billing_error",
        exportable=False,
        export_string_translation=False,
    )

    @api.depends("book_amount", "audited_amount", "is_deviation", "currency_id")
    def _compute_difference(self):
        for item in self:
            difference = item.book_amount - item.audited_amount
            item.difference = item.currency_id.round(difference)
            differs = not item.currency_id.is_zero(item.difference)
            item.is_wrong = item.is_deviation or differs

    @api.depends("difference", "sample_id.interval", "stratum_id.size")
    def _compute_taint(self):
        for item in self:
            amounts = (item.difference, item.book_amount)
            if any(map(item.currency_id.is_zero, amounts)):
                item.taint = item.projected = 0.0
                continue
            audited = item._audited()
            stands_for = (
                audited.book if audited.stands_for is None else audited.stands_for
            )
            projected = item._sign() * audited.taint * stands_for
            item.taint = float(audited.taint)
            item.projected = item.currency_id.round(float(projected))

    @api.depends("res_model", "res_id")
    def _compute_error_count(self):
        self.error_count = 0
        for model, items in self.grouped("res_model").items():
            if model not in BILLING_MODELS:
                continue
            records = self.env[model].browse(items.mapped("res_id")).exists()
            errors = {
                record.id: self._move_of(record).billing_error_ids
                for record in records._filtered_access("read")
            }
            for item in items:
                item.error_count = len(errors.get(item.res_id, ()))

    @api.model
    def _move_of(self, record):
        return record.move_id if record._name == "account.move.line" else record

    @api.depends("res_model", "is_wrong")
    def _compute_can_be_billing_error(self):
        for item in self:
            item.can_be_billing_error = (
                item.is_wrong and item.res_model in BILLING_MODELS
            )

    def _audited(self):
        """Return the item for the rules, the sign of credits reversed."""
        sample, sign = self.sample_id, self._sign()
        book = sign * sample._exact(self.book_amount)
        return rules.Audited(
            book,
            sign * sample._exact(self.audited_amount),
            None if self.is_certain else self._stands_for(book),
            key=self,
        )

    def _sign(self):
        return -1 if self.book_amount < 0 else 1

    def _stands_for(self, book):
        if self.sample_id.method == "mus":
            return self.sample_id._exact(self.sample_id.interval)
        stratum = self.stratum_id
        return book * Decimal(stratum.count) / Decimal(stratum.size)

    @api.onchange(*RESULT_FIELDS)
    def _onchange_result(self):
        self.is_recorded = True

    def write(self, vals):
        """Mark items with a result as examined; refuse results of an evaluated sample.

        :raises UserError: the sample is evaluated
        """
        if RESULT_FIELDS & vals.keys():
            vals = {"is_recorded": True, **vals}
        if (RESULT_FIELDS | {"is_recorded"}) & vals.keys():
            self._check_recordable()
        result = super().write(vals)
        if "is_recorded" in vals:
            self.sample_id._follow_items()
        return result

    @api.model
    def _guard_hint(self):
        return self.env._("It is computed from the sample.")

    def _check_recordable(self):
        self.sample_id._keep_from_steps()
        for sample in self.sample_id:
            if not sample._life().allows("record", sample.state):
                raise UserError(
                    self.env._(
                        "%s is evaluated. Reopen the evaluation to change results.",
                        sample.name,
                    )
                )

    # Buttons

    def action_agree(self):
        """Record these items as agreeing with the books."""
        self.filtered(lambda item: not item.is_recorded).write({"is_recorded": True})

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_raise_finding(self):
        """Raise a finding about the exception, and open it."""
        self.ensure_one()
        if not self.finding_id:
            findings = self.env["clerk.audit.finding"]
            finding = findings._raise_on(
                self._record(), self.audit_id, self._condition(), abs(self.difference)
            )
            # sudo: the auditor may write the item; people cannot write the link.
            self.sudo().finding_id = finding
        return {
            "type": "ir.actions.act_window",
            "res_model": "clerk.audit.finding",
            "res_id": self.finding_id.id,
            "view_mode": "form",
        }

    def _record(self):
        """:raises UserError: the record was deleted"""
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("%s no longer exists.", self.name))
        return record

    def _condition(self):
        if self.purpose == "amount":
            condition = self.env._(
                "%(item)s: book amount %(book)s, audited amount %(audited)s.",
                item=self.name,
                book=amount_text(self.currency_id, self.book_amount),
                audited=amount_text(self.currency_id, self.audited_amount),
            )
        else:
            condition = self.env._("%s: the control was not applied.", self.name)
        return f"{condition} {self.note}" if self.note else condition

    def action_open_billing_error(self):
        """Open the billing errors of this item's invoice, or a new one.

        :raises UserError: it is not an invoice, or it was deleted
        :raises AccessError: the caller may not open billing errors
        """
        self.ensure_one()
        move = self._move_of(self._record())
        if move.billing_error_ids:
            return move.action_view_billing_errors()
        return move.action_open_billing_error()
