from . import audit_request_apply
from . import audit_request_clarify
from . import audit_request_import
