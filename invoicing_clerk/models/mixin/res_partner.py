from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules import mail_address


class Figure(NamedTuple):
    """Content of a smart button of a contact."""

    number: int = 0
    date: object = False


NO_FIGURE = Figure()


class ResPartner(models.Model):
    """Contacts that can be reached by email, and the figures of their smart buttons.

    All figures of all contacts on a screen come from one query. A capability declares
    its fields with ``compute="_compute_figures"``, adds its query in `_figure_queries`
    and assigns the result in `_set_figures`.
    """

    _inherit = "res.partner"

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_figures(self):
        figures = {
            (name, partner): Figure(*rest)
            for name, partner, *rest in self._figure_rows()
        }
        for partner in self:
            partner._set_figures(figures)

    def _figure_rows(self):
        queries = self._figure_queries()
        if not queries:
            return []
        return self.env.execute_query(SQL(" UNION ALL ").join(queries))

    def _figure_queries(self):
        """Return SQL of rows (name, partner id, number, date), one for each figure."""
        return []

    def _set_figures(self, figures):
        """Assign the figures of this contact.

        :param figures: maps (name, partner id) to `Figure`
        """

    def _customer_figure(self, figures, name):
        """Return a figure of the customer to whom the contact belongs."""
        customer = self.commercial_partner_id._origin.id
        return figures.get((name, customer), NO_FIGURE)

    def _count_sql(self, name, records, domain, by=None):
        """Return SQL of the number of records of each customer that the user may read.

        :param by: a field, for a figure ``name.value`` for each of its values
        """
        if not records.has_access("read"):
            return []
        customers = self.commercial_partner_id._origin
        query = records._search(Domain("partner_id", "in", customers.ids) & domain)
        query.groupby = SQL("1, 2")
        label = SQL("%s::text", name)
        if by:
            value = records._field_to_sql(query.table, by, query)
            label = SQL("%s || '.' || %s", label, value)
        return [
            query.select(
                label,
                records._field_to_sql(query.table, "partner_id", query),
                SQL("COUNT(*), NULL::date"),
            )
        ]

    def _mailable(self):
        """Return the contacts whose email can be mailed: see `rules.mail_address`."""
        return self.filtered(lambda each: mail_address.addresses(each.email or ""))

    def _no_email_text(self):
        """Return why a contact cannot be mailed: no address, or not a valid one."""
        self.ensure_one()
        if not self.email:
            return self.env._("%s has no email address.", self.display_name)
        return self.env._(
            "%(contact)s: “%(email)s” is not a valid email address.",
            contact=self.display_name,
            email=self.email,
        )
