from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon

JANUARY = "2026-01-31"
# Tasks in which nothing is left of an empty ledger.
CLEAN = ("draft", "unsent", "unapplied", "cut_off", "ledger")


class CloseCommon(StatementCommon):
    """Close lists of January 2026, in a company whose ledger begins empty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closes = cls.env["clerk.close"].with_user(cls.clerk)

    def _close(self, day=JANUARY, user=None, **values):
        closes = self.closes.with_user(user or self.clerk)
        return closes.create({"date": day, "company_id": self.company_a.id, **values})

    def _task(self, close, figure):
        return close.task_ids.filtered(lambda task: task.figure == figure)

    def _draft(self, day="2026-01-15", price=100.0):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Service",
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )

    def _enter(self, action, text, user=None):
        """Fill in the dialog that an action opens, and apply it."""
        dialogs = self.env["clerk.close.step"].with_user(user or self.clerk)
        dialog = dialogs.with_context(**action["context"]).create({"text": text})
        return dialog.action_apply()

    def _finish(self, close):
        """Let two people sign all tasks."""
        for task in close.task_ids.filtered(lambda task: task.state != "reviewed"):
            action = task.with_user(self.clerk).action_prepare()
            if action is not True:
                self._enter(action, "Nothing to do")
            task.with_user(self.supervisor).action_review()

    def _plain(self, text):
        """Return a text with ordinary blanks."""
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def _refused(self, sentence, do, error):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            do()
