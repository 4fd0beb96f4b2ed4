from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...rules.receipt import receipt_batch as rules
from ...rules.receipt.receipt_batch import MAX_RECEIPTS

# What a new row has before anything is entered.
GIVEN_BY_FORM = {"sequence"}


class ClerkReceiptBatch(models.Model):
    """Receipts of one day that are entered together, and posted if they balance.

    The clerk enters the control totals first, from the adding machine's tape, and then
    the receipts. Each receipt becomes a payment by itself; those that fail keep their
    reason, and can be tried again.

    Totals are compared in `receipt_batch_total`, files are kept by
    `receipt_batch_file`, and payments made in `receipt_batch_post`.
    """

    _name = "clerk.receipt.batch"
    _description = "Receipt Batch"
    _inherit = [
        *("clerk.drafted", "clerk.evidence", "clerk.job", "clerk.thread"),
        "mail.activity.mixin",
    ]
    _lifecycle = rules.LIFECYCLE
    _job_cron = "ir_cron_receipt_batch"
    _job_states = ("posting",)
    _number_prefix = "REC"
    _order = "id desc"
    _check_company_auto = True
    # What decides on the payments.
    _content_fields = frozenset(
        {
            "control_amount",
            "control_count",
            "control_hash",
            "currency_id",
            "date",
            "is_credited",
            "journal_id",
            "payment_method_line_id",
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset({"user_id", "posted_on"})

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        string="Received On",
        required=True,
        default=fields.Date.context_today,
        help="The date of the payments.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        default=lambda self: self._default_journal(),
        help="The bank or cash journal of the payments.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        compute="_compute_payment_method_line_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The currency of all receipts of the batch. Receipts in another currency "
        "need a batch of their own, as totals of several currencies prove nothing.",
    )
    is_credited = fields.Boolean(
        string="Already on the Bank Account",
        help="The bank has credited the money, as with transfers: there is nothing to "
        "be taken to the bank.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
        help="The payments are posted with the access rights of this user.",
    )
    receipt_ids = fields.One2many(
        "clerk.receipt", "batch_id", string="Receipts", copy=False
    )
    payment_ids = fields.Many2many(
        "account.payment", string="Payments", compute="_compute_payment_ids"
    )
    posted_on = fields.Datetime(readonly=True, copy=False)

    # Defaults

    @api.model
    def _default_journal(self):
        journals = self.env["account.journal"]
        kinds = [("type", "in", ("bank", "cash"))]
        company = journals._check_company_domain(self.env.company)
        return journals.search([*kinds, *company], limit=1)

    @api.depends("journal_id")
    def _compute_payment_method_line_id(self):
        for batch in self:
            batch.payment_method_line_id = (
                batch.journal_id.inbound_payment_method_line_ids[:1]
            )

    @api.depends("journal_id", "company_id")
    def _compute_currency_id(self):
        for batch in self:
            batch.currency_id = (
                batch.journal_id.currency_id or batch.company_id.currency_id
            )

    @api.depends("receipt_ids.payment_id")
    def _compute_payment_ids(self):
        for batch in self:
            batch.payment_ids = batch.receipt_ids.payment_id

    # Guards

    @api.model
    def _entry_values(self):
        return {"user_id": self.env.uid}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_empty_rows(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_empty_rows(vals))

    @api.model
    def _without_empty_rows(self, vals):
        """Return values without the row that Enter opens after the last receipt."""
        rows = isinstance(vals, dict) and vals.get("receipt_ids")
        if not isinstance(rows, list):
            return vals
        kept = [row for row in rows if not self._is_empty_row(row)]
        return {**vals, "receipt_ids": kept}

    @api.model
    def _is_empty_row(self, row):
        """Return whether a row is a new receipt in which nothing was entered."""
        if not (isinstance(row, list | tuple) and row and row[0] == Command.CREATE):
            return False
        # Anything else that a program sends is refused, not ignored.
        return isinstance(row[-1], dict) and not any(
            value for name, value in row[-1].items() if name not in GIVEN_BY_FORM
        )

    @api.constrains("journal_id", "payment_method_line_id")
    def _check_payment_method(self):
        for batch in self:
            method = batch.payment_method_line_id
            if batch.journal_id.type not in ("bank", "cash"):
                raise ValidationError(
                    self.env._(
                        "%s is neither a bank nor a cash journal. Select another "
                        "journal.",
                        batch.journal_id.display_name,
                    )
                )
            if method and (
                method.journal_id != batch.journal_id
                or method.payment_type != "inbound"
            ):
                raise ValidationError(
                    self.env._(
                        "%(method)s is no payment method for incoming payments of "
                        "%(journal)s.",
                        method=method.name,
                        journal=batch.journal_id.display_name,
                    )
                )

    @api.constrains("receipt_ids")
    def _check_number_of_receipts(self):
        for batch in self.filtered(lambda each: len(each.receipt_ids) > MAX_RECEIPTS):
            raise ValidationError(
                self.env._(
                    "A batch can have %(max)s receipts, not %(count)s. Enter the "
                    "others in another batch.",
                    max=MAX_RECEIPTS,
                    count=len(batch.receipt_ids),
                )
            )

    # Steps

    def action_cancel(self):
        """Cancel a batch that was not posted."""
        self._take_step("cancel")

    def action_reset(self):
        """Return a cancelled batch to draft.

        :raises ValidationError: one of its checks was entered again meanwhile
        """
        self._take_step("reset")
        self.receipt_ids._check_entered_once()

    def action_view_payments(self):
        """Open the payments of the batch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %s", self.name),
            "res_model": "account.payment",
            "view_mode": "list,form",
            "domain": [("id", "in", self.payment_ids.ids)],
        }
