import socket
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postbox:
    """A mail server on loopback, and what it has received.

    ``refused`` are addresses it does not take; ``at`` is called with the number of
    mails before it says that it has got the last one.
    """

    def __init__(self, port=None):
        self.mails = []
        self.refused = set()
        self.at = None
        self.port = port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self):
        self._controller.start()
        return self

    def stop(self):
        self._controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        if self.at:
            self.at(len(self.mails))
        return "250 OK"

    def received(self):
        """Return the number of emails that each address got."""
        return Counter(
            address for addresses, _mail in self.mails for address in addresses
        )

    def mail_to(self, address):
        return [mail for addresses, mail in self.mails if address in addresses]


def server_values(postbox):
    return {
        "name": "Loopback",
        "smtp_host": "127.0.0.1",
        "smtp_port": postbox.port,
        "smtp_encryption": "none",
    }
