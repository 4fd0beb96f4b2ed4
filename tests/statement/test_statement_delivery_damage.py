import os

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.evidence_file import BrokenSealError
from odoo.addons.invoicing_clerk.tests.statement.document_common import pages_of
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)

# The last argument is the file to write. All end with code 1, which Odoo takes for
# success.
LAST = 'for last in "$@"; do :; done\n'
HALF = (
    '"$real" "$@"\nsize=$(wc -c < "$last")\n'
    'head -c $((size / 2)) "$last" > "$last.half"\n'
)
PROGRAMS = {
    "nothing": "exit 1",
    "empty file": ': > "$last"; exit 1',
    "rubbish": 'head -c 3000 /dev/urandom > "$last"; exit 1',
    "message": 'echo "Exit with code 1: ContentNotFoundError" > "$last"; exit 1',
    "half": HALF + 'mv "$last.half" "$last"; exit 1',
    "half with an end": HALF
    + 'printf "\\n%%%%EOF\\n" >> "$last.half"; mv "$last.half" "$last"; exit 1',
    "half, code 0": HALF + 'mv "$last.half" "$last"; exit 0',
}


class DamageCommon(StatementSendCommon):
    def _break(self, file, content=b""):
        """Change a file in the file store, until the end of the test."""
        path = file._full_path(file.store_fname)
        with open(path, "rb") as stored:
            before = stored.read()
        self.addCleanup(self._write_file, path, before)
        self._write_file(path, content)
        self.env.invalidate_all()

    def _write_file(self, path, content):
        os.unlink(path)
        with open(path, "wb") as stored:
            stored.write(content)


@tagged("post_install", "-at_install")
class TestBrokenProgram(DamageCommon):
    """Table: what wkhtmltopdf writes × single documents and halved batches.

    It would have caught that the last document of a halved batch was never read.
    """

    def _guilty(self, script):
        """Let only documents with the name of the first customer fail."""
        return (
            f'{LAST}guilty=\nfor each in "$@"; do\n'
            f'  if [ -f "$each" ] && grep -q GUILTY "$each"; then guilty=1; fi\n'
            f'done\n[ -z "$guilty" ] && exec "$real" "$@"\n{script}'
        )

    def test_nothing_is_stored_sealed_or_sent(self):
        customers = self._customers(3)
        customers[0].name = "GUILTY"
        for name, script in PROGRAMS.items():
            with self.subTest(program=name):
                self.postbox.mails.clear()
                self._with_program(self._guilty(script))
                run = self._sent(customers)
                self.assertEqual(self._states(run), ["failed", "sent", "sent"])
                failed = self._statement(run, customers[0])
                self.assertIn("could not be created", failed.delivery_error)
                self.assertFalse(failed.document_id)
                self.assertFalse(failed.document_hash)
                self.assertEqual(
                    set(self.postbox.received()), set(customers[1:].mapped("email"))
                )
                run.sudo().statement_ids._check_evidence()

    def test_tried_again(self):
        customer = self._customers(1)
        self._with_program(f"{LAST}{PROGRAMS['empty file']}")
        run = self._sent(customer)
        self.assertEqual((self._states(run), run.failed_count), (["failed"], 1))
        self._with_program('exec "$real" "$@"')
        run.statement_ids.with_user(self.clerk).action_try_again()
        self._work()
        self.assertEqual(self._states(run), ["sent"])
        self.assertFalse(run.statement_ids.delivery_error)

    def test_prints_and_reports(self):
        """Covers, previews and other reports fail with a sentence."""
        [customer] = self._customers(1)
        customer.statement_delivery = "print"
        run = self._sent(customer)
        self.assertEqual(self._states(run), ["to_print"])
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        other = self._run(include="all")
        for name, script in PROGRAMS.items():
            with self.subTest(program=name):
                self._with_program(f"{LAST}{script}")
                with self.assertRaisesRegex(UserError, "PDF|Wkhtmltopdf"):
                    run.with_user(self.clerk).action_print()
                self.assertEqual(self._states(run), ["to_print"])
                with self.assertRaisesRegex(UserError, "PDF|Wkhtmltopdf"):
                    reports.with_user(self.clerk)._render_qweb_pdf(
                        "invoicing_clerk.report_statement",
                        other.statement_ids[:1].ids,
                    )


@tagged("post_install", "-at_install")
class TestDamagedDocument(DamageCommon):
    """Documents found damaged after they were sent."""

    def test_made_and_sent_again_by_a_supervisor(self):
        customer = self._customers(1)
        run = self._sent(customer)
        statement = run.statement_ids
        before, digest = statement.document_id, statement.document_hash
        self.assertEqual(self._printed(statement), before.raw)
        self._break(before)
        self.assertIn("is not the file", statement.evidence_problem)
        with self.assertRaises(BrokenSealError):
            self._printed(statement)
        with self.assertRaisesRegex(AccessError, "Only supervisors"):
            statement.with_user(self.clerk).action_make_again()
        statement.with_user(self.supervisor).action_make_again()
        self.assertEqual((statement.delivery_state, run.state), ("pending", "sending"))
        self._work()
        self.assertEqual((statement.delivery_state, run.state), ("sent", "done"))
        self.assertNotEqual(statement.document_id, before)
        self.assertTrue(before.exists())
        self.assertFalse(statement.evidence_problem)
        [mail] = self.postbox.mail_to(customer.email)[1:]
        [attachment] = mail.iter_attachments()
        self.assertIn(statement.name, " ".join(pages_of(attachment.get_content())))
        trace = statement.message_ids.filtered(lambda each: digest in each.body)
        self.assertIn("recreated and sent again", trace.body)
        self.assertEqual(trace.author_id, self.supervisor.partner_id)
        with self.assertRaises(UserError):
            before.sudo().unlink()

    def test_made_again_whatever_happened_in_the_database(self):
        """The file, its seal, or both were deleted."""
        for deleted in (
            (("ir_attachment", "id"), None),
            (
                ("clerk_evidence_file", "attachment_number"),
                ("ir_attachment", "id"),
            ),
        ):
            statement = self._sent(self._customers(1)).statement_ids
            number = statement.document_id.id
            for table, column in filter(None, deleted):
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        number,
                    )
                )
            self.env.invalidate_all()
            self.assertFalse(statement.document_id)
            self.assertIn("deleted", statement.evidence_problem)
            statement.with_user(self.supervisor).action_make_again()
            self._work()
            self.assertEqual(statement.delivery_state, "sent")
            self.assertFalse(statement.evidence_problem)

    def _printed(self, statement):
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        content, _kind = reports.with_context(
            force_report_rendering=True
        )._render_qweb_pdf("invoicing_clerk.report_statement", statement.ids)
        return content

    def test_sound_documents_are_not_made_again(self):
        statement = self._sent(self._customers(1)).statement_ids
        with self.assertRaisesRegex(UserError, "is not damaged"):
            statement.with_user(self.supervisor).action_make_again()

    def test_damaged_documents_are_not_sent_or_printed(self):
        """Damage between the making and the sending, or before a retry."""
        for way in ("email", "print"):
            customers = self._customers(2)
            customers.statement_delivery = way
            run = self._sending(customers)
            with self._job_env() as env:
                env["clerk.statement"]._cron_make_documents()
            first = self._statement(run, customers[0])
            self._break(first.document_id, b"%PDF-forged")
            self._work(documents=False)
            if way == "email":
                self.assertEqual(self._states(run), ["failed", "sent"])
                self.assertIn("A supervisor can", first.delivery_error)
                first.with_user(self.clerk).action_try_again()
                self._work()
                self.assertEqual(first.delivery_state, "failed")
                self.assertNotIn(customers[0].email, self.postbox.received())
            else:
                with self.assertRaisesRegex(UserError, "is not the file"):
                    run.with_user(self.clerk).action_print()
                self.assertEqual(self._states(run), ["to_print", "to_print"])

    def test_changed_lines_are_not_sent(self):
        customers = self._customers(2)
        run = self._sending(customers)
        first = self._statement(run, customers[0])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_statement_line SET open_amount = 1 WHERE statement_id = %s",
            [first.id],
        )
        self.env.invalidate_all()
        self.assertIn("have been changed", first.evidence_problem)
        with self.assertRaisesRegex(UserError, "have been changed"):
            first.with_user(self.clerk).action_xlsx()
        self._work()
        self.assertEqual(self._states(run), ["failed", "sent"])
        self.assertIn("have been changed", first.delivery_error)


@tagged("post_install", "-at_install")
class TestRetentionKeepsTheProof(DamageCommon):
    """Nothing is made or sent of a statement whose lines were deleted.

    It would have caught that a bounce and a retry mailed an empty PDF and overwrote the
    hash of the one that was sent.
    """

    def _reduced(self, customers):
        run = self._sent(customers)
        self.company_a.clerk_statement_keep_months = 12
        with self._job_env() as env:
            env.cr.execute(
                "UPDATE clerk_statement_run SET date = '2020-01-31',"
                " date_from = '2020-01-01' WHERE id = %s",
                [run.id],
            )
            env["clerk.statement.run"]._cron_reduce()
        self.env.invalidate_all()
        self.assertTrue(run.reduced_on)
        self.assertFalse(run.statement_ids.line_ids + run.statement_ids.line_ids)
        self.postbox.mails.clear()
        return run

    def test_nothing_makes_or_sends_it_again(self):
        run = self._reduced(self._customers(1))
        statement = run.statement_ids
        digest = statement.document_hash
        self.assertFalse(statement.document_id)
        # As if it had bounced before it was reduced.
        self.env.cr.execute(
            "UPDATE clerk_statement SET delivery_state = 'failed' WHERE id = %s",
            [statement.id],
        )
        statement.invalidate_recordset()
        report = "invoicing_clerk.report_statement"
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        for user in (self.clerk, self.supervisor):
            own, own_run = statement.with_user(user), run.with_user(user)
            own_reports = reports.with_user(user)
            for act in (
                own.action_try_again,
                own_run.action_try_failed_again,
                own.action_preview,
                own.action_xlsx,
                own.with_user(self.supervisor).action_make_again,
                lambda r=own_reports: r._render_qweb_pdf(report, statement.ids),
                lambda r=own_reports: r._render_qweb_html(report, statement.ids),
                lambda r=own_reports: r._render_qweb_text(report, statement.ids),
                statement.sudo()._queue_delivery,
            ):
                with self.assertRaisesRegex(UserError, "retention period"):
                    act()
        made, errors = statement.sudo()._make_documents()
        self.assertFalse(made)
        self.assertIn("cannot be created or sent again", errors[statement])
        self._work()
        self.assertEqual(statement.document_hash, digest)
        self.assertFalse(statement.document_id)
        self.assertFalse(self.postbox.mails)
        self.assertFalse(statement.evidence_problem)

    def test_interrupted_in_the_middle(self):
        """Lines are gone, but the run does not say so yet."""
        run = self._sent(self._customers(1))
        statement = run.statement_ids
        digest = statement.document_hash
        statement.sudo()._reduce()
        self.assertFalse(run.reduced_on)
        statement.sudo()._fail("bounced")
        with self.assertRaisesRegex(UserError, "retention period"):
            statement.with_user(self.clerk).action_try_again()
        self.assertEqual(statement.document_hash, digest)

    def test_a_pending_one_is_not_made(self):
        """The worker looks again: a step before may have let it through."""
        run = self._reduced(self._customers(1))
        statement = run.statement_ids
        statement.sudo().write({"delivery_state": "pending"})
        run.sudo().state = "sending"
        self._work()
        self.assertEqual(statement.delivery_state, "failed")
        self.assertIn("retention period", statement.delivery_error)
        self.assertFalse(self.postbox.mails)
