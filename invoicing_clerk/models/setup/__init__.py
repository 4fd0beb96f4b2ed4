from . import digest
from . import setup_step
from . import setup_step_finding
from . import settings
