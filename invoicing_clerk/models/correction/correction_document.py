from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ..mixin.amount import amount_text
from .correction_untouched import touch


class ClerkCorrection(models.Model):
    """Documents of a correction: booked, posted, and compared with the preview."""

    _inherit = "clerk.correction"

    def _archived_accounts(self):
        """Return which accounts of the document nothing can be booked on, or False."""
        archived = self.move_id.line_ids.account_id.filtered(
            lambda account: not account.active
        )
        return bool(archived) and self.env._(
            "%(document)s is posted to %(accounts)s, which is archived: ask an "
            "accountant to unarchive it before you correct the document.",
            document=self.move_id.name,
            accounts=", ".join(archived.mapped("display_name")),
        )

    def _receivable_account(self):
        """Return the account on which the customer owes the document."""
        return self.move_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id[:1]

    def _book_on_account(self, document):
        """Let a draft settle the original, whose account is no longer the default."""
        terms = document.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        account = self._receivable_account()
        if account and terms.account_id != account:
            terms.account_id = account

    def _post_document(self, document):
        """Post a draft as a person does, with everything that other modules add.

        :raises UserError: a module asks for a confirmation or a review instead
        """
        touch(self.move_id)
        try:
            document.action_post()
        except UserError as error:
            if reviewers := self._pending_reviewers(document):
                raise UserError(self._refuse_review(document, reviewers)) from error
            raise
        if document.state != "posted":
            raise UserError(
                self.env._(
                    "The %(role)s for %(document)s was not posted, because another "
                    "module asks for a confirmation. Ask an accountant to correct "
                    "%(document)s.",
                    role=self._role_label(document.correction_role),
                    document=self.move_id.name,
                )
            )

    def _pending_reviewers(self, document):
        """Return who has to review a document, where OCA's tier validation asks for it.

        Reviewers who post a document themselves have reviewed it by that.
        """
        # sudo: reviewers of a document that the caller is making; names are shown.
        document_sudo = document.sudo()
        if "review_ids" not in document_sudo._fields:
            return None
        pending = document_sudo.review_ids.filtered(
            lambda review: review.status in ("waiting", "pending")
        )
        names = pending.reviewer_ids.mapped("name")
        return ", ".join(names) or self.env._("a reviewer")

    def _refuse_review(self, document, reviewers):
        return self.env._(
            "The %(role)s for %(document)s has to be reviewed by %(reviewers)s before "
            "it "
            "is posted, and a correction posts its documents at once. Ask "
            "%(reviewers)s "
            "to apply %(correction)s: that is the review. Or ask an administrator to "
            "exclude documents of corrections from the tier definitions, as "
            "corrections "
            "have approval limits of their own.",
            role=self._role_label(document.correction_role),
            document=self.move_id.name,
            reviewers=reviewers,
            correction=self.name,
        )

    def _keep_matches(self):
        """Store which lines earlier notes amend, as this correction has assumed."""
        for note_line, line in self._ledger().matches().items():
            if note_line.corrected_line_id != line:
                note_line._inside().corrected_line_id = line

    # Comparison with the preview

    def _prove_preview(self, preview, documents):
        """Refuse documents that differ from what was shown and approved.

        :raises UserError: names the document and both amounts; nothing is kept
        """
        shown = self._shown_amounts(preview["documents"])
        made = self._made_amounts(documents)
        for role in self._document_roles() & (shown.keys() | made.keys()):
            self._compare_amounts(role, shown[role], made[role])
        change = sum(each["change"] for each in preview["documents"])
        effect = self._effect_on_customer(documents)
        if self.company_currency_id.compare_amounts(change, effect):
            raise self._difference_error(
                self.partner_id.display_name, change, effect, self.company_currency_id
            )

    def _document_roles(self):
        roles = self.env["account.move"]._fields["correction_role"]
        return set(roles.get_values(self.env)) - {"transfer"}

    def _shown_amounts(self, documents):
        """Return totals and stakes by role: ``{role: [currency, total, stake]}``."""
        amounts = defaultdict(lambda: [self.currency_id, 0.0, 0.0])
        for each in documents:
            amounts[each["role"]][0] = self.env["res.currency"].browse(each["currency"])
            amounts[each["role"]][1] += each["total"]
            amounts[each["role"]][2] += each["stake"]
        return amounts

    def _made_amounts(self, documents):
        """Return totals and changes by role: ``{role: [currency, total, change]}``."""
        amounts = defaultdict(lambda: [self.currency_id, 0.0, 0.0])
        for each in documents:
            role = each.correction_role
            # Entries are in company currency, their items in that of the document.
            if each.is_invoice():
                amounts[role][0] = each.currency_id
            amounts[role][1] += each.correction_total
            amounts[role][2] += sum(self._receivable_items(each).mapped("balance"))
        return amounts

    def _compare_amounts(self, role, shown, made):
        [currency, total, stake], [made_in, made_total, change] = shown, made
        if currency != made_in or currency.compare_amounts(total, made_total):
            raise self._difference_error(
                self._role_label(role), total, made_total, made_in
            )
        if self.company_currency_id.compare_amounts(abs(change), stake) > 0:
            raise self._difference_error(
                self._role_label(role), stake, abs(change), self.company_currency_id
            )

    def _effect_on_customer(self, documents):
        """Return how the documents change the balance of the customer."""
        items = self._receivable_items(documents).filtered(
            lambda item: item.partner_id.commercial_partner_id == self.partner_id
        )
        return sum(items.mapped("balance"))

    def _difference_error(self, name, shown, made, currency):
        return UserError(
            self.env._(
                "%(correction)s was previewed with %(shown)s for %(name)s, but would "
                "post %(made)s. Nothing was changed. Ask an accountant to correct "
                "%(document)s.",
                correction=self.name,
                shown=amount_text(currency, shown),
                name=name,
                made=amount_text(currency, made),
                document=self.move_id.name,
            )
        )
