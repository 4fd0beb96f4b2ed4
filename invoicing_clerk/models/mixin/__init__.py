from . import customer_contact
from . import guarded
from . import lifecycle
