import errno
import os
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.addons.invoicing_clerk.models.audit.pack import (
    audit_pack_build,
)
from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack as rules
from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.audit.pack.common import (
    AuditPackCommon,
)


@tagged("post_install", "-at_install")
class TestAuditPackBuild(AuditPackCommon):
    """Failures are reported, keep completed items, and can be retried."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._posted() | cls._posted() | cls._posted()
        cls._send_out(*cls.moves)

    def _spooled(self):
        return os.listdir(self.env["clerk.audit.pack.item"]._spool())

    def test_no_temporary_files_remain(self):
        pack = self._make(self.moves)
        own = {
            f"pack-{pack.id}.zip",
            *(f"item-{each.id}.part" for each in pack.item_ids),
        }
        self.assertFalse(own & set(self._spooled()))
        self.assertFalse(pack.sudo().item_ids._part_attachments())

    def test_full_disk_while_building(self):
        pack = self._ask(self.moves)
        room = {"left": 1}
        append = rules.write_entry

        def write(out, path, source, created):
            """The disk fills up with the second invoice."""
            if path.endswith("/cover.pdf") and "00002" in path:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return append(out, path, source, created)

        with (
            patch.object(audit_pack_build, "BATCH_SIZE", room["left"]),
            patch.object(rules, "write_entry", write),
        ):
            self._work()
        self.assertEqual(pack.state, "failed")
        self.assertIn("No space left on device", pack.error)
        self.assertEqual(pack.item_ids.mapped("state"), ["done", "waiting", "waiting"])
        kept = pack.item_ids[0].part_sha256
        pack.action_try_again()
        self._work()
        self.assertEqual((pack.state, pack.item_ids[0].part_sha256), ("done", kept))

    def test_full_disk_while_assembling(self):
        pack = self._ask(self.moves)
        append = rules.append

        def full(out, part):
            append(out, part)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with patch.object(rules, "append", full):
            self._work()
        self.assertEqual((pack.state, pack.progress), ("failed", 100))
        pack.action_try_again()
        self._work()
        self.assertEqual(pack.state, "done")
        self._open(pack)

    def test_failed_item_does_not_stop_the_others(self):
        pack = self._ask(self.moves)
        broken = self.moves[1].name
        describe = type(pack.item_ids)._describe

        def fail(item, move, evidence):
            if move.name == broken:
                raise ValueError("Odd data")
            return describe(item, move, evidence)

        with patch.object(type(pack.item_ids), "_describe", fail):
            self._work()
        self.assertEqual(pack.item_ids.mapped("state"), ["done", "failed", "done"])
        self.assertEqual(pack.item_ids[1].error, "Odd data")
        self.assertIn("1 of 3", pack.error)
        self.assertIn(broken, pack.error)
        pack.action_try_again()
        self._work()
        self.assertEqual((pack.state, pack.failed_count), ("done", 0))

    def test_an_invoice_that_cannot_be_printed_is_listed(self):
        unsent = self._posted()
        pack = self._ask(self.moves | unsent)
        run = IrActionsReport._run_wkhtmltopdf

        def refuse(reports, bodies, report_ref=False, **options):
            if report_ref:
                raise RuntimeError("wkhtmltopdf fell over")
            return run(reports, bodies, report_ref, **options)

        with patch.object(IrActionsReport, "_run_wkhtmltopdf", refuse):
            self._work()
        self.assertEqual((pack.state, pack.missing_count), ("done", 1))
        [missing] = self._manifest(pack)["missing"]
        self.assertIn("wkhtmltopdf fell over", missing["why"])
        self.assertEqual(missing["document"], unsent.name)

    def test_lost_or_changed_part_is_built_again(self):
        for change in (os.unlink, lambda path: Path(path).write_bytes(b"forged")):
            pack = self._ask(self.moves)
            pack.sudo().state = "running"
            pack.sudo().item_ids._build()
            part = pack.sudo().item_ids._part_attachments()[pack.item_ids[1].id]
            change(part._full_path(part.store_fname))
            self._work()
            self.assertEqual(pack.state, "done")
            self._open(pack)

    def test_document_deleted_meanwhile(self):
        pack = self._ask(self.moves)
        # People cannot delete what an open engagement covers; the system can.
        deleted = self.moves[2].with_user(SUPERUSER_ID)
        deleted.button_draft()
        deleted.name = False
        deleted.with_context(force_delete=True).unlink()
        self._work()
        self.assertEqual(pack.item_ids.mapped("state"), ["done", "done", "failed"])
        self.assertIn("deleted after the pack was requested", pack.error)

    def test_cancelled_pack_is_not_built(self):
        pack = self._ask(self.moves)
        pack.action_cancel()
        self._work()
        self.assertEqual(pack.item_ids.mapped("state"), ["waiting"] * 3)
        with self.assertRaisesRegex(UserError, "not ready"):
            pack.action_download()
        with self.assertRaisesRegex(UserError, "Cancelled"):
            pack.action_try_again()
        pack.unlink()

    def test_failed_pack_does_not_stop_the_next(self):
        first, second = self._ask(self.moves[0]), self._ask(self.moves[1])
        name = type(first)._selection

        def fail(pack):
            if pack == first:
                raise KeyError("odd")
            return name(pack)

        with patch.object(type(first), "_selection", fail):
            self._work()
        self.assertEqual((first.state, second.state), ("failed", "done"))


@tagged("post_install", "-at_install")
class TestAuditPackKilled(AuditPackCommon):
    """Workers that are stopped again and again, by an item or by assembling.

    Such a pack was tried again without end, and the packs after it never.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls._posted() | cls._posted() | cls._posted()
        cls._send_out(*cls.moves)

    def _work_until_done(self):
        return self._killed_until_done("clerk.audit.pack")

    def test_item_that_kills_is_set_aside(self):
        pack, following = self._ask(self.moves), self._ask(self.moves[:1])
        guilty, write = self.moves[1].name, type(pack.item_ids)._write_pieces

        def kill(item, move, evidence):
            if item.name == guilty and item.pack_id == pack:
                raise KilledError
            return write(item, move, evidence)

        with patch.object(type(pack.item_ids), "_write_pieces", kill):
            killed = self._work_until_done()
        self.assertEqual(killed, audit_pack_build.MAX_TRIES)
        self.assertEqual(pack.item_ids.mapped("state"), ["done", "failed", "done"])
        self.assertIn("The server stopped 3 times", pack.item_ids[1].error)
        self.assertEqual((pack.state, following.state), ("failed", "done"))
        self.assertIn(guilty, pack.error)
        pack.action_try_again()
        self._work()
        self.assertEqual(pack.state, "done")

    def test_pack_that_kills_when_assembled_is_set_aside(self):
        pack, following = self._ask(self.moves), self._ask(self.moves[:1])
        pack_files = type(pack)._pack_files

        def kill(own, items):
            if own.id == pack.id:
                raise KilledError
            return pack_files(own, items)

        with patch.object(type(pack), "_pack_files", kill):
            killed = self._work_until_done()
        self.assertEqual(killed, audit_pack_build.MAX_TRIES)
        self.assertEqual((pack.state, following.state), ("failed", "done"))
        self.assertIn("The server stopped 3 times", pack.error)
        pack.action_try_again()
        self._work()
        self.assertEqual((pack.state, pack.tries), ("done", 0))

    def test_workers_look_by_themselves(self):
        """Odoo drops the call of one that was stopped three times before a commit."""
        for name in (
            *("ir_cron_statement_documents", "ir_cron_statement_documents_2"),
            *("ir_cron_statement_send", "ir_cron_audit_confirmation"),
            *("ir_cron_audit_pack", "ir_cron_audit_test", "ir_cron_correction_mail"),
        ):
            cron = self.env.ref(f"invoicing_clerk.{name}").sudo()
            every = (cron.interval_number, cron.interval_type)
            self.assertEqual(every, (5, "minutes"))
