from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ...rules.plural import plural


class ClerkWorkItem(models.Model):
    """The record of an item, and who may see the item because of it.

    A refresh reads as the superuser, and an item repeats the partner and amount of its
    record. So it is shown only to people who may read the record: ``is_readable``
    applies the record's own access rights and rules, and the record rule of items
    applies ``is_readable``.
    """

    _inherit = "clerk.work.item"

    record_name = fields.Char(string="Record", compute="_compute_record_name")
    is_readable = fields.Boolean(
        string="Record Is Readable",
        compute="_compute_is_readable",
        search="_search_is_readable",
        exportable=False,
    )

    def _items_by_model(self):
        """Yield the items of each model with that model, for the rights of the user."""
        # sudo(False): the rights of the user count even where the superuser asks.
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
        for items, model in self._items_by_model():
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
        """Return the models that items may have; a caller may limit them."""
        names = self.env.context.get("worked_models")
        names = self._listed_models() if names is None else names
        return [name for name in names if name in self.env]

    @api.model
    def _worked_models_by_check(self):
        """Return the models whose access rights are SQL, and those that check access
        record by record."""
        names = self._worked_models()
        checked = [
            name for name in names if hasattr(self.env[name], "_work_items_domain")
        ]
        return [name for name in names if name not in checked], checked

    @api.model
    @ormcache()
    def _listed_models(self):
        # sudo: names of models only; access to their records is checked below.
        worklists = self.env["clerk.worklist"].sudo().with_context(active_test=False)
        return tuple(name for (name,) in worklists._read_group([], ["model"]) if name)

    @api.model
    def _readable_domain(self, name):
        """Return a domain for items whose record may be read, checked item by item.

        Without OFFSET, PostgreSQL would list all readable records of a model, such as a
        whole ledger, to show one page of items.
        """
        model = self.env[name].sudo(False).with_context(active_test=False)
        if not model.has_access("read"):
            return Domain.FALSE
        # A model that checks access record by record checks only those with items.
        narrow = getattr(model, "_work_items_domain", None)

        def exists(_items, alias, _query):
            readable = model._search(narrow() if narrow else [])
            record_id = SQL.identifier(model._table, "id")
            item_id = SQL.identifier(alias, "res_id")
            readable.add_where(SQL("%s = %s", record_id, item_id))
            return SQL("EXISTS (%s OFFSET 0)", readable.select())

        return Domain.custom(to_sql=exists)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_record_name(self):
        self.record_name = False
        for items, model in self._items_by_model():
            readable = model.browse(items._readable_ids(model))
            names = {record.id: record.display_name for record in readable}
            for item in items:
                item.record_name = names.get(item.res_id)

    @api.depends("record_name", "worklist_id")
    def _compute_display_name(self):
        for item in self:
            item.display_name = item.record_name or item.worklist_id.name

    def _check_caller(self):
        """Say what is wrong before the record rules hide items of deleted records."""
        self.browse().check_access("read")
        self._check_records_exist()
        return super()._check_caller()

    def _check_records_exist(self):
        """Refuse work on items whose records no longer exist.

        :raises UserError: at least one record was deleted
        """
        if orphans := self._with_deleted_record():
            raise UserError(
                plural(
                    len(orphans),
                    self.env._(
                        "%(number)s of these records was deleted. Its item will be "
                        "closed with the next refresh of %(worklists)s.",
                        number=len(orphans),
                        worklists=", ".join(orphans.worklist_id.mapped("name")),
                    ),
                    self.env._(
                        "%(number)s of these records were deleted. Their items will be "
                        "closed with the next refresh of %(worklists)s.",
                        number=len(orphans),
                        worklists=", ".join(orphans.worklist_id.mapped("name")),
                    ),
                )
            )

    def _with_deleted_record(self):
        orphans = self.browse()
        # sudo: whether a record exists, and nothing of its contents.
        for name, items in self.sudo().grouped("res_model").items():
            existing = set()
            if name in self.env:
                # sudo: as above.
                records = self.env[name].sudo().browse(items.mapped("res_id"))
                existing.update(records.exists().ids)
            orphans += items.filtered(
                lambda item, existing=existing: item.res_id not in existing
            )
        return orphans

    def action_open_record(self):
        """Open the record in the view that its worklist names, or in its own form."""
        self.ensure_one()
        if self.env.context.get("open_work_item"):
            return self.get_formview_action()
        self._check_records_exist()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        # sudo: which action to open; the user's own rights apply to what it shows.
        window = self.worklist_id.sudo().action_id
        if not window:
            return self._with_bar(record.get_formview_action())
        action = window._get_action_dict()
        forms = [view for view, mode in window.views if mode == "form"]
        return self._with_bar(
            {
                **action,
                "views": [(forms[0] if forms else False, "form")],
                "view_mode": "form",
                "res_id": record.id,
                "domain": [],
            }
        )
