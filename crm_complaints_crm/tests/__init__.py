from . import test_lead, test_public_methods
