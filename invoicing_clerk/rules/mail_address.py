"""Email addresses as people enter them: which of them can be mailed.

Odoo's own parser takes what it finds: from ``ann b@example.com`` it mails to
``b@example.com``, and addresses at an international domain it loses on the way to the
mail server. Here an address counts only as a whole.
"""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{1,64}}@.{{1,253}}$){_ATOM}(?:\.{_ATOM})*"
    rf"@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
_QUOTED = re.compile(r'"[^"]*"')
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_SEPARATOR = re.compile(r"[,;\n]")
# Words between two addresses.
_BETWEEN = frozenset({"/", "|", "&", "or", "and"})


def addresses(text: str) -> list[str]:
    """Return the addresses of a field; none if one of several is not an address.

    >>> addresses("ann@example.com"), addresses("Ann <ann@example.com>")
    (['ann@example.com'], ['ann@example.com'])
    >>> addresses('"Doe, Ann" <ann@example.com>; bob@example.com')
    ['ann@example.com', 'bob@example.com']
    >>> addresses("ann@example.com / bob@example.com")
    ['ann@example.com', 'bob@example.com']
    >>> addresses("ann@example.com, n/a"), addresses("n/a, ann@example.com")
    (['ann@example.com'], ['ann@example.com'])

    Not of other text, nor of what only looks like an address:

    >>> [text for text in (
    ...     "n/a", "", "ann b@example.com", "ann@exam ple.com", "ann@example",
    ...     "ann@example,com", "ann@müller.example", "ann@example.com, bob@x",
    ... ) if addresses(text)]
    []
    """
    found: list[str] = []
    for part in _SEPARATOR.split(_QUOTED.sub("", text)):
        inside = _IN_BRACKETS.search(part)
        words = [inside[1].strip()] if inside else part.split()
        words = [word.removeprefix("mailto:") for word in words if word not in _BETWEEN]
        if not any("@" in word for word in words):
            continue
        if not all(_ADDRESS.fullmatch(word) for word in words):
            return []
        found += words
    return found
