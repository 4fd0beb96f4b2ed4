from odoo import api, models
from odoo.exceptions import AccessError, ValidationError


class MailTemplate(models.Model):
    """Email templates of our models: who writes them, and what they decide.

    A template is applied by a scheduled action with all rights, to whatever record has
    the id. So a template is checked where it is chosen and where it is used, only those
    who answer for the emails write it, and it decides on words alone: recipients come
    from the code that sends.
    """

    _inherit = "mail.template"

    # Who writes

    def write(self, vals):
        """:raises AccessError: it is, or becomes, a template that others write"""
        result = super().write(vals)
        if "model_id" in vals or "model" in vals:
            self.check_access("write")
        return result

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates.check_access("create")
        return templates

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or self.env.su or self.env.user._is_system():
            return result
        refused, refuse = result or (self.browse(), None)
        # sudo: which model a template belongs to decides on the access to it.
        forbidden = (
            (self - refused)
            .sudo()
            .filtered(
                lambda each: (
                    (group := each._writers()) and not self.env.user.has_group(group)
                )
            )
        )
        forbidden = forbidden.with_env(self.env)
        if forbidden:
            return refused | forbidden, refuse or forbidden._refuse_writing
        return result

    def _writers(self):
        """Return the group that writes this template; none if it is not ours."""
        models = {self.model, self.model_id.model} & set(self.env.registry)
        groups = {
            getattr(self.env.registry[model], "_template_writers", None)
            for model in models
        }
        return next(filter(None, groups), None)

    def _refuse_writing(self):
        # sudo: the caller tried to change it, so its name is no news.
        template_sudo = self[:1].sudo()
        group = self.env.ref(template_sudo._writers()).sudo()
        return AccessError(
            self.env._(
                "“%(template)s” is an email template of %(model)s: only the group "
                "%(group)s and administrators can change it.",
                template=template_sudo.name,
                model=template_sudo.model_id.name or template_sudo.model,
                group=group.name,
            )
        )

    # What it may contain

    def _check_fits(self, model):
        """:raises ValidationError: one is for another model, by itself, by a report or
        by an attachment"""
        # sudo: which records a template is about is no secret.
        for template in self.sudo():
            reports = template.report_template_ids
            if {template.model, template.model_id.model} != {model}:
                raise ValidationError(template._refuse_model(model))
            if others := reports.filtered(lambda report: report.model != model):
                raise ValidationError(
                    self.env._(
                        "The email template “%(template)s” attaches the report "
                        "“%(report)s”, which is about other records. Remove it from "
                        "the template.",
                        template=template.name,
                        report=others[0].name,
                    )
                )
            if foreign := template.attachment_ids.filtered(
                lambda file, template=template: (
                    (file.res_model, file.res_id) != ("mail.template", template.id)
                )
            ):
                raise ValidationError(
                    self.env._(
                        "The email template “%(template)s” attaches “%(file)s”, which "
                        "belongs to another record. Upload the file to the template.",
                        template=template.name,
                        file=foreign[0].name,
                    )
                )

    def _refuse_model(self, model):
        return self.env._(
            "“%(template)s” is an email template of %(other)s, not of %(model)s. "
            "Choose another one.",
            template=self.name,
            other=self.model_id.name or self.model,
            model=self.env["ir.model"]._get(model).name,
        )

    # Sending

    def _make_mails_to(self, recipients, **values):
        """Make emails with the words of this template, to recipients that we give.

        :param recipients: ``{record: partners}``, of one model
        :raises ValidationError: the template does not fit the records
        """
        first, *others = recipients
        records = first.concat(*others)
        self._check_fits(records._name)
        template = self.with_context(
            clerk_recipients={each.id: recipients[each].ids for each in records}
        )
        return template.send_mail_batch(
            records.ids,
            force_send=values.pop("force_send", False),
            raise_exception=True,
            email_layout_xmlid=values.pop("layout", False),
            email_values={
                "email_to": False,
                "email_cc": False,
                "scheduled_date": False,
                # A notice that it bounced is recognised by it.
                "auto_delete": False,
                **values,
            },
        )

    def _generate_template_recipients(
        self, res_ids, render_fields, render_results=None, **options
    ):
        """Return the recipients that our code gives, if it does, not the template's."""
        recipients = self.env.context.get("clerk_recipients")
        if recipients is None:
            return super()._generate_template_recipients(
                res_ids, render_fields, render_results=render_results, **options
            )
        results = {} if render_results is None else render_results
        for res_id in res_ids:
            results.setdefault(res_id, {})["partner_ids"] = recipients[res_id]
        return results
