import io
import zlib
from operator import itemgetter
from zipfile import BadZipFile

import openpyxl
import xlsxwriter

from odoo import api, models
from odoo.exceptions import UserError

from ....rules.audit.request import audit_request_sheet as rules
from ....rules.audit.request.audit_request import AREAS

# What openpyxl raises on files that are torn, or no spreadsheets at all.
UNREADABLE = (
    *(BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(KeyError, IndexError, ValueError, TypeError),
)
WIDTHS = (8, 16, 45, 60, 12, 22, 14, 50)


class ClerkAudit(models.Model):
    """The request list as a spreadsheet, out to the auditors and in from them.

    Rows with the number of a request change it, others are added. Either all rows
    come in, or none.
    """

    _inherit = "clerk.audit"

    @api.model
    def _sheet_columns(self):
        """Names of the columns by field; the last ones go out and do not come in."""
        return {
            "number": self.env._("Number"),
            "area": self.env._("Area"),
            "name": self.env._("Request"),
            "description": self.env._("Details"),
            "date_due": self.env._("Due"),
            "user_id": self.env._("Owner"),
            "state": self.env._("State"),
            "answer": self.env._("Answer"),
        }

    # Out

    def action_export_requests(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/{self.id}/requests",
            "target": "download",
        }

    def _export_requests(self):
        """The workbook; chatter and log of the engagement tell who took it."""
        self.ensure_one()
        self.check_access("read")
        requests = self.request_ids.sorted("number")
        self.env["clerk.audit.access"]._note(
            "export", self.env._("Request list (%s requests)", len(requests)), self
        )
        # sudo: logging is no change of the engagement.
        self.sudo()._message_log(
            body=self.env._(
                "%(user)s exported the list of %(count)s requests.",
                user=self.env.user.name,
                count=len(requests),
            )
        )
        with io.BytesIO() as content:
            # Texts stay texts: what begins with = is no formula.
            options = {"in_memory": True, "strings_to_formulas": False}
            options["strings_to_urls"] = False
            book = xlsxwriter.Workbook(content, options)
            self._write_requests(book, requests)
            book.close()
            return content.getvalue()

    def _write_requests(self, book, requests):
        sheet = book.add_worksheet(self.env._("Requests"))
        head = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for column, name in enumerate(self._sheet_columns().values()):
            sheet.write(0, column, name, head)
            sheet.set_column(column, column, WIDTHS[column])
        areas = dict(requests._fields["area"]._description_selection(self.env))
        for row, request in enumerate(requests, 1):
            cells = (
                request.number,
                areas[request.area],
                request.name,
                request.description or "",
                request.date_due or "",
                request.user_id.login or "",
                request._state_label(request.state),
                request.answer or "",
            )
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell, day if column == 4 else text)
        sheet.freeze_panes(1, 0)

    # In

    def _import_requests(self, content):
        """Ask for what a workbook lists.

        :return: the requests that were added and that were changed
        :raises UserError: what is wrong with the file, or with each of its rows
        """
        self.ensure_one()
        self._check_open()
        asked, faults = self._read_sheet(content)
        owners = self._owners(asked, faults)
        if not faults and not asked:
            raise UserError(self.env._("The sheet lists no request."))
        if faults:
            self._refuse_rows(
                [(fault.row, self._fault_sentence(fault)) for fault in faults]
            )
        known = {request.number: request for request in self.request_ids}
        return self._take_over(asked, owners, known)

    def _read_sheet(self, content):
        try:
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            )
            return rules.read(
                book.worksheets[0].iter_rows(values_only=True),
                self._header_names(),
                self._area_names(),
            )
        except rules.NoHeaderError as error:
            columns = list(self._sheet_columns().values())
            raise UserError(
                self.env._(
                    "No row names the columns. The list needs “%(needed)s” and may "
                    "have %(others)s.",
                    needed=self._sheet_columns()["name"],
                    others=", ".join(columns[: len(rules.COLUMNS)]),
                )
            ) from error
        except UNREADABLE as error:
            raise UserError(
                self.env._("This is no spreadsheet (.xlsx) that can be read.")
            ) from error

    def _header_names(self):
        """Columns by what they are called here and in English."""
        names = {}
        for lang in ("en_US", self.env.lang):
            columns = self.with_context(lang=lang)._sheet_columns()
            names |= {columns[field].lower(): field for field in rules.COLUMNS}
        return names

    def _area_names(self):
        field = self.env["clerk.audit.request"]._fields["area"]
        names = {key: key for key, _label in AREAS}
        for lang in ("en_US", self.env.lang):
            labels = field._description_selection(self.with_context(lang=lang).env)
            names |= {label.lower(): key for key, label in labels}
        return names

    def _owners(self, asked, faults):
        """Users by the login or name in the sheet; unknown ones are faults."""
        names = {row.values.get("user_id") for row in asked} - {None, ""}
        users = self.env["res.users"].search(
            [
                (
                    "all_group_ids",
                    "in",
                    self.env.ref("invoicing_clerk.group_clerk").ids,
                ),
                ("company_ids", "in", self.company_id.ids),
                "|",
                ("login", "in", list(names)),
                ("name", "in", list(names)),
            ]
        )
        owners = {}
        for name in names:
            by_login = users.filtered(lambda user, name=name: user.login == name)
            found = by_login or users.filtered(
                lambda user, name=name: user.name == name
            )
            owners[name] = found if len(found) == 1 else None
        faults += [
            rules.Fault(row.row, "user_id", row.values["user_id"])
            for row in asked
            if row.values.get("user_id") and not owners[row.values["user_id"]]
        ]
        return owners

    def _fault_sentence(self, fault):
        areas = self.env["clerk.audit.request"]._fields["area"]
        sentences = {
            "number": self.env._("“%s” is no number of a request.", fault.value),
            "area": self.env._(
                "“%(area)s” is no area. Choose from %(areas)s.",
                area=fault.value,
                areas=", ".join(dict(areas._description_selection(self.env)).values()),
            ),
            "name": self.env._("it does not say what is asked for."),
            "date_due": self.env._(
                "“%s” is no day. Write it as 2026-12-31.", fault.value
            ),
            "user_id": self.env._(
                "“%s” is no clerk of this company, or several are called so. Write "
                "the login.",
                fault.value,
            ),
            "twice": self.env._(
                "number %s stands in an earlier row already.", fault.value
            ),
            "length": self.env._("a list ends after %s requests.", fault.value),
        }
        return sentences[fault.code]

    def _take_over(self, asked, owners, known):
        added, changed, refused = [], self.env["clerk.audit.request"], []
        for row in asked:
            values = self._sheet_values(row, owners)
            request = known.get(row.values.get("number"))
            if not request:
                added.append({**values, "audit_id": self.id})
                continue
            changes = self._sheet_changes(request, values)
            try:
                request.write(changes)
            except UserError as error:
                refused.append((row.row, str(error)))
            changed += request if changes else request.browse()
        if refused:
            self._refuse_rows(refused)
        return self.env["clerk.audit.request"].create(added), changed

    def _sheet_values(self, row, owners):
        """What a row says of a request; an empty cell says nothing, but of the day."""
        values = {
            name: value
            for name, value in row.values.items()
            if value or name == "date_due"
        }
        if values.get("user_id"):
            values["user_id"] = owners[values["user_id"]].id
        return values

    def _sheet_changes(self, request, values):
        current = {**request.read(list(values), load=None)[0]} if values else {}
        return {
            name: value
            for name, value in values.items()
            if name != "number" and (current[name] or False) != (value or False)
        }

    def _refuse_rows(self, refused):
        """:raises UserError: always, with a sentence for each row"""
        sentences = [
            self.env._("Row %(row)s: %(what)s", row=row, what=what)
            for row, what in sorted(refused, key=itemgetter(0))
        ]
        raise UserError(self.env._("Nothing was imported.\n%s", "\n".join(sentences)))
