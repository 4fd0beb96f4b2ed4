import errno
import io
from unittest.mock import patch

from lxml.html import fromstring

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models.ir_attachment import IrAttachment
from odoo.addons.invoicing_clerk.models.statement import (
    statement_delivery_document as statement_document,
)
from odoo.addons.invoicing_clerk.tests.statement.document_common import (
    StatementDocumentCommon,
    pages_of,
)

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNg"
    "AAAAAgABc3UBGAAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestStatementDocument(StatementDocumentCommon):
    """The text of statements, read back from the PDF."""

    def test_open_items(self):
        self.partner_a.ref = "C-4711"
        move = self._posted((1, 1100.0), taxes=self.no_tax, ref="PO 77")
        self._pay(move, amount=100.0, payment_date="2026-01-20")
        statement = self._statement(self._run("2026-03-31"))
        text = self._text(statement)
        for words in (
            *(move.name, "PO 77", "C-4711", "1,100.00", "1,000.00"),
            *(f"Statement of Account {statement.name}", "Remittance Slip"),
            *(f"{statement.name} C-4711", "Not Due", "31–60", "03/31/2026", "75"),
        ):
            self.assertIn(words, text)
        self.assertFalse(statement.document_warning)

    def test_settled_item_is_not_shown(self):
        move = self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        self.env["clerk.statement.line"].sudo().create(
            {
                "statement_id": statement.id,
                "section": "open",
                "kind": "invoice",
                "name": "SETTLED",
                "currency_id": self.foreign_currency.id,
                "open_amount": 0.0,
                "open_company": 5.0,
            }
        )
        # Sealed with this line, as a run would have done.
        self.env.flush_all()
        [(_id, seal)] = self.env.execute_query(statement._seals_sql())
        statement.sudo().content_hash = seal
        text = self._text(statement)
        self.assertIn(move.name, text)
        self.assertNotIn("SETTLED", text)

    def test_block_for_each_currency_without_a_mixed_total(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        self._posted((1, 60.0), taxes=self.no_tax, currency=self.foreign_currency)
        statement = self._statement(self._run())
        blocks = statement._document_blocks()
        self.assertEqual(
            {block["currency"] for block in blocks},
            {self.currency_a, self.foreign_currency},
        )
        text = self._text(statement)
        self.assertIn("$ 100.00", text)
        self.assertIn("60.00 €", text)
        # Two euros are one dollar: no total of both is shown.
        self.assertNotIn("130.00", text)
        self.assertNotIn("160.00", text)

    def test_balance_forward(self):
        self._posted((1, 500.0), taxes=self.no_tax, invoice_date="2025-12-10")
        move = self._posted((1, 80.0), taxes=self.no_tax)
        self._pay(move, amount=30.0, payment_date="2026-01-20")
        text = self._text(self._statement(self._run(type="forward")))
        for words in ("Opening Balance 500.00", "580.00", "550.00", "Closing Balance"):
            self.assertIn(words, text)

    def test_activity_has_totals_and_no_running_balance(self):
        self._posted((1, 500.0), taxes=self.no_tax, invoice_date="2025-12-10")
        move = self._posted((1, 80.0), taxes=self.no_tax)
        text = self._text(self._statement(self._run(type="activity")))
        self.assertIn(move.name, text)
        self.assertIn("Opening Balance Invoiced Closing Balance", text)
        self.assertIn("500.00 80.00 580.00", text)
        self.assertNotIn("Open Items", text)

    def test_disputed_item_is_marked(self):
        move = self._posted((1, 100.0), taxes=self.no_tax)
        self._open_error(move, {"claimed_quantity": 0.4})
        text = self._text(self._statement(self._run()))
        self.assertIn("disputed: $ 60.00", text)

    def test_item_without_dispute_or_promise_has_no_mark(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        [line] = statement.line_ids
        self.assertEqual((line.disputed, line.promised), (0, 0))
        self.assertNotIn("disputed", statement.exception_codes or "")
        self.assertEqual(statement._mark(line), "")

    def test_html_in_names_and_references_is_text(self):
        self.partner_a.name = "<b>Bold</b> & Sons"
        self._posted((1, 100.0), taxes=self.no_tax, ref="<script>alert(1)</script>")
        statement = self._statement(self._run())
        statement.note = "<h1>Big</h1>\nsecond line"
        # Narrow columns break words anywhere.
        text = self._text(statement).replace(" ", "")
        for words in ("<b>Bold</b>&Sons", "<script>alert(1)</script>", "<h1>Big</h1>"):
            self.assertIn(words, text)

    def test_no_row_breaks_across_pages(self):
        """The second part of such a row would be hidden under the header."""
        self._posted((1, 500.0), taxes=self.no_tax, invoice_date="2025-12-10")
        self._posted((1, 60.0), taxes=self.no_tax, currency=self.foreign_currency)
        for kind in ("open_item", "forward", "activity"):
            statement = self._statement(self._run(type=kind))
            reports = self.env["ir.actions.report"].with_user(self.clerk)
            page, _kind = reports._render_qweb_html(
                "invoicing_clerk.report_statement", statement.ids
            )
            tables = fromstring(page).xpath("//div[@class='page']//table[thead]")
            self.assertTrue(tables)
            for row in (row for table in tables for row in table.xpath("./tbody/tr")):
                self.assertIn("page-break-inside: avoid", row.get("style", ""))

    def test_many_items_go_over_pages_with_repeated_heads(self):
        for number in range(70):
            self._posted((1, 1.0 + number), taxes=self.no_tax)
        pages = pages_of(self._documents(self._statement(self._run())).document_id.raw)
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            self.assertIn(f"Page {number} / {len(pages)}", page)
        for page in pages[:2]:
            self.assertIn("Your Reference", page)

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        self._posted((1, 1234.5), taxes=self.no_tax)
        statement = self._statement(self._run())
        text = self._text(statement)
        self.assertIn("31/01/2026", text)
        self.assertIn("1 234,50", text.replace("\u202f", " ").replace("\xa0", " "))

    def test_language_that_is_not_installed(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'nl_NL' WHERE id = %s", [self.partner_a.id]
        )
        self.partner_a.invalidate_recordset()
        self.assertIn("01/31/2026", self._text(statement))
        self.assertIn("nl_NL is not installed", statement.document_warning)

    def test_bank_account_by_currency(self):
        banks = self.env["res.partner.bank"].create(
            [
                {
                    "acc_number": number,
                    "partner_id": self.company_a.partner_id.id,
                    "currency_id": currency and currency.id,
                }
                for number, currency in (
                    ("GB82WEST12345698765432", self.env["res.currency"]),
                    ("DE89370400440532013000", self.foreign_currency),
                )
            ]
        )
        self._posted((1, 60.0), taxes=self.no_tax, currency=self.foreign_currency)
        statement = self._statement(self._run())
        self.assertEqual(statement._payment_bank(self.foreign_currency), banks[1])
        self.assertEqual(statement._payment_bank(self.currency_a), banks[0])
        self.assertIn("DE89", self._text(statement))

    def _links(self, statement):
        reader = PdfFileReader(io.BytesIO(self._documents(statement).document_id.raw))
        notes = [
            note.get_object()
            for page in reader.pages
            for note in page.get("/Annots", [])
        ]
        return [note["/A"].get("/URI") for note in notes if "/A" in note]

    def test_link_to_open_items(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        self.assertIn(statement._online_link(), self._links(statement))
        self.assertIn(statement.access_token, statement._online_link())
        self.assertIn("View open items online", self._text(statement))
        self.assertFalse(statement._online_qr())

    def test_link_to_online_payment(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        self.env["payment.provider"].sudo().create(
            {
                "name": "Cards",
                "code": "none",
                "state": "test",
                "company_id": self.company_a.id,
            }
        )
        statement = self._statement(self._run())
        settings = self.env["ir.config_parameter"].sudo()
        settings.set_param("account_payment.enable_portal_payment", "False")
        self.assertFalse(statement._takes_online_payments())
        settings.set_param("account_payment.enable_portal_payment", "True")
        self.assertTrue(statement._takes_online_payments())
        self.assertIn("pay online", self._text(statement))

    def test_qr_code_of_the_link(self):
        self._posted((1, 60.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        self.assertFalse(statement._online_qr())
        self.company_a.link_qr_code = True
        self.assertTrue(statement._online_qr().startswith("data:image/png"))
        self.assertIn("Scan to view online", self._text(statement))

    def test_qr_code_for_payments(self):
        """Localisations decide which banks support them; here one does."""
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "BE15001559627230",
                "partner_id": self.company_a.partner_id.id,
            }
        )
        self._posted((1, 60.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        asked = []

        def picture(_bank, amount, text, structured, currency, *_more, **_options):
            asked.append((amount, text, structured, currency))
            return PIXEL

        self.startPatcher(patch.object(type(bank), "build_qr_code_base64", picture))
        balance = self._balance(statement)
        self.assertIsNone(statement._payment_qr(bank, balance))
        self.company_a.qr_code = True
        self.assertIn("Scan to pay", self._text(statement))
        reference = statement._payment_reference()
        self.assertEqual(asked, [(60, reference, None, self.currency_a)])

    def test_no_remittance_slip_without_amount_due(self):
        self._posted((1, 100.0), taxes=self.no_tax, move_type="out_refund")
        text = self._text(self._statement(self._run()))
        self.assertNotIn("Remittance Slip", text)
        self.assertIn("Credits", text)


@tagged("post_install", "-at_install")
class TestStatementBatch(StatementDocumentCommon):
    """Batches of PDFs; a failing one does not stop the others."""

    def test_each_gets_its_own_of_one_call_and_once(self):
        calls = self._with_program('exec "$real" "$@"')
        statements = self._three()
        made = self._documents(statements)
        self.assertEqual(calls.read_text().count("call"), 1)
        for statement in made:
            text = " ".join(pages_of(statement.document_id.raw))
            self.assertIn(statement.name, text)
            for other in made - statement:
                self.assertNotIn(other.name, text)
        before = made.document_id
        self.assertEqual(self._documents(statements).document_id, before)
        self.assertEqual(calls.read_text().count("call"), 1)

    def test_statement_over_pages_is_not_mixed_with_its_neighbours(self):
        for number in range(60):
            self._posted((1, 1.0 + number), taxes=self.no_tax, partner=self.partner_b)
        made = self._documents(self._three())
        counts = [len(pages_of(each.document_id.raw)) for each in made]
        self.assertGreater(counts[1], 1)
        for statement, count in zip(made, counts, strict=True):
            pages = pages_of(statement.document_id.raw)
            self.assertIn(statement.partner_id.name, " ".join(pages))
            # The pages of each document of a batch are numbered from 1.
            for number, page in enumerate(pages, 1):
                self.assertIn(f"Page {number} / {count}", page)

    def _one_of_three(self, script):
        """Make three PDFs, of which the first fails."""
        statements = self._three()
        statements[0].with_user(self.clerk).note = "GUILTY"
        self._with_program(
            f'for each in "$@"; do\n'
            f'  if [ -f "$each" ] && grep -q GUILTY "$each"; then {script}; fi\n'
            f'done\nexec "$real" "$@"'
        )
        made, errors = statements.sudo()._make_documents()
        self.assertEqual(made, statements[1:])
        self.assertEqual(list(errors), [statements[0]])
        self.assertTrue(all(each.document_id for each in made))
        return errors[statements[0]]

    def test_program_that_is_killed_fails_the_guilty_one_alone(self):
        self.assertIn("error code: -9", self._one_of_three("kill -9 $$"))

    def test_program_that_hangs_is_ended(self):
        self.startPatcher(patch.object(statement_document, "SECONDS", 15))
        self.startPatcher(patch.object(statement_document, "SECONDS_EACH", 0))
        error = self._one_of_three("sleep 300")
        self.assertRegex(error, r"did not respond for \d+ seconds")

    def test_disk_full(self):
        statements = self._three()

        def full(*_args):
            raise OSError(errno.ENOSPC, "No space left on device")

        with patch.object(IrAttachment, "_file_write", full):
            made, errors = statements.sudo()._make_documents()
        self.assertFalse(made)
        self.assertEqual(set(errors), set(statements))
        self.assertIn("No space left on device", errors[statements[0]])
        self._documents(statements)

    def test_what_no_half_can_mend_is_tried_once(self):
        """Would have caught: for a full disk, 50 documents were rendered six times."""
        statements = self._three()
        calls = self._with_program('exec "$real" "$@"')

        def full(*_args):
            raise OSError(errno.ENOSPC, "No space left on device")

        with patch.object(IrAttachment, "_file_write", full):
            _made, errors = statements.sudo()._make_documents()
        self.assertEqual(set(errors), set(statements))
        self.assertEqual(calls.read_text().count("call"), 1)

    def test_a_long_document_is_made_alone(self):
        """It delays no others, and they do not take its time."""
        statements = self._three().sudo()
        self.startPatcher(patch.object(statement_document, "BATCH_LINES", 1))
        lengths = statements._document_lengths()
        self.assertEqual(
            lengths, {each: len(each.line_ids) for each in statements if each.line_ids}
        )
        sizes = [len(batch) for batch in statements._document_batches()]
        self.assertEqual(sizes, [1, 1, 1])

    def test_unpatched_program_makes_one_at_a_time(self):
        calls = self._with_program('exec "$real" "$@"', patched=False)
        self._documents(self._three())
        self.assertEqual(calls.read_text().count("call"), 3)
