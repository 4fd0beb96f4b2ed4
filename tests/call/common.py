from odoo import fields
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class CallCommon(ClerkCommon):
    """Calls logged by a clerk."""

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
    def _outcome_of(cls, code):
        return cls.env.ref(f"invoicing_clerk.call_outcome_{code}")

    @classmethod
    def _finished(cls, code, user=None, **values):
        """Log a call that ended with the outcome of a code."""
        call = cls._call(user, outcome_id=cls._outcome_of(code).id, **values)
        call._finish()
        return call

    @staticmethod
    def _begin_request(records):
        """Read what every request reads: its user and company, and the language."""
        records.env.user.company_ids.mapped("name")
        format_date(records.env, fields.Date.today())


class CallOnInvoiceCommon(CallCommon):
    """A call of a contact about one invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((2, 100.0))
        cls.call = cls._call(
            contact_id=cls.contact_a.id,
            move_ids=[Command.set(cls.invoice.ids)],
            summary="Only one came.",
        )

    def _wizard(self, action):
        model = self.env[action["res_model"]].with_user(self.clerk)
        return model.with_context(**action["context"])
