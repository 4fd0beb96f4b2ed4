from . import billing_error
from . import worklist
from . import correction
from . import promise
from . import statement
from . import call
from . import audit
