"""Agreements: who gives which product to whom, how much of it and how late; what that releases, and why."""

from synaspis.agreement.book import AgreementBook
from synaspis.agreement.cells import Cell, Change, cells, changes, moved_regions
from synaspis.agreement.clause import USES, Clause, Conditions, Use
from synaspis.agreement.explanation import explain
from synaspis.agreement.item import BASE, Decision, Item, Reason
from synaspis.agreement.label import CLASSIFICATIONS, RELEASABLE_TO, Category, Label, combine
from synaspis.agreement.label_xml import to_xml
from synaspis.agreement.loader import book_ids, book_path, check_book, load_book
from synaspis.agreement.marking import CategoryDomain, LabelTable
from synaspis.agreement.membership import Membership
from synaspis.agreement.policy import Policy
from synaspis.agreement.quality import MISSILE_CLASSES, PRODUCTS, QUALITIES, Product, Quality
from synaspis.agreement.region import Borders, Region
from synaspis.agreement.schema import Agreement, unapplied
from synaspis.agreement.sharing import Share, own_network, share_matrix, sharing

__all__ = [
    "BASE",
    "CLASSIFICATIONS",
    "MISSILE_CLASSES",
    "PRODUCTS",
    "QUALITIES",
    "RELEASABLE_TO",
    "USES",
    "Agreement",
    "AgreementBook",
    "Borders",
    "Category",
    "CategoryDomain",
    "Cell",
    "Change",
    "Clause",
    "Conditions",
    "Decision",
    "Item",
    "Label",
    "LabelTable",
    "Membership",
    "Policy",
    "Product",
    "Quality",
    "Reason",
    "Region",
    "Share",
    "Use",
    "book_ids",
    "book_path",
    "cells",
    "changes",
    "check_book",
    "combine",
    "explain",
    "load_book",
    "moved_regions",
    "own_network",
    "share_matrix",
    "sharing",
    "to_xml",
    "unapplied",
]
