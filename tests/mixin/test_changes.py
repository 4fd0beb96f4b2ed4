from contextlib import contextmanager
from datetime import datetime

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.changes import Changes
from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)

NAME = "test of changes"
NOON = datetime(2026, 3, 10, 12)


@tagged("post_install", "-at_install")
class TestChanges(TransactionCase):
    """An action is known while the tables that it read are as they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank, cls.other = cls.env["res.bank"].create([{"name": "Known"}] * 2)
        cls.tag = cls.env["res.partner.category"].create({"name": "Known"})

    def _read_banks(self, facts=None, act=None):
        changes = Changes(self.env)
        with changes.reading() as reading:
            self.env["res.bank"].search([("name", "=", "Known")])
            if act:
                act()
        changes.settle(NAME, reading, facts)
        return reading

    def _is_known(self, facts=None):
        return Changes(self.env).are_known(NAME, facts)

    def _sql(self, code):
        self.env.cr.execute(SQL(code))

    def _rolled_back(self):
        with self.env.cr.savepoint() as savepoint:
            self.bank.name = "Another"
            self.env.flush_all()
            savepoint.rollback()

    def test_every_way_of_writing_is_noticed(self):
        """Table: ways to write the table that was read, and others."""
        noticed = {
            "create": lambda: self.bank.create({"name": "New"}),
            "write": lambda: self.bank.write({"bic": "changed"}),
            "unlink": self.other.unlink,
            "SQL update": lambda: self._sql("UPDATE res_bank SET bic = 'x'"),
            "SQL insert": lambda: self._sql("INSERT INTO res_bank (name) VALUES ('x')"),
            "SQL delete": lambda: self._sql("DELETE FROM res_bank WHERE name = 'x'"),
            "rolled back": self._rolled_back,
            "cache": lambda: self._sql(
                "INSERT INTO orm_signaling_default DEFAULT VALUES"
            ),
        }
        unnoticed = {
            "nothing": lambda: None,
            "another table": lambda: self.tag.write({"color": 5}),
            "what was noted": lambda: self._sql(
                "UPDATE clerk_checkpoint SET write_uid = 1"
            ),
        }
        for is_known, ways in ((False, noticed), (True, unnoticed)):
            for way, act in ways.items():
                with self.subTest(way=way):
                    self._read_banks()
                    self.assertTrue(self._is_known())
                    act()
                    self.assertEqual(self._is_known(), is_known)

    def test_tables_are_those_that_are_read(self):
        """Values that were in the cache before count as read."""
        self.assertEqual(self.bank.name, "Known")
        changes = Changes(self.env)
        with changes.reading() as reading:
            self.assertEqual(self.bank.name, "Known")
        self.assertIn("res_bank", reading.counts)
        self.assertNotIn("res_partner_category", reading.counts)

    def test_what_is_written_inside_is_no_change(self):
        self._read_banks(act=lambda: self.bank.write({"bic": "inside"}))
        self.assertTrue(self._is_known())

    def test_what_is_written_after_counting_is_a_change(self):
        changes = Changes(self.env)
        self.bank.bic = "between"
        with changes.reading() as reading:
            self.env["res.bank"].search([("name", "=", "Known")])
        changes.settle(NAME, reading)
        self.assertFalse(self._is_known())

    def test_facts(self):
        self._read_banks(facts={"filter": 1})
        self.assertTrue(self._is_known({"filter": 1}))
        self.assertFalse(self._is_known({"filter": 2}))
        self.assertFalse(self._is_known())

    def test_nothing_is_known_without_counts(self):
        """PostgreSQL can be told not to count."""
        self._read_banks()
        self._sql("SET LOCAL track_counts = off")
        self.assertFalse(self._is_known())
        self._read_banks()
        self.assertFalse(self._is_known())

    def test_a_result_of_the_moment_is_never_known(self):
        changes = Changes(self.env)
        with changes.reading() as reading:
            self.env["res.bank"].search([])
        reading.is_momentary = True
        changes.settle(NAME, reading)
        self.assertFalse(self._is_known())

    def test_known_until_a_day_begins(self):
        """Table: time zone of the company -> known before its midnight and UTC's, not
        after it, and not if the clock was set back."""
        self.env["res.company"].search([]).partner_id.tz = "UTC"
        for zone, last, first in (
            ("UTC", "2026-03-10 23:59:59", "2026-03-11 00:00:00"),
            ("Asia/Tokyo", "2026-03-10 14:59:59", "2026-03-10 15:00:00"),
            ("America/New_York", "2026-03-10 23:59:59", "2026-03-11 00:00:00"),
            ("Pacific/Kiritimati", "2026-03-11 09:59:59", "2026-03-11 10:00:00"),
        ):
            self.env.company.partner_id.tz = zone
            start = datetime(2026, 3, 11) if "Kiritimati" in zone else NOON
            with self.subTest(zone=zone):
                with freeze_time(start):
                    self._read_banks()
                    self.assertTrue(self._is_known())
                with freeze_time(last):
                    self.assertTrue(self._is_known())
                with freeze_time(first):
                    self.assertFalse(self._is_known())
                with freeze_time("2026-03-10 11:59:59"):
                    self.assertFalse(self._is_known())


@tagged("post_install", "-at_install")
class TestChangesOfOthers(BaseCase):
    """Real connections: whatever others commit is read or noticed later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))

    def _write(self, name):
        with transaction(self.registry) as env:
            env["res.bank"].create({"name": name})
            # Otherwise PostgreSQL counts up to ten seconds later.
            env.cr.execute("SELECT PG_STAT_FORCE_NEXT_FLUSH()")

    @contextmanager
    def _counted(self):
        with self.registry.cursor() as cr:
            changes = Changes(api.Environment(cr, SUPERUSER_ID, {}))
            # Outside of a scheduled action this commits.
            changes.env["ir.cron"]._commit_progress()
            yield changes

    def _known(self):
        with self._counted() as changes:
            return changes.are_known(NAME)

    def test_in_every_order(self):
        """Table: when others commit -> what is read, and whether it stays known."""
        for moment, is_read, is_known in (
            ("before counting", True, True),
            ("before reading", True, False),
            ("while reading", False, False),
            ("after reading", False, False),
        ):
            with self.subTest(moment=moment):
                if moment == "before counting":
                    self._write(moment)
                with self._counted() as changes:
                    if moment == "before reading":
                        self._write(moment)
                    with changes.reading() as reading:
                        changes.env.cr.execute("SELECT 1")
                        if moment == "while reading":
                            self._write(moment)
                        found = changes.env["res.bank"].search([("name", "=", moment)])
                    if moment == "after reading":
                        self._write(moment)
                    changes.settle(NAME, reading)
                self.assertEqual(bool(found), is_read)
                self.assertEqual(self._known(), is_known)
