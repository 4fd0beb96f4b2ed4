from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.mixin.evidence_common import EvidenceCommon

FORCED = {"_force_unlink": True, "force_delete": True}


@tagged("post_install", "-at_install")
class TestBase(EvidenceCommon):
    """Checks of deletions hold for callers who say that a module is uninstalled.

    Would have caught: with ``_force_unlink`` in the context of a call, customers with
    statements were deleted, as were tracked changes, which no guarded model holds.
    """

    def _kept(self):
        """Return records of models of ours and of core that must not be deleted."""
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        run = self._ask(self._customers(1))
        run.action_release()
        limit = self.env.ref("invoicing_clerk.approval_limit_clerk")
        return [statement.partner_id, run, run.confirmation_ids, self.audit, limit]

    def test_nobody_plays_uninstallation(self):
        supervisor, auditor = self.supervisor, self.auditor
        (supervisor | auditor).sudo().group_ids |= self.env.ref(
            "base.group_partner_manager"
        )
        for record in self._kept():
            for user in (supervisor, auditor, self.env.ref("base.user_admin")):
                own = record.with_user(user).with_context(**FORCED)
                with (
                    self.subTest(record._name, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    own.unlink()
