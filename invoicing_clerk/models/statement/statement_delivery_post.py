from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..mixin.attempt import attempt_in_parts


class ClerkStatementDelivery(models.AbstractModel):
    """Sends a document by Odoo's post service, if it is installed.

    The service (module ``snailmail``) prints and posts letters and reports their
    status. Without it, documents for the post are printed with the others.
    """

    _inherit = "clerk.statement.delivery"

    @api.model
    def _has_post_service(self):
        return "snailmail.letter" in self.env

    def _hand_to_post(self):
        """Create letters for the service. If one fails, the others go on."""
        for part, error in attempt_in_parts(self, lambda part: part._create_letters()):
            if error:
                part._fail(self.env._("The letter could not be created: %s", error))

    def _create_letters(self):
        letters = self.env["snailmail.letter"].create(
            [statement._letter_values() for statement in self]
        )
        # The service sends them with a worker of its own.
        letters._snailmail_print(immediate=False)

    def _letter_values(self):
        """Return the values of a letter. It has the report: its margins differ."""
        self.ensure_one()
        return {
            "model": self._name,
            "res_id": self.id,
            "partner_id": self._delivery_contact().id,
            "company_id": self.company_id.id,
            "user_id": self.run_id.create_uid.id,
            "report_template": self.env.ref(self._document_report()).id,
        }

    @api.model
    def _update_from_letters(self):
        """Update documents from the status of their letters."""
        posting = self.search([("delivery_state", "=", "posting")])
        if not self._has_post_service():
            posting.delivery_state = "to_print"
            return
        for statement, letter in posting._letters().items():
            if letter.state == "sent":
                statement.write(
                    {
                        "delivery_state": "sent",
                        "delivery_error": False,
                        "sent_on": fields.Datetime.now(),
                    }
                )
            elif letter.state in ("error", "canceled"):
                statement._fail(
                    self.env._(
                        "The post service rejected the letter: %s",
                        html2plaintext(letter.info_msg or letter.error_code or ""),
                    )
                )
                # The service would retry, even if a clerk sends it in another way.
                letter.cancel()

    def _letters(self):
        """Return ``{record: letter}`` with the last letter of each."""
        letters = self.env["snailmail.letter"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )
        return {self.browse(letter.res_id): letter for letter in letters}

    def _cancel_letters(self):
        """Cancel letters that the post service has not sent yet."""
        posting = self.filtered(lambda each: each.delivery_state == "posting")
        for letter in posting._letters().values() if posting else ():
            letter.filtered(lambda each: each.state != "sent").cancel()
