"""`synaspis centre demo`: a centre and three partners on this machine, for a day of simulated time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.core.clock import Clock, ManualClock
    from synaspis.exchange.demo import Account, Seen, Step
    from synaspis.server import DataFolder, Service

_START_S = 180.0
"""How long a centre may take to be in service. After an installation it compiles for half a minute first."""


@click.command(
    short_help="Play a day of three partners through a centre on this machine.",
    cls=Answer,
    status="0 if every check held, 1 if one did not, 2 bad input.",
    examples=("synaspis centre demo --data demo --seed 1",),
)
@click.option(
    "--data",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to make for the centre and the partners' kits; must not be there, or be empty.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of noise and ids.")
@click.option("--fast", is_flag=True, help="Send a quarter of the track reports.")
@json_option
def demo(folder: Path, seed: int, fast: bool, as_json: bool) -> int:
    """Start a centre and three made-up partners, play a day's notifications and one launch, and show what
    each partner saw and under which clause. Connections, keys, signatures and proofs are real, the time is
    simulated. At the end each partner's witness and the stand-alone verifier check the log.

    The agreements are the packaged book `demo`. Afterwards the folder is that of an ordinary centre:
    `synaspis centre serve DIR` serves it, `synaspis partner audit DIR/issued/alpha` audits it.
    """
    click.echo(
        "Playing a day; it takes half a minute longer where the kernels are not compiled yet ...", err=True
    )
    found = _play(folder, seed, fast)
    if as_json:
        print_json(found.to_dict())
    else:
        for line in found.lines():
            click.echo(line)
    return 0 if found.holds else FAILED


def _play(folder: Path, seed: int, fast: bool) -> Account:
    from synaspis.core.clock import ManualClock, SystemClock
    from synaspis.exchange import PartnerKit
    from synaspis.exchange.demo import DAY_US, PARTNERS, Account, story
    from synaspis.log import verify_log
    from synaspis.server import Founding, init_centre

    founding = Founding("Demonstration", "demo.example/centre", ("localhost",), "demo")
    # TLS looks at the clock of the machine, so its certificates are of today.
    data = init_centre(folder, PARTNERS, founding, SystemClock())
    steps, clock = story(seed, fast=fast), ManualClock(DAY_US)
    with serving(data, clock) as (service, url, loop):
        seen = asyncio.run(_partners(data, url, steps, clock, service, loop))
    report = verify_log(data.log, PartnerKit.load(data.issued(PARTNERS[0])).log_vkeys)
    return Account(seed, seen, report.verdict)


async def _partners(
    data: DataFolder,
    url: str,
    steps: Sequence[Step],
    clock: ManualClock,
    service: Service,
    loop: asyncio.AbstractEventLoop,
) -> dict[str, Seen]:
    """Connect three partners, play the day, and have each verify and audit. loop: that of the service."""
    from synaspis.exchange import Client, PartnerKit
    from synaspis.exchange.demo import PARTNERS, Seen, play

    def waiting() -> asyncio.Future[int]:
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(service.pump.ask("pending"), loop))

    async with AsyncExitStack() as stack:
        clients = {}
        for name in PARTNERS:
            kit = replace(PartnerKit.load(data.issued(name)), centre_url=url)
            clients[name] = await stack.enter_async_context(Client(kit, clock=clock))
        looks = await play(steps, clients, clock, waiting, service.pump.settings)
        return {
            name: Seen(tuple(client.events()), looks[name], await client.audit())
            for name, client in clients.items()
        }


@contextmanager
def serving(data: DataFolder, clock: Clock) -> Iterator[tuple[Service, str, asyncio.AbstractEventLoop]]:
    """Serve a centre in a thread of its own, on a free port of this machine; yields it, its address and its
    event loop.
    """
    from synaspis.core.errors import SynaspisError
    from synaspis.server import Journal, Service

    started: Queue[tuple[Service, str, asyncio.AbstractEventLoop] | BaseException] = Queue()
    with (data.path / "journal.jsonl").open("w", encoding="utf-8") as stream:

        async def run() -> None:
            service = Service(data, clock=clock, journal=Journal(clock, stream), host="127.0.0.1", port=0)
            loop = asyncio.get_running_loop()
            await service.run(lambda _, port: started.put((service, f"https://localhost:{port}", loop)))

        def thread() -> None:
            try:
                asyncio.run(run())
            except BaseException as error:
                started.put(error)

        serving = threading.Thread(target=thread, name="centre", daemon=True)
        serving.start()
        try:
            first = started.get(timeout=_START_S)
        except Empty:
            raise SynaspisError(f"the centre did not start within {_START_S:g} s") from None
        if isinstance(first, BaseException):
            raise first
        service, _, loop = first
        try:
            yield first
        finally:
            loop.call_soon_threadsafe(service.stop)
            serving.join(_START_S)
        if serving.is_alive():
            raise SynaspisError(f"the centre did not stop within {_START_S:g} s")
