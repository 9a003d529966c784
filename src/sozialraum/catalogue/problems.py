"""Turns what the validator says about a document into faults with a line, in words that help."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from sozialraum.catalogue.documents import ONE, SEVERAL, Document
from sozialraum.catalogue.lines import line_of
from sozialraum.errors import Faults


def add_problem(faults: Faults, name: str, text: str, *, problem: Mapping[str, Any], kind: type[Document]) -> None:
    """Add one problem of a document as a fault.

    Args:
        faults: collects.
        name: the file as the user knows it.
        text: what stands in the file.
        problem: one entry of pydantic's ``ValidationError.errors()``.
        kind: what the file should be.
    """
    path = [step for step in problem["loc"] if step not in (ONE, SEVERAL)]
    what, advice = _words(problem, path, kind)
    value = problem.get("input")
    shown = "" if isinstance(value, dict | list | tuple) or value is None else str(value)
    key = ".".join(str(step) for step in path)
    faults.add(name, what, line=line_of(text, path), column=key, value=shown, advice=advice)


def _words(problem: Mapping[str, Any], path: Sequence[str | int], kind: type[Document]) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    match problem["type"]:
        case "extra_forbidden":
            return "this key is not known", _near(str(path[-1]), keys_at(kind, path[:-1]))
        case "missing":
            return "this key is missing", f"add {path[-1]} = ..."
        case "value_error":
            return str(problem["ctx"]["error"]), ""
        case "literal_error":
            return "this value is not known", f"write {problem['ctx']['expected']}"
        case "string_type":
            return "a text is expected here", "write it in quotes"
        case "string_pattern_mismatch":
            return "this text has not the expected form", f"it must match {problem['ctx']['pattern']}"
    return str(problem["msg"]), ""


def _near(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known)) or 'none'}"


def keys_at(kind: type[Document], path: Sequence[str | int]) -> list[str]:
    """Return the keys that a document knows in the table at ``path``; empty where there is no such table."""
    annotation: Any = kind
    for step in path:
        annotation = _inside(annotation, step)
    model = _model(annotation)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _inside(annotation: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return annotation  # a list: what its elements are is found by _model
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    model = _model(annotation)
    fields = (
        {} if model is None else {field.alias or key: field.annotation for key, field in model.model_fields.items()}
    )
    return fields.get(step)


def _model(annotation: Any) -> type[Document] | None:
    """Return the first kind of table that an annotation allows (``X | None``, ``tuple[X, ...]``...)."""
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model(part))), None)
