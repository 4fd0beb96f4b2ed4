import logging

from requests.exceptions import RequestException
from stdnum import util
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError as NumberError
from zeep.exceptions import Error as SoapError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer import vies as rules
from ..mixin.gate import at_least_one
from ..mixin.roles import SETTINGS_READERS
from .res_partner_duplicate import create_empty

# Columns by type, see `create_empty`.
COLUMNS = {
    "varchar": ("clerk_vies_state", "clerk_vies_number", "clerk_vies_evidence"),
    "timestamp": ("clerk_vies_date", "clerk_vies_next"),
    "int4": ("clerk_vies_failures",),
}

_logger = logging.getLogger(__name__)

# Questions of one run, each with an answer within seconds.
MAX_ASKED, TIMEOUT = 50, 8
# A button waits for the answers.
MAX_NOW = 3
# Outages in a row after which a run ends: the service is down.
MAX_OUTAGES = 3


class ResPartner(models.Model):
    """State of a tax ID in VIES: valid, invalid, or unknown, with date and evidence.

    Odoo asks while a contact is saved, and stores an outage as invalid. Here a
    scheduled action asks, and again later where there was no answer.
    """

    _inherit = "res.partner"
    _guarded_fields = frozenset(
        {
            *("clerk_vies_state", "clerk_vies_date", "clerk_vies_number"),
            *("clerk_vies_evidence", "clerk_vies_next", "clerk_vies_failures"),
        }
    )

    clerk_vies_state = fields.Selection(
        rules.STATES,
        string="VIES",
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        groups=SETTINGS_READERS,
        help="The answer of the EU about the tax ID. Unknown where there was none.",
    )
    clerk_vies_date = fields.Datetime(
        string="VIES Checked On",
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        groups=SETTINGS_READERS,
    )
    clerk_vies_number = fields.Char(
        string="VIES Consultation No.",
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        groups=SETTINGS_READERS,
    )
    clerk_vies_evidence = fields.Char(
        string="VIES Answer",
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        groups=SETTINGS_READERS,
        help="Name and address in VIES, or the reason why there was no answer.",
    )
    clerk_vies_next = fields.Datetime(
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        exportable=False,
        groups="base.group_system",
        export_string_translation=False,
    )
    clerk_vies_failures = fields.Integer(
        compute="_compute_clerk_vies_state",
        store=True,
        copy=False,
        exportable=False,
        groups="base.group_system",
        export_string_translation=False,
    )

    _clerk_vies_next = models.Index(
        "(clerk_vies_next) WHERE clerk_vies_next IS NOT NULL"
    )

    @api.depends("vat")
    def _compute_clerk_vies_state(self):
        """Ask anew about another tax ID; nobody is asked here."""
        now = fields.Datetime.now()
        for partner in self:
            is_asked = partner._is_in_vies()
            partner.clerk_vies_state = "unknown" if is_asked else False
            partner.clerk_vies_next = now if is_asked else False
            partner.clerk_vies_date = False
            partner.clerk_vies_number = False
            partner.clerk_vies_evidence = False
            partner.clerk_vies_failures = 0

    def _auto_init(self):
        for kind, names in COLUMNS.items():
            create_empty(self, names, kind)
        return super()._auto_init()

    def _fill_vies(self):
        """Let tax IDs be asked about that were there before this addon."""
        # No write of the ORM: see `_cron_fill_duplicate_keys`.
        asked = self.filtered(lambda each: each._is_in_vies())
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET clerk_vies_state = 'unknown',"
                " clerk_vies_next = %s WHERE id = ANY(%s) AND clerk_vies_state IS NULL",
                fields.Datetime.now(),
                asked.ids,
            )
        )

    def _is_in_vies(self):
        """Return whether the EU knows tax IDs of this form."""
        number = self.vat or ""
        return eu_vat.is_valid(number) if number[:2].isalpha() else False

    def action_ask_vies(self):
        """Ask VIES about these tax IDs now."""
        partners = at_least_one(self)
        partners.check_access("write")
        # sudo: answers are written by this step only.
        partners[:MAX_NOW].sudo()._ask_vies()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_ask_vies(self):
        """Ask about tax IDs that are new, or have not been asked about for long."""
        # sudo: the scheduled action keeps what the register answers.
        partners = self.sudo().with_context(active_test=True)
        domain = Domain("clerk_vies_next", "<=", fields.Datetime.now()) & Domain(
            "customer_rank", ">", 0
        )
        due = partners.search(domain, order="clerk_vies_next, id", limit=MAX_ASKED)
        outages = 0
        for partner in due:
            outages = 0 if partner._ask_vies() else outages + 1
            left = self.env["ir.cron"]._commit_progress(1, remaining=0)
            if outages >= MAX_OUTAGES or not left:
                return

    def _ask_vies(self):
        """Ask about each tax ID, and keep the answer.

        :return: whether all were answered
        """
        answered = True
        for partner in self:
            state, evidence, number = partner._vies_answer()
            failures = partner.clerk_vies_failures + 1 if state == "unknown" else 0
            now = fields.Datetime.now()
            values = {
                "clerk_vies_date": now,
                "clerk_vies_evidence": evidence,
                "clerk_vies_next": rules.next_request(state, now, failures),
                "clerk_vies_failures": failures,
            }
            # An outage says nothing: what was confirmed before is kept.
            if state != "unknown" or partner.clerk_vies_state != "valid":
                values |= {"clerk_vies_state": state, "clerk_vies_number": number}
            partner._inside().write(values)
            answered = answered and state != "unknown"
        self.filtered(lambda each: each.clerk_vies_state == "valid")._vies_confirmed()
        return answered

    def _vies_answer(self):
        """Return state, evidence and consultation number."""
        try:
            reply = self._request_vies()
        except (OSError, RequestException, SoapError, NumberError) as error:
            text = str(error) or type(error).__name__
            _logger.info("VIES, contact %s: %s", self.id, text)
            return rules.state_of_fault(text), self._fault_text(text), False
        state = "valid" if reply["valid"] else "invalid"
        names = ("name", "traderName", "address", "traderAddress")
        texts = (self._reply_text(reply, name) for name in names)
        evidence = ", ".join(dict.fromkeys(filter(None, texts)))
        return (
            state,
            evidence[:500] or False,
            self._reply_text(reply, "requestIdentifier"),
        )

    @api.model
    def _reply_text(self, reply, name):
        text = getattr(reply, name, None)
        return " ".join(text.split()) if isinstance(text, str) else ""

    def _request_vies(self):
        """Ask with the tax ID of the company, where it has one: that gives a number.

        Odoo's client is used, which keeps to the timeout; the functions of stdnum that
        ask do not fit it in all versions.
        """
        client = util.get_soap_client(eu_vat.vies_wsdl, timeout=TIMEOUT)
        country, number = self._vies_parts(self.vat)
        own = self.env.company.vat or ""
        if not (own[:2].isalpha() and eu_vat.is_valid(own)):
            return client.checkVat(country, number)
        own_country, own_number = self._vies_parts(own)
        return client.checkVatApprox(
            countryCode=country,
            vatNumber=number,
            requesterCountryCode=own_country,
            requesterVatNumber=own_number,
        )

    @api.model
    def _vies_parts(self, number):
        whole = eu_vat.compact(number)
        return whole[:2], whole[2:]

    @api.model
    def _fault_text(self, text):
        known = {
            "MS_UNAVAILABLE": self.env._("The register of the country is unavailable."),
            "MAX_CONCURRENT_REQ": self.env._("VIES or the country's register is busy."),
            "SERVICE_UNAVAILABLE": self.env._("VIES is unavailable."),
            "TIMEOUT": self.env._("VIES did not answer in time."),
            "INVALID_REQUESTER_INFO": self.env._(
                "The tax ID of your company is not valid in VIES."
            ),
            "INVALID_INPUT": self.env._("VIES cannot read the tax ID."),
        }
        for code, sentence in known.items():
            if code in text:
                return sentence
        return self.env._("No answer from VIES: %s", text[:200])

    def _vies_confirmed(self):
        """Activate customers who were approved on condition of a valid tax ID."""
        requests = self.env["clerk.customer.request"]
        waiting = requests.search(
            [("state", "=", "approved"), ("partner_id", "in", self.ids)]
        )
        for request in waiting.try_lock_for_update():
            if request.kind_id.needs_vies and request._is_confirmed():
                request.action_activate()
