from .corpus import Corpus


class AddressCases(Corpus):
    """Documents to complete and to incomplete addresses, some of them changed later."""

    def wrong_address(self, case):
        kind = case % 10
        if kind == 4:
            position = self.env["account.fiscal.position"].create(
                {"name": f"Position {self._number()}", "vat_required": True}
            )
            return self._invoice(fiscal_position_id=position.id)
        if kind > 4:
            return self._wrong_elsewhere(kind)
        name = ("street", "zip", "city", "country_id")[kind]
        return self._invoice(
            partner=self._customer(**{name: False}), post=(case + case // 10) % 2
        )

    def _wrong_elsewhere(self, kind):
        """Bill to an address that is incomplete beside another one, or was changed."""
        if kind == 5:
            company = self._customer(zip=False)
            shipped = self._address(company, "delivery")
            return self._invoice(partner=company, partner_shipping_id=shipped.id)
        if kind == 6:
            billed = self._address(self._customer(), "invoice", city=False)
            return self._invoice(partner=billed)
        company = self._customer(**({"zip": False} if kind < 9 else {}))
        move = self._invoice(partner=company, post=kind < 9)
        if kind == 7:
            self._change(company, street="Oak Avenue 22", phone="+32 2 555 12 12")
        elif kind == 8:
            self._change(company, phone="+32 2 555 12 12", ref="K7")
        else:
            # Before the draft is posted.
            self._change(company, zip=False)
        return move

    def _address(self, company, kind, **values):
        """Return another address of a company."""
        return self._customer(
            parent_id=company.id, type=kind, is_company=False, **values
        )

    def _right_elsewhere(self, kind):
        """Bill to a complete address beside an incomplete one, or change it later."""
        company = self._customer()
        if kind == 4:
            shipped = self._address(company, "delivery", zip=False, city=False)
            return self._invoice(partner=company, partner_shipping_id=shipped.id)
        if kind == 5:
            self._change(company, street=False, zip=False, city=False)
            return self._invoice(partner=self._address(company, "invoice"))
        move = self._invoice(partner=company)
        if kind == 6:
            self._change(company, zip=False)
        elif kind == 7:
            self._change(company, country_id=False)
        elif kind == 8:
            self._change(company, street="Oak Avenue 22", city=False, zip=False)
        else:
            self._change(company, zip="9050")
            self._change(company, street=False, zip=False)
        return move

    def right_address(self, case):
        kind = case % 10
        if kind > 3:
            return self._right_elsewhere(kind)
        if kind == 0:
            return self._invoice()
        if kind == 1:
            person = self._customer(is_company=False, street=False, city=False)
            return self._invoice(partner=person)
        if kind == 2:
            company = self._customer()
            contact = self.env["res.partner"].create(
                {"name": "Ada", "parent_id": company.id, "type": "contact"}
            )
            return self._invoice(partner=contact)
        country = self.env.ref("base.bs")
        country.zip_required = False
        return self._invoice(
            partner=self._customer(country_id=country.id, zip=False, street2="Pier 2")
        )
