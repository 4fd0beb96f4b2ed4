from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.customer import customer_change as rules

NAMES = tuple(rules.KIND_OF)


def _mirrored(kind, *args, **options):
    return kind(
        *args,
        compute="_compute_values",
        store=True,
        readonly=False,
        **options,
    )


class ClerkCustomerPropose(models.TransientModel):
    """The dialog in which a change is proposed: the data as they are to become."""

    _name = "clerk.customer.propose"
    _description = "Propose a Change"
    _inherit = ["clerk.checked"]

    contact_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    customer_id = fields.Many2one(
        "res.partner", compute="_compute_customer", exportable=False
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_customer", exportable=False
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    guarded = fields.Json(compute="_compute_customer", exportable=False)
    source = fields.Selection(rules.SOURCES, required=True, default="mail")
    note = fields.Text(string="Request")
    document = fields.Binary(string="Evidence")
    document_name = fields.Char(string="File Name")
    effective_date = fields.Date(
        string="Effective From",
        help="The day from which the new data apply; empty for the day of approval.",
    )

    name = _mirrored(fields.Char)
    vat = _mirrored(fields.Char, string="Tax ID")
    street = _mirrored(fields.Char)
    street2 = _mirrored(fields.Char)
    zip = _mirrored(fields.Char)
    city = _mirrored(fields.Char)
    state_id = _mirrored(
        fields.Many2one,
        "res.country.state",
        domain="[('country_id', '=?', country_id)]",
    )
    country_id = _mirrored(fields.Many2one, "res.country")
    type = _mirrored(
        fields.Selection,
        selection=lambda self: self.env["res.partner"]._fields["type"].selection,
        string="Address Type",
    )
    email = _mirrored(fields.Char)
    phone = _mirrored(fields.Char)
    parent_id = _mirrored(
        fields.Many2one,
        "res.partner",
        string="Parent Company (Payer)",
        domain="[('is_company', '=', True), ('id', '!=', contact_id)]",
    )
    property_payment_term_id = _mirrored(
        fields.Many2one, "account.payment.term", string="Payment Terms"
    )
    credit_limit = _mirrored(fields.Monetary)
    clerk_credit_review = _mirrored(fields.Date, string="Next Credit Review")
    property_account_position_id = _mirrored(
        fields.Many2one, "account.fiscal.position", string="Fiscal Position"
    )
    specific_property_product_pricelist = _mirrored(
        fields.Many2one, "product.pricelist", string="Pricelist"
    )
    invoice_sending_method = _mirrored(
        fields.Selection,
        selection=lambda self: (
            self.env["res.partner"]
            ._fields["invoice_sending_method"]
            ._description_selection(self.env)
        ),
        string="Invoice Sending",
    )
    account_step = fields.Selection(rules.ACCOUNT_STEPS, string="Bank Account")
    account_id = fields.Many2one(
        "res.partner.bank",
        string="Old Account",
        domain="[('partner_id.commercial_partner_id', '=', customer_id)]",
        ondelete="cascade",
    )
    acc_number = fields.Char(string="New Account Number")
    acc_holder_name = fields.Char(string="Account Holder")

    @api.depends("contact_id")
    @api.depends_context("company")
    def _compute_customer(self):
        kinds = self.env["clerk.customer.field"]._guards().keys()
        for each in self:
            contact = each.contact_id._origin
            each.customer_id = contact.commercial_partner_id
            each.company_id = self.env.company
            names = contact._guarded_names_of(set(NAMES)) if contact else set()
            of_contact = {rules.kind_of(name) for name in names}
            if rules.BANK in kinds and contact._needs_two_people(rules.BANK):
                of_contact.add(rules.BANK)
            # Any contact can become an address for invoices.
            if "address" in kinds and contact._needs_two_people("address"):
                of_contact.add("address")
            each.guarded = sorted(of_contact)

    @api.depends("contact_id")
    @api.depends_context("company")
    def _compute_values(self):
        for each in self:
            contact = each.contact_id.with_company(self.env.company)
            for name in NAMES:
                each[name] = contact[name]

    def action_propose(self):
        """Propose the values that differ, and open the change.

        :raises UserError: nothing differs, or a value is wrong
        """
        self.ensure_one()
        changes = self.env["clerk.customer.change"]
        new = {name: changes._stored(name, self[name]) for name in self._offered()}
        change = changes._propose(
            self.contact_id,
            new,
            self._account(),
            source=self.source,
            note=self.note,
            effective_date=self.effective_date,
            **self._evidence(),
        )
        return change._get_records_action()

    def _offered(self):
        """Return the fields that the dialog shows."""
        guarded = self.guarded or []
        return [name for name in NAMES if rules.kind_of(name) in guarded]

    def _account(self):
        if not self.account_step:
            if self.acc_number:
                raise UserError(
                    self.env._("Select what the new account number is for.")
                )
            return None
        return {
            "step": self.account_step,
            "old": self.account_id,
            "number": self.acc_number,
            "holder": self.acc_holder_name,
        }

    def _evidence(self):
        """Return the file of the evidence.

        :raises UserError: it is too large, or not of a permitted type
        """
        encoded = self.with_context(bin_size=False).document
        if not encoded:
            return {}
        name = self.document_name or self.env._("Evidence")
        self.env["clerk.limited"]._document_of(encoded, name)
        return {"document": encoded, "document_name": name}
