from . import call_back
from . import call_contact
from . import call_customer
from . import call_erase
from . import call_identity
from . import call_new
from . import call_note
