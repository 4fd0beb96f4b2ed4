from odoo import fields, models
from odoo.tools import SQL


class ClerkInvoiceKind(models.Model):
    """A kind of invoice, and the documents that its file must have.

    The first kind that fits an invoice counts; invoices that fit none need nothing.
    Another module adds a condition by a field of kinds and `_conditions`.
    """

    _name = "clerk.invoice.kind"
    _description = "Kind of Invoice"
    _inherit = ["clerk.checked"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, size=100)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    goods = fields.Selection(
        [("goods", "Goods"), ("service", "Services Only")],
        string="Billed",
        help="Any, if it is left empty.",
    )
    place = fields.Selection(
        [
            ("domestic", "In the Country"),
            ("eu", "Another EU Country"),
            ("export", "Outside the EU"),
        ],
        string="Delivered To",
        help="The country of the delivery address. Any, if it is left empty.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customers Tagged",
        help="All customers, if it is left empty.",
    )
    class_ids = fields.Many2many(
        "clerk.document.class", string="Required Documents", required=True
    )

    def _condition_sql(self):
        """Return the condition that an invoice is of this kind."""
        conditions = [SQL("TRUE"), *self._conditions()]
        return SQL(" AND ").join(conditions)

    def _conditions(self):
        """Return conditions on ``move``, ``goods``, ``ship`` and ``home``."""
        if self.goods == "goods":
            yield SQL("goods.move_id IS NOT NULL")
        if self.goods == "service":
            yield SQL("goods.move_id IS NULL")
        if self.place:
            yield self._place_sql()
        if self.category_ids:
            yield SQL(
                """EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel AS tag
                            WHERE tag.partner_id = move.commercial_partner_id
                              AND tag.category_id = ANY(%s))""",
                self.category_ids.ids,
            )

    def _place_sql(self):
        countries = list(self.env.ref("base.europe").country_ids.ids)
        away = SQL("COALESCE(ship.country_id, home.country_id) <> home.country_id")
        both = SQL(
            "ship.country_id = ANY(%s) AND home.country_id = ANY(%s)",
            countries,
            countries,
        )
        if self.place == "domestic":
            return SQL("NOT (%s)", away)
        if self.place == "eu":
            return SQL("%s AND %s", away, both)
        return SQL("%s AND NOT (%s)", away, both)
