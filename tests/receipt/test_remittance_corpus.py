from random import Random

from odoo.exceptions import UserError
from odoo.tests import tagged

from .advice_corpus import LAYOUTS, SEEDS, content, drawn
from .common import ReceiptCommon

NUMBERS = 80
LEAST_READ = 0.9


@tagged("post_install", "-at_install")
class TestRemittanceCorpus(ReceiptCommon):
    """Files of advices in many layouts: what is read is right, others are refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = [f"INV/2026/{number:05}" for number in range(1, NUMBERS)]
        cls.advice = (
            cls.env["clerk.remittance"]
            .with_user(cls.clerk)
            .create(
                {
                    "name": "AVIS 7",
                    "partner_id": cls.partner_a.id,
                    "company_id": cls.company_a.id,
                    "currency_id": cls.env.ref("base.EUR").id,
                    "date": "2026-03-01",
                    "total": 0.0,
                }
            )
        )
        cls.reader = cls.env["clerk.remittance.import"].with_user(cls.clerk)

    def _known(self, row):
        return next((each for each in self.numbers if each in row), None)

    def _read(self, layout, file):
        """Return what is read of a file, or None if it is refused."""
        reader = self.reader.new({"remittance_id": self.advice.id})
        read = reader._read_pdf if layout.kind == "pdf" else reader._read_sheet
        try:
            advice = read(file)
            reader._check_advice(advice)
        except UserError:
            return None
        return [(each.number, each.amount, each.deduction) for each in advice.lines]

    def _outcomes(self, name, layout):
        """Return whether each file of a layout was read; never what is not in it."""
        self.patch(type(self.advice), "_numbers_known", lambda _advice: self._known)
        outcomes = []
        for seed in range(SEEDS):
            random = Random(f"{name} {seed}")
            lines = drawn(layout, self.numbers, random)
            found = self._read(layout, content(layout, lines, random))
            meant = [(each.number, each.amount, each.deduction) for each in lines]
            outcomes.append(found is not None)
            if found is not None:
                with self.subTest(layout=name, seed=seed):
                    self.assertEqual(found, meant)
        return outcomes

    def test_nothing_wrong_is_read(self):
        self.assertEqual((len(LAYOUTS), SEEDS), (25, 12))
        read = {name: self._outcomes(name, each) for name, each in LAYOUTS.items()}
        for name, layout in LAYOUTS.items():
            if layout.unclear:
                self.assertFalse(any(read[name]), name)
        clear = {
            kind: [
                outcome
                for name, layout in LAYOUTS.items()
                if layout.kind == kind and not layout.unclear
                for outcome in read[name]
            ]
            for kind in ("pdf", "xlsx", "csv")
        }
        for kind, outcomes in clear.items():
            missed = {name for name, each in read.items() if not all(each)}
            self.assertGreaterEqual(
                sum(outcomes) / len(outcomes), LEAST_READ, f"{kind}: {missed}"
            )
