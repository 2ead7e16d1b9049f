"""What `synaspis agreement` prints."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.output import print_table

if TYPE_CHECKING:
    from synaspis.agreement import Change, Decision, Item


def item_document(item: Item) -> dict[str, Any]:
    """What was asked about, for JSON."""
    return {
        "sender": item.sender,
        "product": item.product,
        "classification": item.label.classification,
        "categories": {each.tag: list(each.values) for each in item.label.categories},
        "class": item.missile_class,
        "regions": None if item.regions is None else list(item.regions),
        "exercise": item.exercise,
    }


def decision_document(decision: Decision) -> dict[str, Any]:
    """What was decided, for JSON."""
    return {
        "quality": decision.quality,
        "delay_s": None if decision.quality is None else decision.delay_us / 1e6,
        "reasons": [{"agreement": each.agreement, "clause": each.clause} for each in decision.reasons],
    }


def change_document(change: Change) -> dict[str, Any]:
    """What was decided before and after, for JSON."""
    return {
        "recipient": change.recipient,
        **item_document(change.item),
        "before": decision_document(change.before),
        "after": decision_document(change.after),
    }


def print_changes(found: list[Change], on: date) -> None:
    """Print changes, those alike in one line with their number and the first of them."""
    if not found:
        click.echo(f"Nothing changes for anybody on {on.isoformat()}.")
        return
    alike: dict[tuple[str, ...], list[Item]] = {}
    for each in found:
        parts = (each.recipient, each.item.sender, each.item.product, _said(each.before), _said(each.after))
        alike.setdefault(parts, []).append(each.item)
    rows = [(*parts, str(len(items)), _kind(items[0])) for parts, items in alike.items()]
    print_table(("to", "from", "product", "before", "after", "kinds", "such as"), rows, right=(5,))
    click.echo(f"\n{len(found):,} decisions change on {on.isoformat()}.")


def _said(decision: Decision) -> str:
    by = ", ".join(f"{each.agreement}/{each.clause}" for each in decision.reasons)
    if decision.quality is None:
        return f"nothing ({by})" if by else "nothing"
    return f"{decision.quality}, {decision.delay_us / 1e6:g} s ({by})"


def _kind(item: Item) -> str:
    parts = [item.label.classification]
    parts += [f"{each.tag}: {', '.join(each.values)}" for each in item.label.categories]
    parts += [f"class {item.missile_class}"] if item.missile_class else []
    parts += [f"region {', '.join(item.regions)}"] if item.regions else []
    parts += ["place unknown"] if item.regions is None else []
    parts += ["exercise"] if item.exercise else []
    return "; ".join(parts)
