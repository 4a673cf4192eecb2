# Reading, mending and classifying mail; knows nothing of complaints.
from . import (
    blocks,
    body,
    charsets,
    fields,
    headers,
    incoming,
    mending,
    parts,
    quotes,
    reader,
    reports,
    source,
    tnef,
)
