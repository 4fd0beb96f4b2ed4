from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class CustomerCommon(ClerkCommon):
    """A known customer in Belgium, and requests for new ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium = cls.env.ref("base.be")
        cls.usa = cls.env.ref("base.us")
        cls.domestic = cls.env.ref("invoicing_clerk.customer_kind_domestic")
        cls.export = cls.env.ref("invoicing_clerk.customer_kind_export")
        # sudo: what the company is, before anybody enters a customer.
        cls.company_a.sudo().account_fiscal_country_id = cls.belgium
        cls.manager = cls._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")
        cls.known = cls.env["res.partner"].create(
            {
                "name": "Kestrel Optics NV",
                "is_company": True,
                "vat": "BE0477472701",
                "street": "Kerkstraat 12",
                "zip": "2000",
                "city": "Antwerpen",
                "country_id": cls.belgium.id,
                "email": "office@kestrel.example",
                "phone": "+32 3 123 45 67",
            }
        )

    def _request(self, user=None, **values):
        """Enter a customer of whom no other is like."""
        whole = {
            "customer_name": "Vermilion Ceramics BV",
            "kind_id": self.domestic.id,
            "street": "Molenweg 5",
            "zip": "9000",
            "city": "Gent",
            "country_id": self.belgium.id,
            "email": "books@vermilion.example",
        }
        requests = self.env["clerk.customer.request"].with_user(user or self.clerk)
        return requests.create({**whole, **values})

    def _approved(self, **values):
        request = self._request(**values)
        request.action_check()
        request.with_user(self.supervisor).action_approve()
        return request
