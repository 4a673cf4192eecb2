from . import test_order, test_value_class
