from decimal import Decimal

from odoo.tools import formatLang


def amount_text(currency, amount, accuracy=None):
    """Return an amount with the symbol of its currency, in the user's language.

    Unlike the text of `res.currency.format`, it has no invisible characters, so that it
    is found by a search. Without a currency it is the number alone.

    :param accuracy: the name of the decimal accuracy, if not that of the currency
    """
    return formatLang(
        currency.env,
        float(amount),
        dp=accuracy,
        currency_obj=currency,
        rounding_method="HALF-UP",
    )


def exact(currency, amount):
    """Return a float as the decimal that the currency rounds it to."""
    return Decimal(f"{currency.round(amount):.{currency.decimal_places}f}")


def price_text(currency, price):
    """Return a price as `amount_text` does, with all digits that prices have."""
    return amount_text(currency, price, "Product Price")
