from . import audit_request
from . import audit_confirmation
from . import audit_pack
from . import audit_sample
from . import call
from . import receipt_portal
from . import statement
from . import statement_file
