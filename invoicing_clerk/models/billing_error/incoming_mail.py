from email.utils import getaddresses

from lxml import etree, html

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ...rules import limits
from ...rules.billing_error import incoming_mail as rules
from ...rules.limits import storable
from .billing_error import DISPUTABLE_TYPES

# Shared addresses such as those of a bookkeeper's office belong to many.
MAX_PARTNERS = 100
MAX_DESCRIPTION = 10_000
# Documents and customers that a note names.
MAX_NAMES = 5
# Elements that end a line.
BLOCKS = ("br", "div", "h1", "h2", "h3", "li", "p", "pre", "td", "th", "tr")
QUOTES = "//blockquote | //*[@data-o-mail-quote or @data-o-mail-quote-node]"


class IncomingMail:
    """An email about invoices of a company: who sent it, and what it names.

    Nothing in it proves who wrote it. The customer is recognised by the address of the
    sender if it belongs to one customer only, and a document of this customer if the
    email names no other one. Whatever else is left to clerks, with a note.

    :param errors: an empty recordset of the superuser, who reads customers and invoices
    :param source: the email as it was received, if known
    """

    def __init__(self, errors, company, msg_dict, source=None):
        self.env, self.company = errors.env, company
        self.subject = storable(msg_dict.get("subject")).strip()
        self.own, self.whole = _texts(msg_dict.get("body"))
        names = [str(file[0]) for file in msg_dict.get("attachments") or ()]
        self.written = "\n".join((self.subject, self.own, *map(storable, names)))
        self.address = _sender(msg_dict, source)
        self.verdicts = source.get_all("Authentication-Results", []) if source else []
        self.notes = []
        self.contacts = self.env["res.partner"]
        self.customer = self.env["res.partner"]
        self.move = self.env["account.move"]
        self._recognise()

    def values(self):
        """Return the values of a billing error."""
        contact = self.contacts.filtered(lambda each: each != self.customer)
        text = "\n\n".join(filter(None, (self.subject, self.own or self.whole)))
        return {
            "origin": "email",
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "contact_id": contact[:1].id if self.customer else False,
            "description": text[:MAX_DESCRIPTION],
            "email_from": self.address,
            "mail_note": "\n".join(self.notes),
            "user_id": False,
        }

    def _recognise(self):
        if rules.is_forged(map(str, self.verdicts)):
            self._note_forged()
            return
        self.contacts = self._find_contacts()
        customers = self.contacts.commercial_partner_id
        moves = self._named_by(customers)
        if not customers:
            self._note_unknown()
        elif len(customers) > 1:
            self._note_shared(customers, moves)
        else:
            self.customer = customers
            self._recognise_document(moves)

    def _recognise_document(self, moves):
        if len(moves) == 1:
            self.move = moves
        elif moves:
            self._note_several(moves)
        else:
            self._note_no_document()

    def _find_contacts(self):
        """Return customers' contacts with the address, without our own people."""
        partners = self.env["res.partner"]
        if not self.address:
            return partners
        # sudo: ids of the companies that the company is a branch of.
        book = Domain("company_id", "in", (False, *self.company.sudo().parent_ids.ids))
        found = partners.search(
            book & Domain("email_normalized", "=", self.address), limit=MAX_PARTNERS
        )
        ours = found.filtered(
            lambda each: each.ref_company_ids or not all(each.user_ids.mapped("share"))
        )
        return partners if ours else found

    # Documents

    def _named_by(self, customers):
        """Return the documents of customers that the email names.

        What it quotes may list everything else, and counts only without another.
        """
        documents = self._documents_of(customers)
        for text in (self.written, self.whole):
            if named := rules.named_in(text, documents):
                return self.env["account.move"].browse(named)
        return self.env["account.move"]

    def _documents_of(self, customers):
        """Return documents of customers with numbers in the email: ``{number: "
        "ids}``."""
        texts = (self.written, self.whole)
        numbers = list({each for text in texts for each in rules.numbers_in(text)})
        if not customers or not numbers:
            return {}
        self.env["account.move"].flush_model(
            ["name", "payment_reference", "state", "move_type", "company_id"]
            + ["commercial_partner_id"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT spelled.number, ARRAY_AGG(DISTINCT move.id)
                     FROM account_move AS move, LATERAL (
                              SELECT UPPER(REGEXP_REPLACE(each, '[\\W_]', '', 'g'))
                                FROM UNNEST(ARRAY[name, payment_reference]) AS each
                          ) AS spelled (number)
                    WHERE move.commercial_partner_id = ANY(%s) AND company_id = %s
                      AND state = 'posted' AND move_type = ANY(%s)
                      AND spelled.number = ANY(%s)
                 GROUP BY spelled.number""",
                customers.ids,
                self.company.id,
                list(DISPUTABLE_TYPES),
                numbers,
            )
        )
        return dict(rows)

    # What clerks should know

    def _note_forged(self):
        self.notes.append(
            self.env._(
                "The mail server reports that the sender's address is forged. Do not "
                "trust this email: ask the customer before you answer."
            )
        )

    def _note_unknown(self):
        self.notes.append(
            self.env._(
                "%s is not the address of a customer. Find out who sent the email, and "
                "select the customer.",
                self.address or self.env._("The sender"),
            )
        )

    def _note_shared(self, customers, moves):
        self.notes.append(
            self.env._(
                "%(address)s belongs to several customers: %(customers)s. Select the "
                "customer.",
                address=self.address,
                customers=_list(customers.mapped("display_name")),
            )
        )
        if moves:
            self._note_named(moves)

    def _note_several(self, moves):
        self._note_named(moves)
        self.notes.append(self.env._("Select the disputed invoices."))

    def _note_named(self, moves):
        self.notes.append(
            self.env._("The email mentions %s.", _list(moves.mapped("name")))
        )

    def _note_no_document(self):
        self.notes.append(
            self.env._(
                "The email mentions no invoice of %s. Select the disputed invoices.",
                self.customer.display_name,
            )
        )


def _list(names):
    shown = ", ".join(names[:MAX_NAMES])
    return f"{shown} …" if len(names) > MAX_NAMES else shown


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
    body = storable(body)[: limits.maximum("text")].strip()
    if not body:
        return "", ""
    try:
        tree = html.fromstring(f"<div>{body}</div>")
    except (etree.LxmlError, ValueError):
        return body, body
    etree.strip_elements(tree, "script", "style", etree.Comment, with_tail=False)
    for block in tree.iter(*BLOCKS):
        block.tail = f"\n{block.tail or ''}"
    whole = tree.text_content()
    for quote in tree.xpath(QUOTES):
        if quote.getparent() is not None:
            quote.drop_tree()
    return tree.text_content().strip(), whole.strip()
