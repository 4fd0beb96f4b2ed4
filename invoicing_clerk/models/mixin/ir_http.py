from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, abort

from odoo import models
from odoo.exceptions import ValidationError
from odoo.http import Response, request

from ...rules.input_value import MAX_INTEGER
from ...rules.limits import is_storable


class IrHttp(models.AbstractModel):
    """Check requests to our routes: first the sender and the size, then the values.

    Core's error pages read the body of a request, however large it is. What is refused
    before that gets a plain answer.

    A route of ours has ``max_content_length``. Further keys of it:

    - ``may_send``: name of a method of the controller, which gets the parts of the path
      and returns whether the visitor may send anything, before the body is read
    - ``uploads``: names of the parameters that are files; all others are texts
    """

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if cls._is_clerk_route(rule.endpoint):
            cls._check_clerk_path(args)
            cls._check_clerk_sender(rule.endpoint, args)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _dispatch(cls, endpoint):
        if cls._is_clerk_route(endpoint):
            cls._check_clerk_values(endpoint.routing)
        return super()._dispatch(endpoint)

    @classmethod
    def _is_clerk_route(cls, endpoint):
        """Return whether a controller of ours has the route, extended or not."""
        controller = type(getattr(endpoint.func, "__self__", None))
        return any(
            endpoint.func.__name__ in vars(each)
            for each in controller.mro()
            if each.__module__.startswith("odoo.addons.invoicing_clerk.controllers.")
        )

    @classmethod
    def _check_clerk_path(cls, args):
        for value in args.values():
            number = value.id if isinstance(value, models.BaseModel) else value
            if isinstance(number, int) and number > MAX_INTEGER:
                cls._refuse_clerk_request(
                    404, request.env._("The record does not exist.")
                )

    @classmethod
    def _check_clerk_sender(cls, endpoint, args):
        routing, http_request = endpoint.routing, request.httprequest
        size = http_request.content_length or 0
        if size > routing.get("max_content_length", size):
            cls._refuse_clerk_request(413, request.env._("The request is too large."))
        may_send = routing.get("may_send")
        if not may_send or http_request.method in ("GET", "HEAD", "OPTIONS"):
            return
        values = {
            name: value.with_env(request.env)
            if isinstance(value, models.BaseModel)
            else value
            for name, value in args.items()
        }
        if not getattr(endpoint.func.__self__, may_send)(**values):
            cls._refuse_clerk_request(
                403, request.env._("You are not allowed to send this.")
            )

    @classmethod
    def _refuse_clerk_request(cls, status, sentence):
        """:raises HTTPException: a plain answer, for which no body is read"""
        headers = {"Connection": "close"}
        abort(Response(sentence, status, headers, content_type="text/plain"))

    @classmethod
    def _check_clerk_values(cls, routing):
        """
        :raises BadRequest: a value of a page is not what the route takes
        :raises ValidationError: a value of a call is not what the route takes
        """
        uploads = routing.get("uploads", ())
        for name, value in request.params.items():
            if isinstance(value, models.BaseModel | int | None):
                continue
            if name in uploads and isinstance(value, FileStorage):
                continue
            if name not in uploads and isinstance(value, str) and is_storable(value):
                continue
            sentence = request.env._("“%s” is not valid.", name[:64])
            if routing["type"] == "http":
                raise BadRequest(sentence)
            raise ValidationError(sentence)
