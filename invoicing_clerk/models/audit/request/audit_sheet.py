import io
from operator import itemgetter

import openpyxl

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import get_lang

from ....rules.audit.request import audit_request_sheet as rules
from ....rules.audit.request.audit_request import AREAS
from ....rules.plural import plural
from ....rules.xlsx import UNREADABLE, check_workbook
from ...mixin.workbook import workbook_content

WIDTHS = (8, 16, 45, 60, 12, 22, 14, 50)


class ClerkAudit(models.Model):
    """Export and import of the request list as a spreadsheet.

    Rows with the number of a request update it, others are added. All rows are
    imported, or none.
    """

    _inherit = "clerk.audit"

    @api.model
    def _sheet_columns(self):
        """Return column titles by field; the last ones are only exported."""
        return {
            "number": self.env._("Number"),
            "area": self.env._("Area"),
            "name": self.env._("Request"),
            "description": self.env._("Details"),
            "date_due": self.env._("Due"),
            "user_id": self.env._("Owner"),
            "state": self.env._("Status"),
            "answer": self.env._("Answer"),
        }

    # Export

    def action_export_requests(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/{self.id}/requests",
            "target": "download",
        }

    def _export_requests(self):
        """Return the workbook; log the export and record it in the chatter."""
        self.ensure_one()
        self.check_access("read")
        requests = self.request_ids.sorted("number")
        self.env["clerk.audit.access"]._log(
            "export",
            plural(
                len(requests),
                self.env._("Request list (%s request)", len(requests)),
                self.env._("Request list (%s requests)", len(requests)),
            ),
            self,
        )
        # sudo: auditors may export without the right to change the engagement.
        self.sudo()._message_log(
            body=plural(
                len(requests),
                self.env._(
                    "%(user)s exported the list of %(count)s request.",
                    user=self.env.user.name,
                    count=len(requests),
                ),
                self.env._(
                    "%(user)s exported the list of %(count)s requests.",
                    user=self.env.user.name,
                    count=len(requests),
                ),
            )
        )
        return workbook_content(lambda book: self._write_requests(book, requests))

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
                request.reference or request.number,
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

    # Import

    def _import_requests(self, content, doubts=None):
        """Create and update the requests in a workbook.

        :param doubts: a list, which gets a sentence for each date that is ambiguous
        :return: the requests that were added, and those that were changed
        :raises UserError: says what is wrong with the file, or with each row
        """
        self.ensure_one()
        self._check_open()
        rows, faults = self._read_sheet(content)
        owners = self._owners(rows, faults)
        if not faults and not rows:
            raise UserError(self.env._("The sheet does not contain any requests."))
        if faults:
            self._refuse_rows(
                [(fault.row, self._fault_sentence(fault)) for fault in faults]
            )
        if doubts is not None:
            doubts += [self._doubt_sentence(row) for row in rows if row.doubt]
        return self._import_rows(rows, owners)

    def _doubt_sentence(self, row):
        return self.env._(
            "Row %(row)s: “%(date)s” was read as %(day)s.",
            row=row.row,
            date=row.doubt,
            day=format_date(self.env, row.values["date_due"], date_format="d MMMM y"),
        )

    def _read_sheet(self, content):
        limited = self.env["clerk.limited"]
        try:
            with limited._limits_of(self.env._("The spreadsheet")):
                check_workbook(content)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            # Cells may say that the sheet is far larger than it is.
            book.worksheets[0].reset_dimensions()
            return rules.read(
                self._sheet_rows(book.worksheets[0]),
                self._header_names(),
                self._area_names(),
                rules.dates.Habits(
                    self._is_day_first(), book.epoch.date(), self.env.lang or "en"
                ),
            )
        except UserError:
            raise
        except rules.NoHeaderError as error:
            columns = list(self._sheet_columns().values())
            raise UserError(
                self.env._(
                    "There is no header row. The column “%(needed)s” is required; the "
                    "columns are %(others)s.",
                    needed=self._sheet_columns()["name"],
                    others=", ".join(columns[: len(rules.COLUMNS)]),
                )
            ) from error
        except UNREADABLE as error:
            raise UserError(
                self.env._("The file is not a readable spreadsheet (.xlsx).")
            ) from error

    def _sheet_rows(self, sheet):
        for row in sheet.iter_rows():
            yield [
                rules.displayed(cell.value, cell.number_format or "") for cell in row
            ]

    def _is_day_first(self):
        """Return whether the language of the user puts the day before the month."""
        form = get_lang(self.env).date_format
        return form.find("%d") < form.find("%m")

    def _header_names(self):
        """Return fields by column title in lower case, in two languages."""
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

    def _owners(self, rows, faults):
        """Return users by login or name in the sheet; add faults for unknown ones."""
        names = {row.values.get("user_id") for row in rows} - {None, ""}
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
            matches = by_login or users.filtered(
                lambda user, name=name: user.name == name
            )
            owners[name] = matches if len(matches) == 1 else None
        faults += [
            rules.Fault(row.row, "user_id", row.values["user_id"])
            for row in rows
            if row.values.get("user_id") and not owners[row.values["user_id"]]
        ]
        return owners

    def _fault_sentence(self, fault):
        areas = self.env["clerk.audit.request"]._fields["area"]
        sentences = {
            "number": self.env._("“%s” is not a valid request number.", fault.value),
            "area": self.env._(
                "“%(area)s” is not an area. Use one of %(areas)s.",
                area=fault.value,
                areas=", ".join(dict(areas._description_selection(self.env)).values()),
            ),
            "name": self.env._("the request is empty."),
            "date_due": self.env._(
                "“%s” is not a date. Enter it as 2026-12-31.", fault.value
            ),
            "user_id": self.env._(
                "“%s” is not a clerk of this company, or the name is not unique. "
                "Enter the login.",
                fault.value,
            ),
            "twice": self.env._("number %s is used in an earlier row.", fault.value),
            "length": self.env._("a list cannot exceed %s requests.", fault.value),
        }
        return sentences[fault.code]

    def _import_rows(self, rows, owners):
        by_number = {request.number: request for request in self.request_ids}
        by_number |= {
            request.reference: request
            for request in self.request_ids
            if request.reference
        }
        added, changed, refused = [], self.env["clerk.audit.request"], []
        for row in rows:
            values = self._sheet_values(row, owners)
            request = by_number.get(row.values.get("number"))
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
        """Return the values of a row; empty cells only count for the due date."""
        values = {
            name: value
            for name, value in row.values.items()
            if value or name == "date_due"
        }
        if isinstance(values.get("number"), str):
            values["reference"] = values.pop("number")
        if values.get("user_id"):
            values["user_id"] = owners[values["user_id"]].id
        return values

    def _sheet_changes(self, request, values):
        current = {**request.read(list(values), load=None)[0]} if values else {}
        return {
            name: value
            for name, value in values.items()
            if name not in ("number", "reference")
            and (current[name] or False) != (value or False)
        }

    def _refuse_rows(self, refused):
        """:raises UserError: with a sentence for each row"""
        sentences = [
            self.env._("Row %(row)s: %(reason)s", row=row, reason=reason)
            for row, reason in sorted(refused, key=itemgetter(0))
        ]
        raise UserError(self.env._("Nothing was imported.\n%s", "\n".join(sentences)))
