# The layers, in their order: each uses those before it, and never names one after it.
# isort: skip_file
from . import core
from . import access
from . import clock
from . import contact
from . import resolution
from . import mail
from . import portal
from . import followup
from . import customer
from . import guidance
from . import report
from . import demo
