from . import complaint_form, complaints, complaints_new, personal_data, portal
