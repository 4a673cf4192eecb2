"""Values in the context: types of our own, so that no value sent over RPC is one."""


class OwnValue:
    """A value that the caller fills while others hold the context it stands in.

    Odoo takes an environment with an equal context for the same, also a former one; this
    is equal to itself alone.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__
