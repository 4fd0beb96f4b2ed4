"""The link of a confirmation request, as it comes back in quotes of emails."""

from __future__ import annotations

import re

# What mail programs put into a quoted link: line breaks, quote signs, tags.
_GAP = r"(?:\s|>|&gt;|=(?=\r?\n)|\u200b|\u00ad|<[^<>]*>)*"


def without_token(text: str | None, token: str | None) -> str:
    """Return a text without a token, in whichever way a mail program wrapped it.

    >>> token = "ab12-cd34"
    >>> without_token("https://x.example.com/?access_token=ab12-cd34&a=1", token)
    'https://x.example.com/?access_token=…&a=1'
    >>> without_token("access_token%3DAB12-CD34", token)
    'access_token%3D…'
    >>> without_token("> ab12-\\n> cd34 | ab=\\n12-cd34", token)
    '> … | …'
    >>> without_token("ab12-<wbr/>cd<b>34</b>", token)
    '…</b>'
    >>> without_token("ab12-cd", token), without_token(None, token)
    ('ab12-cd', '')
    >>> without_token("kept", None)
    'kept'
    """
    if not text or not token:
        return text or ""
    # Hyphens may be encoded.
    signs = ["(?:-|%2D|&#45;|&#x2d;|\u2010|\u2011)" if c == "-" else c for c in token]
    return type(text)(re.sub(_GAP.join(signs), "…", text, flags=re.IGNORECASE))
