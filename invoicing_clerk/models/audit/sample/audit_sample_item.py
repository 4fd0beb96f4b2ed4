from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.sample import sampling as rules

# Who says one of these has looked at the item.
RESULTS = {"audited_amount", "is_deviation"}
CASES = ("account.move", "account.move.line")


class ClerkAuditSampleItem(models.Model):
    """A record that was drawn, what the books said of it, and what is right.

    The auditor who finds the books right ticks it; whoever enters another amount or a
    deviation has looked at it by that.
    """

    _name = "clerk.audit.sample.item"
    _description = "Sampled Item"
    _inherit = ["clerk.audit.part", "clerk.audit.sample.kept"]
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
    state = fields.Selection(related="sample_id.state")
    purpose = fields.Selection(related="sample_id.purpose")
    number = fields.Integer(string="No.", required=True, readonly=True)
    stratum_id = fields.Many2one(
        "clerk.audit.sample.stratum", readonly=True, ondelete="cascade", index=True
    )
    is_certain = fields.Boolean(
        string="Certain",
        related="stratum_id.is_certain",
        help="Taken with certainty: it stands for itself alone.",
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="Item", required=True, readonly=True)
    details = fields.Char(readonly=True, help="What it said when it was drawn.")
    unit = fields.Monetary(
        string="Hit By",
        readonly=True,
        help="The monetary unit that was drawn, counted through all amounts.",
    )
    book_amount = fields.Monetary(string="Book", readonly=True)
    audited_amount = fields.Monetary(string="Audited", help="What is right.")
    difference = fields.Monetary(
        compute="_compute_difference",
        store=True,
        precompute=True,
        help="What the books say too much; below zero, too little.",
    )
    taint = fields.Float(
        compute="_compute_taint", help="The part of the book amount that is wrong."
    )
    projected = fields.Monetary(
        compute="_compute_taint", help="What the difference stands for."
    )
    is_deviation = fields.Boolean(string="Deviates", help="The rule was not kept.")
    is_recorded = fields.Boolean(string="Looked At")
    is_wrong = fields.Boolean(
        string="Wrong", compute="_compute_difference", store=True, precompute=True
    )
    note = fields.Char(help="What was seen.")
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        # A draft is for its auditors to see, and so is its title.
        groups="invoicing_clerk.group_auditor",
    )
    error_count = fields.Integer(
        string="Billing Errors",
        compute="_compute_error_count",
        help="Of the invoice that it is about.",
    )
    can_be_billing_error = fields.Boolean(compute="_compute_can_be_billing_error")

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
            found = item._audited()
            stands_for = found.book if found.stands_for is None else found.stands_for
            projected = item._sign() * found.taint * stands_for
            item.taint = float(found.taint)
            item.projected = item.currency_id.round(float(projected))

    @api.depends("res_model", "res_id")
    def _compute_error_count(self):
        self.error_count = 0
        for model, items in self.grouped("res_model").items():
            if model not in CASES:
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
            item.can_be_billing_error = item.is_wrong and item.res_model in CASES

    def _audited(self):
        """The item in the words of the rules: amounts above zero, credits turned."""
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

    @api.onchange(*RESULTS)
    def _onchange_result(self):
        self.is_recorded = True

    def write(self, vals):
        """Who says what is right has looked at it; nothing changes under a verdict.

        :raises UserError: the sample is evaluated
        """
        if RESULTS & vals.keys():
            vals = {"is_recorded": True, **vals}
        if (RESULTS | {"is_recorded"}) & vals.keys():
            self._check_recordable()
        done = super().write(vals)
        if "is_recorded" in vals:
            self.sample_id._follow_items()
        return done

    def _check_recordable(self):
        self.sample_id._keep_from_steps()
        for sample in self.sample_id:
            if not rules.is_allowed("record", sample.state):
                raise UserError(
                    self.env._(
                        "%s is evaluated: its results stand. Take the verdict back to "
                        "change them.",
                        sample.name,
                    )
                )

    # Buttons

    def action_agree(self):
        """The books are right about these: nobody has said otherwise."""
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
        """Turn what is wrong into a finding, and open it."""
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
        """:raises UserError: it is gone"""
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("%s does not exist any more.", self.name))
        return record

    def _condition(self):
        if self.purpose == "amount":
            said = self.env._(
                "%(item)s: the books say %(book)s, right is %(audited)s.",
                item=self.name,
                book=self.currency_id.format(self.book_amount),
                audited=self.currency_id.format(self.audited_amount),
            )
        else:
            said = self.env._("%s: the rule was not kept.", self.name)
        return f"{said} {self.note}" if self.note else said

    def action_open_billing_error(self):
        """The billing error about this item's invoice; a new one where there is none.

        :raises UserError: it is no invoice, or it is gone
        :raises AccessError: the caller opens no billing errors
        """
        self.ensure_one()
        move = self._move_of(self._record())
        if move.billing_error_ids:
            return move.action_view_billing_errors()
        return move.action_open_billing_error()
