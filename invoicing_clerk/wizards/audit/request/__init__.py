from . import audit_request_apply
from . import audit_request_import
from . import audit_request_query
