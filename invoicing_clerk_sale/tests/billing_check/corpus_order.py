from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import ADDRESS

from .corpus import OrderCorpus


class OrderCases(OrderCorpus):
    """Companies, customers, currencies, references and terms of orders."""

    # ENTITY

    def _of_company_b(self, order, price=100, partner=None, post=True):
        """Bill an order by the books of another company."""
        move = self._posted(
            (10, price),
            partner=partner or order.partner_invoice_id,
            company_data=self.company_b_data,
            taxes=self.no_tax,
        )
        # As a user of both companies.
        move.sudo().invoice_line_ids.sale_line_ids = order.order_line
        if not post:
            move.button_draft()
        return move

    def wrong_entity_books(self, case):
        return self._of_company_b(self._order())

    def wrong_entity_and_price(self, case):
        return self._of_company_b(self._order(), price=90)

    def wrong_entity_and_customer(self, case):
        return self._of_company_b(self._order(), partner=self._customer())

    def wrong_entity_draft(self, case):
        return self._of_company_b(self._order(), post=False)

    def right_entity_as_ordered(self, case):
        return self._billed(self._order())

    def right_entity_without_an_order(self, case):
        return self._posted(
            partner=self._customer(),
            company_data=self.company_b_data,
            taxes=self.no_tax,
        )

    def right_entity_between_our_companies(self, case):
        ours = self.company_a.partner_id
        ours.write(ADDRESS)
        order = self._order((10, 100 + case), partner=ours)
        return self._of_company_b(order, price=100 + case, partner=ours)

    def right_entity_branch(self, case):
        move = self._billed(self._order())
        branch = self._branch()
        # As a branch that was founded later took the order over.
        self.env.flush_all()
        order = move.invoice_line_ids.sale_line_ids.order_id
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET company_id = %s WHERE id = %s",
                branch.id,
                order.id,
            )
        )
        self.env.invalidate_all()
        return move

    def _branch(self):
        if not self.company_a.child_ids:
            branches = self.env["res.company"].with_context(install_mode=True).sudo()
            branches.create({"name": "Branch", "parent_id": self.company_a.id})
            self.env.flush_all()
        return self.company_a.child_ids[0]

    # PARTNER

    def wrong_partner_typed(self, case):
        order = self._order()
        return self._billed(order, partner_id=self._customer().id)

    def wrong_partner_draft(self, case):
        order = self._order()
        return self._billed(order, post=False, partner_id=self._customer().id)

    def wrong_partner_instead_of_the_payer(self, case):
        order = self._order(partner_invoice_id=self._customer().id)
        return self._billed(order, partner_id=order.partner_id.id)

    def wrong_partner_and_terms(self, case):
        """A wrong customer brings its own terms along."""
        term, other = self._term(30), self._term(60)
        order = self._order(payment_term_id=term.id)
        stranger = self._customer(property_payment_term_id=other.id)
        return self._billed(
            order, partner_id=stranger.id, invoice_payment_term_id=other.id
        )

    def right_partner_as_ordered(self, case):
        return self._billed(self._order())

    def right_partner_payer(self, case):
        return self._billed(self._order(partner_invoice_id=self._customer().id))

    def right_partner_contact(self, case):
        order = self._order()
        contact = self._customer(
            is_company=False, parent_id=order.partner_id.id, type="invoice"
        )
        return self._billed(order, partner_id=contact.id)

    def right_partner_changed_later(self, case):
        order = self._order()
        move = self._billed(order)
        self._change(order, partner_invoice_id=self._customer())
        return move

    def right_partner_credited(self, case):
        move = self._billed(self._order(), partner_id=self._customer().id)
        return move | self._credit(move)

    def right_partner_billed_again(self, case):
        move = self._billed(self._order())
        error = self._open_error(move, user=self.supervisor)
        correction = self._proposed(error, move, "rebill")
        correction.rebill_partner_id = self._customer()
        correction.action_apply()
        return move | correction.document_ids.with_env(self.env)

    # CURR

    def wrong_curr_typed(self, case):
        return self._billed(self._order(), currency_id=self.foreign_currency.id)

    def wrong_curr_draft(self, case):
        return self._billed(
            self._order(), post=False, currency_id=self.foreign_currency.id
        )

    def wrong_curr_of_a_foreign_order(self, case):
        order = self._order(pricelist_id=self.abroad.id)
        return self._billed(order, currency_id=self.currency_a.id)

    def wrong_curr_and_price(self, case):
        return self._billed(
            self._order(),
            currency_id=self.foreign_currency.id,
            change={"price_unit": 120},
        )

    def wrong_curr_of_the_price_list(self, case):
        partner = self._customer(specific_property_product_pricelist=self.abroad.id)
        return self._invoice(partner=partner)

    def right_curr_as_ordered(self, case):
        return self._billed(self._order(pricelist_id=self.abroad.id))

    def right_curr_converted(self, case):
        return self._billed(
            self._order(),
            currency_id=self.foreign_currency.id,
            change={"price_unit": 200},
        )

    def right_curr_of_the_price_list(self, case):
        partner = self._customer(specific_property_product_pricelist=self.abroad.id)
        return self._foreign(partner=partner)

    def right_curr_customer_changed(self, case):
        partner = self._customer()
        move = self._invoice(partner=partner)
        self._made_before(move)
        partner.specific_property_product_pricelist = self.abroad
        return move

    # PO

    def _for_buyer(self, reference, ordered=False, post=True, requires=True, **values):
        """Bill an order to a customer who wants a purchase order number."""
        partner = self._customer(requires_po=requires, **values)
        order = self._order(partner=partner, client_order_ref=ordered)
        change = {} if reference is None else {"ref": reference}
        return self._billed(order, post=post, **change)

    def wrong_po_of_our_own(self, case):
        return self._for_buyer(None)

    def wrong_po_empty(self, case):
        return self._for_buyer(False, f"PO {case}")

    def wrong_po_of_another_order(self, case):
        return self._for_buyer(f"PO 8{case}", f"PO {case}")

    def wrong_po_longer(self, case):
        return self._for_buyer(f"PO 1{case}0", f"PO 1{case}")

    def wrong_po_draft(self, case):
        return self._for_buyer(" - ", post=False)

    def wrong_po_without_an_order(self, case):
        return self._invoice(partner=self._customer(requires_po=True))

    def wrong_po_of_an_e_invoice(self, case):
        return self._for_buyer(
            False, requires=False, invoice_edi_format_store="xrechnung"
        )

    def wrong_po_one_of_two(self, case):
        partner = self._customer(requires_po=True)
        orders = self._order(partner=partner, client_order_ref="PO 1")
        orders |= self._order(partner=partner, client_order_ref="PO 2")
        return self._billed(orders, ref="PO 1")

    def right_po_as_ordered(self, case):
        return self._for_buyer(None, f"PO {case}")

    def right_po_other_spelling(self, case):
        return self._for_buyer(f"po-{case}", f"PO {case}")

    def right_po_with_a_text(self, case):
        return self._for_buyer(f"Your PO {case}: site 3", f"PO {case}")

    def right_po_not_required(self, case):
        return self._for_buyer(None, requires=False)

    def right_po_other_not_required(self, case):
        return self._for_buyer("PO 9", "PO 8", requires=False)

    def right_po_of_two_orders(self, case):
        partner = self._customer(requires_po=True)
        orders = self._order(partner=partner, client_order_ref="PO 1/a (x)")
        orders |= self._order(partner=partner, client_order_ref="PO 2.b")
        return self._billed(orders)

    def right_po_typed_without_one_on_the_order(self, case):
        return self._for_buyer(f"45000{case}")

    def right_po_own_number_on_an_e_invoice(self, case):
        return self._for_buyer(
            None, requires=False, invoice_edi_format_store="ubl_bis3"
        )

    def right_po_reference_of_the_buyer(self, case):
        return self._for_buyer(
            False, requires=False, invoice_edi_format_store="ubl_bis3", ref="0204:99"
        )

    # TERMS

    def _on_terms(self, ordered, billed, customer=None, **values):
        """Bill an order with terms of so many days each."""
        days = {n: self._term(n).id for n in {ordered, billed, customer} - {None}}
        partner = self._customer(property_payment_term_id=days.get(customer, False))
        order = self._order(partner=partner, payment_term_id=days.get(ordered, False))
        values["invoice_payment_term_id"] = days.get(billed, False)
        return self._billed(order, **values)

    def wrong_terms_typed(self, case):
        return self._on_terms(30, 60 + case)

    def wrong_terms_none(self, case):
        return self._on_terms(30, None)

    def wrong_terms_draft(self, case):
        return self._on_terms(30, 14, post=False)

    def wrong_terms_of_the_customer(self, case):
        return self._on_terms(30, 60, customer=60)

    def wrong_terms_where_the_order_has_none(self, case):
        return self._on_terms(None, 60, customer=30)

    def right_terms_as_ordered(self, case):
        return self._on_terms(30, 30)

    def right_terms_agreed_for_the_order(self, case):
        return self._on_terms(30, 30, customer=60)

    def right_terms_none_agreed(self, case):
        return self._on_terms(None, None, customer=60)

    def right_terms_of_a_deposit(self, case):
        order = self._order(payment_term_id=self._term(30).id)
        move = self._billed(order, method="fixed", fixed_amount=300, post=False)
        move.invoice_payment_term_id = self._term(0)
        move.action_post()
        return move

    def right_terms_of_one_of_two_orders(self, case):
        order = self._order(payment_term_id=self._term(30).id)
        orders = order | self._order(
            partner=order.partner_id, payment_term_id=self._term(60).id
        )
        return self._billed(
            orders, invoice_payment_term_id=orders[case % 2].payment_term_id.id
        )

    def right_terms_changed_later(self, case):
        order = self._order(payment_term_id=self._term(30).id)
        move = self._billed(order)
        self._change(order, payment_term_id=self._term(60))
        return move
