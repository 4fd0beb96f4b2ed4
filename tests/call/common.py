from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class CallCommon(ClerkCommon):
    """Calls as a clerk logs them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.phone = "+1 555 010 0001"
        cls.contact_a.phone = "+1 555 010 0002"
        cls.topic = cls.env.ref("invoicing_clerk.call_topic_invoice")

    @classmethod
    def _calls(cls, user=None):
        return cls.env["clerk.call"].with_user(user or cls.clerk)

    @classmethod
    def _call(cls, user=None, **values):
        if not {"partner_id", "move_ids"} & values.keys():
            values["partner_id"] = cls.partner_a.id
        return cls._calls(user).create(values)

    @classmethod
    def _disposition(cls, code):
        return cls.env.ref(f"invoicing_clerk.call_disposition_{code}")

    @classmethod
    def _finished(cls, code, user=None, **values):
        """A call that ended with the outcome of this code."""
        call = cls._call(user, disposition_id=cls._disposition(code).id, **values)
        call._finish()
        return call
