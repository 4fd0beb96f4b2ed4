from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More kinds of records than these are not listed.
SHOWN = 15


class ClerkCustomerMerge(models.TransientModel):
    """Merge of two contacts, after what depends on each was shown."""

    _name = "clerk.customer.merge"
    _description = "Merge of Contacts"
    _inherit = "clerk.checked"

    pair_id = fields.Many2one("clerk.customer.pair", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="pair_id.partner_id")
    other_id = fields.Many2one(related="pair_id.other_id")
    explanation = fields.Char(related="pair_id.explanation", string="Reasons")
    keep_id = fields.Many2one(
        "res.partner",
        required=True,
        compute="_compute_keep_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', (partner_id, other_id))]",
        help="The other contact is deleted, and all that depends on it moves here.",
    )
    contents_html = fields.Html(
        string="Depends on Them", compute="_compute_contents_html"
    )

    @api.depends("pair_id")
    def _compute_keep_id(self):
        for merge in self:
            merge.keep_id = merge.pair_id.partner_id

    @api.depends("pair_id")
    def _compute_contents_html(self):
        for merge in self:
            pair = merge.pair_id
            one, other = pair.partner_id, pair.other_id
            merge.contents_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.customer_merge_contents",
                {"one": one, "other": other, "rows": self._contents(one, other)},
            )

    @api.model
    def _contents(self, one, other):
        """Return rows of label and number of records of either contact."""
        rows = []
        for name, field in self._links():
            records = self.env[name].with_context(active_test=False)
            groups = dict(
                records._read_group(
                    Domain(field, "in", (one + other).ids), [field], ["__count"]
                )
            )
            if groups:
                label = records._description
                rows.append((label, groups.get(one, 0), groups.get(other, 0)))
        rows.sort(key=lambda row: (-row[1] - row[2], row[0]))
        return rows[:SHOWN]

    @api.model
    def _links(self):
        """Return the models that people may read and that name a customer, with the
        field that does."""
        names = {
            "account.move": "commercial_partner_id",
            "res.partner": "parent_id",
            "account.payment": "partner_id",
            "res.partner.bank": "partner_id",
        }
        for name, model in self.env.registry.items():
            field = model._fields.get("partner_id")
            if (
                name.startswith("clerk.")
                and name not in ("clerk.customer.pair", "clerk.customer.merge")
                and model._auto
                and not model._abstract
                and not model._transient
                and field is not None
                and field.store
                and field.comodel_name == "res.partner"
            ):
                names[name] = "partner_id"
        return [
            (name, field)
            for name, field in sorted(names.items())
            if name in self.env and self.env[name].has_access("read")
        ]

    def action_merge(self):
        """Merge the contacts.

        :raises UserError: the contact to keep is neither of both
        """
        self.ensure_one()
        pair = self.pair_id
        if self.keep_id not in pair.partner_id + pair.other_id:
            raise UserError(
                self.env._(
                    "Select which of the contacts of %s to keep.", pair.display_name
                )
            )
        return pair.action_merge(self.keep_id.id)
