import smtplib
from contextlib import suppress

END_OF_DATA = b"\r\n.\r\n"


class SmtpSession:
    """Watches the session with a mail server, to know what became of each email.

    Core says only that sending failed. What to do then depends on how far it got: an
    email whose end was not handed over cannot have arrived, one whose end was may have.
    """

    def __init__(self, smtp):
        self.smtp = smtp
        self._send, self._getreply = smtp.send, smtp.getreply
        self._send_message = smtp.send_message
        smtp.send, smtp.getreply = self._note_data, self._note_reply
        smtp.send_message = self._note_message
        self.begin()

    def begin(self):
        """Forget the email before."""
        self.accepted, self.refused, self.codes = set(), {}, []
        self.is_unconfirmed = self._awaits_end = False

    @property
    def is_open(self):
        return self.smtp.sock is not None

    def close(self):
        with suppress(smtplib.SMTPException, OSError):
            self.smtp.quit()

    def _note_data(self, data):
        result = self._send(data)
        # Commands are single lines.
        if isinstance(data, bytes) and data.endswith(END_OF_DATA):
            self.is_unconfirmed = self._awaits_end = True
        return result

    def _note_reply(self):
        code, text = self._getreply()
        awaits_end, self._awaits_end = self._awaits_end, False
        # Anything else than a reply of the protocol leaves it open.
        if awaits_end and 200 <= code < 600:
            self.is_unconfirmed = False
            if code >= 400:
                self.codes.append(code)
        return code, text

    def _note_message(self, message, from_addr=None, to_addrs=None, **options):
        try:
            refused = self._send_message(message, from_addr, to_addrs, **options)
        except smtplib.SMTPRecipientsRefused as error:
            self.codes += [code for code, _text in error.recipients.values()]
            raise
        except smtplib.SMTPResponseException as error:
            self.codes.append(error.smtp_code)
            raise
        self.refused |= refused
        self.accepted |= {
            address.lower() for address in to_addrs if address not in refused
        }
        return refused
