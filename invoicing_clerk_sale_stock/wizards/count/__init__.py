from . import count_attach
from . import count_import
