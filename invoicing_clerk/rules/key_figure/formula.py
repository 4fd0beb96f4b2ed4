"""Formulas of key figures, as data: value and wording come from the same terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MINUS = "-"


@dataclass(frozen=True)
class Formula:
    """A sum divided by another, times a factor, plus a further amount.

    Terms name inputs; a term with a leading minus is subtracted. The factor is an input
    or a number.

    >>> formula = Formula(("owed", "-due"), ("sales",), times="100")
    >>> sorted(formula.inputs())
    ['due', 'owed', 'sales']
    """

    over: tuple[str, ...]
    under: tuple[str, ...] = ()
    times: str = ""
    plus: str = ""

    def inputs(self) -> set[str]:
        """Return the names of the inputs."""
        terms = {*self.over, *self.under, self.times, self.plus} - {""}
        return {term.removeprefix(MINUS) for term in terms if not term.isdigit()}

    def value(self, inputs: Mapping[str, float | None]) -> float | None:
        """Return the value, or None without an input or a positive denominator.

        >>> Formula(("owed",), ("sales",), times="days").value(
        ...     {"owed": 1_200.0, "sales": 3_000.0, "days": 30})
        12.0
        >>> share = Formula(("wrong",), ("issued",), times="100")
        >>> share.value({"wrong": 1, "issued": 3})
        33.33
        >>> share.value({"wrong": 0, "issued": 0}), share.value({"wrong": 0})
        (None, None)
        >>> Formula(("median",)).value({"median": 3.5})
        3.5
        >>> Formula(("sent", "unsent")).value({"sent": 0, "unsent": 2})
        2.0
        >>> Formula(("rest",), ("sales",), "days", "whole").value(
        ...     {"rest": 50.0, "sales": 100.0, "days": 31, "whole": 30})
        45.5

        Sums of amounts are compared without the traces of binary numbers:

        >>> Formula(("a",), ("a", "b", "-c")).value({"a": 0.1, "b": 0.2, "c": 0.3})
        """
        if any(inputs.get(name) is None for name in self.inputs()):
            return None
        under = _sum(self.under, inputs) if self.under else 1.0
        if under <= 0:
            return None
        value = _sum(self.over, inputs) / under * _term(self.times or "1", inputs)
        return round(value + (_term(self.plus, inputs) if self.plus else 0.0), 2)

    def text(self, shown: Mapping[str, str]) -> str:
        """Return the formula with names or numbers for its inputs.

        >>> names = {"a": "A", "b": "B", "c": "C", "d": "D"}
        >>> Formula(("a", "b", "-c"), ("d",), "100").text(names)
        '(A + B − C) ÷ D × 100'
        >>> Formula(("a",), ("b",), "c", "d").text(names), Formula(("a",)).text(names)
        ('D + A ÷ B × C', 'A')
        >>> Formula(("a", "-b")).text(names)
        'A − B'
        >>> Formula(("a", "b"), ("c", "-d")).text(names)
        '(A + B) ÷ (C − D)'
        """
        text = _sum_text(self.over, shown, bool(self.under or self.times))
        if self.under:
            text += f" ÷ {_sum_text(self.under, shown, True)}"
        if self.times:
            text += f" × {shown.get(self.times, self.times)}"
        return f"{shown[self.plus]} + {text}" if self.plus else text


def _term(term: str, inputs: Mapping[str, float | None]) -> float:
    if term.isdigit():
        return float(term)
    amount = float(inputs[term.removeprefix(MINUS)] or 0.0)
    return -amount if term.startswith(MINUS) else amount


def _sum(terms: tuple[str, ...], inputs: Mapping[str, float | None]) -> float:
    return round(sum(_term(term, inputs) for term in terms), 6)


def _sum_text(terms: tuple[str, ...], shown: Mapping[str, str], is_part: bool) -> str:
    first, *others = terms
    text = shown[first]
    for term in others:
        sign = "−" if term.startswith(MINUS) else "+"
        text += f" {sign} {shown[term.removeprefix(MINUS)]}"
    return f"({text})" if others and is_part else text
