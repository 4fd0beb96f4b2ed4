from . import audit_pack
from . import call
from . import statement
from . import statement_file
