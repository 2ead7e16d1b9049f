"""The cell server: what stands between browsers and the two centres, and holds the kits of the cells."""

from synaspis.server.cells.access import Access, Pass, Session
from synaspis.server.cells.grounds import Grounds, open_grounds
from synaspis.server.cells.house import House
from synaspis.server.cells.page import Page, page_folder
from synaspis.server.cells.persons import Person, Persons, issue_person, open_persons

__all__ = [
    "Access",
    "Grounds",
    "House",
    "Page",
    "Pass",
    "Person",
    "Persons",
    "Session",
    "issue_person",
    "open_grounds",
    "open_persons",
    "page_folder",
]
