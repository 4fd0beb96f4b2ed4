from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon

INVOICES = ("out_invoice", "out_refund", "in_invoice", "in_refund")
RECEIPTS = ("out_receipt", "in_receipt")


@tagged("post_install", "-at_install")
class TestCoreForms(ClerkCommon):
    """Forms of core work as without the addon, for those who use them every day.

    It would have caught the refusal of each change of an invoice on the screen
    (“Invoice Totals: upload a file.”), as the form sends the totals as an object.
    """

    def _move_form(self, move_type, user):
        moves = self.env["account.move"].with_user(user)
        return Form(moves.with_context(default_move_type=move_type))

    def _new_line(self, form, price):
        use = "sale" if form.move_type.startswith("out") else "purchase"
        with form.invoice_line_ids.new() as line:
            line.name = "Desk"
            line.price_unit = price
            line.tax_ids.add(self.company_data[f"default_tax_{use}"])

    def test_documents_with_lines_and_taxes(self):
        biller = self._new_user("biller_a", "account.group_account_invoice")
        for user in (self.clerk, self.supervisor, biller):
            for move_type in INVOICES + RECEIPTS:
                with self.subTest(user=user.login, move_type=move_type):
                    self._check_document(move_type, user)

    def _check_document(self, move_type, user):
        form = self._move_form(move_type, user)
        form.partner_id = self.partner_a
        form.invoice_date = "2026-01-15"
        self._new_line(form, 100)
        self._new_line(form, 10)
        with form.invoice_line_ids.edit(1) as line:
            line.tax_ids.clear()
            line.price_unit = 20
        move = form.save()
        taxed = move.invoice_line_ids[0].price_total
        self.assertGreater(taxed, 100)
        self.assertEqual(move.amount_total, taxed + 20)
        with Form(move) as form:
            form.partner_id = self.partner_b
            form.invoice_date = "2026-01-16"
            form.invoice_line_ids.remove(1)
        self.assertEqual(move.amount_total, taxed)
        move.action_post()
        with Form(move) as form:
            form.narration = "See PO 7"
        self.assertEqual(move.state, "posted")
        self.assertIn("See PO 7", move.narration)
        move.button_draft()
        with Form(move) as form, form.invoice_line_ids.edit(0) as line:
            line.price_unit = 50
        copy = move.copy()
        self.assertEqual(copy.amount_total, move.amount_total)
        (move | copy).unlink()

    def test_entry(self):
        accountant = self._new_user("accountant_f", "account.group_account_user")
        both = self._new_user(
            "controller_f",
            "account.group_account_user,invoicing_clerk.group_supervisor",
        )
        for user in (accountant, both):
            with self.subTest(user=user.login):
                form = self._move_form("entry", user)
                form.date = "2026-01-15"
                for name, side in (("revenue", "debit"), ("expense", "credit")):
                    with form.line_ids.new() as line:
                        line.account_id = self.company_data[f"default_account_{name}"]
                        line.name = name
                        setattr(line, side, 30)
                entry = form.save()
                with Form(entry) as form, form.line_ids.edit(0) as line:
                    line.name = "changed"
                entry.action_post()
                self.assertEqual(entry.state, "posted")

    def test_reversal_and_payment(self):
        invoice = self._posted().with_user(self.clerk)
        wizard = self.env["account.payment.register"].with_user(self.clerk)
        context = invoice.action_register_payment()["context"]
        with Form(wizard.with_context(**context)) as form:
            form.amount = 50
        form.record.action_create_payments()
        self.assertEqual(invoice.amount_residual, invoice.amount_total - 50)
        wizard = self.env["account.move.reversal"].with_user(self.clerk)
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        with Form(wizard.with_context(**context)) as form:
            form.reason = "Wrong price"
        form.record.refund_moves()
        self.assertEqual(invoice.reversal_move_ids.amount_total, invoice.amount_total)

    def test_payment(self):
        form = Form(self.env["account.payment"].with_user(self.clerk))
        form.payment_type = "inbound"
        form.partner_id = self.partner_a
        form.amount = 25
        payment = form.save()
        payment.action_post()
        payment.action_draft()
        with Form(payment) as form:
            form.memo = "Remittance 7"
        self.assertEqual(payment.memo, "Remittance 7")

    def test_customer_and_contact(self):
        manager = self._new_user(
            "manager_a", "base.group_user,base.group_partner_manager"
        )
        for user in (self.clerk, self.supervisor, manager):
            with self.subTest(user=user.login):
                self._check_customer(user)

    def _check_customer(self, user):
        form = Form(self.env["res.partner"].with_user(user))
        form.name = "New Customer"
        form.company_type = "company"
        form.street = "1 High Street"
        with form.child_ids.new() as child:
            child.name = "New Contact"
            child.email = "contact@new.example.com"
        customer = form.save()
        with Form(customer) as form:
            form.vat = "BE0477472701"
            form.email = "new@new.example.com"
            form.category_id.add(self.env["res.partner.category"].create({"name": "A"}))
        contact = Form(self.env["res.partner"].with_user(user))
        contact.name = "Second Contact"
        contact.parent_id = customer
        contact = contact.save()
        self.assertEqual(contact.commercial_partner_id, customer)
        self.assertEqual(customer.copy().vat, customer.vat)
        contact.unlink()
        customer.action_archive()

    def test_preferences_of_people_without_a_role(self):
        portal = new_test_user(
            self.env, login="portal_f", groups="base.group_portal", tz="UTC"
        )
        view = "base.view_users_form_simple_modif"
        for user in (self.outsider, self.clerk, self.auditor):
            own = user.with_user(user).with_context(from_my_profile=True)
            with self.subTest(user=user.login), Form(own, view=view) as form:
                form.signature = "Yours"
                form.tz = "Europe/Brussels"
            self.assertEqual(user.tz, "Europe/Brussels")
        portal.with_user(portal).write({"tz": "Europe/Brussels"})
        self.assertEqual(portal.tz, "Europe/Brussels")


@tagged("post_install", "-at_install")
class TestCoreShapes(CorrectionCommon):
    """Values of core's documents in each shape that the ORM takes.

    It would have caught the errors of Python for an emptied list of taxes (False), and
    for lists of ids and records instead of commands.
    """

    def test_taxes_of_a_draft(self):
        invoice = self._posted().with_user(self.clerk)
        # Posted before, so that its lines are compared with what was approved.
        invoice.button_draft()
        line, taxes = invoice.invoice_line_ids, self.env["account.tax"]
        some = self.company_data["default_tax_sale"].with_user(self.clerk)
        count = 0
        for wanted in (taxes, some):
            for value in self._shapes(wanted):
                with self.subTest(value=value):
                    line.tax_ids = some - wanted
                    line.write({"tax_ids": value})
                    self.assertEqual(line.tax_ids, wanted)
                    count += 1
        self.assertEqual(count, 8 + 6)

    def _shapes(self, records):
        """Return a many2many value in each shape: by commands, ids and records."""
        ids = records.ids
        shapes = [
            [Command.set(ids)],
            [(6, 0, tuple(ids))],
            [[6, False, ids]],
            [Command.clear(), *(Command.link(number) for number in ids)],
            records,
            tuple(ids),
        ]
        return shapes if ids else [*shapes, False, None]

    def test_every_approved_field_of_a_corrected_document(self):
        """Only sentences refuse a value; the value that is there is no change."""
        invoice = self._posted((10, 20.0))
        note = self._corrected(invoice, lines={0: {"quantity": 8}}).document_ids
        count = 0
        for record in (invoice, note, invoice.line_ids[:1], note.line_ids[-1:]):
            for name in sorted(record._approved_fields):
                for value in self._values(record, name):
                    with self.subTest(record=record, field=name, value=value):
                        self._write_or_refuse(record, name, value)
                        count += 1
        self.assertGreater(count, 200)

    def _values(self, record, name):
        """Return the value that a field has in its shapes, and an empty one."""
        field, value = record._fields[name], record[name]
        if field.type in ("many2many", "one2many"):
            return [*self._shapes(value), *self._shapes(value.browse())]
        if name == "account_id":
            # Core takes only its id.
            return [value.id, False]
        if field.type == "many2one":
            return [value.id, value, False, None]
        if field.type in ("date", "datetime"):
            return [value, field.to_string(value) if value else False, False, None]
        if field.type in ("char", "text", "html", "selection"):
            return [value, False, None]
        return [value, False]

    def _write_or_refuse(self, record, name, value):
        try:
            with self.env.cr.savepoint():
                record.with_user(self.clerk).write({name: value})
        except UserError as error:
            self.assertTrue(str(error))

    def test_line_moved_to_an_approved_document(self):
        invoice = self._posted((10, 20.0))
        self._corrected(invoice, lines={0: {"quantity": 8}})
        other = self._posted()
        other.button_draft()
        for target in (invoice.id, invoice):
            with self.assertRaises(UserError):
                other.invoice_line_ids.write({"move_id": target})

    def test_nothing_needs_no_right(self):
        """Code of core writes to, and creates, records of which there are none."""
        portal = new_test_user(self.env, login="portal_n", groups="base.group_portal")
        for name in ("account.move", "account.move.line", "res.partner"):
            empty = self.env[name].with_user(portal)
            with self.subTest(model=name):
                self.assertTrue(empty.write({"name": "x"}))
                self.assertFalse(empty.create([]))
                self.assertTrue(empty.unlink())
