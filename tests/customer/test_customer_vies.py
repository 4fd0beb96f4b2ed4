import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from stdnum.eu import vat as eu_vat

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon

TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSDL = f"""<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="{TYPES}" xmlns:w="urn:w"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:w">
 <types><schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{TYPES}"
  elementFormDefault="qualified">
  <element name="checkVat"><complexType><sequence>
   <element name="countryCode" type="string"/><element name="vatNumber" type="string"/>
  </sequence></complexType></element>
  <element name="checkVatResponse"><complexType><sequence>
   <element name="countryCode" type="string"/><element name="vatNumber" type="string"/>
   <element name="requestDate" type="string"/><element name="valid" type="boolean"/>
   <element name="name" type="string" minOccurs="0"/>
   <element name="address" type="string" minOccurs="0"/>
  </sequence></complexType></element>
 </schema></types>
 <message name="ask"><part name="parameters" element="t:checkVat"/></message>
 <message name="reply"><part name="parameters" element="t:checkVatResponse"/></message>
 <portType name="port"><operation name="checkVat">
  <input message="w:ask"/><output message="w:reply"/></operation></portType>
 <binding name="bound" type="w:port">
  <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="checkVat"><s:operation soapAction=""/>
   <input><s:body use="literal"/></input><output><s:body use="literal"/></output>
  </operation></binding>
 <service name="service"><port name="port" binding="w:bound">
  <s:address location="http://127.0.0.1:%s/ask"/></port></service>
</definitions>"""
REPLY = f"""<?xml version="1.0"?><e:Envelope xmlns:e="{SOAP}"><e:Body>
 <checkVatResponse xmlns="{TYPES}"><countryCode>BE</countryCode>
 <vatNumber>0477472701</vatNumber><requestDate>2026-01-31</requestDate>
 <valid>%s</valid><name>KESTREL OPTICS NV</name><address>KERKSTRAAT 12\n2000</address>
 </checkVatResponse></e:Body></e:Envelope>"""
FAULT = f"""<?xml version="1.0"?><e:Envelope xmlns:e="{SOAP}"><e:Body><e:Fault>
 <faultcode>e:Server</faultcode><faultstring>%s</faultstring></e:Fault></e:Body>
 </e:Envelope>"""


class Register(BaseHTTPRequestHandler):
    """Answers as VIES does; the server says what."""

    def do_GET(self):
        self._send(200, WSDL % self.server.server_port)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self._send(*self.server.answer)

    def _send(self, status, text):
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        """Say nothing."""


@tagged("post_install", "-at_install")
class TestCustomerVies(CustomerCommon):
    """Tax IDs that a register confirms, rejects, or says nothing about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
        cls.server.asked = 0
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        url = f"http://127.0.0.1:{cls.server.server_port}/wsdl"
        cls.startClassPatcher(patch.object(eu_vat, "vies_wsdl", url))
        cls.env["res.partner"].sudo().search(
            [("clerk_vies_next", "!=", False)]
        )._inside().clerk_vies_next = False
        cls.company_a.sudo().vat = False
        cls.known.customer_rank = 1
        cls.known.sudo()._inside().clerk_vies_next = "2026-01-01 00:00:00"

    def _ask(self, status, text):
        self.server.answer = (status, text)
        self.known.with_user(self.clerk).action_ask_vies()
        return self.known.with_user(self.clerk)

    def test_confirmed_with_evidence(self):
        known = self._ask(200, REPLY % "true")
        self.assertEqual(known.clerk_vies_state, "valid")
        self.assertEqual(
            known.clerk_vies_evidence, "KESTREL OPTICS NV, KERKSTRAAT 12 2000"
        )
        self.assertTrue(known.clerk_vies_date)

    def test_rejected(self):
        self.assertEqual(self._ask(200, REPLY % "false").clerk_vies_state, "invalid")

    def test_outage_is_unknown_and_keeps_what_was_confirmed(self):
        for code, sentence in (
            ("MS_UNAVAILABLE", "register of the country is unavailable"),
            ("MS_MAX_CONCURRENT_REQ", "busy"),
        ):
            known = self._ask(500, FAULT % code)
            self.assertEqual(known.clerk_vies_state, "unknown")
            self.assertIn(sentence, known.clerk_vies_evidence)
        self.assertEqual(known.sudo().clerk_vies_failures, 2)
        self._ask(200, REPLY % "true")
        self.assertEqual(self._ask(503, "down").clerk_vies_state, "valid")

    def test_nobody_answers(self):
        # Of the discard protocol, which no machine serves.
        with patch.object(eu_vat, "vies_wsdl", "http://127.0.0.1:9/wsdl"):
            known = self._ask(200, REPLY % "true")
        self.assertEqual(known.clerk_vies_state, "unknown")
        self.assertIn("No answer from VIES", known.clerk_vies_evidence)

    def test_saving_asks_nobody_and_another_number_is_unknown(self):
        self._ask(200, REPLY % "true")
        asked = self.server.asked
        self.known.write({"vat": "BE0428759497"})
        self.env.flush_all()
        self.assertEqual(self.server.asked, asked)
        self.assertEqual(self.known.sudo().clerk_vies_state, "unknown")
        self.assertFalse(self.known.sudo().clerk_vies_evidence)

    def test_another_number_activates_nobody(self):
        """The answer is about the number that was approved."""
        kind = self.env.ref("invoicing_clerk.customer_kind_eu")
        request = self._approved(
            kind_id=kind.id,
            country_id=self.env.ref("base.fr").id,
            vat="FR83404833048",
        )
        partner = request.partner_id
        partner.vat = "FR40303265045"
        self.server.answer = (200, REPLY % "true")
        partner.with_user(self.clerk).action_ask_vies()
        self.assertEqual(partner.sudo().clerk_vies_state, "valid")
        self.assertEqual(request.state, "approved")

    def test_schedule_asks_what_is_due_and_activates_who_waits(self):
        kind = self.env.ref("invoicing_clerk.customer_kind_eu")
        france = self.env.ref("base.fr")
        request = self._approved(
            kind_id=kind.id, country_id=france.id, vat="FR83404833048"
        )
        self.assertEqual(request.state, "approved")
        self.server.answer, asked = (200, REPLY % "true"), self.server.asked
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_customer_vies"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.server.asked, asked + 2)
        self.assertEqual(request.state, "active")
        self.assertEqual(request.partner_id.sudo().clerk_customer_state, "approved")
