"""The page of all addresses of a centre, made from the OpenAPI document that the server publishes."""

from typing import Any

from synaspis.server.application import interface_description

HEAD = """# Addresses of a centre

Made from the OpenAPI document that a centre serves at `/v1/schema/openapi.json`. What the messages, events
and records say is in {doc}`../../formats/exchange-interface`. Every address may also answer 400, 403, 413,
429, 431, 500 and 503 with the one shape of errors."""

COMMON = {"400", "403", "413", "429", "431", "500", "503"}


def answers(operation: dict[str, Any]) -> str:
    rows = []
    for status, answer in sorted(operation["responses"].items()):
        if status in COMMON:
            continue
        kinds = ", ".join(f"`{kind}`" for kind in answer.get("content", {}))
        rows.append(f"| {status} | {kinds} | {answer['description']} |")
    return "\n".join(["| Status | Body | Meaning |", "|---|---|---|", *rows])


def parameters(operation: dict[str, Any]) -> str:
    listed = [
        f"- `{each['name']}` ({each['in']}): {each.get('description', '')}"
        for each in operation.get("parameters", [])
    ]
    return "\n".join(listed)


def pages() -> dict[str, str]:
    """Name and text of each page."""
    parts = [HEAD]
    for path, operations in sorted(interface_description()["paths"].items()):
        for method, operation in operations.items():
            texts = (operation.get("description", ""), parameters(operation), answers(operation))
            parts += [f"## {method.upper()} {path}", *filter(None, texts)]
    return {"addresses-of-a-centre": "\n\n".join(parts) + "\n"}
