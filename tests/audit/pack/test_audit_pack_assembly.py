import io
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import odoo
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)

INVOICES = 8
# What a cron worker does, in a process of its own: two items at a time, and slowly
# enough that it can be met while it puts them together.
WORKER = """
import sys, time
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level=critical"])

from odoo.addons.invoicing_clerk.models.audit.pack import (
    audit_pack_assembly,
    audit_pack_build,
)
from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack as rules

audit_pack_build.BATCH_SIZE = 2
audit_pack_assembly.PARTS_PER_COMMIT = 1
append = rules.append

def slowly(out, part):
    time.sleep(0.3)
    done = append(out, part)
    out.flush()
    return done

rules.append = slowly
with Registry(sys.argv[2]).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    print("begun", flush=True)
    env["clerk.audit.pack"]._cron_build()
"""


@tagged("post_install", "-at_install")
class TestAuditPackAssembly(BaseCase):
    """Workers are killed, the next one continues, and the pack is complete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        files = config.filestore(cls.registry.db_name)
        cls.addClassCleanup(shutil.rmtree, files, ignore_errors=True)
        with transaction(cls.registry) as env:
            auditor_id, audit_id = cls._prepare(env)
        with transaction(cls.registry, auditor_id) as env:
            env = env(context={"allowed_company_ids": [cls.company_id]})
            cls.pack_id = cls._ask(env, audit_id).id
            cls.spool = Path(env["clerk.audit.pack.item"]._spool())

    @classmethod
    def _prepare(cls, env):
        company = env["res.company"].create({"name": "Audited"})
        cls.company_id = company.id
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        auditor = new_test_user(
            env,
            login="resuming_auditor",
            groups="invoicing_clerk.group_auditor",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        audit = env["clerk.audit"].create(
            {
                "name": "Annual accounts",
                "company_id": company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "auditor_ids": [Command.set(auditor.ids)],
            }
        )
        cls._invoices(env(context={"allowed_company_ids": company.ids}))
        return auditor.id, audit.id

    @classmethod
    def _invoices(cls, env):
        customer = env["res.partner"].create({"name": "Customer"})
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": "2026-01-15",
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 10.0 + at})
                    ],
                }
                for at in range(INVOICES)
            ]
        )
        moves.action_post()
        env["ir.attachment"].create(
            [
                {
                    "name": f"{move.id}.pdf",
                    "raw": f"%PDF-1.4 {move.name}",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
                for move in moves
            ]
        )

    @classmethod
    def _ask(cls, env, audit_id):
        moves = env["account.move"].search([("move_type", "=", "out_invoice")])
        pack = env["clerk.audit.pack"].create(
            {
                "audit_id": audit_id,
                "name": "All",
                "move_ids": [Command.set(moves.ids)],
            }
        )
        pack.action_request()
        return pack

    def _worker(self):
        folder = Path(odoo.__path__[0]).parent
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, config["config"], self.registry.db_name],
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
        )
        worker.stdout.readline()
        return worker

    def _kill(self, worker, when):
        while not when():
            self.assertIsNone(worker.poll())
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()

    def _done(self):
        with transaction(self.registry) as env:
            items = env["clerk.audit.pack.item"].search(
                [("pack_id", "=", self.pack_id), ("state", "=", "done")]
            )
            return {item.sequence: item.part_sha256 for item in items}

    def _size(self):
        path = self.spool / f"pack-{self.pack_id}.zip"
        return path.stat().st_size if path.exists() else 0

    def test_killed_while_building_and_assembling(self):
        self._kill(self._worker(), self._done)
        kept = self._done()
        self.assertLess(len(kept), INVOICES)
        self._kill(self._worker(), lambda: self._size() > 60_000)
        # What was read before is not read again, nor what was put together.
        before = self._done()
        self.assertEqual(len(before), INVOICES)
        self.assertLessEqual(kept.items(), before.items())
        half = self._size()
        (self.spool / f"pack-{self.pack_id}.zip").open("ab").write(b"half a part")
        worker = self._worker()
        self.assertEqual(worker.wait(), 0)
        self._check_whole(half)

    def _check_whole(self, half):
        with transaction(self.registry) as env:
            pack = env["clerk.audit.pack"].browse(self.pack_id)
            self.assertEqual((pack.state, pack.error), ("done", False))
            content = pack._log_download().raw
            self.assertGreater(len(content), half)
            self.assertEqual(verify.check(io.BytesIO(content), pack.root_hash), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            invoices = [n for n in archive.namelist() if n.endswith("invoice.pdf")]
        self.assertEqual(len(invoices), INVOICES)
        self.assertFalse(list(self.spool.iterdir()))
