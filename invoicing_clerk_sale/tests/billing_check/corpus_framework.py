from .corpus import OrderCorpus

FRAMEWORK, OTHER = "4500012345", "4500067890"


class FrameworkCases(OrderCorpus):
    """Purchase orders of customers that cover many orders and invoices of ours."""

    def _framework(self, *references, partner=None):
        """Confirm orders of a customer, each under a framework purchase order."""
        partner = partner or self._customer(requires_po=True)
        orders = self.env["sale.order"]
        for number, reference in enumerate(references, 1):
            orders |= self._order(
                (10, 100 + number), partner=partner, client_order_ref=reference
            )
        return orders

    def _in_parts(self, order, *references):
        """Bill an order in parts, each with a reference of its own."""
        moves = self.env["account.move"]
        for number, reference in enumerate(references, 1):
            moves |= self._billed(
                order,
                change={"quantity": number},
                invoice_date=f"2026-{number:02}-15",
                **({} if reference is None else {"ref": reference}),
            )
        return moves

    def wrong_po_framework_missing_on_the_last(self, case):
        return self._in_parts(self._framework(FRAMEWORK), None, None, False)[-1]

    def wrong_po_framework_of_last_year(self, case):
        """The customer has a new framework, and somebody copied the old number."""
        return self._billed(self._framework(OTHER, FRAMEWORK)[1], ref=OTHER)

    def wrong_po_framework_with_swapped_digits(self, case):
        return self._billed(self._framework(FRAMEWORK), ref="4500012354")

    def wrong_po_framework_release_only(self, case):
        return self._billed(self._framework(FRAMEWORK), ref="Release 3")

    def wrong_po_framework_of_our_order(self, case):
        order = self._framework(FRAMEWORK)
        return self._billed(order, ref=order.name)

    def wrong_po_framework_one_of_two(self, case):
        return self._billed(self._framework(FRAMEWORK, OTHER), ref=FRAMEWORK)

    def right_po_framework_in_parts(self, case):
        return self._in_parts(self._framework(FRAMEWORK), None, None, None)

    def right_po_framework_of_many_orders(self, case):
        return self._billed(self._framework(FRAMEWORK, FRAMEWORK, FRAMEWORK))

    def right_po_framework_by_order(self, case):
        orders = self._framework(FRAMEWORK, FRAMEWORK)
        return self._billed(orders[0]) | self._billed(
            orders[1], invoice_date="2026-02-15"
        )

    def right_po_framework_with_releases(self, case):
        order = self._framework(FRAMEWORK)
        return self._in_parts(
            order, f"{FRAMEWORK}/1", f"{FRAMEWORK} Release 2", f"PO {FRAMEWORK}-003"
        )

    def right_po_framework_without_orders(self, case):
        partner = self._customer(requires_po=True)
        return self.env["account.move"].concat(
            *(
                self._invoice(
                    {"name": f"Work of month {month}", "price_unit": 80 + month},
                    partner=partner,
                    ref=FRAMEWORK,
                    invoice_date=f"2026-{month:02}-10",
                )
                for month in (1, 2, 3)
            )
        )

    def right_po_framework_and_another(self, case):
        orders = self._framework(FRAMEWORK, OTHER)
        return self._billed(orders, ref=f"{OTHER}; {FRAMEWORK}, site 7")
