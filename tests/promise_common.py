from datetime import timedelta

from odoo import fields

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class PromiseCommon(ClerkCommon):
    """Promises as a clerk writes them down on the phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()

    @classmethod
    def _day(cls, days):
        """So many days from now."""
        return cls.today + timedelta(days=days)

    @classmethod
    def _promise(cls, moves, user=None, **values):
        promises = cls.env["clerk.promise"].with_user(user or cls.clerk)
        values.setdefault("date", cls._day(7))
        return promises.create({"move_ids": moves.ids, **values})
