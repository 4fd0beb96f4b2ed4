from . import count
