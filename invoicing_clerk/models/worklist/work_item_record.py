from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class ClerkWorkItem(models.Model):
    """The record that an item stands for, and who may see the item because of it.

    A refresh reads as the superuser, so an item repeats a record's partner and amount.
    It is shown to nobody who may not read the record: `is_readable` asks the record's
    own access rights and rules, and is in turn what the record rule of items asks.
    """

    _inherit = "clerk.work.item"

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    is_readable = fields.Boolean(
        compute="_compute_is_readable", search="_search_is_readable"
    )

    def _by_model(self):
        """Items with their records, model by model, without rights of the superuser."""
        # sudo(False): whoever asks, it is the user's own rights that count.
        for name, items in self.grouped("res_model").items():
            if name in self.env:
                model = self.env[name].sudo(False).with_context(active_test=False)
                yield items, model

    def _readable_ids(self, model):
        if not model.has_access("read"):
            return set()
        return set(model.search([("id", "in", self.mapped("res_id"))]).ids)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_readable(self):
        self.is_readable = False
        for items, model in self._by_model():
            readable = items._readable_ids(model)
            for item in items:
                item.is_readable = item.res_id in readable

    @api.model
    def _search_is_readable(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain.OR(
            Domain("res_model", "=", name) & self._readable_domain(name)
            for name in self._worked_models()
        )

    @api.model
    def _worked_models(self):
        """Models of which there may be items; a caller may ask of fewer."""
        names = self.env.context.get("worked_models") or self._listed_models()
        return [name for name in names if name in self.env]

    @api.model
    @ormcache()
    def _listed_models(self):
        # sudo: names of models only; what a user may read of them is asked below.
        worklists = self.env["clerk.worklist"].sudo().with_context(active_test=False)
        return tuple(name for (name,) in worklists._read_group([], ["model"]) if name)

    @api.model
    def _readable_domain(self, name):
        """That the record of a model may be read, asked item by item.

        Left to choose, PostgreSQL lists all that may be read to show one page: a whole
        ledger. OFFSET leaves it no choice.
        """
        model = self.env[name].sudo(False).with_context(active_test=False)
        if not model.has_access("read"):
            return Domain.FALSE
        # A model that asks of each record apart is asked of those with items only.
        narrow = getattr(model, "_work_items_domain", None)

        def is_found(_items, alias, _query):
            found = model._search(narrow() if narrow else [])
            own = SQL.identifier(model._table, "id")
            found.add_where(SQL("%s = %s", own, SQL.identifier(alias, "res_id")))
            return SQL("EXISTS (%s OFFSET 0)", found.select())

        return Domain.custom(to_sql=is_found)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_record_name(self):
        self.record_name = False
        for items, model in self._by_model():
            found = model.browse(items._readable_ids(model))
            names = {record.id: record.display_name for record in found}
            for item in items:
                item.record_name = names.get(item.res_id)

    @api.depends("record_name", "worklist_id")
    def _compute_display_name(self):
        for item in self:
            item.display_name = item.record_name or item.worklist_id.name

    def _check_records_exist(self):
        """Say so when a record is gone: nobody may be left with a dead item.

        :raises UserError: at least one record was deleted
        """
        gone = self.browse()
        # sudo: tells that a record is no longer there, and nothing of what it was.
        for name, items in self.sudo().grouped("res_model").items():
            known = name in self.env
            found = (
                self.env[name].sudo().browse(items.mapped("res_id")) if known else ()
            )
            left = set(found.exists().ids) if known else set()
            gone += items.filtered(lambda item, left=left: item.res_id not in left)
        if gone:
            raise UserError(
                self.env._(
                    "%(number)s of these records in %(worklists)s were deleted. They "
                    "leave the list with its next refresh.",
                    number=len(gone),
                    worklists=", ".join(gone.worklist_id.mapped("name")),
                )
            )

    def action_open_record(self):
        """Open the record on the screen that its worklist names, or on its own."""
        self.ensure_one()
        if self.env.context.get("open_work_item"):
            return self.get_formview_action()
        self._check_records_exist()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        # sudo: which screen to open; the screen asks the user's own rights.
        screen = self.worklist_id.sudo().action_id
        if not screen:
            return record.get_formview_action()
        action = screen._get_action_dict()
        forms = [view for view, mode in screen.views if mode == "form"]
        return {
            **action,
            "views": [(forms[0] if forms else False, "form")],
            "view_mode": "form",
            "res_id": record.id,
            "domain": [],
        }
