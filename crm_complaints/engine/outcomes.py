"""What the examination of a complaint came to, and how figures count it."""

UPHELD = "upheld"
PARTLY_UPHELD = "partly_upheld"
NOT_UPHELD = "not_upheld"
WITHDRAWN = "withdrawn"

# What a handler may decide; a complaint is withdrawn by the customer.
DECIDED = (UPHELD, PARTLY_UPHELD, NOT_UPHELD)
# Figures count what is upheld in part as upheld (FCA, DISP 1.10 notes). What is given
# as goodwill changes nothing: a complaint not upheld stays so.
COUNTED_AS_UPHELD = (UPHELD, PARTLY_UPHELD)
