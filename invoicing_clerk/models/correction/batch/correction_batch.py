from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....rules.correction import correction_batch as rules


class ClerkCorrectionBatch(models.Model):
    """Corrections of many documents for one cause, decided on as a whole.

    A wrong price, discount or tax was billed on many invoices. The batch finds them,
    opens a billing error for each customer, prepares a correction for each invoice,
    and shows the sums by customer, month and tax. The whole batch is at stake when it
    needs approval. Then each correction is applied by itself; those that fail keep
    their reason, and can be tried again.

    Documents are found in `correction_batch_document`, prepared and applied in
    `correction_batch_work`, and approved in `correction_batch_approval`.
    """

    _name = "clerk.correction.batch"
    _description = "Correction Batch"
    _inherit = [
        "clerk.approved",
        "clerk.job",
        "clerk.numbered",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _lifecycle = rules.LIFECYCLE
    _job_cron = "ir_cron_correction_batch"
    _job_states = ("preparing", "applying")
    _number_prefix = "BAT"
    _order = "id desc"
    _check_company_auto = True
    # What decides on the documents and their corrections.
    _content_fields = frozenset(
        {
            "change",
            "currency_id",
            "date",
            "date_from",
            "date_to",
            "description",
            "discount",
            "error_ids",
            "move_ids",
            "partner_ids",
            "price_unit",
            "pricelist_id",
            "product_ids",
            "reason_id",
            "right_tax_id",
            "send_to_customer",
            "side",
            "wrong_tax_id",
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            "name",
            "user_id",
            "author_ids",
            "item_ids",
            "proposed_stake",
            "done_on",
        }
    )

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
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
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    reason_id = fields.Many2one(
        "clerk.billing.error.reason",
        required=True,
        ondelete="restrict",
        help="The reason of the billing errors, which is printed on the notes.",
    )
    description = fields.Char(
        string="Cause",
        help="The cause of the error, for the billing errors and the approval.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Clerk",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
        help="The documents are found and corrected with the access rights of this "
        "user.",
    )
    author_ids = fields.Many2many(
        "res.users",
        "clerk_correction_batch_author_rel",
        string="Authors",
        readonly=True,
        copy=False,
        help="Everybody who entered or changed it. They cannot approve it.",
    )
    # What is wrong
    change = fields.Selection(
        [*rules.CHANGES, ("claims", "As Claimed in Billing Errors")],
        string="What to Correct",
        required=True,
        default="price",
    )
    product_ids = fields.Many2many("product.product", string="Products")
    wrong_tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        context={"active_test": False},
    )
    date_from = fields.Date(string="Invoiced From")
    date_to = fields.Date(string="Invoiced To")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="Only invoices of these customers; of all customers if empty.",
    )
    move_ids = fields.Many2many(
        "account.move",
        "clerk_correction_batch_move_rel",
        string="Invoices",
        copy=False,
        check_company=True,
        help="Only these invoices; all that match if empty.",
    )
    error_ids = fields.Many2many(
        "clerk.billing.error",
        "clerk_correction_batch_error_rel",
        string="Billing Errors",
        copy=False,
        check_company=True,
    )
    side = fields.Selection(
        rules.SIDES,
        string="Only",
        help="The lines to correct; all that differ from what is right if empty.",
    )
    # What is right
    currency_id = fields.Many2one(
        "res.currency",
        default=lambda self: self.env.company.currency_id,
        help="Only invoices in this currency.",
    )
    price_unit = fields.Float(
        string="Correct Price", min_display_digits="Product Price"
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", string="Correct Price List", check_company=True
    )
    discount = fields.Float(string="Correct Disc.%", digits="Discount")
    right_tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Empty if the wrong tax is to be removed.",
    )
    # What happens
    date = fields.Date(
        string="Correction Date", required=True, default=fields.Date.context_today
    )
    send_to_customer = fields.Boolean(
        string="Send to Customers",
        help="Emails each note to its customer, with an explanation.",
    )
    item_ids = fields.One2many(
        "clerk.correction.batch.item", "batch_id", string="Documents", readonly=True
    )
    done_on = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _new_action(self, records, **defaults):
        """Open a new batch about documents or cases of one company.

        :raises UserError: they belong to several companies
        """
        if len(records.company_id) > 1:
            raise UserError(
                self.env._(
                    "The selection belongs to several companies: %s. Select records "
                    "of one company.",
                    ", ".join(records.company_id.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Together"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {**defaults, "default_company_id": records.company_id.id},
        }

    # Guards

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the batch instead.")

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        authors = {
            "author_ids": [fields.Command.set(self.env.user.ids)],
            "user_id": self.env.uid,
        }
        batches = super(ClerkCorrectionBatch, inside).create(
            [{**vals, **authors} for vals in inside._with_numbers(vals_list)]
        )
        return batches.with_env(self.env)

    def write(self, vals):
        """:raises UserError: a batch that was prepared would change"""
        self._check_guarded(vals)
        if self._content_fields & vals.keys() and not self._is_inside():
            self._check_draft()
            self._add_author()
        return super().write(vals)

    def _check_draft(self):
        for batch in self.filtered(lambda each: each.state != "draft"):
            raise UserError(
                self.env._(
                    "%(batch)s is %(state)s. Use Edit to change what it corrects.",
                    batch=batch.name,
                    state=batch._state_label(),
                )
            )

    def _add_author(self):
        new = self.filtered(lambda each: self.env.user not in each.author_ids)
        new._inside().author_ids = [fields.Command.link(self.env.uid)]

    @api.constrains("discount", "price_unit")
    def _check_right_values(self):
        for batch in self:
            if not 0 <= batch.discount <= 100:
                raise ValidationError(
                    self.env._(
                        "The discount must be between 0 and 100, not %s.",
                        batch.discount,
                    )
                )
            if batch.price_unit < 0:
                raise ValidationError(
                    self.env._("The price must not be negative: %s.", batch.price_unit)
                )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for batch in self:
            if batch.date_from and batch.date_to and batch.date_from > batch.date_to:
                raise ValidationError(
                    self.env._("The first invoice date must not be after the last.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda each: each.item_ids or each.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "%s: batches that were prepared are kept on record. Cancel it "
                    "instead.",
                    used[0].name,
                )
            )

    # Steps

    def action_prepare(self):
        """Find the documents, and have their corrections prepared in the background.

        :raises UserError: nothing was billed as described, or too much
        """
        self._begin_step("prepare")
        for batch in self:
            batch._find_documents()
        self._add_author()
        self._write_step("prepare", user_id=self.env.uid, tries=0)
        self._wake_worker()

    def action_edit(self):
        """Return to draft. Corrections that were prepared are cancelled."""
        self._begin_step("edit")
        self._drop_corrections()
        self._write_step("edit", approved_by_id=False, approved_on=False)

    def action_cancel(self):
        self._begin_step("cancel")
        self._drop_corrections()
        self._write_step("cancel")

    def _drop_corrections(self):
        """Cancel what was prepared and not applied, with the cases opened for it."""
        corrections = self.item_ids.correction_id.filtered(
            lambda each: each.state in ("draft", "refused")
        )
        cases = self.item_ids.error_id - self.error_ids
        # sudo: items are written by steps only.
        self.item_ids.sudo().unlink()
        corrections.action_cancel()
        cases.filtered(
            lambda each: "cancel" in (each.allowed_actions or [])
        )._take_step("cancel")

    def action_apply(self):
        """Have the corrections applied in the background.

        :raises UserError: the batch needs approval first
        """
        self._take_step("apply", user_id=self.env.uid, tries=0)
        self._wake_worker()

    def action_retry(self):
        """Try again to apply what failed.

        :raises UserError: nothing has failed, or the batch was not approved and is
            above the limit of the user
        """
        self._begin_step("retry")
        self._check_needs("retry", {})
        failed = self.item_ids.filtered(lambda each: each.state == "failed")
        if not failed:
            raise UserError(self.env._("No correction has failed."))
        failed._write_step("retry", tries=0, note=False)
        self._write_step("retry", user_id=self.env.uid, tries=0, done_on=False)
        self._wake_worker()

    # Views

    def action_view_items(self):
        """Open the documents of the batch."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_correction_batch_item_action"
        )
        only = bool(self.env.context.get("only_not_corrected"))
        return {
            **action,
            "domain": [("batch_id", "=", self.id)],
            "context": {"search_default_not_corrected": only},
        }
