from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

IBAN = "BE71 0961 2345 6769"
OTHER_IBAN = "NL91 ABNA 0417 1643 00"


class ChangeCommon(ClerkCommon):
    """A customer in use, in a company whose changes need approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Bayline",
                "is_company": True,
                "customer_rank": 1,
                "email": "accounts@bayline.example.com",
                "phone": "+1 555 0101",
                "street": "1 Harbor Way",
                "city": "San Jose",
            }
        )
        cls.company_a.sudo().write(
            {"clerk_customer_changes": True, "clerk_portal_changes": True}
        )

    def _contact(self, user=None, contact=None):
        return (contact or self.customer).with_user(user or self.clerk)

    def _propose(self, new=None, account=None, user=None, contact=None, **values):
        user = user or self.clerk
        changes = self.env["clerk.customer.change"].with_user(user)
        return changes._propose(
            self._contact(user, contact),
            new or {},
            account,
            **{"source": "mail", **values},
        )

    def _account_change(self, number=IBAN, **values):
        return self._propose(account={"step": "add", "number": number, **values})

    def _confirm(self, change, user=None):
        change.with_user(user or self.clerk).action_call_back(
            self.customer, "Ada, bookkeeper", "They changed their bank."
        )

    def _approve(self, change, user=None):
        change.with_user(user or self.supervisor).action_approve()
