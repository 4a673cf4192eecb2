from . import test_order, test_public_methods, test_register, test_value_class
