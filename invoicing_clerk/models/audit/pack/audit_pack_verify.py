from odoo import models
from odoo.exceptions import UserError

from ....rules.audit.pack import audit_pack as rules
from ....rules.audit.pack import audit_pack_verify as verify
from ....rules.plural import plural


class ClerkAuditPack(models.Model):
    """Download of packs and verification of copies; both are logged."""

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
        domain = [("pack_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Access Log"),
            "res_model": "clerk.audit.access",
            "view_mode": "list",
            "domain": domain,
        }

    def _check_ready(self):
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            raise UserError(self.env._("%s is not ready yet.", self.name))

    def _log_download(self):
        """Log a download, and return the attachment for readers of the pack.

        :raises UserError: it is not ready
        :raises AccessError: the user cannot read it
        """
        self._check_ready()
        self._note_access("download")
        return self._stored_file("archive")

    def _file_name(self):
        return rules.safe_name(f"{self.name}.zip")

    def _note_access(self, action):
        what = plural(
            self.item_count,
            self.env._(
                "%(pack)s (%(count)s invoice)", pack=self.name, count=self.item_count
            ),
            self.env._(
                "%(pack)s (%(count)s invoices)", pack=self.name, count=self.item_count
            ),
        )
        self.env["clerk.audit.access"]._log(action, what, self.audit_id, self)

    # Verification

    def _verify(self, copy):
        """Return the differences between a copy and the pack as built.

        :param copy: a file; it is read in chunks
        :return: sentences; none if the copy is unchanged
        """
        self._check_ready()
        self._note_access("verify")
        return [self._problem_text(each) for each in verify.check(copy, self.root_hash)]

    def _problem_text(self, problem):
        texts = {
            "no_pack": self.env._(
                "The file does not begin with %(manifest)s: it is not an evidence "
                "pack, or it was overwritten."
            ),
            "manifest": self.env._("%(manifest)s was changed and cannot be read."),
            "before_manifest": self.env._("The ZIP was changed before %(manifest)s."),
            "root": self.env._(
                "%(manifest)s was changed: its root hash should be %(root)s, but is "
                "%(stated)s."
            ),
            "other_pack": self.env._(
                "This is a different pack, or it was altered: its root hash is "
                "%(root)s, and this pack has %(stated)s."
            ),
            "content": self.env._("%(path)s: its content was changed."),
            "header": self.env._("%(path)s: its entry in the ZIP was changed."),
            "place": self.env._(
                "The ZIP was changed from byte %(at)s on, where %(path)s should be."
            ),
            "directory": self.env._(
                "The directory of the ZIP was changed from byte %(at)s on."
            ),
            "cut": self.env._(
                "The directory of the ZIP cannot be read: it is truncated or damaged."
            ),
            "after": self.env._(
                "Data was added after the end of the ZIP, at byte %(at)s."
            ),
            "gone": self.env._("%(path)s: the file is missing."),
            "added": self.env._("%(path)s: the file was added or duplicated."),
            "name": self.env._(
                "%(manifest)s lists a file whose name is not allowed: %(path)s."
            ),
            "alike": self.env._(
                "%(manifest)s lists two files whose names are the same, or differ only "
                "by upper and lower case or by their accents: %(path)s."
            ),
            "large": self.env._(
                "%(manifest)s lists more files or bytes than a pack can contain."
            ),
        }
        return problem.fill(texts[problem.kind])
