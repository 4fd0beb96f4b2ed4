from . import contract
from . import renewal
from . import renewal_call
from . import renewal_find
from . import renewal_step
