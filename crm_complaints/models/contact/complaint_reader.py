"""Recipients of a letter: the customer, or a representative."""

# Key in the context: to whom something is written. What comes over RPC is none of
# these objects, and changes nothing.
READER = "complaint_reader"


class Reader:
    """One of those to whom a letter goes; an object that nobody can send over RPC."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<reader {self.name}>"


CUSTOMER_READS = Reader("customer")
REPRESENTATIVE_READS = Reader("representative")
# Without consent on file: a receipt, and the request for consent, and no more.
REPRESENTATIVE_ASKED = Reader("representative without consent")
READERS = (CUSTOMER_READS, REPRESENTATIVE_READS, REPRESENTATIVE_ASKED)
REPRESENTATIVE = (REPRESENTATIVE_READS, REPRESENTATIVE_ASKED)
# Letters to whoever acts for the customer, consent or not.
TO_REPRESENTATIVE = ("authority",)
