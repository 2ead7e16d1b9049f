"""Tables of the keys of each file format, made from the models that read the files."""

import inspect
import types
from collections.abc import Iterable
from math import isfinite
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, WrapValidator
from pydantic.fields import FieldInfo

from synaspis.agreement.document import BookDocument
from synaspis.analyses.assurance import AssuranceDocument
from synaspis.analyses.consequences import DebrisDocument
from synaspis.analyses.cost import CaseDocument
from synaspis.analyses.plan.document import PlanDocument
from synaspis.analyses.raid import RaidDocument
from synaspis.analyses.sweep import SweepDocument
from synaspis.catalogue import Price
from synaspis.catalogue import schema as catalogue_schema
from synaspis.core.quantity import Measure, Quantity
from synaspis.core.units import from_si, units_of
from synaspis.exchange.settings import Settings
from synaspis.scenario import schema as scenario_schema
from synaspis.server import PartnerDocument, RequestDocument, ServerDocument
from synaspis.server.backup import BackupDocument

ITEMS = ("Missile", "Interceptor", "Radar", "Satellite", "Platform", "Site", "Flight", "Source")
CENTRE_YAML = "What `centre.yaml` may say. Times with `_us` are whole microseconds."
SERVER_YAML = "What `server.yaml`, `partners/ID.yaml`, a partner's `request.yaml` and a `backup.yaml` say."
PLAIN = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "Any": "anything"}


def limits(metadata: Iterable[object]) -> str:
    """Dimension, units and bounds of a field, which `of_dimension` keeps in the closure of its validator."""
    for item in metadata:
        check = inspect.getclosurevars(item.func).nonlocals if isinstance(item, WrapValidator) else {}
        if "faults" not in check:
            continue
        found = inspect.getclosurevars(check["faults"]).nonlocals
        units = units_of(found["dimension"])
        unit = "deg" if found["dimension"] == "angle" else units[0]
        bounds = [
            f"{word} {from_si(found[key], unit):g} {unit}".removesuffix(" 1")
            for key, word in (("above", "above"), ("at_least", "at least"), ("at_most", "at most"))
            if isfinite(found[key])
        ]
        return f"{found['dimension']} in {', '.join(units)}" + (f"; {', '.join(bounds)}" if bounds else "")
    return ""


def kind_of(annotation: Any, metadata: Iterable[object], queue: list[type[BaseModel]]) -> str:
    """What may stand in a field, in words; models met on the way are added to the queue."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind_of(inner[0], [*metadata, *inner[1:]], queue)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(kind_of(item, metadata, queue) for item in inner if item is not type(None))
    if origin in (tuple, list, frozenset, set):
        return f"list: {kind_of(inner[0], (), queue)}"
    if origin is not None and len(inner) == 2:
        return f"table by id: {kind_of(inner[1], (), queue)}"
    if inspect.isclass(annotation) and issubclass(annotation, Measure):
        return limits(metadata) or "quantity"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        if annotation not in queue:
            queue.append(annotation)
        return f"{annotation.__name__}, below"
    name = getattr(annotation, "__name__", "anything")
    return PLAIN.get(name, name)


def row(name: str, field: FieldInfo, queue: list[type[BaseModel]]) -> str:
    text = " ".join((field.description or "").split())
    if isinstance(field.default, (str, int, float, Measure)):
        text += (
            f" Default: {str(field.default).lower() if isinstance(field.default, bool) else field.default}."
        )
    kind = kind_of(field.annotation, field.metadata, queue)
    cells = (f"`{field.alias or name}`", kind, "yes" if field.is_required() else "", text)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def tables(roots: Iterable[type[BaseModel]]) -> str:
    """One table for each root and for each model inside it."""
    queue = list(roots)
    parts = []
    for model in queue:  # grows while it is read
        title = f"## {model.__name__}\n\n{' '.join((model.__doc__ or '').split())}\n"
        head = "| Key | What | Needed | Meaning |\n|---|---|---|---|"
        rows = [row(name, field, queue) for name, field in model.model_fields.items()]
        parts.append("\n".join([title, head, *rows, ""]))
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """Name and text of each page."""
    items = [getattr(catalogue_schema, name) for name in ITEMS]
    return {
        "keys-of-catalogue-files": f"# Keys of catalogue files\n\n{tables([*items, Quantity])}",
        "keys-of-agreement-books": f"# Keys of agreement books\n\n{tables([BookDocument])}",
        "keys-of-scenario-files": f"# Keys of scenario files\n\n{tables([scenario_schema.ScenarioDocument])}",
        "keys-of-assurance-files": f"# Keys of assurance files\n\n{tables([AssuranceDocument])}",
        "keys-of-raid-files": f"# Keys of raid files\n\n{tables([RaidDocument])}",
        "keys-of-plan-files": f"# Keys of plan files\n\n{tables([PlanDocument])}",
        "keys-of-debris-files": f"# Keys of debris files\n\n{tables([DebrisDocument])}",
        "keys-of-sweep-files": f"# Keys of sweep files\n\n{tables([SweepDocument])}",
        "keys-of-cost-cases": f"# Keys of cost cases\n\n{tables([CaseDocument, Price])}",
        "settings-of-a-centre": f"# Settings of a centre\n\n{CENTRE_YAML}\n\n{tables([Settings])}",
        "settings-of-a-server": f"# Settings of a server\n\n{SERVER_YAML}\n\n"
        f"{tables([ServerDocument, PartnerDocument, RequestDocument, BackupDocument])}",
    }
