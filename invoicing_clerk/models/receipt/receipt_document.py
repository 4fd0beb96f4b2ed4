from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.receipt import receipt_document as rules
from ...rules.receipt.amount_words import amount_in_words
from ..mixin.amount import exact
from ..mixin.gate import at_least_one, only_one


class ClerkReceiptDocument(models.Model):
    """The receipt that a payer gets, with a number of its own.

    Numbers have no gaps: a receipt that was issued by mistake is void and stays in the
    list. It shows what was true when it was issued, in the language of the payer.
    """

    _name = "clerk.receipt.document"
    _description = "Official Receipt"
    _inherit = ["clerk.evidence", "clerk.lifecycle", "clerk.numbered", "clerk.thread"]
    _lifecycle = rules.LIFECYCLE
    _evidence_fields = {"document_id": "document_hash"}
    _number_prefix = "OR"
    _number_gapless = True
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id", "payment_id"]
    _guarded_fields = frozenset(
        {
            *("amount_words", "applied_to", "company_id", "currency_id", "amount"),
            *("date", "document_hash", "document_id", "lang", "name", "partner_id"),
            *("payment_date", "payment_id", "reference", "issued_by_id"),
        }
    )

    name = fields.Char(string="Number", readonly=True, copy=False)
    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="issued",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    payment_id = fields.Many2one(
        "account.payment",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        copy=False,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Date(string="Issued On", required=True, readonly=True)
    payment_date = fields.Date(string="Received On", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_words = fields.Char(string="Amount as Text", readonly=True)
    reference = fields.Char(
        readonly=True, help="The number of the check, or another reference."
    )
    applied_to = fields.Char(
        string="For",
        readonly=True,
        help="Documents to which the payment was applied when the receipt was issued.",
    )
    lang = fields.Char(string="Language", readonly=True, exportable=False)
    issued_by_id = fields.Many2one("res.users", readonly=True)
    void_reason = fields.Char(string="Reason for Voiding")
    document_id = fields.Many2one("ir.attachment", string="PDF", readonly=True)
    document_hash = fields.Char(string="SHA-256", readonly=True)

    _one_receipt = models.UniqueIndex(
        "(payment_id) WHERE state = 'issued'",
        "This payment already has an official receipt. Print that one.",
    )

    @api.model
    def _guard_hint(self):
        return self.env._("Issue receipts from their payments.")

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        receipts = super(ClerkReceiptDocument, inside).create(
            inside._with_numbers(vals_list)
        )
        return receipts.with_env(self.env)

    def write(self, vals):
        """:raises UserError: the reason of a void receipt would change"""
        self._check_guarded(vals)
        if "void_reason" in vals and not self._passes_guard():
            self._check_step("void")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Official receipts are kept on record. Void the receipt instead."
            )
        )

    # Issuing

    @api.model
    def _issue(self, payments):
        """Return the receipts of payments; those without one get it.

        :raises UserError: one is no payment from a customer, or not posted
        """
        self.check_access("create")
        known = self.search(
            [("payment_id", "in", payments.ids), ("state", "=", "issued")]
        )
        missing = payments - known.payment_id
        missing._check_receivable_payments()
        issued = self._inside().create([self._values_of(each) for each in missing])
        return known | issued.with_env(self.env)

    @api.model
    def _values_of(self, payment):
        currency = payment.currency_id
        lang = payment.partner_id.lang or self.env.lang or "en_US"
        invoices = payment.reconciled_invoice_ids
        return {
            "company_id": payment.company_id.id,
            "payment_id": payment.id,
            "partner_id": payment.partner_id.id,
            "date": fields.Date.context_today(self),
            "payment_date": payment.date,
            "amount": payment.amount,
            "currency_id": currency.id,
            "amount_words": amount_in_words(
                exact(currency, payment.amount),
                currency.name,
                currency.decimal_places,
                lang,
            ),
            "reference": payment.payment_reference or payment.memo,
            "applied_to": ", ".join(invoices.sorted("id").mapped("name")),
            "lang": lang,
            "issued_by_id": self.env.uid,
        }

    # Printing and sending

    def action_print(self):
        """Print the receipts; the PDF is the same each time."""
        return self.env.ref("invoicing_clerk.action_report_receipt").report_action(
            at_least_one(self)
        )

    @api.model
    def _keep_pdfs(self, vals_list):
        """Store and seal the PDFs with which receipts were printed first.

        Who only reads receipts prints them without being their printer.

        :param vals_list: values of attachments, as the report prepares them
        """
        if not self.has_access("write"):
            return
        files = self.env["ir.attachment"].create(vals_list)
        receipts = self.browse(files.mapped("res_id"))._inside()
        for receipt, file in zip(receipts, files, strict=True):
            receipt.document_id = file
        receipts._seal_evidence("document_id")

    def _file_name(self):
        return f"{self.name.replace('/', '-')}.pdf"

    def action_send(self):
        """Open the email to the customer, with the receipt attached.

        :raises UserError: there is nobody to write to
        """
        only_one(self)
        if not self.partner_id:
            raise UserError(self.env._("%s has no customer to write to.", self.name))
        template = self.env.ref("invoicing_clerk.mail_template_receipt")
        return self._compose_action(self.partner_id, template)

    # Voiding

    def action_void(self):
        """Void a receipt that was issued by mistake; its number stays used.

        :raises UserError: the reason is missing
        """
        self._take_step("void")

    def _obstacle(self, step, vals):
        if step == "void" and not (vals.get("void_reason") or self.void_reason):
            return self.env._("Enter the reason for voiding it first.")
        return super()._obstacle(step, vals)
