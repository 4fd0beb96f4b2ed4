"""Labelled remittance advices: 300 files in 25 layouts, as payers send them.

Each layout is a table with titles, rows and perhaps a total; the label of a file is
what the payer means. Numbers of documents are given, amounts are drawn.
"""

import csv
import io
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

SEEDS = 12
POINT, COMMA, SPACE, SWISS = ".,", ",.", ",\u00a0", ".'"
ROWS_ON_PAGE = 32


@dataclass(frozen=True)
class Paid:
    """A document that a payer pays."""

    number: str
    amount: Decimal
    deduction: Decimal

    @property
    def billed(self):
        return self.amount + self.deduction


@dataclass(frozen=True)
class Layout:
    """The form in which a payer's system prints an advice."""

    # The columns in their order, by what is in them, and their titles.
    columns: tuple
    titles: tuple = ()
    kind: str = "pdf"
    marks: str = POINT
    total: str = "Total"
    # The columns in which totals are printed.
    totalled: tuple = ("paid",)
    before: tuple = ()
    after: tuple = ()
    currency: str = ""
    right: bool = True
    deducts: bool = True
    # Rows of each document: one, or the amounts below its number.
    below: bool = False
    carried: bool = False
    width: int = 100
    # Whether nothing can be known from it for certain.
    unclear: bool = field(default=False)


def figure(amount, marks):
    """Return an amount as printed: the first mark is that of decimals."""
    text = f"{amount:,.2f}"
    return text.replace(",", "\0").replace(".", marks[0]).replace("\0", marks[1])


ENGLISH = ("Invoice No.", "Date", "Invoice Amount", "Discount", "Amount Paid")
GERMAN = ("Beleg-Nr.", "Datum", "Rechnungsbetrag", "Skonto", "Zahlbetrag")
FRENCH = ("Facture", "Date", "Montant facture", "Escompte", "Montant réglé")
DUTCH = ("Factuurnummer", "Datum", "Factuurbedrag", "Korting", "Betaald")
FULL = ("number", "date", "billed", "deduction", "paid")
SHORT = ("number", "paid")

LAYOUTS = {
    "english": Layout(FULL, ENGLISH),
    "german": Layout(FULL, GERMAN, marks=COMMA, total="Summe"),
    "french": Layout(FULL, FRENCH, marks=SPACE, total="Total", currency=" EUR"),
    "dutch": Layout(FULL, DUTCH, marks=COMMA, total="Totaal"),
    "swiss": Layout(SHORT, ("Rechnung", "Betrag"), marks=SWISS, total="Gesamt"),
    "all totals": Layout(FULL, ENGLISH, totalled=("billed", "deduction", "paid")),
    "left": Layout(FULL, ENGLISH, right=False),
    "paid first": Layout(
        ("number", "paid", "balance"), ("Document", "Payment", "Balance")
    ),
    "net last": Layout(
        ("date", "number", "billed", "deduction", "paid"),
        ("Inv Date", "Inv Number", "Gross", "Disc", "Net"),
    ),
    "without total": Layout(SHORT, ("Invoice Number", "Paid"), total=""),
    "without titles": Layout(SHORT, ()),
    "discount without titles": Layout(FULL, ()),
    "letter": Layout(
        SHORT,
        total="",
        before=("Dear Sir or Madam,", "with our transfer of {total} we pay:"),
        after=("Yours faithfully", "VAT ID DE 123 456 789"),
    ),
    "two rows": Layout(SHORT, ("Document", "Amount"), below=True),
    "pages": Layout(FULL, ENGLISH, carried=True),
    "signed": Layout(SHORT, ("Reference", "Amount"), currency=" EUR", deducts=False),
    "unclear": Layout(("number", "paid", "balance"), (), totalled=(), unclear=True),
    "excel": Layout(FULL, ENGLISH, kind="xlsx"),
    "excel german": Layout(FULL, GERMAN, kind="xlsx", total="Summe"),
    "excel short": Layout(SHORT, ("Document", "Paid"), kind="xlsx", total=""),
    "excel with heading": Layout(
        FULL, FRENCH, kind="xlsx", before=("Acme SA", "Avis de paiement")
    ),
    "csv": Layout(FULL, ENGLISH, kind="csv"),
    "csv german": Layout(FULL, GERMAN, kind="csv", marks=COMMA, total="Summe"),
    "csv french": Layout(FULL, FRENCH, kind="csv", marks=COMMA),
    "csv short": Layout(SHORT, ("Document", "Paid"), kind="csv", total=""),
}


def drawn(layout, numbers, random):
    """Return what the payer means: some of the documents, in any order."""
    count = random.randint(2, min(len(numbers), 60 if layout.carried else 20))
    lines = []
    for number in random.sample(numbers, count):
        amount = Decimal(random.randint(100, 5_000_000)) / 100
        deducts = layout.deducts and "deduction" in layout.columns
        share = random.choice((0, 0, 0, 2, 3)) if deducts else 0
        deduction = (amount * share / 100).quantize(Decimal("0.01"))
        lines.append(Paid(number, amount - deduction, deduction))
    return lines


def cells(layout, line, random):
    """Return the texts of a row."""
    texts = {
        "number": line.number,
        "date": f"{random.randint(1, 28):02}.0{random.randint(1, 9)}.2026",
        "billed": figure(line.billed, layout.marks),
        "deduction": figure(line.deduction, layout.marks) if line.deduction else "",
        "paid": figure(line.amount, layout.marks) + layout.currency,
        "balance": figure(Decimal(random.randint(1, 900)), layout.marks),
    }
    return [texts[name] for name in layout.columns]


def table(layout, lines, random):
    """Return the rows of an advice, of which each is a list of texts by column."""
    rows = [list(layout.titles)] if layout.titles else []
    for place, line in enumerate(lines):
        row = cells(layout, line, random)
        if layout.below:
            rows += [row[:1], ["", *row[1:]]]
        else:
            rows.append(row)
        if layout.carried and place % 20 == 19:
            sums = sum(each.amount for each in lines[: place + 1])
            carried = ["Carried forward", *[""] * (len(row) - 2)]
            rows.append([*carried, figure(sums, layout.marks)])
    if layout.total:
        rows.append(totals(layout, lines))
    return rows


def totals(layout, lines):
    sums = {
        "billed": sum(each.billed for each in lines),
        "deduction": sum(each.deduction for each in lines),
        "paid": sum(each.amount for each in lines),
    }
    shown = layout.totalled or ("paid",)
    row = [
        figure(sums[name], layout.marks) if name in shown else ""
        for name in layout.columns
    ]
    return [layout.total, *row[1:]]


def content(layout, lines, random):
    """Return the file."""
    rows = table(layout, lines, random)
    total = figure(sum(each.amount for each in lines), layout.marks)
    before = [[text.format(total=total)] for text in layout.before]
    rows = [*before, *rows, *([text] for text in layout.after)]
    return {"pdf": pdf, "xlsx": workbook, "csv": text_file}[layout.kind](layout, rows)


def pdf(layout, rows):
    with io.BytesIO() as out:
        canvas = Canvas(out)
        canvas.setFont("Courier", 8)
        for place, row in enumerate(rows):
            if place and place % ROWS_ON_PAGE == 0:
                canvas.showPage()
                canvas.setFont("Courier", 8)
            height = 790 - (place % ROWS_ON_PAGE) * 20
            for column, text in enumerate(row):
                left = 40 + column * layout.width
                is_amount = layout.columns[column] in ("billed", "deduction", "paid")
                if layout.right and is_amount and len(row) > 1:
                    canvas.drawRightString(left + layout.width - 20, height, text)
                else:
                    canvas.drawString(left, height, text)
        canvas.save()
        return out.getvalue()


def workbook(layout, rows):
    book = Workbook()
    names = layout.columns
    for row in rows:
        book.active.append(
            [
                float(text.replace(",", "")) if _is_figure(name, text) else text
                for name, text in zip(names, row, strict=False)
            ]
        )
    with io.BytesIO() as out:
        book.save(out)
        return out.getvalue()


def _is_figure(name, text):
    return name not in ("number", "date") and text[:1].isdigit()


def text_file(layout, rows):
    with io.StringIO() as out:
        csv.writer(out, delimiter=";").writerows(rows)
        return out.getvalue().encode()
