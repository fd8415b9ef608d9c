"""docs/robots.md: its table is in step with the documents, and its pictures are there."""

from __future__ import annotations

from pathlib import Path

from symaug.shipped import list_robots
from symaug.tools.catalogue import robot_entry
from symaug.tools.catalogue_page import FOLDER, with_table

DOCS = Path(__file__).parents[3] / "docs"


def test_the_table_says_what_the_documents_say():
    page = (DOCS / "robots.md").read_text(encoding="utf-8")
    assert with_table(page, DOCS) == page, "python -m symaug.tools.catalogue_page docs"


def test_every_robot_with_a_model_has_its_picture():
    drawn = {path.stem for path in (DOCS / FOLDER).glob("*.svg")}
    assert drawn == {name for name in list_robots() if robot_entry(name).model}
