from contextlib import contextmanager

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class ContractCommon(ClerkCommon):
    """Contracts of ``partner_a`` and ``partner_b``, and the people who work on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.first = cls.today.replace(day=1)
        cls.service = cls.env["product.product"].create(
            {"name": "Maintenance", "type": "service", "list_price": 100.0}
        )
        cls.other_supervisor = cls._new_user(
            "supervisor_a2", "invoicing_clerk.group_supervisor"
        )

    @classmethod
    def _in_months(cls, months, days=0):
        return cls.first + relativedelta(months=months, days=days)

    @classmethod
    def _contract(cls, *lines, partner=None, **values):
        """Make a monthly contract, which begins with the month."""
        return cls.env["contract.contract"].create(
            {
                "name": "Service",
                "partner_id": (partner or cls.partner_a).id,
                "line_recurrence": True,
                "user_id": cls.clerk.id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.service.id,
                            "name": "Maintenance",
                            "quantity": 2,
                            "price_unit": 100.0,
                            "date_start": cls._in_months(-2),
                            "recurring_next_date": cls._in_months(-2),
                            "recurring_rule_type": "monthly",
                            "recurring_interval": 1,
                            "recurring_invoicing_type": "pre-paid",
                            **line,
                        }
                    )
                    for line in lines or [{}]
                ],
                **values,
            }
        )

    @classmethod
    def _bill(cls, contract, times=3):
        moves = cls.env["account.move"]
        for _time in range(times):
            moves += contract._recurring_create_invoice()
        moves.action_post()
        return moves

    @contextmanager
    def _refused(self, error=UserError, sentence=""):
        """Expect a refusal, and undo what was done until then."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            yield
