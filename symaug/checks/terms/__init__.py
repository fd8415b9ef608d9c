"""Do terms move as their names say? Known names are quantities that can be measured on the model."""

from __future__ import annotations

from symaug.checks.terms.check import check_terms, terms_of

__all__ = ["check_terms", "terms_of"]
