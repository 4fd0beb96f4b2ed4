from . import close_step
