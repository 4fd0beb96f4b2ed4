from . import billing_error_close
from . import billing_error_wait
