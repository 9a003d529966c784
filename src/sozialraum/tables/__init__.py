"""Ground: the value with its status, what has passed the door. (The seal is imported by its own name, on purpose.)"""

from sozialraum.tables.profiles import (
    NO_DOMINANT_TYPE,
    PROFILE_KEY,
    PROFILE_SCHEMA,
    SHOWS,
    ProtectedProfiles,
)
from sozialraum.tables.protected import COUNT_KEY, COUNT_SCHEMA, ProtectedTable
from sozialraum.tables.status import (
    NO_VALUE,
    STATUS,
    SYMBOLS,
    Status,
    combine,
    combine_across,
    combine_columns,
    status_of,
)
from sozialraum.tables.values import VALUE_KEY, VALUE_SCHEMA, Value

__all__ = [
    "COUNT_KEY",
    "COUNT_SCHEMA",
    "NO_DOMINANT_TYPE",
    "NO_VALUE",
    "PROFILE_KEY",
    "PROFILE_SCHEMA",
    "SHOWS",
    "STATUS",
    "SYMBOLS",
    "VALUE_KEY",
    "VALUE_SCHEMA",
    "ProtectedProfiles",
    "ProtectedTable",
    "Status",
    "Value",
    "combine",
    "combine_across",
    "combine_columns",
    "status_of",
]
