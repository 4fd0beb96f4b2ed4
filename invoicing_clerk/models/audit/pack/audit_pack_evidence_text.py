"""How evidence is written in tables: the same for every reader."""

from odoo.tools import float_repr


def utc(moment):
    """A moment as ISO 8601 in UTC; nothing for none."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def money(amount, currency):
    return float_repr(amount, currency.decimal_places)


def label(record, name):
    """What a selection says, in the reader's language."""
    labels = dict(record._fields[name]._description_selection(record.env))
    return labels.get(record[name], "")
