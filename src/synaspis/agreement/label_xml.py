"""Confidentiality labels as XML, after the schema of STANAG 4774 (ADatP-4774 edition A version 1)."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from synaspis.agreement.label import NAMESPACE, Label
from synaspis.core.clock import to_rfc3339

Root = Literal["originatorConfidentialityLabel", "alternativeConfidentialityLabel"]


def to_xml(label: Label, root: Root = "originatorConfidentialityLabel") -> str:
    """A label as an XML document without declaration.

    root: `originator...` for the label as given by whoever made what it marks, `alternative...` for the same
    in the policy of somebody else. Time of marking last, as the schema has it; elements are in the namespace
    of the standard, attributes in none.
    """
    top = Element(root, {"xmlns": NAMESPACE})
    information = SubElement(top, "ConfidentialityInformation")
    SubElement(information, "PolicyIdentifier").text = label.policy
    SubElement(information, "Classification").text = label.classification
    for category in label.categories:
        entry = SubElement(information, "Category", {"Type": category.type, "TagName": category.tag})
        for value in category.values:
            SubElement(entry, "GenericValue").text = value
    if label.created_us is not None:
        SubElement(top, "CreationDateTime").text = to_rfc3339(label.created_us)
    return tostring(top, encoding="unicode")
