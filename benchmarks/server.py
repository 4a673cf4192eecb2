"""Odoo as a program: the server starts the one for live messages by its file name."""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
