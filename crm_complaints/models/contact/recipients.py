"""Recipients of a letter: the customer, or a representative."""

# Key in the context: the recipient of what is written. Its value is one of the objects
# below; anything that comes over RPC is not, and is ignored.
RECIPIENT = "complaint_recipient"


class Recipient:
    """A recipient of letters; an object that cannot be sent over RPC."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<recipient {self.name}>"


TO_CUSTOMER = Recipient("customer")
TO_REPRESENTATIVE = Recipient("representative")
# Without consent on file: only the acknowledgement with the request for consent.
TO_REPRESENTATIVE_WITHOUT_CONSENT = Recipient("representative without consent")
RECIPIENTS = (TO_CUSTOMER, TO_REPRESENTATIVE, TO_REPRESENTATIVE_WITHOUT_CONSENT)
REPRESENTATIVES = (TO_REPRESENTATIVE, TO_REPRESENTATIVE_WITHOUT_CONSENT)
# Kinds of letters to the representative, with or without consent.
REPRESENTATIVE_LETTERS = ("authority",)
