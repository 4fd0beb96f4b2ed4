from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from .amount import amount_text


@dataclass(frozen=True)
class Reason:
    """A reason why a record was found, and the sentence that explains it.

    :param label: the name of the reason, for filters and groups
    :param text: the sentence, with named placeholders for the facts:
        ``%(amount_open)s``
    :param expected: what was expected, with the same placeholders
    :param found: what was found instead
    """

    label: str
    text: str
    expected: str = ""
    found: str = ""


def facts(**values):
    """Return the facts in the text of a reason, as SQL of a JSON object.

    :param values: SQL by name; the first part of a name says how the fact is formatted,
        see ``clerk.explained``
    """
    pairs = [SQL("%s, %s", key, value) for key, value in values.items()]
    return SQL("JSONB_BUILD_OBJECT(%s)", SQL(", ").join(pairs))


class ClerkExplained(models.AbstractModel):
    """Records found by SQL, which keep their facts as data.

    The sentence made of them is in the language and format of whoever reads it. Facts
    whose names begin with ``date``, ``amount`` or ``share`` are formatted as such,
    ``field`` is the name of a field as ``model,field``.
    """

    _name = "clerk.explained"
    _description = "Facts"
    # The part of a reason of which each field is made.
    _explained_parts = {"explanation": "text"}

    reason = fields.Selection(selection="_selection_reason", readonly=True)
    facts = fields.Json(
        readonly=True, exportable=False, export_string_translation=False
    )
    explanation = fields.Char(compute="_compute_explanation")

    @api.model
    def _reasons(self):
        """Return all reasons that the installed handlers have, by key."""
        return {}

    @api.model
    def _selection_reason(self):
        return [(key, reason.label) for key, reason in self._reasons().items()]

    @api.depends("reason", "facts")
    @api.depends_context("lang")
    def _compute_explanation(self):
        reasons = self._reasons()
        for record in self:
            reason, texts = reasons.get(record.reason), record._fact_texts()
            for name, part in self._explained_parts.items():
                record[name] = reason and getattr(reason, part) % texts

    def _fact_texts(self):
        return {
            name: self._fact_text(name, value)
            for name, value in (self.facts or {}).items()
        }

    def _fact_text(self, name, value):
        """Return a fact as text, formatted by the first part of its name."""
        if value is None:
            return ""
        kind = name.partition("_")[0]
        if kind == "date":
            return format_date(self.env, value)
        if kind == "amount":
            return amount_text(self.currency_id, value)
        if kind == "share":
            return f"{formatLang(self.env, value * 100, digits=1)}%"
        if kind == "field":
            # Stored by name, so that it does not depend on the user's language.
            model, _comma, field = value.partition(",")
            return self.env[model]._fields[field]._description_string(self.env)
        return value
