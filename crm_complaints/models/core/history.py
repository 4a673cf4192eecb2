"""History: import of complaints that were worked elsewhere, with their dates.

``load()``, which an import of a file calls, does so for managers of the helpdesk.
Dates, outcomes and decisions stay as they are in the file; nobody is acknowledged,
asked or reminded, no rule runs, and steps that were not taken then are not demanded.
No client can switch this mode on by a key of the context.
"""

# In the context as ``complaint_history``: an object that nobody can send over RPC.
HISTORY = object()
