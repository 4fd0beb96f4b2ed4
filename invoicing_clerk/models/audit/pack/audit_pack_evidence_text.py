"""Formats of values in tables of evidence, independent of the user."""

from odoo.tools import float_repr


def utc(moment):
    """Return a datetime as ISO 8601 in UTC; an empty string for none."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def money(amount, currency):
    return float_repr(amount, currency.decimal_places)


def label(record, name):
    """Return the label of a selection value, in the user's language."""
    labels = dict(record._fields[name]._description_selection(record.env))
    return labels.get(record[name], "")
