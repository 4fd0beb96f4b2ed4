from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.customer.request import LIFECYCLE, STATES

# Values of a contact by those of the request.
COPIED = {
    "customer_name": "name",
    "registry": "company_registry",
    **{name: name for name in ("vat", "street", "street2", "zip", "city")},
    **{name: name for name in ("country_id", "email", "phone", "website")},
}
# What is compared with other customers.
COMPARED = frozenset(
    {*COPIED, "account", "kind_id", "company_id", "partner_id"} - {"street2"}
)


class ClerkCustomerRequest(models.Model):
    """A new customer: entered once, compared with those there are, checked, approved.

    While it is entered, the customers that it may be the same as are shown. Somebody
    else than those who entered it approves it; then the contact is created, or one that
    was there already is approved.

    The comparison is in `customer_request_match`, the steps in `customer_request_step`.
    """

    _name = "clerk.customer.request"
    _description = "New Customer"
    _inherit = [
        *("clerk.drafted", "clerk.customer.match", "clerk.thread"),
        *("clerk.work.item.link", "mail.activity.mixin"),
    ]
    _lifecycle = LIFECYCLE
    _number_prefix = "NC"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "customer_name", "vat"]
    _content_fields = frozenset(
        {
            *("customer_name", "kind_id", "partner_id", "vat", "registry", "street"),
            *("street2", "zip", "city", "country_id", "email", "phone", "website"),
            *("account", "document_ids", "is_new", "note"),
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("author_ids", "checked_by_id", "checked_on", "approved_by_id"),
            *("approved_on", "override_reason", "override_by_id", "checked_partner"),
            *("existing_id", "closed_reason", "blocked_reason", "compared_ids"),
        }
    )

    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind_id = fields.Many2one(
        "clerk.customer.kind",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["clerk.customer.kind"].search([], limit=1),
    )
    scope = fields.Selection(related="kind_id.scope")
    customer_name = fields.Char(string="Customer", required=True, size=200)
    vat = fields.Char(string="Tax ID", size=40)
    registry = fields.Char(string="Company ID", size=40)
    street = fields.Char(size=200)
    street2 = fields.Char(size=200)
    zip = fields.Char(string="ZIP", size=24)
    city = fields.Char(size=100)
    country_id = fields.Many2one(
        "res.country", default=lambda self: self.env.company.country_id
    )
    email = fields.Char(size=200)
    phone = fields.Char(size=60)
    website = fields.Char(size=200)
    account = fields.Char(string="Bank Account", size=60)
    note = fields.Text(
        string="Requested For", help="The order of the customer, and who asked for it."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        help="A contact that is there already, such as a prospect. Empty values of it "
        "are filled in when the request is approved; otherwise a contact is created.",
    )
    document_ids = fields.One2many(
        "clerk.customer.document", "request_id", string="Documents", copy=False
    )
    is_new = fields.Boolean(
        string="None of the Similar Customers",
        copy=False,
        help="Confirm that none of the similar customers is the same.",
    )
    author_ids = fields.Many2many(
        "res.users",
        "clerk_customer_request_author_rel",
        string="Authors",
        readonly=True,
        copy=False,
        help="Everybody who entered or changed it. They cannot approve it.",
    )
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_on = fields.Datetime(readonly=True, copy=False)
    checked_partner = fields.Integer(readonly=True, copy=False, exportable=False)
    compared_ids = fields.Json(
        readonly=True,
        copy=False,
        exportable=False,
        export_string_translation=False,
        help="Customers of whom somebody has said that they are others.",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    override_reason = fields.Char(
        string="Why Not the Same",
        readonly=True,
        copy=False,
        help="The reason for which a supervisor let a new customer pass though there "
        "is one with the same numbers.",
    )
    override_by_id = fields.Many2one(
        "res.users", string="New According To", readonly=True, copy=False
    )
    existing_id = fields.Many2one(
        "res.partner",
        string="Existing Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    closed_reason = fields.Char(string="Reason", readonly=True, copy=False)
    blocked_reason = fields.Char(
        string="Reason for the Block", readonly=True, copy=False, tracking=True
    )

    @api.depends("name", "customer_name")
    def _compute_display_name(self):
        for request in self:
            names = request.name, request.customer_name
            request.display_name = " ".join(filter(None, names))

    @api.model
    def _entry_values(self):
        return {"author_ids": [Command.link(self.env.uid)]}

    def write(self, vals):
        """Remember who changes it; what was compared before was another content."""
        if self._passes_guard():
            return super().write(vals)
        if COMPARED & vals.keys() and "is_new" not in vals:
            vals = {**vals, "is_new": False}
        done = super().write(vals)
        if self._declared("_content_fields") & vals.keys():
            self._add_author()
            changed = self.filtered("compared_ids")
            changed._inside().write(
                {
                    "override_reason": False,
                    "override_by_id": False,
                    "compared_ids": False,
                }
            )
        return done

    def _add_author(self):
        """Remember that the user has entered or changed something."""
        new = self.filtered(lambda each: self.env.user not in each.author_ids)
        new._inside().author_ids = [Command.link(self.env.uid)]

    def _check_draft(self):
        """:raises UserError: one has been checked"""
        for record in self.filtered(lambda each: each.state != "draft"):
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s. Send it back to change it.",
                    record=record.display_name,
                    state=record._state_label(),
                )
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Take over what is on file, so that it is compared and approved, too."""
        for name, theirs in COPIED.items():
            if not self[name]:
                self[name] = self.partner_id[theirs]

    @api.onchange(*sorted(COMPARED))
    def _onchange_compared(self):
        """Compare again: other values may be those of another customer."""
        self.is_new = False

    @api.onchange("kind_id")
    def _onchange_kind_id(self):
        """List the documents that the kind requires."""
        listed = self.document_ids.mapped("name")
        self.document_ids = [
            Command.create({"name": name})
            for name in self.kind_id._document_names()
            if name not in listed
        ]


class ClerkCustomerDocument(models.Model):
    """A document about a new customer, such as an extract of the register."""

    _name = "clerk.customer.document"
    _description = "Document of a New Customer"
    _inherit = ["clerk.evidence", "clerk.drafted.row", "clerk.limited"]
    _row_of = "request_id"
    _order = "id"
    _evidence_fields = {"file": None}
    _final_fields = frozenset({"request_id"})

    request_id = fields.Many2one(
        "clerk.customer.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    name = fields.Char(string="Document", required=True, size=200)
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(size=200)

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: the request has been checked, or a file cannot be used"""
        for vals in vals_list:
            self._check_file(vals)
        return super().create(vals_list)

    def write(self, vals):
        """:raises UserError: the request has been checked, or a file cannot be used"""
        self._check_file(vals)
        return super().write(vals)

    def _check_row(self, names=frozenset()):
        """Remember who has entered or changed documents."""
        result = super()._check_row(names)
        self.request_id._add_author()
        return result

    @api.model
    def _check_file(self, vals):
        if vals.get("file"):
            name = vals.get("file_name") or vals.get("name") or self.env._("The file")
            self._document_of(vals["file"], name)
