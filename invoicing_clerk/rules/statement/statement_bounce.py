"""Delivery notices: for which addresses an email has failed permanently (RFC 3464)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr
from typing import NamedTuple

# Notices are a few lines for each recipient; others are not read to the end.
MAX_RECIPIENTS = 100
MAX_TEXT = 200


class Notice(NamedTuple):
    """Statement of a delivery notice about one address."""

    address: str
    action: str
    status: str

    @property
    def is_permanent(self) -> bool:
        """Return whether the address has failed and is not tried again.

        >>> Notice("ann@example.com", "failed", "5.1.1").is_permanent
        True
        >>> Notice("ann@example.com", "failed", "4.4.7").is_permanent
        False
        >>> Notice("ann@example.com", "delayed", "5.0.0").is_permanent
        False
        """
        return self.action == "failed" and self.status.startswith("5.")


def _field(block: Message, name: str) -> str:
    """Return the start of a field.

    >>> from email import message_from_string
    >>> len(_field(message_from_string("Status: " + 300 * "5"), "Status"))
    200
    """
    return str(block.get(name) or "").strip()[:MAX_TEXT]


def _address(block: Message, name: str) -> str:
    """Return the address of a field such as ``rfc822; ann@example.com``."""
    kind, _sign, address = _field(block, name).partition(";")
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    return parseaddr(address.strip())[1].lower()


def _own_parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a message, without those of messages that it returns.

    A read receipt, for example, returns the whole message, which may be a notice.
    """
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _own_parts(part)


def read_notices(message: Message) -> list[Notice]:
    """Return what a delivery status notification says about each recipient.

    >>> from email import message_from_string
    >>> read_notices(message_from_string('''\\
    ... Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    ...
    ... --b
    ... Content-Type: message/delivery-status
    ...
    ... Reporting-MTA: dns; mail.example.com
    ...
    ... Final-Recipient: rfc822; Ann@Example.com
    ... Action: Failed (permanently)
    ... Status: 5.1.1 (no such user)
    ...
    ... --b--
    ... '''))
    [Notice(address='ann@example.com', action='failed', status='5.1.1')]

    An email without such a part says nothing, whoever sent it:

    >>> read_notices(message_from_string("From: MAILER-DAEMON@example.com\\n\\n5.1.1"))
    []

    Nor does a notice in an email that is returned or forwarded. Of very many
    recipients, the first ones are read:

    >>> recipient = "Final-Recipient: rfc822; %s@example.com\\n\\n"
    >>> notice = "Content-Type: message/delivery-status\\n\\n" + "".join(
    ...     recipient % number for number in range(101))
    >>> returned = "Content-Type: message/rfc822\\n\\n" + notice
    >>> read_notices(message_from_string(returned))
    []
    >>> len(read_notices(message_from_string(notice)))
    100
    """
    notices = []
    for part in _own_parts(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks[:MAX_RECIPIENTS] if isinstance(blocks, list) else ():
            if not isinstance(block, Message):
                continue
            status = _field(block, "Status").split(" ")[0]
            action = _field(block, "Action").split(" ")[0].lower()
            names = ("Final-Recipient", "Original-Recipient")
            found = dict.fromkeys(_address(block, name) for name in names)
            notices += [Notice(each, action, status) for each in found if each]
    return notices
