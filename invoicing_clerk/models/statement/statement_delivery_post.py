import logging

from odoo import api, fields, models
from odoo.tools import html2plaintext

_logger = logging.getLogger(__name__)


class ClerkStatementDelivery(models.AbstractModel):
    """Hands a statement to Odoo's post service, where that is installed.

    The service (module ``snailmail``) prints, stamps and posts letters on its own
    time; what it says of a letter is taken over. Without it, what goes by post is
    printed with the rest.
    """

    _inherit = "clerk.statement.delivery"

    @api.model
    def _has_post_service(self):
        return "snailmail.letter" in self.env

    def _hand_to_post(self):
        """Let the service have these; one that cannot be handed over fails alone."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                letters = self.env["snailmail.letter"].create(
                    [statement._letter_values() for statement in self]
                )
                # Not at once: the service has a worker of its own.
                letters._snailmail_print(immediate=False)
        except Exception as error:
            _logger.info("Posting %s failed", self.mapped("name"), exc_info=True)
            if len(self) == 1:
                self._fail(self.env._("It could not be posted: %s", error))
                return
            half = len(self) // 2
            self[:half]._hand_to_post()
            self[half:]._hand_to_post()

    def _letter_values(self):
        """The report and not its PDF: a letter has other margins and a cover."""
        self.ensure_one()
        return {
            "model": self._name,
            "res_id": self.id,
            "partner_id": self._delivery_contact().id,
            "company_id": self.company_id.id,
            "user_id": self.run_id.create_uid.id,
            "report_template": self.env.ref(
                "invoicing_clerk.action_report_statement"
            ).id,
        }

    @api.model
    def _take_over_letters(self):
        """What became of those that the post service has."""
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
                        "The post service did not take it: %s",
                        html2plaintext(letter.info_msg or letter.error_code or ""),
                    )
                )
                # The service would try it again, also when a clerk did otherwise.
                letter.cancel()

    def _letters(self):
        """The last letter of each of these."""
        letters = self.env["snailmail.letter"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )
        return {self.browse(letter.res_id): letter for letter in letters}

    def _call_letters_back(self):
        """Let the post service leave those that it has not sent yet."""
        posting = self.filtered(lambda each: each.delivery_state == "posting")
        for letter in posting._letters().values() if posting else ():
            letter.filtered(lambda each: each.state != "sent").cancel()
