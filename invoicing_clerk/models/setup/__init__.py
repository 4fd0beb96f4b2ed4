from . import digest
from . import ir_cron
from . import operation
from . import setup_step
from . import setup_step_finding
from . import settings
