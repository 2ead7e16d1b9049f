"""Pages of the catalogue: every item, every value, its source, and who says otherwise."""

from collections.abc import Mapping

from synaspis.catalogue import KINDS, Catalogue, Item, Source, load_catalogue, quantities
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity


def cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "\\<").replace("$", "\\$")


def cite(source: str | None) -> str:
    return f"[{source}](#source-{source})" if source else ""


def remarks(quantity: Quantity) -> str:
    """Note and rival values."""
    parts = [cell(quantity.note)] if quantity.note else []
    for rival in quantity.rivals:
        origin = f" {cite(rival.source)}" if rival.source else ""
        note = f", {cell(rival.note)}" if rival.note else ""
        parts.append(f"Rival: {rival.value:g} {cell(quantity.unit)}, {cell(rival.held_by)}{origin}{note}.")
    return " ".join(parts)


def row(name: str, quantity: Quantity) -> str:
    low, high = (f"{bound:g}" if bound is not None else "" for bound in (quantity.low, quantity.high))
    between = f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}" if high else ""
    cells = (f"`{name}`", cell(quantity), between, quantity.basis, cite(quantity.source), remarks(quantity))
    return f"| {' | '.join(cells)} |"


def item_text(item: Item) -> str:
    rows = [row(path_text(path), quantity) for path, quantity in quantities(item)]
    head = "| Quantity | Value | Plausible | Basis | Source | Remarks |\n|---|---|---|---|---|---|"
    more = f"\nFurther sources: {', '.join(map(cite, item.sources))}.\n" if item.sources else ""
    return "\n".join(
        [f"## {cell(item.name)}", f"\nId: `{item.id}`. {cell(item.summary)}\n", head, *rows, more]
    )


def kind_text(kind: str, items: Mapping[str, Item]) -> str:
    return "\n".join([f"# Catalogue: {kind}\n", *(item_text(item) for item in items.values())])


def source_text(source_id: str, source: Source) -> str:
    details = [source.publisher, source.date, source.page and f"page {source.page}"]
    head = f"{cell(source.title)}. {', '.join(cell(part) for part in details if part)}."
    doi = f" DOI [{source.doi}](https://doi.org/{source.doi})." if source.doi else ""
    address = f" <{source.url}>." if source.url else ""
    read = {"found": "Read", "memory": "From memory, not read again"}[source.reliability]
    when = f" {source.accessed.isoformat()}" if source.accessed else ""
    note = f" {cell(source.note)}" if source.note else ""
    return f"(source-{source_id})=\n**{source_id}**: {head}{doi}{address} {read}{when}.{note}\n"


def pages() -> dict[str, str]:
    """Name and text of each page."""
    catalogue: Catalogue = load_catalogue()
    texts = {f"catalogue-{kind}": kind_text(kind, catalogue.of_kind(kind)) for kind in KINDS}
    entries = [source_text(name, catalogue.sources[name]) for name in sorted(catalogue.sources)]
    texts["catalogue-sources"] = "\n".join(["# Catalogue: sources\n", *entries])
    return texts
