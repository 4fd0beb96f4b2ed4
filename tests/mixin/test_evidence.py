import base64
import os
from contextlib import contextmanager, suppress

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.invoicing_clerk.models.mixin.evidence_file import BrokenSealError
from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon
from odoo.addons.invoicing_clerk.tests.mixin.evidence_common import EvidenceCommon

FORGED = blank_pdf("Forged")


def _post(file, record):
    """Send the file along with a message on another record."""
    partner = record.env.company.partner_id
    return partner.message_post(body="x", attachment_ids=file.ids)


def _message(file, record):
    """Create a message about the record that has the file."""
    return record.env["mail.message"].create(
        {
            "model": record._name,
            "res_id": record.id,
            "message_type": "comment",
            "body": "x",
            "attachment_ids": [Command.set(file.ids)],
        }
    )


def _compose(file, record, **values):
    partner = record.env.company.partner_id
    composer = record.env["mail.compose.message"].create(
        {
            "composition_mode": "comment",
            "model": partner._name,
            "res_ids": repr(partner.ids),
            "body": "x",
            "attachment_ids": [Command.set(file.ids)],
            **values,
        }
    )
    composer.action_send_mail()
    return composer


def _edit_message(file, record):
    """Remove the file from a message, which deletes files that it brought."""
    message = _post(file, record)
    partner = record.env.company.partner_id
    partner._message_update_content(message, body="", attachment_ids=[])


# What each attack does with a sealed file as somebody: (file, record, field).
ATTACKS = {
    "raw": lambda file, *_: file.write({"raw": FORGED}),
    "datas": lambda file, *_: file.write({"datas": base64.b64encode(FORGED)}),
    "raw emptied": lambda file, *_: file.write({"raw": False}),
    "db_datas": lambda file, *_: file.write({"db_datas": FORGED}),
    "name": lambda file, *_: file.write({"name": "other.pdf"}),
    "mimetype": lambda file, *_: file.write({"mimetype": "text/html"}),
    "type": lambda file, *_: file.write({"type": "url", "url": "https://x.example"}),
    "url": lambda file, *_: file.write({"url": "/forged"}),
    "res_field": lambda file, *_: file.write({"res_field": "elsewhere"}),
    "res_field off": lambda file, *_: file.write(
        {"res_field": not file.sudo().res_field and "name"}
    ),
    "res_model": lambda file, *_: file.write({"res_model": "res.partner"}),
    "res_id": lambda file, record, _field: file.write({"res_id": record.id + 1}),
    "detach": lambda file, *_: file.write({"res_model": False, "res_id": False}),
    "store_fname": lambda file, *_: file.write({"store_fname": "00/00"}),
    "checksum": lambda file, *_: file.write({"checksum": "0" * 40}),
    "file_size": lambda file, *_: file.write({"file_size": 1}),
    "public": lambda file, *_: file.write({"public": True}),
    "company": lambda file, *_: file.write({"company_id": False}),
    "unlink": lambda file, *_: file.unlink(),
    "unlink as at uninstallation": lambda file, *_: file.with_context(
        _force_unlink=True
    ).unlink(),
    "copy beside": lambda file, *_: file.copy(),
    "copied over": lambda file, record, field: file.copy(
        {**_place(record, field), "raw": FORGED}
    ),
    "copied over by defaults": lambda file, record, field: file.with_context(
        **{f"default_{name}": value for name, value in _place(record, field).items()}
    ).copy({"raw": FORGED}),
    "copy moved over": lambda file, record, field: file.copy(
        {"res_model": False, "res_id": False, "res_field": False, "raw": FORGED}
    ).write(_place(record, field)),
    "web_save": lambda file, *_: file.web_save({"name": "other.pdf"}, {}),
    "web_save_multi": lambda file, *_: file.web_save_multi([{"name": "o.pdf"}], {}),
    "import": lambda file, *_: file.load(
        [".id", "name", "type", "url"], [[str(file.id), "o.pdf", "url", "/forged"]]
    ),
    "import of content": lambda file, *_: file.load(
        [".id", "datas"], [[str(file.id), base64.b64encode(FORGED).decode()]]
    ),
    "from a link to a file": lambda file, *_: file.write(
        {"type": "binary", "raw": FORGED}
    ),
    "posted elsewhere": lambda file, record, _field: _post(file, record),
    "deleted with a message": lambda file, record, _field: _message(
        file, record
    ).unlink(),
    "deleted by an edited message": lambda file, record, _field: _edit_message(
        file, record
    ),
    "changed by a message": lambda file, record, _field: _message(file, record).write(
        {"attachment_ids": [Command.update(file.id, {"name": "o.pdf"})]}
    ),
    "deleted by a message": lambda file, record, _field: _message(file, record).write(
        {"attachment_ids": [Command.delete(file.id)]}
    ),
    "sent by the composer": lambda file, record, _field: _compose(file, record),
    "sent in bulk and deleted": lambda file, record, _field: _compose(
        file, record, composition_mode="mass_mail", auto_delete=True
    ),
    "deleted with the composer": lambda file, record, _field: _compose(
        file, record
    ).write({"attachment_ids": [Command.delete(file.id)]}),
    "delete from chatter": lambda file, *_: file._delete_and_notify(),
    "unlink the record": lambda _file, record, _field: record.unlink(),
    "unlink the record as at uninstallation": lambda _file, record, _field: (
        record.with_context(_force_unlink=True).unlink()
    ),
    "unlink the run as at uninstallation": lambda _file, record, _field: (
        record.run_id.with_context(_force_unlink=True).unlink()
        if "run_id" in record._fields
        else None
    ),
}
# Attacks of users; as superuser, only our own code does this.
USER_ATTACKS = {
    "access_token": lambda file, *_: file.write({"access_token": "known"}),
    "generate_access_token": lambda file, *_: file.generate_access_token(),
}
# Attacks on files that a field of the record holds.
FIELD_ATTACKS = {
    "newer beside": lambda file, record, field: file.create(
        {**_place(record, field), "name": file.name, "raw": FORGED}
    ),
    "newer beside by defaults": lambda file, record, field: file.with_context(
        **{f"default_{name}": value for name, value in _place(record, field).items()}
    ).create({"name": file.name, "raw": FORGED}),
    "newer beside in two steps": lambda file, record, field: file.create(
        {
            "name": file.name,
            "raw": FORGED,
            "res_model": record._name,
            "res_id": record.id,
        }
    ).write({"res_field": field}),
    "the field of the record": lambda file, record, field: record.write(
        {field: _value(file, record, field)}
    ),
    "the field by web_save_multi": lambda file, record, field: record.web_save_multi(
        [{field: _value(file, record, field)}], {}
    ),
    "the field of a copy": lambda file, record, field: record.copy(
        {field: _value(file, record, field)}
    ),
    "the field emptied": lambda _file, record, field: record.write({field: False}),
    "the field by web_save": lambda file, record, field: record.web_save(
        {field: _value(file, record, field)}, {}
    ),
    "the field by import": lambda file, record, field: record.load(
        [".id", field], [[str(record.id), _value(file, record, field)]]
    ),
}


def _place(record, field):
    return {"res_model": record._name, "res_id": record.id, "res_field": field}


def _value(file, record, field):
    if record._fields[field].type == "many2one":
        return file.create({"name": "forged.pdf", "raw": FORGED}).id
    return base64.b64encode(FORGED).decode()


# Files that people enter, until the record is checked: then its model refuses it.
ENTERED = {"archive", "document", "file"}


class EvidenceCase(EvidenceCommon):
    def _content(self, record, piece, file):
        """Return the bytes that a reader of the record gets, past all caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        if piece in record._fields and record._fields[piece].type == "binary":
            return base64.b64decode(record.sudo()[piece])
        if piece in record._fields:
            return record.sudo()[piece].raw
        return file.sudo().raw

    def _state(self, record, piece, file):
        file_sudo = file.sudo()
        names = ("name", "mimetype", "res_model", "res_id", "res_field", "public")
        return (
            self._content(record, piece, file),
            *(file_sudo[name] for name in (*names, "type", "url", "company_id")),
            file_sudo.access_token,
        )


@tagged("post_install", "-at_install")
class TestEvidenceGuard(EvidenceCase):
    """Table: kinds of evidence × attacks × clerk, supervisor, auditor, superuser.

    It would have caught that a clerk overwrote and deleted PDFs of statements, replies
    and packs by ``ir.attachment``, or put a newer file beside them.
    """

    def _people(self):
        return {
            "clerk": self.clerk,
            "supervisor": self.supervisor,
            "auditor": self.auditor,
        }

    def _tries(self, record, field):
        """Yield name, attack and environment of each attack on a kind of file."""
        in_field = FIELD_ATTACKS if field in record._fields else {}
        for role, user in self._people().items():
            for name, attack in {**ATTACKS, **USER_ATTACKS, **in_field}.items():
                yield (
                    f"{name} as {role}",
                    attack,
                    lambda each, u=user: each.with_user(u),
                )
        for name, attack in ATTACKS.items():
            # Routes of core write and delete attachments as superuser.
            yield f"{name} as superuser", attack, lambda each: each.sudo()

    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_no_attack_changes_a_file(self):
        tried = 0
        for kind, (record, field, file) in self._all_evidence().items():
            before = self._state(record, field, file)
            for name, attack, act_as in self._tries(record, field):
                with self.subTest(kind=kind, attack=name):
                    tried += 1
                    self._attack(attack, act_as, record, field, file)
                    self.assertEqual(self._state(record, field, file), before)
                    self.assertFalse(record.sudo().evidence_problem)
        self.assertGreater(tried, 1000)

    def _attack(self, attack, act_as, record, field, file):
        """Try an attack, which is refused or changes nothing."""
        with suppress(UserError), self.env.cr.savepoint():
            attack(act_as(file), act_as(record), field)
            self.env.flush_all()
        self.env.invalidate_all()

    def test_superuser_is_refused_with_a_sentence(self):
        _record, _piece, file = self._request_evidence()["request"]
        for values in ({"raw": b"x"}, {"name": "x"}, {"res_id": 1}, {"public": True}):
            with self.assertRaisesRegex(UserError, "ageing.pdf.* is evidence"):
                file.write(values)
        with self.assertRaisesRegex(UserError, "Attach a new document"):
            file.unlink()

    def test_what_stays_possible(self):
        """Moving files to another storage, links in large emails, copies elsewhere."""
        record, piece, file = self._request_evidence()["request"]
        file._migrate()
        file.write({"name": file.name, "res_id": record.id})
        self.assertTrue(file.generate_access_token())
        copy = file.copy({"res_model": False, "res_id": False})
        self.assertEqual(copy.raw, self._content(record, piece, file))
        copy.unlink()


@tagged("post_install", "-at_install")
class TestEvidenceCheck(EvidenceCase):
    """Table: kinds of evidence × changes in database and file store.

    It would have caught that a changed file was shown, mailed and packed as the one
    that was stored.
    """

    @contextmanager
    def _other_bytes(self, file, content):
        """Overwrite the file in the file store; None deletes it."""
        path = file._full_path(file.store_fname)
        with open(path, "rb") as stored:
            before = stored.read()
        try:
            os.unlink(path)
            if content is not None:
                with open(path, "wb") as stored:
                    stored.write(content(before))
            yield
        finally:
            with open(path, "wb") as stored:
                stored.write(before)

    @contextmanager
    def _sql(self, *statements):
        with suppress(ZeroDivisionError), self.env.cr.savepoint():
            for statement in statements:
                self.env.cr.execute(statement)
            self.env.invalidate_all()
            yield
            raise ZeroDivisionError
        self.env.invalidate_all()

    def _changes(self, record, field, file):
        """Yield name and context of each change behind the back of Odoo."""
        other = self.env["ir.attachment"].create({"name": "o.pdf", "raw": FORGED})
        self.env.flush_all()
        yield "same size", self._other_bytes(file, lambda before: before[::-1])
        yield "cut", self._other_bytes(file, lambda before: before[: len(before) // 2])
        yield "emptied", self._other_bytes(file, lambda before: b"")
        yield "lost", self._other_bytes(file, None)
        yield "other file", self._sql(_set(file, "store_fname", other.store_fname))
        yield (
            "in database",
            self._sql(_set(file, "db_datas", FORGED), _set(file, "store_fname", None)),
        )
        yield "link", self._sql(_set(file, "type", "url"), _set(file, "url", "/x"))
        yield "renamed", self._sql(_set(file, "name", "other.pdf"))
        yield "moved", self._sql(_set(file, "res_id", record.id + 1))
        yield (
            "deleted",
            self._sql(
                *self._let_go(record, field),
                SQL("DELETE FROM ir_attachment WHERE id = %s", file.id),
            ),
        )
        yield (
            "seal of another",
            self._sql(
                SQL(
                    "UPDATE clerk_evidence_file SET sha256 = %s"
                    " WHERE attachment_number = %s",
                    "0" * 64,
                    file.id,
                )
            ),
        )
        if field not in record._fields:
            return
        yield (
            "seal deleted",
            self._sql(
                SQL(
                    "DELETE FROM clerk_evidence_file WHERE attachment_number = %s",
                    file.id,
                )
            ),
        )
        yield "exchanged", self._sql(*self._exchange(record, field, other))

    def _let_go(self, record, field):
        """A foreign key keeps the reply; others lose the link with the file."""
        if field == "answer_document_id":
            yield _set(record, field, None)

    def _exchange(self, record, field, other):
        if record._fields[field].type == "many2one":
            yield _set(record, field, other.id)
            return
        for name, value in _place(record, field).items():
            yield _set(other, name, value)

    def test_every_change_is_shown_and_nothing_is_handed_out(self):
        tried = 0
        for kind, (record, field, file) in self._all_evidence().items():
            self.assertFalse(record.with_user(self.auditor).evidence_problem)
            for name, change in self._changes(record, field, file):
                with self.subTest(kind=kind, change=name), change:
                    self.env.invalidate_all()
                    tried += 1
                    self.assertTrue(record.with_user(self.auditor).evidence_problem)
                    with self.assertRaises(BrokenSealError):
                        record._check_evidence()
                    self._assert_not_read(record, field, file, name)
        self.assertGreater(tried, 90)

    def _assert_not_read(self, record, field, file, name):
        """Read the bytes as pages, emails, packs and remote calls do."""
        if name in ("deleted", "seal deleted", "exchanged"):
            return
        for attribute in ("raw", "datas"):
            with self.assertRaises(BrokenSealError):
                file.sudo().read([attribute])
        if field in record._fields and name != "moved":
            with self.assertRaises(BrokenSealError):
                self._content(record, field, file)

    def test_binary_field_with_a_newer_file_beside(self):
        """The file that is read is the newer one, and is no evidence."""
        record, field, _file = self._sample_evidence()["population"]
        other = self.env["ir.attachment"].create({"name": "o.pdf", "raw": FORGED})
        self.env.flush_all()
        with (
            self._sql(*self._exchange(record, field, other)),
            self.assertRaises(BrokenSealError),
        ):
            self._content(record, field, other)

    def test_a_hash_is_written_once(self):
        record, _field, _file = self._statement_evidence()["statement"]
        for value in ("0" * 64, False):
            with self.assertRaisesRegex(UserError, "it is evidence of the original"):
                record.sudo().document_hash = value

    def test_queries_do_not_grow_with_files(self):
        record, field, file = self._request_evidence()["request"]
        files = file.create(
            [
                {
                    "name": f"{at}.pdf",
                    "raw": blank_pdf(str(at)),
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for at in range(20)
            ]
        )
        few = self._count_queries(file._evidence_problems)
        files._evidence_problems()
        record.sudo()._seal_evidence("delivery", files)
        many = self._count_queries((file + files)._evidence_problems)
        self._assert_no_more_queries(few, many)
        brief = self._count_queries(record._evidence_problems)
        self.assertLessEqual(brief, 6)


def _set(record, column, value):
    return SQL(
        "UPDATE %s SET %s = %s WHERE id = %s",
        SQL.identifier(record._table),
        SQL.identifier(column),
        value,
        record.id,
    )


# Stored files that prove nothing, and why.
NO_EVIDENCE = {
    "clerk.audit.confirmation.proposal_document_id": "not signed yet",
    "clerk.audit.pack.item.part": "no role writes it; compared when a pack is built",
}


@tagged("post_install", "-at_install")
class TestEvidenceDeclared(MixinCommon):
    """Sweep: every stored file of our models is declared evidence, or says why not.

    It would have caught a new model that stores a signature or a scan unprotected.
    """

    def _stored_files(self):
        for name, model in self.env.registry.items():
            if not name.startswith("clerk.") or model._abstract or model._transient:
                continue
            for field in self.env[name]._fields.values():
                is_file = field.type == "binary" and field.store
                is_link = (
                    field.type in ("many2one", "many2many")
                    and field.store
                    and field.comodel_name == "ir.attachment"
                )
                # Chatter of core.
                if (is_file or is_link) and not field.name.startswith("message_"):
                    yield name, field

    def test_every_stored_file_is_declared(self):
        kinds = self.env["clerk.evidence"]._evidence_kinds()
        found = {f"{name}.{field.name}" for name, field in self._stored_files()}
        declared = {f"{name}.{each}" for name, names in kinds.items() for each in names}
        self.assertEqual(found - declared, NO_EVIDENCE.keys() & found)
        self.assertFalse(declared - found)

    def test_declared_fields_are_guarded(self):
        for model, names in self.env["clerk.evidence"]._evidence_kinds().items():
            hashes = set(self.env[model]._declared_evidence().values()) - {None}
            with self.subTest(model=model):
                self.assertLessEqual(
                    names | hashes, self.env[model]._guarded_names() | ENTERED
                )

    def test_banner_on_every_form(self):
        for model in self.env["clerk.evidence"]._evidence_kinds():
            with self.subTest(model=model):
                own_model = self.env[model].with_user(self.auditor)
                arch = own_model.get_view(view_type="form")["arch"]
                self.assertIn("evidence_problem", arch)
                self.assertIn("alert-danger", arch)

    def test_nobody_has_rights_to_seals(self):
        for user in self._people():
            seals = self.env["clerk.evidence.file"].with_user(user)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(seals.has_access(operation))
