"""Tables of the fields of each kind of message, and of the codes of refusals, made from the program."""

import json

from schema_pages import tables

from synaspis.messages import BODIES, PRODUCTS, REFUSAL_CODES, Message, example_message

HEAD = """# Fields of messages

Made from the models that read messages. What a message is, how it is signed and what is refused stands in
{doc}`../../formats/messages`.
"""


def of_kind(kind: str) -> str:
    """Purpose, product, fields and example of a kind."""
    model = BODIES[kind]
    purpose = " ".join((model.__doc__ or "").split())
    product = PRODUCTS.get(kind, "that of the message to which it refers")
    body = json.dumps(json.loads(example_message(kind))["body"], indent=2)
    return f"- `{kind}`: {purpose} Product: {product}.\n\n  ```json\n{_indented(body)}\n  ```\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def pages() -> dict[str, str]:
    """Name and text of each page."""
    codes = "\n".join(f"| `{code}` | {text} |" for code, text in REFUSAL_CODES.items())
    parts = [
        HEAD,
        tables([Message, *BODIES.values()]),
        "## Body of each kind, with an example\n",
        *map(of_kind, BODIES),
        f"## Codes of refusals\n\n| Code | Meaning |\n|---|---|\n{codes}\n",
    ]
    return {"fields-of-messages": "\n".join(parts)}
