"""Two partners of an exchange centre: one sends, the other watches, both check what the centre promised.

The centre runs in this process, on a free port of this machine; keys, connections and proofs are real.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from synaspis.agreement import load_book
from synaspis.cli.centre_demo import serving
from synaspis.core.clock import SystemClock
from synaspis.exchange import Client, PartnerKit
from synaspis.server import Founding, init_centre


async def talk(kit_of_alpha, kit_of_bravo):
    label = load_book("demo").default_label()
    async with Client(kit_of_alpha) as alpha, Client(kit_of_bravo) as bravo:
        receipt = await alpha.send("text", {"text": "Our radar is back."}, label=label)
        assert receipt.findings == ()  # no rule is broken

        async for event in bravo.watch():
            print(event.counter, event.at, event.message["sender"], event.quality, event.why)
            break

        while (found := await bravo.verify()).checkpoint is None or found.pending:
            await asyncio.sleep(0.2)  # the log has two seconds to prove what it promised
        assert found.holds
        audit = await bravo.audit()
        return event, audit


with TemporaryDirectory() as folder:
    founding = Founding("Example", "example.org/centre", ("localhost",), "demo")
    data = init_centre(Path(folder) / "centre", ("alpha", "bravo", "charlie"), founding, SystemClock())
    with serving(data, SystemClock()) as (_, url, _):
        kits = [replace(PartnerKit.load(data.issued(name)), centre_url=url) for name in ("alpha", "bravo")]
        event, audit = asyncio.run(talk(*kits))

assert event.message["body"]["text"] == "Our radar is back."
assert event.why == (("announcements", "consultation"),)
assert audit.holds
assert audit.proofs == 2  # the release to bravo, and the submission behind it
