from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon
from odoo.addons.invoicing_clerk.tests.postbox import Postbox, server_values


class CorrectionMailCommon(CorrectionCommon):
    """Emails to customers, received by a mail server on loopback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postbox = Postbox().start()
        cls.addClassCleanup(cls.postbox.stop)
        cls.env["ir.mail_server"].sudo().create(server_values(cls.postbox))
        # Odoo holds mail back while tests run; here it is what is tested.
        cls.startClassPatcher(
            patch.object(IrMail_Server, "_disable_send", lambda self: False)
        )

    def setUp(self):
        super().setUp()
        self.postbox.mails.clear()

    def _run_cron(self):
        """As the cron does, but with real PDFs, which Odoo leaves out in tests."""
        with self._job_env(force_report_rendering=True) as env:
            env["clerk.correction"]._cron_send()
