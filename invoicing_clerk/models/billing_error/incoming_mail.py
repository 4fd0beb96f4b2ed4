from email.utils import getaddresses

from lxml import etree, html

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, html2plaintext

from ...rules import limits
from ...rules.billing_error import incoming_mail as rules
from ...rules.mail_address import addresses
from .billing_error import DISPUTABLE_TYPES

# Shared addresses such as those of a bookkeeper's office belong to many.
MAX_PARTNERS = 100
# One case is about a few invoices; whoever lists more sends a statement.
MAX_INVOICES = 20
MAX_DESCRIPTION = 10_000
QUOTES = "//blockquote | //*[@data-o-mail-quote or @data-o-mail-quote-node]"


class IncomingMail:
    """An email about invoices of a company: who sent it, and what it names.

    Nothing in it proves who wrote it. It finds documents of the company only; those of
    others than the sender's customer are named to clerks, and not disputed.

    :param errors: an empty recordset of the superuser, who reads customers and invoices
    :param source: the email as it was received, if known
    """

    def __init__(self, errors, company, msg_dict, source=None):
        self.env, self.company = errors.env, company
        self.subject = _storable(msg_dict.get("subject"))
        self.own, self.whole = _texts(msg_dict.get("body"))
        self.address = _sender(msg_dict, source)
        self.is_forged = rules.is_forged(
            source.get_all("Authentication-Results", []) if source else []
        )
        self.notes = []
        self.senders = self._find_senders()
        self.customer = self.env["res.partner"]
        self.moves = self.env["account.move"]
        self._recognise()

    def values(self):
        """Return the values of a billing error."""
        contact = self.senders.filtered(
            lambda each: each.commercial_partner_id == self.customer != each
        )
        text = "\n\n".join(filter(None, (self.subject, self.own or self.whole)))
        return {
            "origin": "email",
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "contact_id": contact[:1].id,
            "move_ids": self.moves.ids,
            "description": text[:MAX_DESCRIPTION],
            "email_from": self.address,
            "mail_note": "\n".join(self.notes),
            "user_id": False,
        }

    # The sender

    def _find_senders(self):
        """Return the customers' contacts with the address, without our own people."""
        partners = self.env["res.partner"]
        if not self.address or self.is_forged:
            return partners
        owners = (False, *self.company.sudo().parent_ids.ids)
        own_book = Domain("company_id", "in", owners)
        found = partners.search(
            own_book & Domain("email_normalized", "=", self.address), limit=MAX_PARTNERS
        )
        if not found:
            # One of several addresses of a contact.
            named = own_book & Domain("email", "ilike", self.address)
            found = partners.search(named, limit=MAX_PARTNERS).filtered(self._has_it)
        return found.filtered(
            lambda each: not each.ref_company_ids and all(each.user_ids.mapped("share"))
        )

    def _has_it(self, partner):
        return self.address in [each.lower() for each in addresses(partner.email)]

    # What it is about

    def _recognise(self):
        if self.is_forged:
            self._note_forged()
            return
        customers = self.senders.commercial_partner_id
        if customers:
            self._recognise_customer(customers)
        else:
            self._recognise_document()
        self._keep_one_currency()

    def _recognise_customer(self, customers):
        moves = self._named_of(customers)
        if len(customers) > 1:
            named = moves.commercial_partner_id
            if len(named) != 1:
                self._note_ambiguous(customers)
                return
            customers = named
        self.customer, self.moves = customers, moves
        if not moves and (others := self._spelled()):
            self._note_others(others)

    def _recognise_document(self):
        moves = self._spelled()
        customers = moves.commercial_partner_id
        if len(customers) == 1:
            self.customer, self.moves = customers, moves
            self._note_stranger()
        elif customers:
            self._note_others(moves)
        else:
            self._note_unknown()

    def _keep_one_currency(self):
        same = self.moves.filtered(
            lambda move: move.currency_id == self.moves[0].currency_id
        )[:MAX_INVOICES]
        if more := self.moves - same:
            self.notes.append(
                self.env._(
                    "The email also names %s: open another billing error for these.",
                    ", ".join(more[:MAX_INVOICES].mapped("name")),
                )
            )
        self.moves = same

    # Documents

    def _texts(self):
        return self.subject, self.own, self.whole

    def _named_of(self, customers):
        """Return the documents of customers that the email names, in its order."""
        moves = self.env["account.move"]
        moves.flush_model(
            ["name", "payment_reference", "state", "move_type", "company_id"]
        )
        numbers = list({each for text in self._texts() for each in _numbers(text)})
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id, spelled.number
                     FROM account_move AS move, LATERAL (
                              SELECT UPPER(REGEXP_REPLACE(each, '[\\W_]', '', 'g'))
                                FROM UNNEST(ARRAY[name, payment_reference]) AS each
                          ) AS spelled (number)
                    WHERE move.commercial_partner_id = ANY(%s) AND company_id = %s
                      AND state = 'posted' AND move_type = ANY(%s)
                      AND spelled.number = ANY(%s)
                    ORDER BY move.id""",
                customers.ids,
                self.company.id,
                list(DISPUTABLE_TYPES),
                numbers,
            )
        )
        documents = {}
        for number, ids in _grouped(rows).items():
            documents[number] = tuple(ids)
        return moves.browse(rules.named_in(self._texts(), documents))

    def _spelled(self):
        """Return documents of anybody that the email names, as they are spelled."""
        for text in self._texts():
            moves = self.env["account.move"].search(
                [
                    ("name", "in", rules.spelled_in(text)),
                    ("company_id", "=", self.company.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", DISPUTABLE_TYPES),
                ],
                order="id",
            )
            if moves:
                return moves
        return moves

    # What clerks should know

    def _note_forged(self):
        self.notes.append(
            self.env._(
                "The mail server reports that the sender's address is forged. Do not "
                "trust this email: ask the customer before you answer."
            )
        )

    def _note_ambiguous(self, customers):
        self.notes.append(
            self.env._(
                "%(address)s belongs to several customers: %(customers)s. Select one.",
                address=self.address,
                customers=", ".join(customers.mapped("display_name")[:5]),
            )
        )

    def _note_others(self, moves):
        self.notes.append(
            self.env._(
                "The email names documents of other customers than the sender's: %s. "
                "Check who wrote it before you select them.",
                ", ".join(
                    f"{move.name} ({move.commercial_partner_id.display_name})"
                    for move in moves[:5]
                ),
            )
        )

    def _note_stranger(self):
        self.notes.append(
            self.env._(
                "%(address)s is no contact of %(customer)s; the customer was found by "
                "the number of the document. Check who wrote the email.",
                address=self.address or self.env._("The sender"),
                customer=self.customer.display_name,
            )
        )

    def _note_unknown(self):
        self.notes.append(
            self.env._(
                "%s is unknown, and the email names no invoice. Select the customer.",
                self.address or self.env._("The sender"),
            )
        )


def _sender(msg_dict, source):
    """Return the address of the sender; none of several, nor one in a name."""
    if source:
        headers = [str(header) for header in source.get_all("From", [])]
        found = {email for _name, email in getaddresses(headers) if email}
        if len(found) != 1:
            return ""
    return email_normalize(msg_dict.get("email_from") or "") or ""


def _texts(body):
    """Return the text of a body without what it quotes, and with it."""
    body = str(body or "")[: limits.maximum("text")]
    if not body.strip():
        return "", ""
    try:
        tree = html.fromstring(f"<div>{body}</div>")
    except (etree.ParserError, ValueError):
        return _plain(body), _plain(body)
    for quote in tree.xpath(QUOTES):
        if quote.getparent() is not None:
            quote.drop_tree()
    return _plain(html.tostring(tree, encoding="unicode")), _plain(body)


def _plain(body):
    return _storable(html2plaintext(body, include_references=False))


def _storable(text):
    text = str(text or "").replace("\0", "")
    return text.encode("utf-8", "replace").decode().strip()


def _numbers(text):
    return rules.numbers_in(text)


def _grouped(rows):
    grouped = {}
    for move, number in rows:
        grouped.setdefault(number, []).append(move)
    return grouped
