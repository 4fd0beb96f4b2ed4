from collections import Counter
from itertools import count

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, blank_pdf

# Cases of each check that are wrong, and that only look so.
CASES = 20
CODES = (
    *("DUP", "TAX", "TERMS", "RATE", "ARITH", "ADDRESS", "NUMBER", "EPD", "ROUND"),
    *("SHORT", "UNAPP", "MISAPP", "ZERO", "NEGATIVE", "STALE", "LIMIT"),
)
ADDRESS = {"street": "Elm Street 1", "zip": "9000", "city": "Ghent"}


class Corpus(ClerkCommon):
    """Customer documents of which it is known what is wrong with them.

    ``wrong_<code>`` makes a document with one error of a check, ``right_<code>`` one or
    more that look like it. Both take the number of the case, which chooses among kinds.
    All are made as users make them, each for a customer of its own.
    """

    # Whose checks are tested.
    modules = ("invoicing_clerk",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count(1)
        cls.today = fields.Date.context_today(cls.env.user)
        cls.no_tax = cls.env["account.tax"]
        cls.company_a.account_use_credit_limit = True
        cls.tax = cls.company_data["default_tax_sale"]
        cls.other_tax = cls.tax.copy({"name": "Reduced", "amount": 5})
        cls.belgium = cls.env.ref("base.be")
        # Bridges to apps that are always installed test their checks themselves.
        shipped = cls.env["ir.model.data"].search(
            [("module", "in", cls.modules), ("model", "=", "clerk.billing.check")]
        )
        cls.checks = (
            cls.env["clerk.billing.check"].sudo().browse(shipped.mapped("res_id"))
        )
        cls.findings = cls.env["clerk.billing.finding"].sudo()

    def _adapted(self, code, user=None):
        """Return the check of the company of a user, made by them if need be."""
        shared = self.checks.filtered(lambda check: check.code == code)
        shared = shared.with_user(user or self.supervisor)
        return shared.browse(shared.action_adapt()["res_id"])

    def _queries_of_checks(self):
        """Return the number of queries of all checks, run when nothing has changed.

        The clock stands still meanwhile: each check writes the second in which it ran.
        """
        checks = self.checks.browse()
        with freeze_time():
            checks._run_all(self.company_a)
            return self._count_queries(checks._run_all, self.company_a, times=2)

    # Comparison

    def _compare_all(self, codes, companies=None):
        """Make the cases of checks, and compare them with what all checks find."""
        wrong = {
            (code, self._case("wrong", code, number))
            for code in codes
            for number in range(self._count("wrong", code))
        }
        counts = [self._count("wrong", code) for code in codes]
        self.assertEqual(len(wrong), sum(counts))
        for code in codes:
            for number in range(self._count("right", code)):
                self.assertTrue(self._case("right", code, number))
        self._compare(codes, wrong, self._found(companies or self.company_a))

    def _count(self, verdict, code):
        """Return the number of cases."""
        return CASES

    def _case(self, verdict, code, number):
        """Make the document of a case."""
        return getattr(self, f"{verdict}_{code.lower()}")(number)

    def _found(self, companies):
        """Run all checks, and return codes and subjects of what is found."""
        checks = self.checks.browse()
        self._run_whole(companies)
        drafts = self.env["account.move"].search(
            [("state", "=", "draft"), ("company_id", "in", companies.ids)]
        )
        checks._check_moves(drafts)
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])
        findings = self.findings.search([("state", "=", "open")])
        return {(each.check_id.code, self._subject(each)) for each in findings}

    def _run_whole(self, companies):
        """Run all checks on the posted documents of companies."""
        for company in companies:
            self.checks.browse()._run_all(company)

    @classmethod
    def _subject(cls, finding):
        """Return the record that a finding is about."""
        return finding.move_id.with_env(cls.env)

    def _compare(self, codes, wrong, found):
        """Compare pairs of the code of a check and the record that it is about."""
        right = Counter(code for code, _record in found & wrong)
        alarms = Counter(code for code, _record in found)
        for code in codes:
            with self.subTest(code):
                self.assertEqual(self._named(code, wrong - found), [], "missed")
                false_alarms = self._named(code, found - wrong)
                self.assertGreaterEqual(right[code] / alarms[code], 0.95, false_alarms)
        others = [
            (code, *self._named(code, found - wrong))
            for code in alarms.keys() - {*codes}
        ]
        self.assertGreaterEqual(len(found & wrong) / len(found), 0.98, others)

    def _named(self, code, pairs):
        """Return the records of a check, and what was found about them."""
        findings = self.findings.search([("check_id.code", "=", code)])
        return sorted(
            " ".join(
                [
                    record.display_name,
                    *findings.filtered(
                        lambda each, of=record: self._subject(each) == of
                    ).mapped("explanation"),
                ]
            )
            for of_code, record in pairs
            if of_code == code
        )

    # Builders

    def _number(self):
        return next(self.numbers)

    def _new_currency(self):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        first, second = divmod(self._number() % 676, 26)
        return self.env["res.currency"].create(
            {
                "name": f"9{letters[first]}{letters[second]}",
                "symbol": "x",
                "rounding": 0.01,
            }
        )

    def _customer(self, **values):
        return self.env["res.partner"].create(
            {
                "name": f"Customer {self._number()}",
                "is_company": True,
                "country_id": self.belgium.id,
                **ADDRESS,
                **values,
            }
        )

    def _invoice(self, *lines, post=True, taxes=None, **values):
        """Make an invoice; a line is a number, the price of one, or values of it."""
        taxes = self.no_tax if taxes is None else taxes
        base = {
            "quantity": 1,
            "tax_ids": [Command.set(taxes.ids)],
            "account_id": self.company_data["default_account_revenue"].id,
        }
        rows = [
            line if isinstance(line, dict) else {"name": "Work", "price_unit": line}
            for line in lines or [100]
        ]
        partner = values.pop("partner", None) or self._customer()
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-15",
                # Positions of the test company that apply by themselves change taxes.
                "fiscal_position_id": False,
                "invoice_line_ids": [Command.create({**base, **row}) for row in rows],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _product(self, price=100.0, taxes=None, **values):
        taxes = self.tax if taxes is None else taxes
        return self.env["product.product"].create(
            {
                "name": f"Product {self._number()}",
                "list_price": price,
                "taxes_id": [Command.set(taxes.ids)],
                **values,
            }
        )

    def _line(self, product, price=100.0, taxes=None, **values):
        taxes = self.tax if taxes is None else taxes
        return {
            "product_id": product.id,
            "name": product.name,
            "price_unit": price,
            "tax_ids": [Command.set(taxes.ids)],
            **values,
        }

    def _loose_payment(self, partner, amount, day="2026-01-20", **values):
        """Post a payment that is not applied to anything."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "date": day,
                "journal_id": self.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _receivable(self, record):
        return record.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _apply(self, payment, *moves):
        lines = self._receivable(payment.move_id)
        for move in moves:
            lines |= self._receivable(move)
        lines.reconcile()

    def _receive(self, move, amount, day="2026-01-20", **values):
        payment = self._loose_payment(move.partner_id, amount, day, **values)
        self._apply(payment, move)
        return payment

    def _reverse(self, move, day="2026-01-16", **values):
        note = move._reverse_moves(
            [{"invoice_date": day, "date": day, **values}], cancel=False
        )
        note.action_post()
        if move.payment_state != "reversed":
            (self._receivable(move) | self._receivable(note)).filtered(
                lambda line: not line.reconciled
            ).reconcile()
        return note

    def _made_before(self, *records):
        """Let records have been made a day before everything else."""
        self.env.flush_all()
        for record in records:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = create_date - INTERVAL '1 day'"
                    " WHERE id IN %s",
                    SQL.identifier(record._table),
                    record._ids,
                )
            )
        self.env.invalidate_all()

    def _change(self, record, **values):
        """Change a record as people do, with a note in the chatter."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = record.with_context(tracking_disable=False, mail_notrack=False)
        tracked.write(values)
        self.env.flush_all()
        self.env.cr.precommit.run()

    # DUP

    def wrong_dup(self, case):
        partner = self._customer()
        kind = case % 5
        ref = ("PO 12", "", "PO 12", "PO 12", "")[kind]
        self._invoice(100 + case, 7, partner=partner, ref=ref)
        day = ("15", "18", "20", "28", "17")[kind]
        again = ("PO 12", "", "po-12", "PO 12", "PO 9")[kind]
        return self._invoice(
            *(100 + case, 7),
            partner=partner,
            ref=again,
            invoice_date=f"2026-01-{day}",
            post=kind != 4,
        )

    def right_dup(self, case):
        partner = self._customer()
        first = self._invoice(50, partner=partner, ref="PO 1")
        kind = case % 11
        if kind == 0:
            return first | self._invoice(50, partner=partner, ref="PO 2")
        if kind == 1:
            line = {"name": "Work, second part", "price_unit": 50}
            return first | self._invoice(line, partner=partner, ref="PO 1")
        if kind == 2:
            return first | self._invoice(
                50, partner=partner, ref="PO 1", invoice_date="2026-02-15"
            )
        if kind == 4:
            note = self._reverse(first)
            return first | note | self._invoice(50, partner=partner, ref="PO 1")
        if kind == 5:
            return first | self._invoice(
                {"name": "Work", "price_unit": 25, "quantity": 2},
                partner=partner,
                ref="PO 1",
            )
        if kind == 6:
            return first | self._invoice(50, ref="PO 1")
        if kind == 7:
            return first | self._invoice(
                50, partner=partner, ref="PO 1", currency_id=self.foreign_currency.id
            )
        if kind == 8:
            deliveries = [
                self._invoice(
                    60, partner=partner, ref="PO 3", delivery_date=f"2026-01-{day}"
                )
                for day in ("12", "14")
            ]
            return first.concat(*deliveries)
        return first | self._regular_invoices(partner, kind)

    def _regular_invoices(self, partner, kind):
        """Return weekly invoices, weekly ones at a new price, or monthly ones."""
        prices, days, ref = {
            3: ((30, 30, 30), ("02-02", "02-09", "02-16"), ""),
            9: ((30, 30, 33, 33), ("02-02", "02-09", "02-16", "02-23"), "PO 4"),
            10: ((40, 40, 40), ("01-10", "02-10", "03-10"), ""),
        }[kind]
        return self.env["account.move"].concat(
            *(
                self._invoice(
                    {"name": "Work", "price_unit": price},
                    partner=partner,
                    ref=ref,
                    invoice_date=f"2026-{day}",
                )
                for price, day in zip(prices, days, strict=True)
            )
        )

    # TAX

    def wrong_tax(self, case):
        product = self._product()
        kind = case % 4
        if kind == 3:
            position = self._position(self.tax, self.other_tax)
            partner = self._customer(property_account_position_id=position.id)
            return self._invoice(
                self._line(product), partner=partner, fiscal_position_id=False
            )
        taxes = (self.other_tax, self.no_tax, self.tax | self.other_tax)[kind]
        return self._invoice(self._line(product, taxes=taxes))

    def right_tax(self, case):
        product = self._product()
        kind = case % 7
        if kind == 0:
            return self._invoice(self._line(product))
        if kind == 1:
            reduced = self.tax.copy({"name": f"Mapped {self._number()}", "amount": 6})
            position = self._position(self.tax, reduced)
            partner = self._customer(property_account_position_id=position.id)
            return self._invoice(
                self._line(product, taxes=reduced),
                partner=partner,
                fiscal_position_id=position.id,
            )
        if kind == 2:
            position = self.env["account.fiscal.position"].create({"name": "Export"})
            return self._invoice(
                self._line(product, taxes=self.no_tax), fiscal_position_id=position.id
            )
        if kind == 3:
            return self._invoice({"name": "No product", "price_unit": 9})
        if kind == 4:
            old = self.tax.copy({"name": f"Retired {self._number()}", "amount": 9})
            move = self._invoice(self._line(product, taxes=old))
            old.active = False
            return move
        if kind == 5:
            bare = self._product(taxes=self.no_tax)
            return self._invoice(self._line(bare, taxes=self.other_tax))
        move = self._invoice(self._line(product))
        self._made_before(move)
        product.taxes_id = self.other_tax
        return move

    def _position(self, source, target):
        """Make a fiscal position that replaces a tax by another one."""
        position = self.env["account.fiscal.position"].create(
            {"name": f"Position {self._number()}"}
        )
        target.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(source.id)],
            }
        )
        return position

    # TERMS

    def _term(self, days):
        return self.env["account.payment.term"].create(
            {
                "name": f"{days} days ({self._number()})",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": days}
                    )
                ],
            }
        )

    def wrong_terms(self, case):
        partner = self._customer(property_payment_term_id=self._term(30).id)
        other = self._term(14 + case) if case % 2 else self.env["account.payment.term"]
        return self._invoice(partner=partner, invoice_payment_term_id=other.id)

    def right_terms(self, case):
        term, other = self._term(30), self._term(60)
        kind = case % 5
        if kind == 1:
            return self._invoice(invoice_payment_term_id=other.id)
        partner = self._customer(property_payment_term_id=term.id)
        if kind == 0:
            return self._invoice(partner=partner)
        if kind == 2:
            move = self._invoice(
                *(20,),
                partner=partner,
                invoice_payment_term_id=False,
                invoice_date_due="2026-01-15",
            )
            self._receive(move, 20, day="2026-01-15")
            return move
        if kind == 3:
            return self._invoice(
                *(20,),
                partner=partner,
                move_type="out_refund",
                invoice_payment_term_id=other.id,
            )
        move = self._invoice(partner=partner)
        self._made_before(move)
        partner.property_payment_term_id = other
        return move

    # RATE

    def _foreign(self, rate=None, post=True, currency=None, **values):
        currency = currency or self.foreign_currency
        move = self._invoice(currency_id=currency.id, post=False, **values)
        if rate:
            move.invoice_currency_rate = rate
        if post:
            move.action_post()
        return move

    def wrong_rate(self, case):
        if case % 5 == 4:
            return self._foreign(currency=self._new_currency())
        rate = (2.1, 1.9, 1.0, 2.03)[case % 5]
        return self._foreign(rate, post=case % 3 > 0)

    def right_rate(self, case):
        kind = case % 4
        if kind == 0:
            return self._foreign()
        if kind == 1:
            return self._foreign(2.01)
        if kind == 2:
            return self._invoice()
        return self._late_rate()

    def _late_rate(self):
        """Make an invoice before the rate of its day was entered."""
        currency = self._new_currency()
        rates = self.env["res.currency.rate"]
        values = {"currency_id": currency.id, "company_id": self.company_a.id}
        old = rates.create({**values, "name": "2026-01-02", "rate": 3})
        move = self._foreign(currency=currency)
        self._made_before(old, move)
        rates.create({**values, "name": "2026-01-14", "rate": 4})
        return move

    # ARITH

    def wrong_arith(self, case):
        kind = case % 3
        if kind == 2:
            # As another program does that writes into the database.
            move = self._invoice({"name": "Typed", "price_unit": 10, "quantity": 3})
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move_line SET price_subtotal = 31 WHERE id IN %s",
                    move.invoice_line_ids._ids,
                )
            )
            self.env.invalidate_all()
            return move
        move = self._invoice(100 + case, taxes=self.tax, post=False)
        line = move.line_ids.filtered("tax_line_id")
        off = 1 + case if kind else -0.5
        move.line_ids = [
            Command.update(line.id, {"amount_currency": line.amount_currency + off})
        ]
        move.action_post()
        return move

    def right_arith(self, case):
        kind = case % 7
        if kind == 0:
            return self._invoice(*[0.33] * 9, taxes=self.tax)
        if kind == 1:
            included = self.tax.copy(
                {
                    "name": f"Included {self._number()}",
                    "price_include_override": "tax_included",
                }
            )
            return self._invoice(9.99, 19.95, 0.07, taxes=included)
        if kind == 2:
            fixed = self.tax.copy(
                {
                    "name": f"Fixed {self._number()}",
                    "amount_type": "fixed",
                    "amount": 1.5,
                    "include_base_amount": True,
                    "sequence": 0,
                }
            )
            return self._invoice(33.33, taxes=fixed | self.tax)
        if kind == 3:
            group = self.env["account.tax"].create(
                {
                    "name": f"Group {self._number()}",
                    "amount_type": "group",
                    "type_tax_use": "sale",
                    "children_tax_ids": [Command.set((self.tax | self.other_tax).ids)],
                }
            )
            return self._invoice(77.77, 5.55, taxes=group)
        if kind == 4:
            return self._invoice(*[1.11] * 5, taxes=self.tax, move_type="out_refund")
        if kind == 5:
            term = self._discount_term("mixed")
            return self._invoice(99.99, taxes=self.tax, invoice_payment_term_id=term.id)
        return self._foreign(taxes=self.tax) | self._invoice(
            {"name": "Less", "price_unit": 12.35, "quantity": 3, "discount": 33.3},
            {"name": "Discount", "price_unit": -1.17},
            taxes=self.tax,
        )

    # NUMBER

    def _numbered(self):
        """Post three invoices in a journal of their own."""
        number = self._number()
        journal = self.company_data["default_journal_sale"].copy(
            {"name": f"Sales {number}", "code": f"S{number}"}
        )
        return [self._invoice(journal_id=journal.id) for _each in range(3)]

    def wrong_number(self, case):
        moves = self._numbered()
        if case % 2:
            moves.append(self._invoice(journal_id=moves[0].journal_id.id))
        *_first, lost, following = moves
        lost.button_draft()
        lost.with_context(force_delete=True).unlink()
        return following

    def right_number(self, case):
        moves = self._numbered()
        kind = case % 4
        if kind == 1:
            moves[1].button_draft()
            moves[1].button_cancel()
        elif kind == 2:
            moves[1].button_draft()
        elif kind == 3:
            moves[0].button_draft()
            moves[0].with_context(force_delete=True).unlink()
            return moves[1] | moves[2]
        return moves[0].concat(*moves[1:])

    # EPD, ROUND, SHORT

    def _discount_term(self, computation="included"):
        return self.env["account.payment.term"].create(
            {
                "name": f"2/10 ({self._number()})",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )

    def _discounted(self, computation="included", **values):
        term = self._discount_term(computation)
        return self._invoice(
            500, taxes=self.tax, invoice_payment_term_id=term.id, **values
        )

    def _due_with_discount(self, move):
        return sum(self._receivable(move).mapped("discount_amount_currency"))

    def wrong_epd(self, case):
        move = self._discounted(("included", "excluded", "mixed")[case % 3])
        self._receive(move, self._due_with_discount(move), f"2026-01-{16 + case % 9}")
        return move

    def right_epd(self, case):
        move = self._discounted(("included", "excluded", "mixed")[case % 3])
        kind = case % 4
        if kind == 0:
            self._register_payment(move, payment_date="2026-01-20")
        elif kind == 1:
            self._receive(move, move.amount_total)
        elif kind == 2:
            note = self._reverse(move)
            return move | note
        return move

    def wrong_round(self, case):
        move = self._invoice(200 + case)
        self._receive(move, 200 + case - (0.01, 0.5, 1)[case % 3])
        return move

    def right_round(self, case):
        kind = case % 4
        if kind == 0:
            move = self._invoice(200, invoice_payment_term_id=self._far_term().id)
            self._receive(move, 198.5)
        elif kind == 1:
            move = self._invoice(0.75)
        elif kind == 2:
            move = self._invoice(200)
            self._receive(move, 200)
        else:
            move = self._invoice(2, invoice_payment_term_id=self._halves().id)
            self._receive(move, 1)
        return move

    def _far_term(self):
        days = (self.today - fields.Date.to_date("2026-01-15")).days
        return self._term(days + 60)

    def _halves(self):
        """Make payment terms of two halves, of which the second is not due."""
        term = self._far_term()
        term.line_ids = [
            Command.update(term.line_ids.id, {"value_amount": 50}),
            Command.create({"value": "percent", "value_amount": 50, "nb_days": 5}),
        ]
        return term

    def wrong_short(self, case):
        if case % 3 == 2:
            move = self._discounted()
            self._receive(move, self._due_with_discount(move), "2026-02-20")
            return move
        move = self._invoice(300 + case, invoice_date_due="2026-01-15")
        self._receive(move, 250 if case % 3 else 298)
        return move

    def right_short(self, case):
        kind = case % 6
        if kind == 0:
            move = self._invoice(300, invoice_payment_term_id=self._far_term().id)
            self._receive(move, 100)
            return move
        move = self._invoice(300, invoice_date_due="2026-01-15")
        if kind == 1:
            self._receive(move, 100)
            self._open_error(move)
        elif kind == 2:
            self._receive(move, 100)
            self._promise(move)
        elif kind == 3:
            self._reverse_part(move, 100)
        elif kind == 4:
            move = self._invoice(300, invoice_payment_term_id=self._halves().id)
            self._receive(move, 150)
        return move

    def _promise(self, move):
        promises = self.env["clerk.promise"].with_user(self.clerk)
        return promises.create(
            {
                "move_ids": [Command.set(move.ids)],
                "date": self.today + relativedelta(days=5),
                "amount": 200,
            }
        )

    def _reverse_part(self, move, amount):
        note = self._invoice(amount, partner=move.partner_id, move_type="out_refund")
        (self._receivable(move) | self._receivable(note)).reconcile()
        return note

    # UNAPP, MISAPP

    def wrong_unapp(self, case):
        kind = case % 3
        move = self._invoice(80)
        if kind == 0:
            self._loose_payment(move.partner_id, 80)
        elif kind == 1:
            self._invoice(30, partner=move.partner_id, move_type="out_refund")
        else:
            paid = self._invoice(60, partner=move.partner_id)
            self._receive(paid, 90)
        return move

    def right_unapp(self, case):
        kind = case % 6
        move = self._invoice(80)
        if kind == 0:
            self._loose_payment(move.partner_id, 80, day=self.today)
        elif kind == 1:
            self._loose_payment(
                move.partner_id, 80, currency_id=self.foreign_currency.id
            )
        elif kind == 2:
            self._loose_payment(self._customer(), 80)
        elif kind == 3:
            self._loose_payment(move.partner_id, 80)
            self._open_error(move)
        elif kind == 4:
            payment = self._loose_payment(move.partner_id, 80)
            self._receivable(payment.move_id).no_followup = True
        else:
            self._receive(move, 80.4)
        return move

    def wrong_misapp(self, case):
        meant = self._invoice(70 + case)
        other = self._invoice(
            {"name": "Other work", "price_unit": 90 + case}, partner=meant.partner_id
        )
        memo = (
            f"Payment {meant.name}.",
            meant.name.lower(),
            f"({meant.name})",
            f"Order 5, {meant.name}; thank you",
        )[case % 4]
        payment = self._loose_payment(meant.partner_id, 90 + case, memo=memo)
        self._apply(payment, other)
        return meant

    def right_misapp(self, case):
        kind = case % 4
        first = self._invoice(70)
        second = self._invoice(
            {"name": "Other work", "price_unit": 95}, partner=first.partner_id
        )
        memo = (
            f"{first.name} and {second.name}",
            f"{first.name}0",
            "thank you",
            f"{second.name}",
        )[kind]
        payment = self._loose_payment(first.partner_id, 95, memo=memo)
        self._apply(payment, second)
        return first | second

    # ZERO, NEGATIVE, STALE, LIMIT

    def wrong_zero(self, case):
        product = self._product(price=10 + case)
        line = self._line(product, price=0, quantity=1 + case % 3)
        return self._invoice(line, 100, post=case % 2)

    def right_zero(self, case):
        kind = case % 4
        product = self._product()
        if kind == 0:
            return self._invoice(self._line(product, discount=100), 100)
        if kind == 1:
            return self._invoice(self._line(self._product(price=0), price=0), 100)
        if kind == 2:
            return self._invoice(
                self._line(product, quantity=10), self._line(product, price=0)
            )
        return self._invoice({"name": "Free of charge", "price_unit": 0}, 100)

    def wrong_negative(self, case):
        kind = ("out_invoice", "out_refund")[case % 2]
        return self._invoice(10, -20 - case, move_type=kind, post=False)

    def right_negative(self, case):
        kind = ("out_invoice", "out_refund")[case % 2]
        return self._invoice(30 + case, -20, move_type=kind, post=case % 3 > 0)

    def _send(self, move):
        """Attach the PDF as Odoo does when a document is sent."""
        name = move._get_invoice_report_filename()
        self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": blank_pdf(name),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.is_move_sent = True

    def _sent(self):
        move = self._invoice()
        self._send(move)
        return move

    def wrong_stale(self, case):
        move = self._sent()
        move.button_draft()
        if case % 2:
            move.invoice_line_ids.price_unit = 120 + case
        move.action_post()
        return move

    def right_stale(self, case):
        kind = case % 4
        if kind == 0:
            return self._sent()
        if kind == 1:
            move = self._invoice()
            move.is_move_sent = True
            return move
        if kind == 2:
            move = self._sent()
            move.button_draft()
            move.action_post()
            self._send(move)
            return move
        return self._invoice()

    def wrong_limit(self, case):
        partner = self._customer(credit_limit=100)
        if case % 2:
            self._invoice(60, partner=partner, ref="first")
            return self._invoice(
                61 + case, partner=partner, invoice_date="2026-01-17", ref="second"
            )
        return self._invoice(150 + case, partner=partner, post=case % 4)

    def right_limit(self, case):
        kind = case % 3
        if kind == 0:
            return self._invoice(100, partner=self._customer(credit_limit=100))
        if kind == 1:
            return self._invoice(5000)
        move = self._invoice(900, partner=self._customer(credit_limit=100))
        self._receive(move, 850)
        return move
