from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.audit.engagement import auditor_access, base
from odoo.addons.invoicing_clerk.models.mixin import ir_attachment
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# Extensions of core models: see the docstring of `auditor_access`.
EXTENSIONS = (
    (auditor_access.MailMessage, "create"),
    (auditor_access.MailScheduledMessage, "create"),
    (auditor_access.MailMail, "create"),
    (auditor_access.MailActivity, "create"),
    (base.Base, "export_data"),
    (ir_attachment.IrAttachment, "create"),
    (ir_attachment.IrAttachment, "write"),
    (ir_attachment.IrAttachment, "unlink"),
    (ir_attachment.IrAttachment, "copy_data"),
)


@contextmanager
def without_extensions():
    """Run without the extensions: methods go straight to what they extend."""
    with ExitStack() as stack:
        for extension, name in EXTENSIONS:
            stack.enter_context(patch.object(extension, name, _bypass(extension, name)))
        yield


def _bypass(extension, name):
    def method(self, *args, **kwargs):
        return getattr(super(extension, self), name)(*args, **kwargs)

    return method


@tagged("post_install", "-at_install")
class TestAuditorAccessCost(ClerkCommon):
    """Limits of auditors cost nobody else a query."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("base.group_allow_export")
        cls.invoice = cls._posted().with_user(cls.clerk)

    def _least(self, action):
        """Return the number of queries once the action has filled all caches."""
        return self._count_queries(action, times=4)

    def _assert_free(self, action):
        """Check that an action costs no more with the extensions than without."""
        extended = self._least(action)
        with without_extensions():
            self._assert_no_more_queries(self._least(action), extended)

    def test_messages_and_emails(self):
        self._assert_free(
            lambda: self.invoice.message_post(
                body="Hello", partner_ids=self.partner_a.ids
            )
        )

    def test_scheduled_messages(self):
        messages = self.env["mail.scheduled.message"].with_user(self.clerk)
        values = {
            "model": "account.move",
            "res_id": self.invoice.id,
            "body": "Hello",
            "author_id": self.clerk.partner_id.id,
            "scheduled_date": "2099-01-01",
            "partner_ids": [Command.set(self.partner_a.ids)],
        }
        self._assert_free(lambda: messages.create(values))

    def test_activities(self):
        self._assert_free(
            lambda: self.invoice.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.clerk.id
            )
        )

    def test_exports(self):
        self._assert_free(lambda: self.invoice.export_data(["name", "partner_id/name"]))

    def test_attachments(self):
        attachments = self.env["ir.attachment"].with_user(self.clerk)
        document = attachments.create(
            {
                "name": "order.txt",
                "raw": b"One",
                "res_model": "account.move",
                "res_id": self.invoice.id,
            }
        )
        for values in ({"name": "order"}, {"raw": b"Two"}, {"datas": b"VHdv"}):
            self._assert_free(lambda values=values: document.write(values))
        self._assert_free(lambda: document.copy().unlink())

    def test_checks_take_no_query(self):
        self.assertFalse(self.clerk._is_readonly_auditor())
        env = self.invoice.env
        documents = [("account.move", self.invoice.id)]
        with self.assertQueryCount(0):
            auditor_access.check_documents(env, documents)
            auditor_access.check_recipients(env["mail.mail"])
