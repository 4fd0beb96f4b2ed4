from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...rules.receipt.payer import name_key
from ...rules.receivable.structured_reference import squeezed

KINDS = [("name", "Name of the Payer"), ("account", "Bank Account")]


class ClerkPayerAlias(models.Model):
    """A name or an account under which a customer pays.

    Remembered where a person says which customer a payment is from. Several customers
    may share one, such as the members of a group.
    """

    _name = "clerk.payer.alias"
    _description = "Payer Alias"
    _inherit = "clerk.guarded"
    _writable_fields = frozenset({"kind", "alias", "partner_id", "company_id"})
    _order = "alias, id"
    _rec_name = "alias"
    _check_company_auto = True

    kind = fields.Selection(KINDS, required=True, default="name")
    alias = fields.Char(
        string="Name or Account", required=True, help="As the bank gives it."
    )
    key = fields.Char(
        compute="_compute_key", store=True, exportable=False, string="Normalized Alias"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )

    _lookup = models.Index("(company_id, kind, key)")

    @api.depends("kind", "alias")
    def _compute_key(self):
        for alias in self:
            alias.key = self._key(alias.kind, alias.alias)

    @api.constrains("alias", "kind")
    def _check_key(self):
        for alias in self:
            if len(alias.key or "") < 3:
                raise ValidationError(
                    self.env._(
                        "“%s” is too short to recognize a payer by it.", alias.alias
                    )
                )

    @api.constrains("alias", "kind", "partner_id", "company_id")
    def _check_once(self):
        """Refuse aliases that a customer has: no constraint, which breaks merges.

        :raises ValidationError: a customer would have an alias twice
        """
        twice = self._read_group(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("key", "in", self.mapped("key")),
            ["company_id", "kind", "key", "partner_id"],
            having=[("__count", ">", 1)],
        )
        if twice:
            raise ValidationError(self.env._("This customer already has this alias."))

    @api.model
    def _key(self, kind, text):
        return squeezed(text or "") if kind == "account" else name_key(text or "")

    @api.model
    def _customers_of(self, kind, texts, companies):
        """Map keys to the customers who pay under them."""
        keys = {self._key(kind, text) for text in texts} - {""}
        domain = Domain("kind", "=", kind) & Domain("key", "in", list(keys))
        found = {}
        for alias in self.search(domain & Domain("company_id", "in", companies.ids)):
            customer = alias.partner_id.commercial_partner_id.id
            found.setdefault(alias.key, set()).add(customer)
        return found

    @api.model
    def _remember(self, customer, company, **texts):
        """Remember under which name and account a customer has paid."""
        known = self.search(
            Domain("partner_id", "=", customer.id)
            & Domain("company_id", "=", company.id)
        )
        had = {(alias.kind, alias.key) for alias in known}
        new = [
            {
                "kind": kind,
                "alias": text,
                "partner_id": customer.id,
                "company_id": company.id,
            }
            for kind, text in texts.items()
            if len(self._key(kind, text)) > 2
            and (kind, self._key(kind, text)) not in had
        ]
        return self.create(new)
