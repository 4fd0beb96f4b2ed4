"""A mail server on this machine that keeps every mail as a file and sends none.

Runs in the Python environment (it needs ``aiosmtpd``): ``python mail_sink.py FOLDER``.
It prints its port when it is ready, and ends when its standard input is closed, which
also happens when the process that started it is killed.
"""

import re
import signal
import sys
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP

NAME_LENGTH = 60
LARGEST = 64 * 1024 * 1024


class Folder:
    """Handler of aiosmtpd that writes mails as numbered ``.eml`` files."""

    def __init__(self, path):
        self.path = path
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = file_name(self.count, envelope.rcpt_tos, envelope.content)
        (self.path / name).write_bytes(envelope.content)
        return "250 OK"


def file_name(number, recipients, content):
    """Return a name that tells the mails apart in a listing of the folder."""
    subject = message_from_bytes(content, policy=policy.default)["subject"] or ""
    text = re.sub(r"[^\w.@-]+", "-", f"{recipients[0]} {subject}")[:NAME_LENGTH]
    return f"{number:04}-{text.strip('-')}.eml"


class Sink(UnthreadedController):
    """Mail server on a free port of the loopback interface."""

    def factory(self):
        return SMTP(self.handler, data_size_limit=LARGEST, loop=self.loop)


def main(folder):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = Sink(Folder(Path(folder)), hostname="127.0.0.1", port=0)
    sink.begin()
    sys.stdout.write(f"{sink.server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    sink.loop.add_reader(sys.stdin.fileno(), sink.loop.stop)
    sink.loop.run_forever()
    sink.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
