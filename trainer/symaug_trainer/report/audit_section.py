"""What an audit found, as a section of the report."""

from __future__ import annotations

from html import escape

from symaug_trainer.audit.result import Audit, percent
from symaug_trainer.report import page

CAPTION = "Does it answer a mirrored situation with the mirrored answer?"


def audit_section(audit: Audit, picture: bytes) -> list[str]:
    """The verdict, the picture, and the situations that are their own mirror image as a table."""
    text = (
        f"Residual |π(ρ(g)·o) − ρ(g)·π(o)| of `{audit.checkpoint}`, as a share of the joint's own action "
        f"spread, in {audit.episodes} episodes of each condition: {audit.verdict}. Unrelated answers "
        f"would give 141%."
    )
    left_out = max(row.left_out for row in audit.conditions)
    if left_out >= 0.005:
        text += (
            f" Up to {left_out:.0%} of a condition's answers were not compared, because rounding in contacts "
            f"had driven the two simulations apart."
        )
    rows = [
        [
            escape(one.state),
            escape(one.element),
            str(one.looks),
            percent(one.relative),
            escape(worst.joint),
            percent(worst.relative),
            percent(one.untrained),
        ]
        for one in audit.canonical
        for worst in [max(one.residuals, key=lambda residual: residual.relative)]
    ]
    head = ("own mirror image", "under", "look", "residual", "largest for", "", "before training")
    return [
        page.section(CAPTION, text),
        page.picture(picture, CAPTION),
        page.html_table(head, rows, numeric=(2, 3, 5, 6)),
    ]
