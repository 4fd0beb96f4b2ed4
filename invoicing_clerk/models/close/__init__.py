from . import close_task_type
from . import close
from . import close_task
from . import close_task_step
from . import close_refresh
from . import close_step
