"""THE DOOR: the only way from confidential counts to a protected table.

Primary suppression by the rules of a measure's policies, then complementary suppression until no withheld number, and
no number hidden between published ones, can be worked out from what is left. Characteristics of microcells pass by
``protect_profiles``, under rules of their own.
"""

from sozialraum.disclosure.door import Protected, protect
from sozialraum.disclosure.profiles import Profile, Profiles, protect_profiles
from sozialraum.disclosure.rules import strictest
from sozialraum.disclosure.structure import NESTING_SCHEMA, Part, Structure, parts_of

__all__ = [
    "NESTING_SCHEMA",
    "Part",
    "Profile",
    "Profiles",
    "Protected",
    "Structure",
    "parts_of",
    "protect",
    "protect_profiles",
    "strictest",
]
