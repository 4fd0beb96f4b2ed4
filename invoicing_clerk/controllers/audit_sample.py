from odoo.http import Controller, request, route

from ..rules.limits import maximum


class AuditSampleController(Controller):
    """Download of the population of a sample, for readers of the sample."""

    @route(
        "/audit/samples/<int:sample_id>/population",
        auth="user",
        readonly=False,
        max_content_length=maximum("request"),
    )
    def audit_sample_population(self, sample_id):
        sample = request.env["clerk.audit.sample"].browse(sample_id)
        stream = sample._log_population_download()._to_http_stream()
        stream.download_name = f"population-{sample_id}.csv.gz"
        return stream.get_response(as_attachment=True)
