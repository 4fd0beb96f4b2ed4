from . import customer_contact
from . import guarded
from . import filtered
from . import lifecycle
