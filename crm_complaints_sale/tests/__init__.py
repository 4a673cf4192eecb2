from . import test_order, test_public_methods, test_value_class
