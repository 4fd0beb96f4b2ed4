from odoo import api, models

from .customer_changes import propose_changes
from .documents import file_documents
from .exemptions import file_exemptions
from .history import History
from .history_cases import HistoryCases
from .history_statements import send_last_month


class AccountChartTemplate(models.AbstractModel):
    """Demo data that is too much for a file: a year of a company's receivables."""

    _inherit = "account.chart.template"

    @api.model
    def _load_clerk_history(self):
        """Create twelve months of invoices, payments, bills, cases and calls."""
        history = History(self.env)
        history.bill()
        HistoryCases(history).open()
        history.settle()
        HistoryCases(history).judge()
        history.backdate()

    @api.model
    def _load_clerk_statements(self):
        """Send the statements of last month, and compute those of today."""
        send_last_month(self.env)

    @api.model
    def _load_clerk_customer_changes(self):
        """Propose changes of customers, and decide on some of them."""
        propose_changes(self.env)

    @api.model
    def _load_clerk_documents(self):
        """File, request and receive documents of invoices."""
        file_documents(self.env)

    @api.model
    def _load_clerk_exemptions(self):
        """File exemption certificates, and request one."""
        file_exemptions(self.env)
