from . import (
    attachment,
    complaint_form,
    complaints,
    complaints_new,
    portal,
    rating,
    thread,
)
