"""`synaspis partner`: a partner of a data exchange centre sends, watches, verifies, audits."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json
from synaspis.cli.partner_message import LABEL_FILE, members_of
from synaspis.cli.partner_warn import warn

if TYPE_CHECKING:
    from synaspis.exchange import Audit, Client, Event, Receipt, SignedRefusal, Verification

_kit = click.argument("kit", metavar="KIT", type=click.Path(path_type=Path, file_okay=False))


@click.group(short_help="Take part in a data exchange centre: send, watch, verify, audit.")
def partner() -> None:
    """Take part in a data exchange centre. KIT is the folder that its operator issued to you; what you send
    and receive is kept there too.
    """


partner.add_command(warn)


@partner.command(
    short_help="Send a message and show the receipt.",
    cls=Answer,
    status="0 if the centre took it, 1 if it gave no answer, 2 if it refused it or it is no message.",
    examples=(
        "synaspis partner send kit text note.json --label label.json",
        "synaspis messages example launch-report > report.json",
        "synaspis partner send kit launch-report report.json --label label.json",
    ),
)
@_kit
@click.argument("kind", metavar="KIND")
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--label",
    "label",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the label, in place of that of a whole message. A body alone takes KIT/label.json if "
    "there is one.",
)
@click.option("--exercise", metavar="NAME", help="Mark the message as part of this exercise.")
@json_option
def send(kit: Path, kind: str, file: Any, label: Path | None, exercise: str | None, as_json: bool) -> int:
    """Send the message in FILE: a body of the kind KIND, or a whole message as JSON. Of a whole message, id,
    sender and time of sending are set anew. It is signed with your key; if no answer comes, the same bytes
    are sent again, also at the next call, and count once.
    """
    members = members_of(kind, file, label, exercise, kit / LABEL_FILE)

    async def scene(client: Client) -> tuple[list[Receipt | SignedRefusal], Receipt]:
        earlier = await client.resend()
        return earlier, await client.send(kind, members["body"], **members["marking"])

    earlier, receipt = with_client(kit, scene)
    if as_json:
        print_json(receipt.to_dict())
        return 0
    from synaspis.exchange import Receipt

    for former in earlier:
        if not isinstance(former, Receipt):
            click.echo(
                f"Message {former.message_id}, sent before without an answer, was refused: {former.faults[0]}"
            )
            continue
        click.echo(
            f"Message {former.message_id}, sent before without an answer, was received {former.received_at}."
        )
    click.echo(f"Message {receipt.message_id} was received {receipt.received_at}.")
    click.echo(f"The log will hold the leaf {receipt.leaf}.")
    for finding in receipt.findings:
        click.echo(f"Finding of the centre ({finding['rule']}): {finding['text']}")
    return 0


@partner.command(
    short_help="Show what the centre sends us, as it comes.",
    cls=Answer,
    status="0 done, 1 if the centre broke a promise or refused the feed, 2 bad input.",
    examples=("synaspis partner watch kit", "synaspis partner watch kit --json --count 10"),
)
@_kit
@click.option("--count", metavar="N", type=click.IntRange(1), help="Stop after so many events.")
@click.option(
    "--since", metavar="N", type=click.IntRange(0), help="Begin after event N instead of where you left off."
)
@click.option("--json", "as_json", is_flag=True, help="Print each event as one line of JSON.")
def watch(kit: Path, count: int | None, since: int | None, as_json: bool) -> int:
    """Show each event: who sent what, at which quality, and under which clause you see it. It goes on where
    the last call left off, and takes up lost connections. Meanwhile your witness follows the log; a promise
    that the centre breaks is shown at once.
    """

    def alarm(what: str) -> None:
        click.echo(f"ALARM: {what}", err=True)

    async def scene(client: Client) -> int:
        seen = 0
        async with aclosing(client.watch(since)) as events:
            async for event in events:
                _show(event, as_json)
                client.state.mark_handled(event.counter)
                seen += 1
                if seen == count:
                    break
        return FAILED if client.alarms else 0

    status: int = with_client(kit, scene, on_alarm=alarm)
    return status


@partner.command(
    short_help="Hold the centre's log against what we have seen of it.",
    cls=Answer,
    status="0 if every promise is kept, 1 if one is broken or the centre cannot be reached, 2 bad input.",
    examples=("synaspis partner verify kit",),
)
@_kit
@json_option
def verify(kit: Path, as_json: bool) -> int:
    """Check the signatures of the newest checkpoint and that it continues the one your witness saw last;
    cosign it; fetch and check the proofs that the log owes you for receipts and events.
    """

    async def scene(client: Client) -> Verification:
        return await client.verify()

    found = with_client(kit, scene)
    if as_json:
        print_json(found.to_dict())
    else:
        _print_verification(found)
    return 0 if found.holds else FAILED


@partner.command(
    short_help="Check everything that we ever sent and received.",
    cls=Answer,
    status="0 if nothing is found, 1 if something is, 2 bad input.",
    examples=("synaspis partner audit kit --json",),
)
@_kit
@json_option
def audit(kit: Path, as_json: bool) -> int:
    """Verify the log as `verify` does, and then all that is kept: signatures of receipts, refusals and
    senders, counters, salts, proofs, cosignatures. Without the centre, what is kept is checked all the same.
    """

    async def scene(client: Client) -> Audit:
        return await client.audit()

    found = with_client(kit, scene)
    if as_json:
        print_json(found.to_dict())
    else:
        _print_audit(found)
    return 0 if found.holds else FAILED


@partner.command(
    short_help="Make our own keys and a request for admission.",
    cls=Answer,
    examples=("synaspis partner request kit charlie",),
)
@_kit
@click.argument("identity", metavar="ID")
@json_option
def request(kit: Path, identity: str, as_json: bool) -> None:
    """Make keys for partner ID in KIT and a request without any secret: KIT/request.yaml. Send it to the
    operator and compare its digest by telephone. Put the files that come back beside the keys.
    """
    from synaspis.server.admission import REQUEST_FILE, make_request

    made = make_request(kit, identity)
    file = kit / REQUEST_FILE
    if as_json:
        print_json({"partner": identity, "request": str(file), "digest": made.digest})
        return
    click.echo(f"Send {file} to the operator of the centre. No private key is in it.")
    click.echo(f"Its digest, to be compared by telephone: {made.digest}")
    click.echo(f"Put what comes back (partner.yaml, ca.pem, client.pem) into {kit}.")


def with_client(kit: Path, scene: Any, **options: Any) -> Any:
    """Run a coroutine with the client of a kit."""
    import asyncio

    from synaspis.exchange import Client

    async def play() -> Any:
        async with Client(kit, **options) as client:
            return await scene(client)

    return asyncio.run(play())


def _show(event: Event, as_json: bool) -> None:
    if as_json:
        print_json({"id": event.counter, "event": event.content, "alarms": list(event.alarms)})
        return
    from synaspis.exchange.client.wording import lines_of

    for line in lines_of(event):
        click.echo(line)


def _print_verification(found: Verification) -> None:
    head = found.checkpoint
    if head is None:
        click.echo("There is no checkpoint yet." if found.holds else "There is no checkpoint that holds.")
    else:
        click.echo(f"Log {head.origin}: {head.size} leaves, root {head.root.hex()}")
        click.echo(f"Signed by:   {', '.join(found.signed_by)}")
        click.echo(
            f"Cosigned by: {', '.join(found.cosigners) or 'no other partner yet'}"
            f"{'; now by us' if found.cosigned else ''}"
        )
        click.echo(f"Proofs:      {found.proven} verified now, {found.pending} not due yet")
    _print_findings(found.findings)


def _print_audit(found: Audit) -> None:
    click.echo(
        f"Sent:     {found.sent} messages: {found.receipts} receipts, {found.refusals} refusals, "
        f"{found.unanswered} without an answer"
    )
    click.echo(
        f"Received: {found.events} events, {found.envelopes} signatures of senders hold, "
        f"{found.unknown_senders} senders without a known key"
    )
    click.echo(f"Proofs:   {found.proofs} hold, {found.pending} still to come")
    click.echo(f"Witnesses on these proofs: {', '.join(found.cosigners) or 'none'}")
    if found.look is None:
        click.echo("The centre could not be asked: only what is kept here was checked.")
    else:
        _print_verification(found.look)
    _print_findings(
        [each for each in found.findings if found.look is None or each not in found.look.findings]
    )


def _print_findings(findings: Sequence[str]) -> None:
    for finding in findings:
        click.echo(f"FINDING: {finding}")
