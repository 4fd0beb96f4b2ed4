from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.res_partner import NO_FIGURE


class ResPartner(models.Model):
    """Link customers to the work items of all their records."""

    _name = "res.partner"
    _inherit = ["res.partner", "clerk.work.item.link"]
    _work_items_by_partner = True

    work_item_count = fields.Integer(compute="_compute_figures")
    in_worklist = fields.Boolean(compute="_compute_figures")

    def _figure_queries(self):
        queries = super()._figure_queries()
        if not self.env["clerk.work.item"].has_access("read"):
            return queries
        items = self.env["clerk.work.item"]
        plain, checked = items._worked_models_by_check()
        # sudo: whether there are any; the number is counted with the user's rights.
        of_checked = self._work_items_sql("checked_items", items.sudo(), checked)
        return [*queries, self._work_items_sql("work_items", items, plain), of_checked]

    def _figure_rows(self):
        """Search items whose access is checked one by one only if there are any."""
        rows = super()._figure_rows()
        if any(name == "checked_items" for name, *_rest in rows):
            items = self.env["clerk.work.item"]
            _plain, checked = items._worked_models_by_check()
            query = self._work_items_sql("readable_items", items, checked)
            rows += self.env.execute_query(query)
        return rows

    def _work_items_sql(self, name, items, models):
        """Return SQL of the open items, an item once if its record is its partner."""
        items = items.with_context(worked_models=models)
        query = items._search(self._work_items() & Domain("res_model", "in", models))
        columns = ("id", "res_model", "res_id", "partner_id")
        return SQL(
            """SELECT %(name)s, partner.id, COUNT(*), NULL::date
                 FROM (%(items)s) AS item
                 JOIN UNNEST(%(partners)s::int[]) AS partner (id)
                   ON partner.id = item.partner_id
                   OR (partner.id = item.res_id AND item.res_model = %(model)s)
                GROUP BY partner.id""",
            name=name,
            items=query.select(
                *(items._field_to_sql(query.table, column, query) for column in columns)
            ),
            partners=self._origin.ids,
            model=self._name,
        )

    def _set_figures(self, figures):
        number = sum(
            figures.get((name, self._origin.id), NO_FIGURE).number
            for name in ("work_items", "readable_items")
        )
        self.work_item_count, self.in_worklist = number, bool(number)
        return super()._set_figures(figures)
