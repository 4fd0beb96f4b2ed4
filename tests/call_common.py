from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class CallCommon(ClerkCommon):
    """Calls as a clerk logs them."""

    @classmethod
    def _call(cls, user=None, **values):
        calls = cls.env["clerk.call"].with_user(user or cls.clerk)
        if not {"partner_id", "move_ids"} & values.keys():
            values["partner_id"] = cls.partner_a.id
        return calls.create(values)
