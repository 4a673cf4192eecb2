from . import test_invoice, test_public_methods
