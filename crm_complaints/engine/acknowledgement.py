"""Acknowledgement: the way in which a complaint is acknowledged, by its channel."""

EMAIL = "email"
PHONE = "phone"
LETTER = "letter"
IN_PERSON = "in_person"
NOT_APPLICABLE = "not_applicable"

# What else may serve where the channel's own way is impossible, best first.
_INSTEAD = {
    EMAIL: (EMAIL, PHONE, LETTER),
    PHONE: (PHONE, EMAIL, LETTER),
    LETTER: (LETTER, EMAIL, PHONE),
    IN_PERSON: (IN_PERSON,),
}


def route(wanted, *, email=False, phone=False, postal=False, named=False):
    """Acknowledgement: choose the way in which a complaint is acknowledged.

    The channel's own way comes first. Where the customer cannot be reached by it, the
    next best one is taken. Where there is none, nobody can be acknowledged, and the
    milestone is not counted as missed.

    :param wanted: the channel's way: "email", "phone", "letter" or "in_person";
        empty (no channel) counts as "email"
    :param email: truthy if an address to write to is known
    :param phone: truthy if a number to call is known
    :param postal: truthy if a postal address is known
    :param named: truthy if the customer is known at all; a letter carries its
        sender's address, so for that channel a name is enough
    :return: one of "email", "phone", "letter", "in_person", "not_applicable"
    """
    wanted = wanted or EMAIL
    reachable = {
        EMAIL: email,
        PHONE: phone,
        LETTER: postal or (named and wanted == LETTER),
        IN_PERSON: True,
    }
    return next((way for way in _INSTEAD[wanted] if reachable[way]), NOT_APPLICABLE)
