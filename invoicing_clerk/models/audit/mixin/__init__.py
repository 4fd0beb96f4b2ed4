from . import audit_thread
from . import audit_comment
from . import audit_part
from . import audit_job
from . import audit_side
