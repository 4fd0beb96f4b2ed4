from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, get_lang


class ClerkDue(models.AbstractModel):
    """A date by which something is due, with how far away it is: Dec 1, in 3 days.

    Core's widget says only "Next month" on the day before the first of a month.

    **How to use**: inherit it, and name the date field in ``_due_field``.
    """

    _name = "clerk.due"
    _description = "Record with a Due Date"

    _due_field: str

    due_words = fields.Char(
        string="Due", compute="_compute_due_words", exportable=False
    )

    @api.depends(lambda self: (self._due_field,) if not self._abstract else ())
    @api.depends_context("lang", "tz")
    def _compute_due_words(self):
        today = fields.Date.context_today(self)
        for record in self:
            day = record[self._due_field]
            record.due_words = day and self._words_for(day, today)

    @api.model
    def _words_for(self, day, today):
        """Return a day as users of the language write it, and its distance."""
        locale = babel_locale_parse(get_lang(self.env).code)
        skeleton = "MMMd" if day.year == today.year else "yMMMd"
        return self.env._(
            "%(day)s, %(distance)s",
            day=format_skeleton(skeleton, day, locale=locale),
            distance=self._distance((day - today).days),
        )

    @api.model
    def _distance(self, days):
        near = {
            -1: self.env._("yesterday"),
            0: self.env._("today"),
            1: self.env._("tomorrow"),
        }
        if days in near:
            return near[days]
        if days > 0:
            return self.env._("in %s days", days)
        return self.env._("%s days ago", -days)
