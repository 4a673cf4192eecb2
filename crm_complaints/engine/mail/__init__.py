# Reading, mending and classifying mail; knows nothing of complaints.
from . import (
    blocks,
    body,
    charsets,
    fields,
    headers,
    incoming,
    mending,
    parser,
    parts,
    quotes,
    reports,
    source,
    tnef,
)
