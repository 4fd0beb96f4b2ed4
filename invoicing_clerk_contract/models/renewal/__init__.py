from . import contract
from . import renewal
from . import renewal_find
from . import renewal_step
