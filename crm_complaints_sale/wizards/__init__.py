from . import complaint_intake
