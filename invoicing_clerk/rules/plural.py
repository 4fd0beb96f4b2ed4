"""Sentences that count."""


def plural(count: object, one: str, many: str) -> str:
    """Return the sentence about one thing, or about none or several.

    Both are whole sentences, so that translators can inflect them. The count may have
    been formatted already.

    >>> plural(1, "1 item", "1 items"), plural("1", "1 item", "1 items")
    ('1 item', '1 item')
    >>> plural(0, "0 item", "0 items"), plural("1,000", "", "1,000 items")
    ('0 items', '1,000 items')
    """
    return one if str(count) == "1" else many
