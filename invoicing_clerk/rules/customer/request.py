"""Requests for new customers: their way to approval, and what has to be complete."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Requested"),
    ("checked", "Checked"),
    ("approved", "Approved"),
    ("active", "Active"),
    ("blocked", "Blocked"),
    ("existing", "Existing Customer"),
    ("rejected", "Rejected"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "check": Step(("draft",), "checked", "clerk"),
        "override": Step(("draft",), (), "supervisor"),
        "approve": Step(("checked",), "approved", "supervisor"),
        "activate": Step(("approved",), "active", "supervisor"),
        "block": Step(("approved", "active"), "blocked", "supervisor"),
        "unblock": Step(("blocked",), "active", "supervisor"),
        "use": Step(("draft", "checked"), "existing", "clerk"),
        "return": Step(("checked",), "draft", "clerk"),
        "reject": Step(("draft", "checked"), "rejected", "clerk"),
    },
)

SCOPES = [
    ("domestic", "Domestic Business"),
    ("eu", "Business in Another EU Country"),
    ("export", "Business outside the EU"),
    ("public", "Public Body"),
    ("consumer", "Consumer"),
]
# Fields that a kind of customer may require, and those that make each of them.
REQUIRABLE: Mapping[str, Collection[str]] = {
    "address": ("street", "city", "zip"),
    "country": ("country_id",),
    "vat": ("vat",),
    "registry": ("registry",),
    "email": ("email",),
    "phone": ("phone",),
    "account": ("account",),
}


def missing(required: Collection[str], values: Mapping[str, object]) -> list[str]:
    """Return the names of the fields that are required and empty.

    >>> missing({"vat", "address"}, {"street": "High St 1", "city": " ", "vat": "/"})
    ['city', 'zip', 'vat']
    >>> missing({"country"}, {"country_id": 7})
    []
    """
    names = [
        name for key, fields in REQUIRABLE.items() if key in required for name in fields
    ]
    return [name for name in names if not _is_filled(values.get(name))]


def _is_filled(value: object) -> bool:
    # "/" is Odoo's mark of a partner without a tax ID.
    return value.strip() not in ("", "/") if isinstance(value, str) else bool(value)


def fits(scope: str, country: str, home: str, eu: Collection[str]) -> bool:
    """Return whether customers of a country are of this kind.

    >>> eu = {"BE", "FR"}
    >>> fits("domestic", "BE", "BE", eu), fits("domestic", "FR", "BE", eu)
    (True, False)
    >>> fits("eu", "FR", "BE", eu), fits("eu", "BE", "BE", eu)
    (True, False)
    >>> fits("export", "US", "BE", eu), fits("export", "FR", "BE", eu)
    (True, False)
    >>> fits("export", "CA", "US", eu), fits("consumer", "FR", "BE", eu)
    (True, True)

    Without a country, nothing speaks against it:

    >>> fits("eu", "", "BE", eu)
    True
    """
    if not country or not home:
        return True
    if scope == "domestic":
        return country == home
    if scope == "eu":
        return country in eu and country != home
    if scope == "export":
        return country != home and not (country in eu and home in eu)
    return True
