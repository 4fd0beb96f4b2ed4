import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.request import audit_request_sheet as rules
from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)
from odoo.addons.invoicing_clerk.tests.test_xlsx import (
    BILLION_LAUGHS,
    SHEET,
    rows,
    workbook,
)
from odoo.addons.invoicing_clerk.tests.test_xlsx import HEAD as HEAD_OF_SHEET

HEAD = ("Number", "Area", "Request", "Details", "Due", "Owner")


@tagged("post_install", "-at_install")
class TestAuditSheet(RequestCommon):
    """The list is exported to a spreadsheet and imported, all rows or none."""

    def _sheet(self, *rows, head=HEAD):
        book = openpyxl.Workbook()
        for row in (head, *rows):
            book.active.append(row)
        with io.BytesIO() as content:
            book.save(content)
            return content.getvalue()

    def _import(self, content, user=None, audit=None):
        audit = (audit or self.audit).with_user(user or self.auditor)
        return audit._import_requests(content)

    def _refused(self, *rows, user=None, **options):
        before = len(self.audit.request_ids)
        with self.assertRaises(UserError) as refusal:
            self._import(self._sheet(*rows, **options), user=user)
        self.assertEqual(len(self.audit.request_ids), before)
        return str(refusal.exception)

    def _listed(self, audit):
        return [
            (
                request.number,
                request.area,
                request.name,
                request.description,
                request.date_due,
                request.user_id,
            )
            for request in audit.request_ids.sorted("number")
        ]

    def test_round_trip(self):
        self._request(description="All.\n=1+1", user_id=self.clerk.id)
        self._request(name="=SUM(A1:A2)", area="deferred", number=7)
        self._request(date_due=False, name="http://example.com")
        content = self.audit.with_user(self.auditor)._export_requests()
        added, changed = self._import(content)
        self.assertFalse(added + changed)
        other = self._audit(name="Next year")
        added, changed = self._import(content, audit=other)
        self.assertEqual((len(added), len(changed)), (3, 0))
        self.assertEqual(self._listed(other), self._listed(self.audit))
        self.assertEqual(self._request(audit_id=other.id).number, 9)

    def test_round_trip_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._request()
        content = self.audit.with_user(self.auditor)._export_requests()
        french = self.audit.with_context(lang="fr_FR")
        self.assertFalse(sum(map(len, self._import(content, audit=french))))

    def test_exports_are_logged(self):
        self._request()
        self.audit.with_user(self.auditor)._export_requests()
        self.assertIn(self.auditor.name, self.audit.message_ids[0].body)
        log = self.env["clerk.audit.access"].with_user(self.auditor)
        [entry] = log.search([("audit_id", "=", self.audit.id)])
        self.assertEqual((entry.action, entry.user_id), ("export", self.auditor))
        self.assertIn("(1 request)", entry.description)
        with self.assertRaises(AccessError):
            self.audit.with_user(self.other_auditor)._export_requests()

    def test_rows_change_and_add(self):
        request = self._request()
        added, changed = self._import(
            self._sheet(
                (1, "Revenue", "Roll-forward", None, "2026-04-01", None),
                (
                    None,
                    None,
                    "Bank statements",
                    "December",
                    date(2026, 5, 1),
                    "clerk_a",
                ),
                (None, None, None, None, None, None),
            )
        )
        self.assertEqual(changed, request)
        self.assertRecordValues(
            request + added,
            [
                {
                    "number": 1,
                    "area": "revenue",
                    "name": "Roll-forward",
                    "date_due": date(2026, 4, 1),
                    "user_id": False,
                },
                {
                    "number": 2,
                    "area": "other",
                    "name": "Bank statements",
                    "date_due": date(2026, 5, 1),
                    "user_id": self.clerk.id,
                },
            ],
        )

    def test_a_list_of_their_own(self):
        """Other columns and rows above are ignored; missing columns do not change."""
        request = self._request()
        content = self._sheet(
            (None, "Our list"),
            ("Ref", "Request", "Number"),
            ("A", "Other name", 1),
            head=("PBC 2026",),
        )
        self._import(content)
        self.assertEqual((request.name, request.area), ("Other name", "receivables"))
        self.assertEqual(request.date_due, date(2026, 3, 1))

    def test_each_invalid_row_is_explained(self):
        text = self._refused(
            (1, "Revenue", "Good", None, None, None),
            (0, "Moon", None, None, "soon", None),
            (1, None, "Twice", None, None, "nobody@example.com"),
        )
        self.assertEqual(
            text.splitlines()[1:],
            [
                "Row 3: “0” is not a valid request number.",
                "Row 3: “Moon” is not an area. Use one of Receivables, Revenue, Credit "
                "Notes, Cut-off, Customers, Contracts, Deferred Revenue, Receipts, "
                "Taxes, Controls, Other.",
                "Row 3: the request is empty.",
                "Row 3: “soon” is not a date. Enter it as 2026-12-31.",
                "Row 4: number 1 is used in an earlier row.",
            ],
        )
        self.assertIn(
            "Row 2: “nobody@example.com” is not a clerk",
            self._refused((None, None, "A", None, None, "nobody@example.com")),
        )

    def test_numbers_and_dates_as_auditors_write_them(self):
        """Their own numbers, dates as text with time, with dots, and serial numbers."""
        rows = (
            ("PBC-1", "Ageing", "2026-12-31 00:00:00"),
            (1.1, "Cut-off", "31.12.2026"),
            ("2.3 a", "Taxes", 46387),
            (7, "Contracts", "12/31/2026"),
        )
        head = ("Number", "Request", "Due")
        added, _changed = self._import(self._sheet(*rows, head=head))
        self.assertEqual(added.mapped("reference"), ["PBC-1", "1.1", "2.3 a", False])
        self.assertEqual(added.mapped("date_due"), [date(2026, 12, 31)] * 4)
        self.assertEqual(added[3].number, 7)
        self.assertEqual(added[0].display_name, "PBC-1 · Ageing")
        renamed = (("PBC-1", "Ageing by customer", "2026-12-31"),)
        added_again, changed = self._import(self._sheet(*renamed, head=head))
        self.assertFalse(added_again)
        self.assertEqual(changed, added[0])
        content = self.audit.with_user(self.auditor)._export_requests()
        added_again, changed = self._import(content)
        self.assertFalse(added_again + changed)

    def test_slashes_are_read_in_the_language_of_the_user(self):
        head = ("Request", "Due")
        self.env["res.lang"]._activate_lang("fr_FR")
        added, _changed = self._import(self._sheet(("A", "03/04/2026"), head=head))
        self.assertEqual(added.date_due, date(2026, 3, 4))
        self.auditor.lang = "fr_FR"
        audit = self.audit.with_context(lang="fr_FR")
        added, _changed = self._import(
            self._sheet(("B", "03/04/2026"), head=head), audit=audit
        )
        self.assertEqual(added.date_due, date(2026, 4, 3))

    def test_dates_as_people_enter_them(self):
        """Texts with time, with dots, and numbers of days were refused."""
        cells = ("2026-12-31 00:00:00", "31.12.2026", "12/31/2026", 46387, "46387")
        content = self._sheet(
            *(
                (None, None, f"Request {at}", None, cell)
                for at, cell in enumerate(cells)
            )
        )
        added, _changed = self._import(content)
        self.assertEqual(added.mapped("date_due"), [date(2026, 12, 31)] * 5)

    def test_dates_by_the_language(self):
        """03/04 is a day of March or of April: by the language; the user is told."""
        language = self.env["res.lang"]._lang_get(self.auditor.lang)
        for form, day, words in (
            ("%m/%d/%Y", date(2026, 3, 4), "4 March 2026"),
            ("%d/%m/%Y", date(2026, 4, 3), "3 April 2026"),
        ):
            language.date_format = form
            doubts = []
            audit = self.audit.with_user(self.auditor)
            content = self._sheet((None, None, form, None, "03/04/2026"))
            added, _changed = audit._import_requests(content, doubts)
            self.assertEqual(added.date_due, day)
            self.assertEqual(doubts, [f"Row 2: “03/04/2026” was read as {words}."])

    def test_numbers_of_other_lists(self):
        """PBC-1 and 1.1 were refused, and 1.10 in a cell of numbers became 1.1."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(HEAD[:3])
        for number in ("PBC-1", 1.1, 1.1, 7, "1.2.3"):
            sheet.append([number, None, f"Request {number}"])
        sheet["A4"].number_format = "0.00"
        with io.BytesIO() as stream:
            book.save(stream)
            content = stream.getvalue()
        added, _changed = self._import(content)
        self.assertEqual(
            added.mapped("reference"), ["PBC-1", "1.1", "1.10", False, "1.2.3"]
        )
        self.assertEqual(len(set(added.mapped("number"))), 5)
        self.assertEqual(self._import(content), (added.browse(), added.browse()))
        exported = self.audit.with_user(self.auditor)._export_requests()
        self.assertEqual(self._import(exported), (added.browse(), added.browse()))
        text = self._refused((1.1, None, "A"), (1.1, None, "B"))
        self.assertIn("number 1.1 is used in an earlier row", text)

    def test_hostile_sheets(self):
        """A file of some kilobytes with a cell in the last row took all memory."""
        row = b'<row r="1048576"><c r="A1048576"/></row>'
        for parts, words in (
            ({SHEET: rows(row)}, "1048576 rows; at most 20000"),
            ({"xl/media/a.bin": bytes(65 << 20)}, "larger than 64 MB"),
            ({SHEET: BILLION_LAUGHS}, "not a readable spreadsheet"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._import(workbook(parts))
        wide = (
            HEAD_OF_SHEET + b'<dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'
        )
        with self.assertRaisesRegex(UserError, "no header row"):
            self._import(workbook({SHEET: wide}))
        text = self._refused((None, None, "A", None, None, "a_x0000_b"))
        self.assertIn("is not a clerk", text)

    def test_rows_that_may_not_be_changed(self):
        request = self._request()
        self._deliver(request)
        request.with_user(self.auditor).action_accept()
        text = self._refused(
            (None, None, "New", None, None, None), (1, None, "Less", None, None, None)
        )
        self.assertIn("Row 3: 001 · Receivables ageing is accepted", text)
        self._request(name="Second", user_id=self.clerk.id)
        text = self._refused((2, None, "Second", None, "2026-03-01", "clerk_a2"))
        self.assertIn(
            "Row 2: You are not allowed to change Owner of 002 · Second", text
        )

    def test_files_that_are_no_lists(self):
        for content in (b"", b"not a readable spreadsheet", b"PK\x03\x04 torn"):
            with self.assertRaisesRegex(UserError, "not a readable spreadsheet"):
                self._import(content)
        self.assertIn("“Request”", self._refused(("a", "b"), head=("What", "When")))
        self.assertIn("does not contain any requests", self._refused())

    def test_a_list_has_an_end(self):
        header = {"request": "name"}
        rows = [("Request",), *[("More",)] * (rules.LONGEST_LIST + 1)]
        lines, faults = rules.read(rows, header, {})
        self.assertEqual(len(lines), rules.LONGEST_LIST)
        self.assertEqual([fault.code for fault in faults], ["length"])

    def test_clerks_do_not_import(self):
        with self.assertRaises(AccessError):
            self._import(self._sheet((None, None, "A", None, None)), user=self.clerk)

    def test_importing_costs_the_same_for_many_rows(self):
        counts = []
        for number in (3, 40):
            content = self._sheet(*[(None, None, "More", None, None, None)] * number)
            counts.append(self._count_queries(self._import, content))
        self._assert_no_more_queries(*counts)
