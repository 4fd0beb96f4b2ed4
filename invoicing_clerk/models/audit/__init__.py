from . import mixin
from . import engagement
from . import request
from . import test
from . import sample
from . import confirmation
from . import pack
