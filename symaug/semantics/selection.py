"""Resolving name patterns of a document against the names they may match."""

from __future__ import annotations

from collections.abc import Sequence

from symaug.diagnostics import Diagnostic, did_you_mean
from symaug.syntax.expressions import Word
from symaug.syntax.names import PatternError, expand, is_glob, select


def pattern_problem(word: Word, error: PatternError) -> Diagnostic:
    """The diagnostic (SA103) for a malformed pattern, at the guilty characters."""
    span = word.part(error.start, error.end)
    return Diagnostic("SA103", f"`{word}` is not a pattern: {error.reason}", span)


def expand_names(words: Sequence[Word], noun: str, problems: list[Diagnostic]) -> list[tuple[str, Word]]:
    """The names that patterns without globs spell out, each with the word it came from; repeats reported."""
    found: dict[str, Word] = {}
    for word in words:
        try:
            names = expand(word.text)
        except PatternError as error:
            problems.append(pattern_problem(word, error))
            continue
        if any(is_glob(name) for name in names):
            message = f"`{word}` has a wildcard, but here the {noun}s are first named"
            helps = ("spell the names out, or use braces: `{LF,RF}_HAA`",)
            problems.append(Diagnostic("SA103", message, word.span, helps=helps))
            continue
        for name in names:
            if name in found:
                problems.append(_repeated(name, noun, word, found[name]))
            else:
                found[name] = word
    return list(found.items())


def select_names(
    words: Sequence[Word],
    names: Sequence[str],
    noun: str,
    problems: list[Diagnostic],
    *,
    each_once: bool = False,
) -> list[str] | None:
    """The names that any of the patterns matches, pattern by pattern; None when one of them matches nothing.

    Args:
        words: the patterns.
        names: what they may match; its order is the order within a wildcard.
        noun: what the names are, for messages ("joint").
        problems: gets SA103 malformed, SA202 matches nothing, and with `each_once` SA201 matched twice.
        each_once: whether a second match of a name is a mistake (a list) or not (a set).
    """
    found: dict[str, Word] = {}
    healthy = True
    for word in words:
        try:
            chosen, missing = select(word.text, names)
        except PatternError as error:
            problems.append(pattern_problem(word, error))
            healthy = False
            continue
        if missing:
            healthy = False
            what = (
                f"`{missing[0]}` matches no {noun}"
                if is_glob(missing[0])
                else f"no {noun} named `{missing[0]}`"
            )
            problems.append(Diagnostic("SA202", what, word.span, helps=did_you_mean(missing[0], names)))
        repeats = [name for name in chosen if name in found]
        if repeats and each_once:
            problems.append(_repeated(repeats[0], noun, word, found[repeats[0]]))
            healthy = False
        for name in chosen:
            found.setdefault(name, word)
    return list(found) if healthy else None


def _repeated(name: str, noun: str, word: Word, first: Word) -> Diagnostic:
    secondary = ((first.span, "first listed here"),) if first.span and first is not word else ()
    return Diagnostic("SA201", f"the {noun} `{name}` is listed twice", word.span, secondary=secondary)
