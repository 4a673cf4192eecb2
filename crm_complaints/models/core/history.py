"""History: complaints that were worked elsewhere are brought in as they were.

``load()``, which is what an import of a file calls, does so for managers of the
helpdesk: dates, outcomes and decisions come as they are in the file; nobody is
acknowledged, asked or reminded, no rule is set off, and no step is asked for that was
not taken then. It is a mode that no client can switch on by a key of the context.
"""

# In the context as ``complaint_history``: an object that nobody can send over RPC.
HISTORY = object()
