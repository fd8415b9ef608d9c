"""`blocks`: mappings of terms that observation groups share, laid out where a group includes them."""

from __future__ import annotations

from collections.abc import Iterator

from symaug.diagnostics import Diagnostic, Span, did_you_mean
from symaug.syntax.documents import Loaded, SpecDocument
from symaug.syntax.source import KeyPath, Source, Text

INCLUDE = "include"
"""The word in the place of a type that puts a block's terms there."""


def block_texts(loaded: Loaded[SpecDocument], problems: list[Diagnostic]) -> dict[str, dict[str, Text]]:
    """The types of each block's terms, by block and term."""
    source = loaded.source
    blocks: dict[str, dict[str, Text]] = {}
    for block, terms in loaded.document.blocks.items():
        texts = {term: source.get("blocks", block, term) for term in terms}
        blocks[block] = {term: text for term, text in texts.items() if text and not _includes(text)}
        for text in texts.values():
            if text and _includes(text):
                message = "a block cannot include another block"
                helps = ("include both in the observation group",)
                problems.append(Diagnostic("SA016", message, text.span(), helps=helps))
        if not terms and source.whole("blocks", block) and not source.inherits:
            span = source.key("blocks", block)
            problems.append(Diagnostic("SA008", f"the block `{block}` has no terms", span))
    return blocks


def group_texts(
    loaded: Loaded[SpecDocument], blocks: dict[str, dict[str, Text]], problems: list[Diagnostic]
) -> dict[str, dict[str, Text]]:
    """The types of each observation group's terms, by group and term, in tensor order."""
    source = loaded.source
    groups: dict[str, dict[str, Text]] = {}
    for group in loaded.document.observations:
        terms: dict[str, Text] = {}
        origins: dict[str, KeyPath] = {}
        for term, text, place in _laid_out(loaded, group, blocks, problems):
            if term in terms:
                problems.append(_twice(term, group, (origins[term], place), source))
            else:
                terms[term], origins[term] = text, place
        groups[group] = terms
        complete = source.whole("observations", group) and not source.inherits
        if complete and not loaded.document.observations[group]:
            message = f"the observation group `{group}` has no terms"
            problems.append(Diagnostic("SA008", message, source.key("observations", group)))
    return groups


def _laid_out(
    loaded: Loaded[SpecDocument], group: str, blocks: dict[str, dict[str, Text]], problems: list[Diagnostic]
) -> Iterator[tuple[str, Text, KeyPath]]:
    """Each term with its type and the key path of the entry that brings it in."""
    source = loaded.source
    for entry in loaded.document.observations[group]:
        place = ("observations", group, entry)
        text = source.get(*place)
        if text is None:
            continue
        if not _includes(text):
            yield entry, text, place
        elif entry in blocks:
            yield from ((term, inside, place) for term, inside in blocks[entry].items())
        elif source.whole("blocks", entry) and not source.inherits and not _unnamed_block(source):
            example = f"write it: `blocks: {{{entry}: {{joint_pos: joints}}}}`"
            helps = did_you_mean(entry, blocks) or (example,)
            message = f"there is no block named `{entry}`"
            problems.append(Diagnostic("SA014", message, source.key(*place), helps=helps))


def _unnamed_block(source: Source) -> bool:
    """Whether there is a block whose name could not be read."""
    return ("blocks", "") in source.holes


def _includes(text: Text) -> bool:
    return text.value.strip() == INCLUDE


def _twice(term: str, group: str, places: tuple[KeyPath, KeyPath], source: Source) -> Diagnostic:
    first, second = places
    secondary: list[tuple[Span, str]] = [(source.key(*first), "it comes first with this")]
    secondary += [
        (source.key("blocks", place[-1], term), f"here in the block `{place[-1]}`")
        for place in places
        if _is_include(place, source)
    ]
    message = f"the term `{term}` comes twice in `{group}`"
    helps = ("leave one of them out, or give it another name",)
    span = source.key(*second)
    return Diagnostic("SA015", message, span, "and again with this", tuple(secondary), helps=helps)


def _is_include(place: KeyPath, source: Source) -> bool:
    text = source.get(*place)
    return text is not None and _includes(text)
