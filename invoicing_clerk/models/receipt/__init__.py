from . import receipt_batch
from . import receipt_batch_total
from . import receipt_batch_post
from . import receipt
