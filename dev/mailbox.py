"""Mail server that delivers nothing: e-mails from Odoo are kept as .eml files in a folder.

mailbox.py FOLDER PORT_FILE       listens on a free port of 127.0.0.1, and writes it to PORT_FILE
"""

import asyncio
import itertools
import os
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keep:
    """Keep each e-mail, named by the time of its arrival, with its envelope on top."""

    def __init__(self, folder):
        self.folder = folder
        self.count = itertools.count(1)

    async def handle_DATA(self, server, session, envelope):
        recipients = "".join(
            f"X-Envelope-To: {recipient}\r\n" for recipient in envelope.rcpt_tos
        )
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{next(self.count):05}.eml"
        (self.folder / name).write_bytes(
            recipients.encode() + envelope.original_content
        )
        return "250 kept"


async def main(folder, port_file):
    folder.mkdir(parents=True, exist_ok=True)
    handler = Keep(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            handler, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=None
        ),
        "127.0.0.1",
        0,
    )
    part = port_file.with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]))
    os.replace(part, port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:])))
