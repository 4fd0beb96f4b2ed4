from collections.abc import Mapping

from odoo import api, models
from odoo.exceptions import AccessError, MissingError

from ...rules.input_value import linked_ids
from .gate import is_of_ours

LINKS = ("many2one", "one2many", "many2many")


class ClerkChecked(models.AbstractModel):
    """Records that people link: only those that they may read.

    A view offers no others; other programs may send any id. What is computed from a
    linked record, in a form that is not even saved, would show what its reader may not
    see, such as the lines of an invoice of another company.
    """

    _inherit = "clerk.checked"

    @api.model
    def default_get(self, fields):
        """:raises AccessError: a default links a record that cannot be read"""
        defaults = super().default_get(fields)
        if not self.env.su and is_of_ours(self._original_module):
            self._refuse_unreadable(_links(self, defaults))
        return defaults

    def onchange(self, values, field_names, fields_spec):
        """:raises AccessError: a value links a record that cannot be read"""
        if isinstance(values, Mapping) and is_of_ours(self._original_module):
            self._refuse_unreadable(_links(self, values, known=self))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_linked(self, vals_list):
        """:raises AccessError: a value links a record that cannot be read"""
        if self._passes_check():
            return
        found, names = {}, self._checked_names()
        for vals in vals_list:
            given = {name: vals[name] for name in names & vals.keys()}
            for field, ids in _links(self, given).items():
                found.setdefault(field, set()).update(ids)
        self._refuse_unreadable(found)

    @api.model
    def _refuse_unreadable(self, links):
        for field, ids in links.items():
            records = self.env[field.comodel_name].browse(sorted(ids))
            try:
                is_readable = records.has_access("read")
            except MissingError:
                is_readable = False
            # One error for both: it is not disclosed whether a hidden record exists.
            if not is_readable:
                raise AccessError(self._refuse_value(field, "link"))


def _links(model, vals, known=None):
    """Return the ids that values link, in rows and in the form around them, too.

    :param known: the record of a form, whose own links are no news
    :return: ``{field: ids}``
    """
    found = {}
    for name, value in vals.items():
        field = model._fields.get(name)
        if field is None or field.type not in LINKS:
            continue
        ids, nested = linked_ids(field.type, value)
        if ids and known:
            # sudo: what the record links already.
            ids -= set(known._origin.sudo()[name].ids)
        if ids:
            found.setdefault(field, set()).update(ids)
        comodel = model.env[field.comodel_name]
        # Links of all rows are read together.
        keys = tuple(key for row in nested if type(key := row.get("id")) is int)
        for row in nested:
            key = row.get("id")
            about = comodel.browse(key if type(key) is int else ())
            about = about.with_prefetch(keys)
            for inner, inner_ids in _links(comodel, row, known=about).items():
                found.setdefault(inner, set()).update(inner_ids)
    return found
