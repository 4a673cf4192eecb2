from . import complaint_form, complaints, complaints_new, portal
