from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

SECTIONS = [
    "Desk",
    "My Work",
    "Find",
    "Calls",
    "Customers",
    "Invoices",
    "Errors",
    "Team",
    "Audit",
    "Reporting",
    "Configuration",
]
READ = {
    "Desk": [],
    "Find": [],
    "Calls": ["Call List", "All Calls"],
    "Customers": [
        "Customers",
        "Changes",
        "Balances",
        "Payments to Apply",
        "Remittance Advices",
        "Promises",
        "Statement Runs",
        "Statements",
        "Statement Preferences",
        *("Reminder Runs", "Reminders"),
        *("New Customers", "Possible Duplicates", "Exemption Certificates"),
    ],
    "Invoices": [
        *("Invoices", "Credit Notes", "Receipt Batches", "Receipts", "Deposits"),
        *("Official Receipts", "Payments", "Bounced Payments"),
        *("Payment Vouchers", "Petty Cash"),
        *("Document Requests", "Requested Documents", "Documents", "Invoice Files"),
        "Retention Runs",
    ],
    "Errors": [
        *("Billing Errors", "Billing Check", "Corrections", "Correction Batches"),
        "Questions",
    ],
}
CLERK = {
    **READ,
    "My Work": [],
    "Calls": ["New Call", "My Calls in Progress", "Call List", "All Calls"],
    "Team": ["Absences"],
    "Reporting": [
        "Key Figures",
        "Work Items",
        "Billing Errors",
        "Billing Check",
        "Calls",
        "Aged Receivables",
        "Ageing Reports",
        "Close Lists",
        "Expected Cash",
        "Payment Forecast",
        "Payment Patterns",
        "Match Rate",
    ],
}
AUDIT = [
    "Engagements",
    "Requests",
    "Tests",
    "Exceptions",
    "Samples",
    "Confirmation Runs",
    "Confirmation Requests",
    "Confirmation Differences",
    "Evidence Packs",
    "Findings",
    "Queries",
    "Available Tests",
    "Access Log",
]


@tagged("post_install", "-at_install")
class TestMenus(ClerkCommon):
    """Each role has the sections in which it has work, in the order of a day.

    Would have caught: Find after Team, statements among customers, and an Audit menu of
    13 entries for clerks of companies that nobody audits.
    """

    def _sections(self, user):
        """Return what the web client shows to a user: {section: [entry]}."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        root = menus.get(self.env.ref("invoicing_clerk.menu_clerk_root").id)
        if not root:
            return {}
        return {
            menus[section]["name"]: [
                menus[entry]["name"] for entry in menus[section]["children"]
            ]
            for section in root["children"]
        }

    def _audit(self, user=None, **values):
        audits = self.env["clerk.audit"].with_user(user or self.supervisor)
        return audits.create(
            {
                "name": "Annual audit",
                "company_id": self.company_a.id,
                "date_from": fields.Date.to_date("2025-01-01"),
                "date_to": fields.Date.to_date("2025-12-31"),
                **values,
            }
        )

    def _supervisor_b(self):
        role = "invoicing_clerk.group_supervisor"
        return self._new_user("supervisor_b", role, company=self.company_b)

    def _assert_sections(self, user, expected):
        found = self._sections(user)
        self.assertEqual(list(found), [name for name in SECTIONS if name in expected])
        for name, entries in expected.items():
            self.assertEqual(found[name], entries, name)

    def test_clerk(self):
        self._assert_sections(self.clerk, CLERK)

    def test_clerk_of_an_audited_company(self):
        self._assert_sections(self.clerk, CLERK)
        audit = self._audit()
        self._assert_sections(self.clerk, {**CLERK, "Audit": AUDIT})
        audit.unlink()
        self._assert_sections(self.clerk, CLERK)

    def test_clerk_of_another_company(self):
        self._audit(self._supervisor_b(), company_id=self.company_b.id)
        self._assert_sections(self.clerk, CLERK)

    def test_supervisor(self):
        found = self._sections(self.supervisor)
        self.assertEqual(list(found), [s for s in SECTIONS if s != "Audit"])
        self.assertIn("Corrections to Approve", found["Errors"])
        self.assertIn("Workload", found["Team"])
        # Where the first engagement is created.
        self.assertIn("Audit Engagements", found["Configuration"])
        self._audit()
        self.assertEqual(list(self._sections(self.supervisor)), SECTIONS)

    def test_auditor(self):
        audit = self._audit(auditor_ids=self.auditor.ids)
        found = self._sections(self.auditor)
        self.assertEqual(found["Audit"], AUDIT)
        self.assertFalse({"My Work", "Team", "Configuration"} & set(found))
        audit.auditor_ids = False
        self.assertNotIn("Audit", self._sections(self.auditor))

    def test_auditor_without_engagement(self):
        self._audit()
        self._assert_sections(
            self.auditor,
            {
                **READ,
                "Reporting": [
                    "Key Figures",
                    "Work Items",
                    "Inflow and Outflow of Work",
                    "Billing Errors",
                    "Billing Check",
                    "Calls",
                    "Aged Receivables",
                    "Ageing Reports",
                    "Close Lists",
                    "Expected Cash",
                    "Payment Forecast",
                    "Payment Patterns",
                    "Match Rate",
                ],
            },
        )

    def test_outsider(self):
        self._audit()
        accountant = self._new_user("menu_user", "account.group_account_manager")
        self.assertEqual(self._sections(self.outsider), {})
        self.assertEqual(self._sections(accountant), {})
