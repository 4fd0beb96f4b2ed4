from . import engagement
from . import request
from . import test
from . import confirmation
