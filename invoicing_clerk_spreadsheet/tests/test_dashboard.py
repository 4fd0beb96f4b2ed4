import base64
import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.key_figure.key_figure import FIGURES
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, TourCase


@tagged("post_install", "-at_install")
class TestDashboard(ClerkCommon, TourCase):
    """The dashboard of receivables, for those who read key figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("invoicing_clerk_spreadsheet.dashboard_receivables")
        content = base64.b64decode(cls.dashboard.sudo().spreadsheet_binary_data)
        cls.sheets = json.loads(content)

    def _sources(self):
        """Return the model, the fields and the filter of each chart and pivot table."""
        for figure in self.sheets["sheets"][0]["figures"]:
            about, search = figure["data"]["metaData"], figure["data"]["searchParams"]
            names = [*about["groupBy"], about["measure"]]
            yield about["resModel"], names, search["domain"]
        for pivot in self.sheets["pivots"].values():
            shown = pivot["rows"] + pivot["columns"] + pivot["measures"]
            yield pivot["model"], [each["fieldName"] for each in shown], pivot["domain"]

    def test_sources_exist(self):
        """A field or key figure that is renamed would leave an empty chart."""
        sources = list(self._sources())
        self.assertEqual(len(sources), 7)
        for name, fields, domain in sources:
            model = self.env[name].with_user(self.clerk)
            for field in fields:
                self.assertIn(field.partition(":")[0], model._fields)
            model.search(domain)
            for condition in domain:
                if isinstance(condition, list) and condition[0] == "code":
                    self.assertLessEqual(set(condition[2]), set(FIGURES))

    def test_rights(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertEqual(self._found_by(user), self.dashboard)
        self.assertFalse(self._found_by(self.outsider))
        with self.assertRaises(AccessError):
            self.dashboard.with_user(self.clerk).name = "Mine"

    def _found_by(self, user):
        dashboards = self.env["spreadsheet.dashboard"].with_user(user)
        return dashboards.search([("id", "=", self.dashboard.id)])

    def test_shown(self):
        self.clerk.password = "clerk_a"
        tour = "invoicing_clerk_spreadsheet_dashboard"
        self.start_tour("/odoo/dashboards", tour, login="clerk_a")
