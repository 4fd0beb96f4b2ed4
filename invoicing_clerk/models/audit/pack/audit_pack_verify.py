from odoo import models
from odoo.exceptions import UserError

from ....rules.audit.pack import audit_pack as rules
from ....rules.audit.pack import audit_pack_verify as verify


class ClerkAuditPack(models.Model):
    """Gives packs out and checks copies of them; both are kept in the log."""

    _inherit = "clerk.audit.pack"

    def action_download(self):
        self._check_ready()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/packs/{self.id}/zip",
            "target": "download",
        }

    def action_verify(self):
        self._check_ready()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/packs/{self.id}/verify",
            "target": "new",
        }

    def action_view_access(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Took It"),
            "res_model": "clerk.audit.access",
            "view_mode": "list",
            "domain": [("pack_id", "=", self.id)],
        }

    def _check_ready(self):
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            raise UserError(self.env._("%s is not ready yet.", self.name))

    def _give_out(self):
        """The attachment that is the pack, for who may read the pack; it is noted.

        :raises UserError: it is not ready
        :raises AccessError: the user may not read it
        """
        self._check_ready()
        self._note_access("download")
        return self._stored_file("archive")

    def _file_name(self):
        return rules.safe_name(f"{self.name}.zip")

    def _note_access(self, action):
        what = self.env._(
            "%(pack)s (%(count)s invoices)", pack=self.name, count=self.item_count
        )
        self.env["clerk.audit.access"]._log(action, what, self.audit_id, self)

    # Checking a copy

    def _verify(self, copy):
        """Say in words what differs between a copy and the pack as it was made.

        :param copy: a file; it is read piece by piece
        :return: sentences, none when the copy is sound
        """
        self._check_ready()
        self._note_access("verify")
        return [self._say(each) for each in verify.check(copy, self.root_hash)]

    def _say(self, problem):
        words = {
            "no_pack": self.env._(
                "The file does not begin with %(manifest)s: it is no evidence pack, or "
                "was written over."
            ),
            "manifest": self.env._(
                "%(manifest)s was changed: it cannot be read as one."
            ),
            "before_manifest": self.env._("The ZIP was changed before %(manifest)s."),
            "root": self.env._(
                "%(manifest)s was changed: its root hash should be %(root)s, it says "
                "%(said)s."
            ),
            "other_pack": self.env._(
                "It is another pack, or was made anew by somebody: its root hash is "
                "%(root)s, and this pack has %(said)s."
            ),
            "content": self.env._("%(path)s: its content was changed."),
            "header": self.env._("%(path)s: the ZIP was changed before it."),
            "place": self.env._(
                "From byte %(at)s on the ZIP is not as it was made, where %(path)s "
                "should be."
            ),
            "directory": self.env._(
                "From byte %(at)s on the ZIP is not as it was made, in its directory."
            ),
            "cut": self.env._(
                "Its directory cannot be read: it was cut off or damaged."
            ),
            "after": self.env._(
                "Something was added after the end of the ZIP, at byte %(at)s."
            ),
            "gone": self.env._("%(path)s: it is gone."),
            "added": self.env._("%(path)s: it was added, or is there twice."),
        }
        return problem.fill(words[problem.kind])
