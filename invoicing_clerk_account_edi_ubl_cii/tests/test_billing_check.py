from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestBillingCheckEinvoice(ClerkCommon):
    """Electronic invoices that Odoo could not create, found before they are sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env.ref(
            "invoicing_clerk_account_edi_ubl_cii.billing_check_einvoice"
        )
        cls.env.company.partner_id.write(cls._complete("BE0477472701"))
        cls.env.company.partner_id.bank_ids = [
            Command.create({"acc_number": "BE71096123456769"})
        ]
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Brasserie du Port",
                "is_company": True,
                "invoice_edi_format": "ubl_bis3",
                **cls._complete("BE0202239951"),
            }
        )

    @classmethod
    def _complete(cls, vat):
        """Return what an electronic invoice demands of a Belgian company."""
        return {
            "street": "Rue du Port 1",
            "zip": "1000",
            "city": "Brussels",
            "country_id": cls.env.ref("base.be").id,
            "vat": vat,
            "email": "billing@port.example.com",
            "phone": "+32 2 555 12 12",
        }

    def _findings(self, moves, on_all=False):
        checks = self.env["clerk.billing.check"]
        if on_all:
            checks._run_all(self.env.company)
        else:
            checks._check_moves(moves)
        return self._open_findings(moves)

    def _open_findings(self, moves):
        findings = (
            self.env["clerk.billing.finding"]
            .with_user(self.clerk)
            .search([("check_id", "=", self.check.id), ("state", "=", "open")])
        )
        return findings.filtered(lambda each: each.move_id in moves)

    def _invoice(self, post=True, **values):
        values = {"ref": "PO 4711", "invoice_date": fields.Date.today(), **values}
        move = self._posted((1, 100.0), partner=self.customer, **values)
        return move if post else move.copy({"invoice_date": False, **values})

    def test_complete_invoices_have_no_finding(self):
        for post in (True, False):
            move = self._invoice(post=post)
            self.assertFalse(
                self._findings(move), self._findings(move).mapped("explanation")
            )

    def test_what_is_missing_is_named(self):
        self.customer.country_id = False
        for post in (True, False):
            [finding] = self._findings(self._invoice(post=post))
            self.assertIn("Brasserie du Port", finding.explanation)
            self.assertIn("Peppol Bis 3.0", finding.explanation)

    def test_errors_are_in_the_language_of_the_company(self):
        """Whoever runs the check, so that findings stay as they are."""
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        self.customer.country_id = False
        move = self._invoice()
        for company, sentence in (
            ("fr_FR", "Le champ .* est requis sur Brasserie du Port"),
            ("en_US", "The field .* is required on Brasserie du Port"),
        ):
            self.env.company.partner_id.lang = company
            found = set()
            for reader in ("de_DE", "fr_FR", "en_US"):
                self.env.user.lang = reader
                checks = self.env["clerk.billing.check"].with_context(lang=reader)
                checks._check_moves(move.with_context(lang=reader))
                [finding] = self._open_findings(move)
                self.assertRegex(finding.facts["errors"], sentence)
                found.add((finding.id, finding.facts["errors"]))
            self.assertEqual(len(found), 1)

    def test_number_and_date_of_a_draft_are_not_missing(self):
        """The exporter takes the number where the customer gave no reference."""
        draft = self._invoice(post=False, ref=False, invoice_date=False)
        self.assertFalse(self._findings(draft))
        self.assertEqual((draft.name, draft.invoice_date), (False, False))
        shown = draft.display_name
        draft.invalidate_recordset()
        self.assertEqual(draft.display_name, shown)
        self.assertEqual((draft.name, draft.invoice_date), (False, False))

    def test_gone_when_entered(self):
        self.customer.country_id = False
        move = self._invoice()
        [finding] = self._findings(move)
        self.customer.country_id = self.env.ref("base.be")
        self.assertFalse(self._findings(move, on_all=True))
        self.assertEqual(finding.state, "gone")

    def test_not_reported(self):
        self.customer.country_id = False
        sent = self._invoice()
        sent.is_move_sent = True
        self.assertFalse(self._findings(sent, on_all=True))
        self.customer.invoice_edi_format = False
        self.assertFalse(self._findings(self._invoice()))

    def test_exporter_that_fails_is_a_finding(self):
        move = self._invoice()
        exporter = type(self.customer._get_edi_builder("ubl_bis3"))
        with patch.object(exporter, "_export_invoice", side_effect=KeyError("tax")):
            [finding] = self._findings(move)
        self.assertIn("tax", finding.explanation)

    def test_conflict_of_the_database_is_no_finding(self):
        """The run is tried again, as for all other checks."""
        move = self._invoice()
        exporter = type(self.customer._get_edi_builder("ubl_bis3"))
        conflict = SerializationFailure("could not serialize access")
        with (
            patch.object(exporter, "_export_invoice", side_effect=conflict),
            self.assertRaises(SerializationFailure),
        ):
            self._findings(move)

    def test_old_documents_are_left_out(self):
        self.customer.country_id = False
        today = fields.Date.today()
        edge, old = (
            self._invoice(invoice_date=today - timedelta(days=days))
            for days in (90, 91)
        )
        self.assertEqual(self._findings(edge | old).move_id, edge)

    def test_formats_of_another_company_do_not_count(self):
        self.customer.country_id = False
        self.customer.invoice_edi_format = False
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.with_company(other).invoice_edi_format = "ubl_bis3"
        self.assertFalse(self._findings(self._invoice()))
