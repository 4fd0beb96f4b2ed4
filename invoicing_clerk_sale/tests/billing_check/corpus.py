from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


class OrderCorpus(Corpus):
    """Invoices of orders of which it is known what is wrong with them.

    Each method ``wrong_<code>_<kind>`` makes an invoice with one error, and
    ``right_<code>_<kind>`` one or more that look like it.
    """

    modules = ("invoicing_clerk", "invoicing_clerk_sale")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        # Positions of the test company that apply by themselves change taxes.
        cls.env["account.fiscal.position"].search([]).auto_apply = False
        cls.service = cls._new_service()
        cls.units, cls.dozens = (
            cls.env.ref(f"uom.product_uom_{name}") for name in ("unit", "dozen")
        )

        cls.abroad = cls.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": cls.foreign_currency.id}
        )

    @classmethod
    def _new_service(cls, price=100.0, **values):
        return cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(cls.company_data["default_tax_sale"].ids)],
                **values,
            }
        )

    def _case(self, verdict, code, number):
        """Make the document of a case; the kinds of a code take turns."""
        kinds = self._kinds(f"{verdict}_{code.lower()}_")
        return getattr(self, kinds[number % len(kinds)])(number)

    def _count(self, verdict, code):
        kinds = self._kinds(f"{verdict}_{code.lower()}_")
        return max(super()._count(verdict, code), len(kinds))

    def _kinds(self, start):
        return sorted(name for name in dir(self) if name.startswith(start))

    def _order(self, *lines, **values):
        """Confirm an order; a line is ``(quantity, price)``, and other values of it."""
        rows = [
            {
                "product_id": self.service.id,
                "product_uom_qty": quantity,
                "price_unit": price,
                **dict(others),
            }
            for quantity, price, *others in lines or [(10, 100)]
        ]
        partner = values.pop("partner", None) or self._customer()
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create(row) for row in rows],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _billed(self, order, post=True, change=None, method=None, **values):
        """Invoice orders, as Sales does.

        :param change: what somebody writes on the first line of the draft
        """
        if method:
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": [Command.set(order.ids)],
                    "advance_payment_method": method,
                    **values,
                }
            )
            move = wizard._create_invoices(order)
        else:
            move = order._create_invoices()
            move.write({"invoice_date": "2026-01-15", **values})
        if change:
            move.invoice_line_ids[0].write(change)
        if post:
            move.action_post()
        return move

    def _two_dozens(self, price):
        """Return what somebody writes to bill 24 units as two dozens."""
        return {"product_uom_id": self.dozens.id, "quantity": 2, "price_unit": price}

    def _credit(self, move, change=None):
        """Credit an invoice, wholly or with other values of its first line."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "date": "2026-01-20",
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        if change:
            note.invoice_line_ids[0].write(change)
        note.action_post()
        return note

    def _merged(self, orders, price):
        """Invoice the lines of several orders on one, as a tidy clerk may."""
        move = self._billed(orders[0], post=False)
        line = move.invoice_line_ids
        line.write(
            {
                "sale_line_ids": [Command.set(orders.order_line.ids)],
                "quantity": sum(orders.order_line.mapped("product_uom_qty")),
                "price_unit": price,
            }
        )
        move.action_post()
        return move

    def _exported(self):
        """Bill a price that includes taxes abroad, where there are none."""
        included = self.tax.copy(
            {
                "name": f"Included {self._number()}",
                "amount": 25,
                "price_include_override": "tax_included",
            }
        )
        exempt = self.tax.copy({"name": f"Export {self._number()}", "amount": 0})
        product = self._new_service(taxes_id=[Command.set(included.ids)])
        order = self._order((10, 125, ("product_id", product.id)))
        return self._billed(
            order,
            change={"price_unit": 100, "tax_ids": [Command.set(exempt.ids)]},
            fiscal_position_id=self._position(included, exempt).id,
        )

    def _corrected(self, move, terms):
        """Correct the first line of an invoice with a billing error."""
        error = self._open_error(move, user=self.supervisor)
        correction = self._proposed(error, move, "correct_lines")
        correction.line_ids[0].write(terms)
        correction.action_apply()
        return correction.document_ids.with_env(self.env)

    def _proposed(self, error, move, code):
        remedy = self.env["clerk.remedy"].sudo().search([("code", "=", code)])
        return error.env["clerk.correction"].create(
            {"error_id": error.id, "move_id": move.id, "remedy_id": remedy.id}
        )

    def _debited(self, move, price):
        """Bill a difference in price by a debit note with the lines of the invoice."""
        wizard = self.env["account.debit.note"].create(
            {"move_ids": [Command.set(move.ids)], "copy_lines": True}
        )
        note = self.env["account.move"].browse(wizard.create_debit()["res_id"])
        note.invoice_line_ids[0].price_unit = price
        note.action_post()
        return note
