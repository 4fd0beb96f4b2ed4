import io
from datetime import date

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.request import audit_request_sheet as rules
from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)

HEAD = ("Number", "Area", "Request", "Details", "Due", "Owner")


@tagged("post_install", "-at_install")
class TestAuditRequestTemplate(RequestCommon):
    """The standard list is asked for in one go, each request once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit.write({"field_start": "2027-02-01", "field_end": "2027-02-12"})
        cls.templates = (
            cls.env["clerk.audit.request.template"].with_user(cls.supervisor).search([])
        )

    def _apply(self, user, templates=None):
        dialog = (
            self.env["clerk.audit.request.apply"]
            .with_user(user)
            .create({"audit_id": self.audit.id})
        )
        if templates is not None:
            dialog.template_ids = templates
        dialog.action_apply()
        return self.audit.request_ids

    def test_the_whole_list(self):
        self._posted((1, 100.0))
        requests = self._apply(self.auditor)
        self.assertEqual(requests.template_id, self.templates)
        self.assertGreater(len(requests), 20)
        self.assertEqual(requests.mapped("number"), list(range(1, len(requests) + 1)))
        ageing = requests.filtered(lambda each: each.name.startswith("Receivables age"))
        self.assertEqual(ageing.date_due, date(2027, 1, 27))
        self.assertEqual(ageing.query_id.population, "open")
        for request in requests.filtered("query_id"):
            self._deliver(request, answer="See the query.")
            self.assertTrue(request.snapshot_id.digest)
        self.assertEqual(
            requests.filtered("snapshot_id"), requests.filtered("query_id")
        )

    def test_each_once(self):
        some = self.templates[:3]
        self.assertEqual(self._apply(self.auditor, some).template_id, some)
        dialog = self.env["clerk.audit.request.apply"].with_user(self.supervisor)
        left = dialog.create({"audit_id": self.audit.id}).template_ids
        self.assertEqual(left, self.templates - some)
        self.assertEqual(len(self._apply(self.supervisor, self.templates[:4])), 4)

    def test_without_a_calendar_the_period_counts(self):
        self.audit.write({"field_start": False, "field_end": False})
        template = self.env.ref("invoicing_clerk.audit_request_template_ageing")
        request = template.with_user(self.auditor)._apply(
            self.audit.with_user(self.auditor)
        )
        self.assertEqual(request.date_due, date(2026, 12, 26))

    def test_who_may(self):
        for user in (self.clerk, self.other_auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.templates[:1].with_user(user)._apply(self.audit.with_user(user))
        with self.assertRaises(AccessError):
            self.templates[:1].with_user(self.auditor).name = "Mine"
        self.templates[:1].with_user(self.supervisor).name = "Ours"

    def test_one_question_each(self):
        template = self.env.ref("invoicing_clerk.audit_request_template_ageing")
        with self.assertRaisesRegex(ValidationError, "select either"):
            template.with_user(self.supervisor).model_id = self.env["ir.model"]._get_id(
                "account.move"
            )


@tagged("post_install", "-at_install")
class TestAuditRequestSheet(RequestCommon):
    """The list goes out as a spreadsheet and comes back, all of it or nothing."""

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
        [noted] = log.search([("audit_id", "=", self.audit.id)])
        self.assertEqual((noted.action, noted.user_id), ("export", self.auditor))
        self.assertIn("1 requests", noted.description)
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
        """Other columns and words above do not matter; what is missing stays."""
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

    def test_each_bad_row_gets_a_sentence(self):
        text = self._refused(
            (1, "Revenue", "Good", None, None, None),
            ("x", "Moon", None, None, "soon", None),
            (1, None, "Twice", None, None, "nobody@example.com"),
        )
        self.assertEqual(
            text.splitlines()[1:],
            [
                "Row 3: “x” is not a valid request number.",
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
        asked, faults = rules.read(rows, header, {})
        self.assertEqual(len(asked), rules.LONGEST_LIST)
        self.assertEqual([fault.code for fault in faults], ["length"])

    def test_clerks_do_not_import(self):
        with self.assertRaises(AccessError):
            self._import(self._sheet((None, None, "A", None, None)), user=self.clerk)

    def test_importing_costs_the_same_for_many_rows(self):
        counts = []
        for number in (3, 40):
            content = self._sheet(*[(None, None, "More", None, None, None)] * number)
            counts.append(self._count_queries(lambda: self._import(content)))  # noqa: B023
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestAuditRequestRemind(RequestCommon):
    """Owners are reminded before the day, the engagement's contact after it."""

    freeze_time = freeze_time("2026-03-10")

    def _remind(self):
        self.env["clerk.audit.request"].sudo()._cron_remind()

    def _reminded(self, request):
        return request.sudo().activity_ids.mapped("user_id")

    def test_before_and_after_the_day(self):
        soon = self._request(date_due="2026-03-12", user_id=self.clerk.id)
        later = self._request(date_due="2026-03-14", user_id=self.clerk.id)
        self._remind()
        self._remind()
        self.assertEqual(soon.sudo().activity_ids.user_id, self.clerk)
        self.assertEqual(len(soon.sudo().activity_ids), 1)
        self.assertEqual(soon.sudo().activity_ids.date_deadline, date(2026, 3, 12))
        self.assertFalse(later.activity_ids)
        with freeze_time("2026-03-13"):
            self._remind()
            self._remind()
        self.assertEqual(self._reminded(soon), self.clerk + self.audit.lead_id)
        self.assertEqual(len(soon.sudo().activity_ids), 2)

    def test_nobodys_request_is_the_contacts(self):
        request = self._request(date_due="2026-03-01")
        self._remind()
        self.assertEqual(self._reminded(request), self.audit.lead_id)

    def test_delivering_ends_it_and_another_day_begins_it_anew(self):
        request = self._request(date_due="2026-03-11", user_id=self.clerk.id)
        self._remind()
        self._deliver(request)
        self.assertFalse(request.sudo().activity_ids)
        self._remind()
        self.assertFalse(request.sudo().activity_ids)
        request.with_user(self.auditor)._clarify("And?")
        self._remind()
        self.assertEqual(self._reminded(request), self.clerk)
        request.with_user(self.auditor).date_due = "2026-05-01"
        self.assertFalse(request.sudo().activity_ids)

    def test_closed_engagements_are_not_reminded(self):
        request = self._request(date_due="2026-03-01")
        self.audit.action_report()
        self.audit.action_close()
        self._remind()
        self.assertFalse(request.activity_ids)

    def test_no_mail_is_sent(self):
        self._request(date_due="2026-03-01", user_id=self.clerk.id)
        mails = self.env["mail.mail"].sudo()
        before = mails.search_count([])
        self._remind()
        self.assertEqual(mails.search_count([]), before)

    def test_reminding_costs_the_same_for_many(self):
        counts = []
        for number in (2, 20):
            for _each in range(number):
                self._request(date_due="2026-03-11", user_id=self.clerk.id)
            counts.append(self._count_queries(self._remind))
        self.assertLessEqual(counts[1], counts[0])

    def test_the_worklist(self):
        late = self._request(date_due="2026-03-01", user_id=self.clerk.id)
        far = self._request(date_due="2026-06-01")
        worklist = self.env.ref("invoicing_clerk.worklist_audit_request").sudo()
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        listed = worklist.item_ids.filtered(lambda item: item.state == "open")
        self.assertIn(late.id, listed.mapped("res_id"))
        self.assertNotIn(far.id, listed.mapped("res_id"))
        item = listed.filtered(lambda item: item.res_id == late.id)
        self.assertEqual(item.user_id, self.clerk)
        self._deliver(late)
        worklist._refresh()
        self.assertEqual(item.state, "left")
