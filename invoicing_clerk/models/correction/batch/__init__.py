from . import correction_batch_item
from . import correction_batch
from . import correction_batch_approval
from . import correction_batch_document
from . import correction_batch_summary
from . import correction_batch_work
from . import correction
from . import correction_letter
