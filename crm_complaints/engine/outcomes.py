"""Outcomes: upheld, partly or not upheld, withdrawn; and how figures count them."""

UPHELD = "upheld"
PARTLY_UPHELD = "partly_upheld"
NOT_UPHELD = "not_upheld"
WITHDRAWN = "withdrawn"

# The outcomes that handlers decide; only the customer withdraws.
DECIDED = (UPHELD, PARTLY_UPHELD, NOT_UPHELD)
# Figures count what is partly upheld as upheld (FCA, DISP 1.10 notes). Goodwill changes
# nothing: a complaint that is not upheld stays so.
COUNTED_AS_UPHELD = (UPHELD, PARTLY_UPHELD)
