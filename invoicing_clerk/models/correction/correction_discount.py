from collections import defaultdict
from typing import NamedTuple


class EarlyDiscount(NamedTuple):
    """Early payment discount of type *mixed*, on lines with the same `line_key`.

    It reduces taxes but not the untaxed amount. Core books it twice: as a deduction
    with the taxes, and as an addition without any.
    """

    account: int
    taxes: frozenset
    analytic: tuple


def line_key(line, taxes=None):
    """Return where a line is booked: lines with the same key can share cents."""
    analytic = tuple(sorted((line.analytic_distribution or {}).items()))
    taxes = line.tax_ids.ids if taxes is None else taxes
    return (line.account_id.id, frozenset(taxes), analytic)


def discount_key(line):
    return EarlyDiscount(*line_key(line))


def has_discount(moves):
    """Return whether core has booked such a discount on any of these documents."""
    return "epd" in moves.line_ids.mapped("display_type")


def reduced_by(payment_terms):
    """Return the percentage by which payment terms reduce taxes, or 0."""
    mixed = payment_terms.early_pay_discount_computation == "mixed"
    reduces = payment_terms.early_discount and mixed
    return payment_terms.discount_percentage if reduces else 0.0


def discount_lines(move, base_lines, part, rounding_method=None):
    """Return the lines that core adds to reduce taxes, not the untaxed amount.

    :param base_lines: lines of the document, in the format of core's tax engine
    :param rounding_method: of taxes, if not that of the company
    """
    lines = [
        _discount_line(move, base_lines[0], key, amount)
        for key, amount in _discount_amounts(base_lines, part).items()
    ]
    for line in lines:
        move.env["account.tax"]._add_tax_details_in_base_line(
            line, move.company_id, rounding_method=rounding_method
        )
    return lines


def balance_discount(lines):
    """Let the lines of a discount add up to nothing, as core books them.

    Each is rounded by itself, in each currency. The cents that remain are added to a
    line without taxes, so that the boxes of tax returns stay.
    """
    untaxed = [line["tax_details"] for line in lines if not line["tax_ids"]]
    for suffix in ("_currency", "") if untaxed else ():
        total, delta = f"total_excluded{suffix}", f"delta_total_excluded{suffix}"
        details = [line["tax_details"] for line in lines]
        untaxed[-1][delta] -= sum(each[total] + each[delta] for each in details)


def _discount_amounts(base_lines, part):
    amounts = defaultdict(float)
    for base_line in base_lines:
        if not base_line["tax_ids"]:
            continue
        currency, details = base_line["currency_id"], base_line["tax_details"]
        untaxed = currency.round(details["raw_total_excluded_currency"])
        for key, sign in _discount_keys(base_line):
            amounts[key] += sign * currency.round(untaxed * part)
    return amounts


def _discount_keys(base_line):
    """Return where the discount of a line is deducted, and where it is added again."""
    line, taxes = base_line["record"], base_line["tax_ids"]
    # The amount of fixed taxes does not depend on the price.
    reduced = taxes.filtered(lambda tax: tax.amount_type != "fixed")
    return [
        (EarlyDiscount(*line_key(line, reduced.ids)), -1),
        (EarlyDiscount(line.account_id.id, frozenset(), ()), 1),
    ]


def _discount_line(move, base_line, key, amount):
    taxes = move.env["account.tax"]
    return taxes._prepare_base_line_for_taxes_computation(
        key,
        account_id=move.env["account.account"].browse(key.account),
        analytic_distribution=dict(key.analytic),
        tax_ids=taxes.browse(key.taxes).sorted(),
        price_unit=amount,
        quantity=1.0,
        currency_id=base_line["currency_id"],
        rate=base_line["rate"],
        sign=base_line["sign"],
        special_mode="total_excluded",
        special_type="early_payment",
        partner_id=move.commercial_partner_id,
        is_refund=move.move_type == "out_refund",
    )
