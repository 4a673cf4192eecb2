"""Recipients of a letter: the customer, or a representative."""

# Key in the context: the recipient of what is written. Its value is one of the objects
# below; anything that comes over RPC is not, and is ignored.
READER = "complaint_reader"


class Reader:
    """A recipient of letters; an object that cannot be sent over RPC."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<reader {self.name}>"


CUSTOMER_READS = Reader("customer")
REPRESENTATIVE_READS = Reader("representative")
# Without consent on file: only the acknowledgement with the request for consent.
REPRESENTATIVE_ASKED = Reader("representative without consent")
READERS = (CUSTOMER_READS, REPRESENTATIVE_READS, REPRESENTATIVE_ASKED)
REPRESENTATIVE = (REPRESENTATIVE_READS, REPRESENTATIVE_ASKED)
# Kinds of letters to the representative, with or without consent.
TO_REPRESENTATIVE = ("authority",)
