from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.call.search_text import MAX_CHARACTERS
from ..mixin.gate import only_one

# Customers first, as they are whom the call is with.
KINDS = [
    ("customer", "Customer"),
    ("invoice", "Invoice"),
    ("refund", "Credit Note"),
    ("payment", "Payment"),
    ("bank", "Bank Transaction"),
    ("case", "Billing Error"),
    ("promise", "Promise"),
]


class ClerkFind(models.TransientModel):
    """The page on which a clerk types what a caller says, and finds it.

    What is found depends on the rights of the user; nobody else can read the results.
    """

    _name = "clerk.find"
    _description = "Find"
    _inherit = "clerk.guarded"
    _writable_fields = frozenset({"text"})
    _rec_name = "text"

    text = fields.Char(string="Find", size=MAX_CHARACTERS)
    searched = fields.Char(string="Searched Text", readonly=True)
    is_limited = fields.Boolean(string="More Results Exist", readonly=True)
    hit_ids = fields.One2many(
        "clerk.find.hit", "find_id", string="Results", readonly=True
    )

    @api.depends("text")
    def _compute_display_name(self):
        for page in self:
            page.display_name = page.text or self.env._("Find")

    def action_find(self):
        """List what is found; open it if it is the only result."""
        only_one(self)
        self.check_access("write")
        hits = self._search_text(self.text)
        # sudo: these are results of the user, who cannot make any.
        page = self.sudo()
        page.hit_ids.unlink()
        page.write(
            {
                "searched": self.text,
                "is_limited": any(hit.is_limited for hit in hits),
                "hit_ids": [fields.Command.create(hit.values()) for hit in hits],
            }
        )
        return self._only_hit().action_open() if self._only_hit() else False

    def _only_hit(self):
        """Return the only result, or the only one with exactly this number or name."""
        exact = self.hit_ids.filtered("is_exact") or self.hit_ids
        return exact if len(exact) == 1 else exact.browse()


class ClerkFindHit(models.TransientModel):
    """A result: a document, payment, customer, billing error or promise."""

    _name = "clerk.find.hit"
    _description = "Search Result"
    _inherit = "clerk.guarded"
    _guards_all = True

    find_id = fields.Many2one(
        "clerk.find",
        string="Search",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        required=True, readonly=True, model_field="res_model", string="Record"
    )
    name = fields.Char(readonly=True)
    customer = fields.Char(readonly=True)
    detail = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True)
    open_amount = fields.Monetary(string="Open", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    state = fields.Char(string="Status", readonly=True)
    is_exact = fields.Boolean(string="Exact Match", readonly=True)
    has_customer = fields.Boolean(string="Has a Customer Account", readonly=True)
    is_posted = fields.Boolean(string="Posted", readonly=True)

    def _record(self):
        """Return what was found.

        :raises UserError: it was deleted in the meantime
        """
        record = self.env[only_one(self).res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%s was deleted in the meantime.", self.name or self.kind)
            )
        record.check_access("read")
        return record

    def action_open(self):
        """Open the document, payment, customer, billing error or promise."""
        record = self._record()
        if self.kind == "bank":
            record = record.move_id
        return self._open_customer(record) or record.get_formview_action()

    def _open_customer(self, record):
        """Return an action that opens the balance of a customer, if it has one."""
        if self.kind != "customer":
            return False
        customer = record.commercial_partner_id
        balance = self.env["clerk.find"]._balances_of(customer).get(customer)
        return bool(balance) and balance.get_formview_action()

    def action_new_call(self):
        """Log a call about the record, and open the pad on it."""
        record = self._record()
        if not isinstance(record, self.env.registry["clerk.call.starter"]):
            record = record.partner_id
        if not record:
            raise UserError(self.env._("%s has no customer.", self.name))
        return record.action_new_call()

    def action_dispute(self):
        """Open a new billing error on the invoice."""
        return self._posted_document().action_open_billing_error()

    def action_copy(self):
        """Open the dialog of Odoo that sends the invoice."""
        return self._posted_document().action_send_and_print()

    def _posted_document(self):
        record = self._record()
        if not self.is_posted:
            raise UserError(
                self.env._("Only posted invoices and credit notes can be chosen.")
            )
        return record
