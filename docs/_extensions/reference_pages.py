"""One reference page for each package, made from what `__all__` names; docstrings are read as Markdown."""

import importlib
import inspect
import pkgutil
import re
from types import ModuleType

import synaspis

# A line of a docstring that begins with the names that it describes: `stages, payload_kg: ...`.
ARGUMENTS = re.compile(r"^(\**[a-z_][\w.]*(?:(?:, | and )[a-z_]\w*)*): ")


def markdown(docstring: str) -> str:
    """Docstring as Markdown; a line that names arguments becomes an item of a list."""
    lines: list[str] = []
    in_list = False
    for line in inspect.cleandoc(docstring).replace("``", "`").splitlines():
        safe = re.sub(r"<(?=\w)", r"\\<", line)
        if found := ARGUMENTS.match(safe):
            if not in_list and lines and lines[-1]:
                lines.append("")
            safe = f"- `{found[1]}`: {safe[found.end() :]}"
            in_list = True
        elif in_list and re.match(r"Returns|Raises|Equation|Source", safe):
            lines.append("")
            in_list = False
        elif in_list and safe:
            safe = f"  {safe.strip()}"
        elif not safe:
            in_list = False
        lines.append(safe)
    return "\n".join(lines)


def signature(item: object) -> str:
    try:
        found = str(inspect.signature(getattr(item, "py_func", item)))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "()"
    # Quoted annotations and addresses in default values say nothing to a reader.
    found = found.replace("'", "").replace("NoneType", "None")
    return re.sub(r"<(?:function|object|factory)[^>]*>", "...", found)


def directive(kind: str, head: str, body: str, depth: int) -> str:
    fence = "`" * (5 - depth)
    return f"{fence}{{py:{kind}}} {head}\n\n{body}\n{fence}\n"


def members(cls: type) -> str:
    """Public methods and properties that the class itself defines and describes."""
    parts = []
    for name, item in vars(cls).items():
        if name.startswith("_"):
            continue
        target = getattr(item, "fget", None) or getattr(item, "func", None) or getattr(item, "__func__", item)
        if not inspect.isfunction(target) or not target.__doc__:
            continue
        is_value = isinstance(item, property) or hasattr(item, "func")
        kind = "property" if is_value else "classmethod" if isinstance(item, classmethod) else "method"
        shown = re.sub(r"^\((?:self|cls)(?:, )?", "(", signature(target)).partition(" -> ")
        head = name if is_value else name + "".join(shown)
        parts.append(directive(kind, head, markdown(target.__doc__), depth=1))
    return "\n".join(parts)


def entry(module: ModuleType, name: str) -> str:
    item = getattr(module, name)
    if inspect.isclass(item):
        kind = "exception" if issubclass(item, BaseException) else "class"
        documented = item.__doc__ if item.__doc__ and not item.__doc__.startswith(f"{name}(") else ""
        names = [each for each in vars(item).get("__annotations__", {}) if not each.startswith("_")]
        fields = ", ".join(f"`{each}`" for each in names) if kind == "class" else ""
        body = markdown(documented) + (f"\n\nFields: {fields}." if fields else "")
        return directive(kind, name, f"{body}\n\n{members(item)}", depth=0)
    if callable(item):
        return directive("function", name + signature(item), markdown(inspect.getdoc(item) or ""), depth=0)
    shown = repr(item)
    value = f"Value: `{shown}`" if len(shown) < 60 and "\n" not in shown and "<" not in shown else ""
    return directive("data", name, value, depth=0)


def page(module: ModuleType) -> str:
    # Then names in signatures are looked for in this package first.
    here = f"```{{py:currentmodule}} {module.__name__}\n```\n"
    parts = [f"# {module.__name__}\n", here, markdown(module.__doc__ or ""), ""]
    parts += [entry(module, name) for name in getattr(module, "__all__", ())]
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """Name and text of each page."""
    below = [found.name for found in pkgutil.iter_modules(synaspis.__path__) if found.ispkg]
    names = ["synaspis", *(f"synaspis.{name}" for name in below)]
    return {name: page(importlib.import_module(name)) for name in names}
