import csv
import io
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.invoicing_clerk.tests.audit.request.common import RequestCommon

OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ",",
    "encoding": "utf-8",
    "date_format": "%Y-%m-%d",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
}


@tagged("post_install", "-at_install")
class TestImportTemplate(RequestCommon):
    """Templates of the import screen: what users download can be imported.

    Each is read as the screen reads it, by the role that imports: every title finds its
    field, and its rows make records once they name documents that exist.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.sudo().name = "Company of Imports"
        cls.partner_a.name, cls.partner_b.name = "Import A", "Import B"
        cls.invoices = [
            cls._posted((1, 1000.0), partner=partner)
            for partner in (cls.partner_a, cls.partner_b, cls.partner_b)
        ]
        cls.clerk.name, cls.colleague.name = "Import Clerk", "Import Colleague"
        one, two, three = (move.name for move in cls.invoices)
        today = fields.Date.today()
        cls.named = {
            "Azure Interior": "Import A",
            "Deco Addict": "Import B",
            "INV/2026/00001": one,
            "INV/2026/00002,INV/2026/00003": f"{two},{three}",
            "My Company": cls.company_a.name,
            "Ann Clerk": cls.clerk.name,
            "Bob Clerk": cls.colleague.name,
            "Audit 2026": cls.audit.display_name,
            "2026-12-31": str(today + timedelta(60)),
            "2027-01-15": str(today + timedelta(59)),
        }
        cls.importers = {
            "clerk.billing.error": cls.clerk,
            "clerk.promise": cls.clerk,
            "clerk.approval.limit": cls.supervisor,
            "clerk.audit.request": cls.auditor,
        }

    def _offered(self):
        return {
            name: model.get_import_templates()
            for name, model in self.env.items()
            if name.startswith("clerk.") and hasattr(model, "get_import_templates")
        }

    def _rows(self, name):
        [template] = self._offered()[name]
        self.assertTrue(template["label"])
        with file_open(template["template"].lstrip("/")) as file:
            return list(csv.reader(file))

    def _import(self, name, rows):
        """Import rows as the screen does; return fields of the titles and result."""
        content = io.StringIO()
        csv.writer(content).writerows(rows)
        wizard = (
            self.env["base_import.import"]
            .with_user(self.importers[name])
            .create(
                {
                    "res_model": name,
                    "file": content.getvalue().encode(),
                    "file_name": "import.csv",
                    "file_type": "text/csv",
                }
            )
        )
        preview = wizard.parse_preview(dict(OPTIONS))
        self.assertNotIn("error", preview)
        matches = preview["matches"]
        names = [
            "/".join(matches[at]) if at in matches else False
            for at in range(len(rows[0]))
        ]
        return names, wizard.execute_import(names, rows[0], dict(OPTIONS))

    def test_what_users_import_has_a_template(self):
        offered = {name for name, templates in self._offered().items() if templates}
        self.assertEqual(offered, set(self.importers))

    def test_templates_are_imported(self):
        for name in self.importers:
            titles, *rows = self._rows(name)
            rows = [[self.named.get(cell, cell) for cell in row] for row in rows]
            if name == "clerk.promise":
                # Disputed invoices cannot be promised.
                self.env["clerk.billing.error"].sudo().search([]).unlink()
            with self.subTest(model=name):
                names, result = self._import(name, [titles, *rows])
                self.assertNotIn(False, names)
                self.assertEqual(result["messages"], [])
                records = self.env[name].browse(result["ids"])
                self.assertEqual(len(records), len(rows))
        self.assertFalse(self.invoices[0].has_open_billing_error)

    def _bad(self):
        """Return bad cells by title, for each model."""
        draft = self.invoices[0].copy()
        draft.name = "DRAFT/9"
        return {
            "clerk.billing.error": {
                "Customer": ["Nobody at All"],
                "Invoices": ["INV/NONE/1", draft.name, self.invoices[1].name],
                "Reason": ["No such reason"],
                "Priority": ["Extreme"],
            },
            "clerk.promise": {
                "Invoices": ["INV/NONE/1", draft.name, ""],
                "Amount": ["0", "-5", "99999", "much"],
                "Promised For": ["1999-01-01", "31.31.2099", "soon", ""],
                "Source": ["Pigeon"],
            },
            "clerk.approval.limit": {
                "User": ["Nobody at All", self.supervisor.name],
                "Remedy": ["Magic"],
                "Amount": ["-1", "much"],
            },
            "clerk.audit.request": {
                "Engagement": ["No Audit", ""],
                "Request": [""],
                "Area": ["Moon"],
                "Due Date": ["never", "2027-02-30"],
            },
        }

    def test_bad_rows_get_a_sentence(self):
        """Nothing of a file with a bad row is imported, and the reason is readable."""
        count = 0
        for name, titles in self._bad().items():
            header, *rows = self._rows(name)
            good = [self.named.get(cell, cell) for cell in rows[0]]
            for title, cells in titles.items():
                for cell in cells:
                    row = list(good)
                    row[header.index(title)] = cell
                    with self.subTest(model=name, title=title, cell=cell):
                        known = self.env[name].sudo().search_count([])
                        _names, result = self._import(name, [header, row])
                        texts = [
                            str(message["message"]) for message in result["messages"]
                        ]
                        self.assertTrue(texts)
                        self.assertFalse(result.get("ids"))
                        for text in texts:
                            self.assertRegex(text, r"\w+ \w+")
                            self.assertNotRegex(text, "Traceback|psycopg|Error:")
                        self.assertEqual(self.env[name].sudo().search_count([]), known)
                    count += 1
        self.assertGreaterEqual(count, 24)
