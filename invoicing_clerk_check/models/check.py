from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.rules.lifecycle import Lifecycle, Step

from ..rules import check as rules


class ClerkCheck(models.Model):
    """One number of the checks of a bank account, used once and kept forever.

    A number enters the register when it is printed, with what the paper says. Spoiled
    paper, voided checks and sheets with the end of a stub keep their numbers; the check
    that takes the place of another names it.

    Numbers are given in `check_register`, and those of blank sheets in `check_blank`;
    the paper is in `check_sheet`, and what becomes of a check in `check_void`.
    """

    _name = "clerk.check"
    _description = "Check"
    _inherit = ["clerk.lifecycle", "clerk.thread"]
    # A number is void from the start if its sheet continues the stub of another check,
    # and spoiled if nothing was printed on it.
    _lifecycle = Lifecycle(
        rules.STATES,
        {
            "spoil": Step(("printed",), "spoiled", "clerk"),
            "void": Step(("printed",), "void", "supervisor"),
        },
        starts=("printed", "void", "spoiled"),
    )
    _guards_all = True
    _order = "number_order desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "payee", "payment_id"]

    name = fields.Char(string="Number", required=True, readonly=True)
    number_order = fields.Char(
        readonly=True, required=True, exportable=False, index=True
    )
    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="printed",
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank Account",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        check_company=True,
        ondelete="restrict",
        index=True,
        help="The payment that the check makes; none for blank sheets.",
    )
    voucher_id = fields.Many2one(
        "clerk.voucher",
        readonly=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    sheet = fields.Integer(
        required=True,
        readonly=True,
        default=1,
        help="1 is the check itself; the others continue its stub.",
    )
    replaces_id = fields.Many2one(
        "clerk.check",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The check that this one takes the place of.",
    )
    replaced_by_ids = fields.One2many("clerk.check", "replaces_id", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    payee = fields.Char(string="Pay to the Order of", readonly=True)
    address = fields.Text(readonly=True)
    date = fields.Date(string="Date of the Check", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_figures = fields.Char(string="Figures", readonly=True)
    amount_words = fields.Char(
        string="Legal Amount", readonly=True, help="The amount written out."
    )
    memo = fields.Char(readonly=True)
    printed_by_id = fields.Many2one("res.users", readonly=True)
    printed_on = fields.Datetime(readonly=True)
    handed_out_on = fields.Datetime(
        string="PDF Created On",
        readonly=True,
        help="Date and time of the first PDF. Later PDFs are marked as copies.",
    )
    reason = fields.Char(readonly=True, help="The reason why the number is not valid.")
    ended_by_id = fields.Many2one("res.users", string="Voided By", readonly=True)
    ended_on = fields.Datetime(string="Voided On", readonly=True)
    reversal_id = fields.Many2one(
        "account.move",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The entry that reverses the payment.",
    )

    # The bank reads 00042 and 42 as one number.
    _one_number = models.UniqueIndex(
        "(journal_id, LTRIM(name, '0'))",
        "A check with this number is already in the register.",
    )
    _one_valid_check = models.UniqueIndex(
        "(payment_id) WHERE state = 'printed'",
        "A check is already printed for this payment.",
    )

    _blank_is_spoiled = models.Constraint(
        "CHECK (state = 'spoiled' OR (payment_id IS NOT NULL"
        " AND printed_by_id IS NOT NULL AND printed_on IS NOT NULL))",
        "Only spoiled checks can be without a payment.",
    )

    @api.model
    def _guard_hint(self):
        return self.env._("The register is kept by printing and voiding checks.")

    @api.depends("name", "journal_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Check %s", check.name)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "The numbers of checks are kept on record. Void the check instead."
            )
        )

    def action_open_payment(self):
        """Open the payment."""
        self.ensure_one()
        return self.payment_id.get_formview_action()

    def action_open_voucher(self):
        """Open the payment voucher."""
        self.ensure_one()
        return self.voucher_id.get_formview_action()

    @api.model
    def _latest_journal(self):
        """Return the bank account of the latest check of the company, or its first."""
        domain = [("company_id", "=", self.env.company.id)]
        if check := self.search(domain, order="id desc", limit=1):
            return check.journal_id
        journals = self.env["account.journal"]
        company = journals._check_company_domain(self.env.company)
        return journals.search([("type", "=", "bank"), *company], limit=1)

    @api.model
    def _open_them(self, checks):
        """Return an action that opens checks, as a form if it is one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk_check.clerk_check_action"
        )
        if len(checks) == 1:
            return {**action, "views": [(False, "form")], "res_id": checks.id}
        return {**action, "domain": [("id", "in", checks.ids)], "context": {}}
