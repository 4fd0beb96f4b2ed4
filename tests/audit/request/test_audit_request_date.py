from datetime import date, datetime, time, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.audit.request import audit_request_sheet as rules

# The last day of 2026, as people write it.
LAST_DAY = (
    *("31.12.2026", "31. 12. 2026", "31 . 12 . 2026", "31.12.2026.", "31.12.26"),
    *("31/12/2026", "12/31/2026", "31/12/26", "12/31/26", "31-12-2026", "31-12-26"),
    *("31 12 2026", "2026-12-31", "2026 12 31", "2026.12.31", "2026. 12. 31."),
    *("2026/12/31", "20261231", "2026-W53-4", "2026年12月31日", "31。12。2026"),
    *("2026-12-31 00:00:00", "2026-12-31 00:00:00.000", "2026-12-31 24:00:00"),
    *("2026-12-31T00:00:00.000Z", "2026-12-31T00:00:00+01:00", "2026/12/31 00:00"),
    *("31/12/2026 00:00", "31.12.2026 17:00 Uhr", "31.12.2026, 17:00"),
    *("31/12/2026 at 5pm", "31.12.2026 17h00", "31.12.2026 17 h", "31/12/2026 5 p.m."),
    *("12/31/2026 5:00 PM", "12/31/2026 12:00:00 AM", "31 Dec 2026 17:00 CET"),
    *("31 Dec 2026", "31-Dec-2026", "31/Dec/2026", "31.Dec.2026", "Dec-31-2026"),
    *("31 Dec 26", "31-Dec-26", "31DEC2026", "31dec26", "December 31, 2026"),
    *("Thu 31 Dec 2026", "Thursday, 31 December 2026", "Thursday, December 31, 2026"),
    *("31st December 2026", "December 31st, 2026", "the 31st of December 2026"),
    *("by 31 Dec 2026", "due 31/12/2026", "on 31.12.2026", "2026 Dec 31"),
    *("31. Dezember 2026", "31. Dez. 2026", "Do, 31.12.2026", "Donnerstag, 31.12.26"),
    *("31 décembre 2026", "31 déc. 2026", "le 31/12/2026", "jeudi 31 décembre 2026"),
    *("31 de diciembre de 2026", "31 dic 2026", "31 dicembre 2026", "31 grudnia 2026"),
    *(
        "31 de dezembro de 2026",
        "31 december 2026",
        "31. prosince 2026",
        "31.12.2026г.",
    ),
    *(
        "31 декабря 2026 г.",
        "31 Aralık 2026",
        "2026. december 31.",
        "31 joulukuuta 2026",
    ),
    *("３１／１２／２０２６", "٣١/١٢/٢٠٢٦", "31\u00a0Dec\u00a02026", " 31/12/2026\n"),
    *("'31/12/2026", "31–12–2026", "31−12−2026", "31‐12‐2026", "31 – 12 – 2026"),
    *("46387", "46387.5", 46387, 46387.99999, 20261231, 20261231.0),
    *(date(2026, 12, 31), datetime(2026, 12, 31, 23, 59, 59, 999999)),
)
NO_DAY = (None, "", " ", "-", "--", "–", "—", "n/a", "N/A", "TBD", "tba", "None")
# Not a day, or not one that is certain.
REFUSED = (
    *("soon", "asap", "Q4 2026", "end of December", "12/2026", "Dec 2026", "31/12"),
    *("31.12.", "December 31", "31 Sept 2026", "31 November 2026", "30.02.2026"),
    *("31/31/2026", "2026-13-01", "2026-365", "not before 31/12/2026", "31 Foo 2026"),
    *("1 Dec 2026 - 31 Dec 2026", "31.12.2026 / 31.01.2027", "31/12-2026", "1/2/3/26"),
    *("46,387", "46 387", "1e5", "463871", "0", "-5", "9999-12-31", "0001-01-01"),
    *("31 12", "31 Dec 2026 2027", "Dec Dec 2026", "0/12/2026", "31.12.12026", "١"),
    *(True, 7, -5, 0.5, 1e308, float("inf"), float("nan"), "1" * 500, "½/12/2026"),
    *(time(10, 0), timedelta(days=3), date(9999, 12, 31), date(1, 1, 1)),
)
NUMBERS = {
    **{text: text for text in ("PBC-1", "PBC 1", "PBC-001", "#1", "No. 1", "1.", "1)")},
    **{text: text for text in ("1.1", "1.10", "1.1.1", "A.1", "1a", "1-2", "2026-01")},
    **{text: text for text in ("A", "b)", "(c)", "iv", "(ii)", "III.", "II.3", "IV/2")},
    "００１": 1,
    "٢": 2,
    "00003": 3,
    " 4 ": 4,
    5.0: 5,
    "PBC\n7": "PBC 7",
    1.5: "1.5",
}
NO_NUMBERS = (
    *("total", "Section", "#N/A", "#REF!", "-", "n/a", "0", "-1", "100000", "A1" * 17),
    # What spreadsheets make of 1-2, 1:30 and yes.
    *(datetime(2026, 2, 1), date(2026, 2, 1), time(1, 30), True),
)


@tagged("post_install", "-at_install")
class TestAuditRequestDate(BaseCase):
    """Due dates and numbers of request lists, as people write them.

    Of these days, only those with one kind of sign, with English months or as numbers
    were read; ``1-2``, which a spreadsheet made a date, became the number of a request.
    """

    def test_days(self):
        for cell in LAST_DAY:
            with self.subTest(cell=cell):
                self.assertEqual(rules.day(cell), date(2026, 12, 31))

    def test_months_of_many_languages(self):
        for text, month in (
            *(("1 mars 2026", 3), ("1. März 2026", 3), ("1 Mrz 2026", 3)),
            *(("1 août 2026", 8), ("1 aug 2026", 8), ("1 agosto 2026", 8)),
            *(("1 mei 2026", 5), ("1 mai 2026", 5), ("1 maggio 2026", 5)),
            *(("30 Sept. 2026", 9), ("1 juil. 2026", 7), ("1 lipca 2026", 7)),
            *(("1 gennaio 2026", 1), ("1 oktober 2026", 10), ("1 kesäkuuta 2026", 6)),
        ):
            with self.subTest(text=text):
                self.assertEqual(rules.day(text).month, month)

    def test_a_month_that_two_languages_have_is_that_of_the_user(self):
        text = "1 listopad 2026"
        with self.assertRaises(ValueError):
            rules.day(text)
        for language, month in (("pl_PL", 11), ("hr_HR", 10)):
            habits = rules.dates.Habits(language=language)
            self.assertEqual(rules.day(text, habits), date(2026, month, 1))
        with self.assertRaises(ValueError):
            rules.day(text, rules.dates.Habits(language="tlh"))

    def test_no_day(self):
        for cell in NO_DAY:
            with self.subTest(cell=cell):
                self.assertIsNone(rules.day(cell))

    def test_refused_days(self):
        for cell in REFUSED:
            with (
                self.subTest(cell=cell),
                self.assertRaises((ValueError, OverflowError)),
            ):
                self.assertIsNone(rules.day(cell), "read as this day")

    def test_doubts(self):
        habits = rules.dates.Habits()
        for text in ("03/04/2026", "3-4-2026", "Fri, 03/04/2026", "3/4/26 17:00"):
            self.assertTrue(rules.dates.doubt(text, habits), text)
        for text in ("3.4.2026", "3 April 2026", "2026-03-04", "31/12/2026", "-", "x"):
            self.assertFalse(rules.dates.doubt(text, habits), text)

    def test_numbers(self):
        for cell, number in NUMBERS.items():
            with self.subTest(cell=cell):
                self.assertEqual(rules.number(cell), number)

    def test_refused_numbers(self):
        for cell in NO_NUMBERS:
            with self.subTest(cell=cell), self.assertRaises(ValueError):
                self.assertIsNone(rules.number(cell), "read as this number")
