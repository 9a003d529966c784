"""Turns what the validator says about a document into faults with a line, in words that help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin

from sozialraum.catalogue.documents import (
    AGS_PATTERN,
    IDENTIFIER_PATTERN,
    ONE,
    SEVERAL,
    ColumnDoc,
    Document,
    Text,
)
from sozialraum.catalogue.indicator import MeasureDoc
from sozialraum.catalogue.lines import line_of
from sozialraum.errors import Faults

PLAIN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "literal_error": ("this value is not known", "write {expected}"),
        "string_type": ("a text is expected here", "write it in quotes"),
        "string_too_short": ("this text is empty", "fill it in, or remove the key"),
        "int_type": ("a whole number is expected here", "write it without quotes, like 3"),
        "int_parsing": ("a whole number is expected here", "write it without quotes, like 3"),
        "int_from_float": ("a whole number is expected here", "write it without a point, like 3"),
        "float_type": ("a number is expected here", "write it without quotes and with a point, like 0.5"),
        "float_parsing": ("a number is expected here", "write it without quotes and with a point, like 0.5"),
        "finite_number": ("a number is expected here", "write a number that is not infinite"),
        "bool_type": ("true or false is expected here", "write true or false, without quotes"),
        "bool_parsing": ("true or false is expected here", "write true or false, without quotes"),
        "greater_than": ("this number is too small", "write more than {gt}"),
        "greater_than_equal": ("this number is too small", "write {ge} or more"),
        "less_than_equal": ("this number is too large", "write {le} or less"),
        "dict_type": ("a table is expected here", 'write { key = "value" }'),
        "tuple_type": ("a list is expected here", 'write it in brackets, like ["a", "b"]'),
        "too_short": ("this list is empty", "name at least one"),
    }
)
"""What the validator finds, by its own name for it: what is wrong, and what to do about it."""

EXAMPLES: Mapping[type[Document], str] = MappingProxyType(
    {MeasureDoc: '{ universe = "persons" }', ColumnDoc: '{ period = "year" }'}
)
"""How the small tables are written that mostly stand in one line."""

LEADS_TO: Mapping[str, str] = MappingProxyType(
    {
        "theme": "themes",
        "policy": "policies",
        "extends": "sources",
        "source": "sources",
        "dimension": "codes",
        "standard": "standards",
        "indicator": "indicators",
        "composite": "composites",
        "area_systems": "areas",
        "indicators": "indicators",
        "key_indicators": "indicators",
        **dict.fromkeys(("area", "grid", "home", "over", "parent", "union_of", "whole", "within"), "areas"),
    }
)
"""Keys that name another document, and the folder of such documents."""

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
KEY_OF_TABLE = "[key]"
"""The validator's last step where the key itself is wrong, not what stands behind it."""

Names = Callable[[str], Collection[str]]
"""Gives the ids of all documents in a folder (``themes``)."""


def add_problem(
    faults: Faults, name: str, text: str, *, problem: Mapping[str, Any], kind: type[Document], names: Names
) -> None:
    """Add one problem of a document as a fault.

    Args:
        faults: collects.
        name: the file as the user knows it.
        text: what stands in the file.
        problem: one entry of pydantic's ``ValidationError.errors()``.
        kind: what the file should be.
        names: gives the ids of all documents of a folder.
    """
    path = [step for step in problem["loc"] if step not in (ONE, SEVERAL, KEY_OF_TABLE)]
    what, advice = _words(problem, path, kind, names)
    key = ".".join(str(step) for step in path)
    faults.add(name, what, line=line_of(text, path), column=key, value=_shown(problem.get("input")), advice=advice)


def _shown(value: object) -> str:
    """Return what was found as it stands in the document; nothing for tables and lists."""
    if value is None or isinstance(value, dict | list | tuple):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(
    problem: Mapping[str, Any], path: Sequence[str | int], kind: type[Document], names: Names
) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    match problem["type"]:
        case "extra_forbidden":
            return "this key is not known", _near(str(path[-1]), keys_at(kind, path[:-1]))
        case "missing":
            return "this key is missing", f"add {_missing(path, kind)}"
        case "value_error":
            return str(problem["ctx"]["error"]), ""
        case "model_type":
            return "a table is expected here", f"write {_as_table(path, _model(annotation_at(kind, path)))}"
        case "string_pattern_mismatch" if problem["ctx"]["pattern"] == AGS_PATTERN:
            return (
                "this is no official key of a municipality (AGS)",
                "write 2, 3, 5 or 8 digits, leading zeros included",
            )
        case "string_pattern_mismatch" if problem["ctx"]["pattern"] == IDENTIFIER_PATTERN:
            return "nothing can have a name like this", _name_advice(str(problem["input"]), _leads_to(problem), names)
    what, advice = PLAIN.get(problem["type"], (str(problem["msg"]), ""))
    return what, advice.format_map(problem.get("ctx", {})) if problem.get("ctx") else advice


def _missing(path: Sequence[str | int], kind: type[Document]) -> str:
    """Return how what is missing is written."""
    annotation = annotation_at(kind, path)
    if get_origin(annotation) is dict:
        return f"a table [{_dotted(path)}]"
    table = _table(annotation)
    if table is not None:
        return _as_table(path, table)
    return f"{path[-1]} = 2028-03-01 (year-month-day)" if annotation is date else f"{path[-1]} = ..."


def _as_table(path: Sequence[str | int], table: type[Document] | None) -> str:
    """Return how a table is written: a text in its languages, a measure in one line, others with what they need."""
    if table is Text:
        return f'{path[-1]}.de = "..."'
    if table is None or table in EXAMPLES:
        return EXAMPLES.get(table, "{ ... }") if table else "{ ... }"
    needed = [field.alias or name for name, field in table.model_fields.items() if field.is_required()]
    return f"a table [{_dotted(path)}] with {', '.join(needed or keys_of(table))}"


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path if isinstance(step, str))


def _leads_to(problem: Mapping[str, Any]) -> str | None:
    """Return the folder of the documents that a name is one of; None where it is no name of a document."""
    keys = [step for step in problem["loc"] if isinstance(step, str) and step not in (ONE, SEVERAL)]
    return LEADS_TO.get(keys[-3] if keys[-1] == KEY_OF_TABLE and len(keys) > 2 else keys[-1])


def _name_advice(text: str, kind: str | None, names: Names) -> str:
    """Advise on a name that can not be one: the document that is meant, or the same name in allowed letters."""
    tidy = re.sub(r"\W+", "_", text.lower().translate(UMLAUTS), flags=re.ASCII).strip("_")
    known = names(kind) if kind else ()
    if near := difflib.get_close_matches(tidy, sorted(known), n=1):
        return f"did you mean {near[0]}?"
    if known:
        return f"known: {', '.join(sorted(known))}"
    like = tidy if re.match(IDENTIFIER_PATTERN, tidy) else "school_leavers"
    return f"write it like {like}: letters a-z, digits and underscores, a letter first"


def _near(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known)) or 'none'}"


def keys_at(kind: type[Document], path: Sequence[str | int]) -> list[str]:
    """Return the keys that a document knows in the table at ``path``; empty where there is no such table."""
    model = _model(annotation_at(kind, path))
    return keys_of(model) if model else []


def keys_of(table: type[Document]) -> list[str]:
    """Return the keys of a table as documents write them."""
    return [field.alias or name for name, field in table.model_fields.items()]


def annotation_at(kind: type[Document], path: Sequence[str | int]) -> Any:
    """Return what may stand at ``path`` in a document; None where there is no such key."""
    annotation: Any = kind
    for step in path:
        annotation = _inside(annotation, step)
    return annotation


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


def _table(annotation: Any) -> type[Document] | None:
    """Return the table that an annotation is (``X`` or ``X | None``); None where it is something else, a list say."""
    if get_origin(annotation) in (Union, UnionType):
        (annotation, *others) = [part for part in get_args(annotation) if part is not type(None)]
        if others:
            return None
    return annotation if isinstance(annotation, type) and issubclass(annotation, Document) else None
