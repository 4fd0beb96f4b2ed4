import contextlib
import io
import os
import re
import shlex
from pathlib import Path
from unittest.mock import patch

import requests

from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon

PAGE = Path(file_path("invoicing_clerk")).resolve().parent / "docs" / "api.md"
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "https://odoo.example.com"
# Which ID of the page is the first record of an answer.
FIRST_OF = {
    "account.move/search_read": "101",
    "clerk.billing.error/create": "201",
    "clerk.billing.error.line/search_read": "301",
    "clerk.remedy/search_read": "401",
    "clerk.correction/create": "501",
    "clerk.correction.line/search_read": "601",
    "clerk.promise/create": "701",
    "clerk.statement/search_read": "801",
    "clerk.worklist/search_read": "901",
    "clerk.work.item/search_read": "951",
}


@tagged("post_install", "-at_install")
class TestDocsApi(HttpCase, StatementCommon):
    """Every line of ``docs/api.md`` is run, in the order of the page.

    A misspelled field or method, a guarded value, or a right that a clerk lacks fails
    here before somebody pastes it.
    """

    def setUp(self):
        super().setUp()
        self.partner_a.name = "Azure Interior"
        self.invoice = self._posted((1, 100.0))
        promised = self._posted((1, 80.0))
        statement = self._statement(self._run())._inside()
        statement._store_documents({statement: blank_pdf()})
        self.ids = {"102": promised.id}
        self._open_error(self._posted((1, 60.0)))
        keys = self.env["res.users.apikeys"].with_user(self.clerk).sudo()
        self.key = keys._generate(None, "Page", False)
        self.env.flush_all()

    def test_lines_of_the_page(self):
        text = PAGE.read_text()
        blocks = BLOCK.findall(text)
        self.assertEqual(len(blocks), text.count("```") // 2)
        count = 0
        for language, block in blocks:
            run = self._run_shell if language == "bash" else self._run_python
            count += run(block)
        self.assertGreaterEqual(count, 20)
        error = self.env["clerk.billing.error"].sudo().browse(self.ids["201"])
        self.assertEqual(error.move_ids, self.invoice)
        correction = self.env["clerk.correction"].sudo().browse(self.ids["501"])
        self.assertEqual(correction.state, "applied")
        self.assertAlmostEqual(
            sum(correction.document_ids.mapped("amount_untaxed")), 10
        )
        item = self.env["clerk.work.item"].sudo().browse(self.ids["951"])
        self.assertEqual(item.state, "done")

    def test_all_ids_are_known(self):
        """No ID of the page is left to chance."""
        ids = set(re.findall(r"\b\d{3}\b", "".join(code for _, code in self._blocks())))
        self.assertEqual(ids - {"100"}, {"102", *FIRST_OF.values()})

    def _blocks(self):
        return BLOCK.findall(PAGE.read_text())

    def _real(self, code):
        """Return the code with the server, documents and IDs of the test."""
        code = code.replace(ADDRESS, self.base_url())
        code = code.replace("INV/2026/00001", self.invoice.name)
        for example, real in self.ids.items():
            code = re.sub(rf"\b{example}\b", f"«{real}»", code)
        return code.replace("«", "").replace("»", "")

    def _run_shell(self, block):
        commands = block.replace("\\\n", " ").split("curl ")
        self.assertFalse(commands[0].strip())
        for command in commands[1:]:
            self._run_curl(shlex.split(self._real(command)))
        return len(commands) - 1

    def _run_curl(self, words):
        url, headers, data = words[0], {}, None
        options = zip(words[1::2], words[2::2], strict=True)
        for option, value in options:
            if option == "-H":
                name, content = value.split(": ", 1)
                headers[name] = content.replace("$KEY", self.key)
            elif option == "-d":
                data = value
            else:
                self.assertEqual(option, "--output")
        method = "POST" if data is not None else "GET"
        answer = self.opener.request(
            method, url, data=data, headers=headers, timeout=60
        )
        self.assertEqual(answer.status_code, 200, f"{url} {data}: {answer.text[:600]}")
        if example := FIRST_OF.get(url.partition("/json/2/")[-1]):
            first = answer.json()[0]
            self.ids[example] = first["id"] if isinstance(first, dict) else first

    def _run_python(self, block):
        output = io.StringIO()
        with (
            patch.dict(os.environ, KEY=self.key),
            # The test's server answers only requests with the test's cookie.
            patch.object(requests, "post", self.opener.post),
            patch.object(requests, "get", self.opener.get),
            contextlib.redirect_stdout(output),
        ):
            exec(compile(self._real(block), PAGE.name, "exec"), {})
        if "print(" in block:
            self.assertTrue(output.getvalue().strip())
        return 1
