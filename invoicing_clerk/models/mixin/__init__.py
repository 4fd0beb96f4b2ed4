from . import guarded
from . import lifecycle
