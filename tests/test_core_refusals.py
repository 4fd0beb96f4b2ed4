from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon
from odoo.addons.invoicing_clerk.tests.mixin.evidence_common import EvidenceCommon


@tagged("post_install", "-at_install")
class TestCoreRefusals(EvidenceCommon, CorrectionCommon, AuditCommon):
    """Refusals name nothing to people who may not change the record anyway.

    A refusal says which document, correction, engagement or file it is about. Whoever
    called ``write`` with the numbers of records, one by one, could read their names: a
    customer those of corrections, and a clerk those of another company's documents.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._posted((10, 20.0))
        cls.correction = cls._corrected(cls.move, lines={0: {"quantity": 8}})
        cls.portal = new_test_user(
            cls.env, login="portal_r", groups="base.group_portal"
        )
        cls.portal.partner_id.parent_id = cls.partner_a
        cls.people = cls.outsider | cls.portal | cls.clerk_b
        cls.people |= cls.env.ref("base.public_user")

    def _check_silent(self, records, calls, names):
        """Check that every call ends in an error of access without any of the names."""
        for user in self.people.sudo():
            for what, call in calls.items():
                with self.subTest(user=user.login, records=records, call=what):
                    with self.assertRaises(AccessError) as refusal:
                        call(records.with_user(user))
                        self.env.flush_all()
                    text = str(refusal.exception)
                    for name in self._hidden(names, records.with_user(user)):
                        self.assertNotIn(name, text)
                self.env.invalidate_all()

    def _hidden(self, names, records):
        """Return the names; customers know those of their own documents."""
        own = set()
        if records._name == "account.move" and records.env.user.share:
            own.update(records._filtered_access("read").mapped("name"))
        return set(filter(None, names)) - own

    def test_documents(self):
        bound = self.move | self.correction.document_ids
        values = {
            "ref": "x",
            "state": "draft",
            "partner_id": self.partner_b.id,
            "invoice_date": "2026-01-01",
            "posted_before": False,
            "line_ids": [Command.clear()],
            "correction_id": False,
        }
        calls = {
            **{
                name: lambda move, name=name, value=value: move.write({name: value})
                for name, value in values.items()
            },
            "draft": lambda move: move.button_draft(),
            "cancel": lambda move: move.button_cancel(),
            "unlink": lambda move: move.unlink(),
        }
        other = self._posted()
        for move in bound:
            self._check_silent(move, calls, (move.name, self.correction.name))
            lines = move.invoice_line_ids
            calls_of_lines = {
                "price_unit": lambda line: line.write({"price_unit": 1.0}),
                "move_id": lambda line: line.write({"move_id": other.id}),
                "unlink": lambda line: line.unlink(),
            }
            self._check_silent(lines, calls_of_lines, (move.name, self.correction.name))

    def test_lines_that_would_go_to_a_document_of_others(self):
        """A clerk names the document of another company as that of an own line."""
        own = self._posted(partner=self.partner_b, company_data=self.company_b_data)
        line = own.invoice_line_ids.with_user(self.clerk_b)
        with self.assertRaises(AccessError) as refusal:
            line.write({"move_id": self.move.id})
        self.assertNotIn(self.correction.name, str(refusal.exception))

    def test_files(self):
        names = {
            attachment: (attachment.name, record.display_name)
            for record, _piece, attachment in self._all_evidence().values()
        }
        self.assertGreater(len(names), 4)
        calls = {
            "name": lambda file: file.write({"name": "x"}),
            "datas": lambda file: file.write({"datas": "YQ=="}),
            "raw": lambda file: file.write({"raw": b"a"}),
            "place": lambda file: file.write({"res_model": False, "res_id": False}),
            "unlink": lambda file: file.unlink(),
            "copy": lambda file: file.copy(),
            "raw of": lambda file: file.raw,
        }
        for attachment, secret in names.items():
            self._check_silent(attachment, calls, secret)

    def test_messages_and_tracked_changes(self):
        audit = self._audit()
        message = self.move.message_ids[:1] or self.move.message_post(body="x")
        field = self.env["ir.model.fields"]._get("account.move", "state")
        value = self.env["mail.tracking.value"].create(
            {
                "mail_message_id": message.id,
                "field_id": field.id,
                "old_value_char": "Draft",
                "new_value_char": "Posted",
            }
        )
        names = (self.move.name, audit.name)
        calls = {
            "body": lambda message: message.write({"body": "x"}),
            "date": lambda message: message.write({"date": "2020-01-01 00:00:00"}),
            "place": lambda message: message.write({"res_id": 1}),
            "unlink": lambda message: message.unlink(),
        }
        self._check_silent(message, calls, names)
        calls = {
            "text": lambda value: value.write({"new_value_char": "x"}),
            "unlink": lambda value: value.unlink(),
        }
        self._check_silent(value, calls, names)
