"""`synaspis agreement`: check a book, see what a new one changes, ask why somebody gets something."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.agreement_output import change_document, decision_document, item_document, print_changes
from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.agreement import AgreementBook, Item, Label
    from synaspis.core.errors import Fault

_day_option = click.option(
    "--day", metavar="DATE", help="Agreements that hold on this day, such as 2026-12-31; today by default."
)


@click.group(short_help="Check agreements, see what a new version changes, ask why somebody gets something.")
def agreement() -> None:
    """Check agreement books, compare two, and ask why a partner gets a message or not.

    BOOK is the id of a book or scenario that comes with the package, such as `demo`, or the path of a file.
    """


@agreement.command(
    "check",
    short_help="List everything that is wrong with agreement books.",
    cls=Answer,
    examples=("synaspis agreement check agreements.yaml demo",),
)
@click.argument("books", metavar="BOOK...", nargs=-1, required=True)
@json_option
def check(books: tuple[str, ...], as_json: bool) -> None:
    """Check agreement books: every fault with file, line, field, what is allowed and what to do (exit status
    2), clauses that contradict each other among them.

    Notices say what is no fault and yet worth knowing, such as clauses that never apply.
    """
    from synaspis.core.errors import InputError

    faults: list[Fault] = []
    results: list[dict[str, Any]] = []
    for name in books:
        try:
            book = _load(name)
        except InputError as error:
            faults += error.faults
        else:
            results.append({"book": name, "id": book.id, "valid": True, "notices": list(book.notices())})
    if faults:
        raise InputError(faults)
    if as_json:
        print_json({"valid": True, "books": results})
        return
    for result in results:
        click.echo(f"{result['book']}: valid")
        for notice in result["notices"]:
            click.echo(f"  notice: {notice}")


@agreement.command(
    "diff",
    short_help="Show what a new version of a book would change, for whom.",
    cls=Answer,
    status="0 if nothing changes, 1 if something does, 2 for bad input.",
    examples=("synaspis agreement diff agreements.yaml proposal.yaml --day 2027-01-01",),
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_day_option
@json_option
def diff(old: str, new: str, day: str | None, as_json: bool) -> int:
    """List every decision that two books make differently on a day, with the clauses before and after.

    All that can be asked is gone through: recipient, sender, product, classification, category, class,
    region, exercise. With --json each is listed; otherwise those alike are counted in one line.
    """
    from synaspis.agreement import changes, moved_regions

    on = _day(day)
    before, after = _load(old), _load(new)
    found = list(changes(before, after, on))
    moved = moved_regions(before, after)
    if as_json:
        print_json(
            {
                "day": on.isoformat(),
                "before": before.policy_on(on).version,
                "after": after.policy_on(on).version,
                "changes": [change_document(each) for each in found],
                "moved_regions": list(moved),
            }
        )
    else:
        print_changes(found, on)
        for name in moved:
            click.echo(f"The region {name!r} is elsewhere: the same conditions meet other areas.")
    return FAILED if found or moved else 0


@agreement.command(
    "explain",
    short_help="Say why a partner gets a message or not.",
    cls=Answer,
    examples=(
        "synaspis agreement explain demo --to charlie --from alpha --product track",
        "synaspis agreement explain demo --to charlie --from alpha --product warning --region test-range",
    ),
)
@click.argument("book", metavar="BOOK")
@click.option("--to", "recipient", metavar="PARTNER", required=True, help="Who would get it.")
@click.option("--from", "sender", metavar="PARTNER", required=True, help="Who sent it.")
@click.option(
    "--product",
    metavar="PRODUCT",
    required=True,
    help="track, warning, notification, status, consultation, coordination.",
)
@click.option("--classification", metavar="WORD", help="Classification of the label; the lowest by default.")
@click.option(
    "--releasable-to", "releasable_to", metavar="IDS", help="Partners and alliances, with commas between."
)
@click.option(
    "--category", "categories", metavar="TAG=VALUES", multiple=True, help="Values of another category."
)
@click.option("--class", "missile_class", metavar="CLASS", help="Class of the missile; unknown by default.")
@click.option(
    "--region",
    "regions",
    metavar="ID",
    multiple=True,
    help="Region that the launch or impact area touches; `none` if it touches none; unknown by default.",
)
@click.option("--exercise", is_flag=True, help="The message is marked as part of an exercise.")
@_day_option
@json_option
def explain(book: str, recipient: str, day: str | None, as_json: bool, **given: Any) -> None:
    """Say what a partner gets of a message of another, by which clause, after which delay; or what is in the
    way: no agreement, a forbid, the clearance, the label.
    """
    from synaspis.agreement import explain as reasons_of

    on, found, item = _asked(book, recipient, day, given)
    policy = found.policy_on(on)
    decision = policy.decide(recipient, item)
    sentences = reasons_of(policy, recipient, item)
    if as_json:
        print_json(
            {
                "day": on.isoformat(),
                "recipient": recipient,
                **item_document(item),
                **decision_document(decision),
                "policy": policy.version,
                "why": list(sentences),
            }
        )
        return
    click.echo(sentences[0])
    for sentence in sentences[1:]:
        click.echo(f"  {sentence}")


def _load(name: str) -> AgreementBook:
    from synaspis.agreement import load_book
    from synaspis.catalogue import load_catalogue
    from synaspis.geography import Countries

    return load_book(name, sources=load_catalogue().sources, borders=Countries.load())


def _day(given: str | None) -> date:
    from synaspis.core.clock import SystemClock, to_rfc3339
    from synaspis.core.errors import Fault, InputError

    if given is None:
        return date.fromisoformat(to_rfc3339(SystemClock().now_us())[:10])
    try:
        return date.fromisoformat(given)
    except ValueError:
        remedy = "Write it as YYYY-MM-DD."
        raise InputError(Fault(f"{given!r} is no day", source="--day", remedy=remedy)) from None


def _asked(
    name: str, recipient: str, day: str | None, given: dict[str, Any]
) -> tuple[date, AgreementBook, Item]:
    """Day, book and item of a question; every fault of every option is reported together."""
    from synaspis.core.errors import InputError

    faults: list[Fault] = []
    on, book, item = date.min, None, None
    try:
        on = _day(day)
    except InputError as error:
        faults += error.faults
    try:
        book = _load(name)
        item = _item(book, recipient, given)
    except InputError as error:
        faults += error.faults
    if faults or book is None or item is None:
        raise InputError(faults)
    return on, book, item


def _item(book: AgreementBook, recipient: str, given: dict[str, Any]) -> Item:
    """What was asked about; raises InputError with every fault of every option."""
    from synaspis.agreement import MISSILE_CLASSES, PRODUCTS, Item
    from synaspis.core.documents import nearest
    from synaspis.core.errors import Fault, InputError

    partners, regions = book.membership.partners, tuple(book.document.regions)
    touched = [name for name in given["regions"] if name != "none"]
    allowed = [
        ("--to", recipient, "partner", partners),
        ("--from", given["sender"], "partner", partners),
        ("--product", given["product"], "product", PRODUCTS),
        ("--class", given["missile_class"], "class", MISSILE_CLASSES),
        *(("--region", name, "region", regions) for name in touched),
    ]
    faults = [
        Fault(f"there is no {what} {value!r}", source=option, remedy=nearest(value, known))
        for option, value, what, known in allowed
        if value is not None and value not in known
    ]
    if touched and len(touched) < len(given["regions"]):
        what = f"`none` is given beside {', '.join(map(repr, touched))}"
        remedy = "Give the regions that are touched, or `none` alone."
        faults.append(Fault(what, source="--region", remedy=remedy))
    label = _label(book, given, faults)
    if faults:
        raise InputError(faults)
    return Item(
        given["sender"],
        given["product"],
        label,
        given["missile_class"],
        tuple(touched) if given["regions"] else None,
        given["exercise"],
    )


def _label(book: AgreementBook, given: dict[str, Any], faults: list[Fault]) -> Label:
    from synaspis.agreement import RELEASABLE_TO, Category, Label
    from synaspis.core.documents import nearest
    from synaspis.core.errors import Fault

    table, names = book.labels, book.membership.names
    classification = given["classification"] or table.classifications[0]
    if classification not in table.classifications:
        what = f"{classification!r} is no classification of {table.policy!r}"
        remedy = nearest(classification, table.classifications)
        faults.append(Fault(what, source="--classification", remedy=remedy))
    categories = []
    if given["releasable_to"]:
        releasable = tuple(given["releasable_to"].split(","))
        faults += [
            Fault(
                f"there is no partner or alliance {each!r}",
                source="--releasable-to",
                remedy=nearest(each, names),
            )
            for each in releasable
            if each not in names
        ]
        categories.append(Category(RELEASABLE_TO, "PERMISSIVE", releasable))
    for text in given["categories"]:
        tag, _, values = text.partition("=")
        domain = table.categories.get(tag)
        if domain is None or not values:
            remedy = f"Write TAG=VALUE. {nearest(tag, tuple(table.categories))}".strip()
            faults.append(
                Fault(f"{text!r} names no category of the book", source="--category", remedy=remedy)
            )
            continue
        faults += [
            Fault(
                f"{each!r} is no value of {tag!r}", source="--category", remedy=nearest(each, domain.values)
            )
            for each in values.split(",")
            if each not in domain.values
        ]
        categories.append(Category(tag, domain.label_type, tuple(values.split(","))))
    return Label(table.policy, classification, tuple(categories))
