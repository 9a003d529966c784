"""THE DOOR: the only way from confidential counts to a protected table.

Numbers that a policy changes are changed first (``methods``); of the others those are withheld that say too much:
primary suppression by the rules of a measure's policies, then complementary suppression until no withheld number, and
no number hidden between published ones, can be worked out from what is left. Characteristics of microcells pass by
``protect_profiles``, under rules of their own. ``causes`` tells the steward afterwards for whose sake numbers went.
"""

from sozialraum.disclosure.causes import Causes, find_causes
from sozialraum.disclosure.cellkey import KEY_HIGH, KEY_LOW, cell_key, with_record_keys
from sozialraum.disclosure.door import Protected, protect
from sozialraum.disclosure.methods import KEY, MOVED
from sozialraum.disclosure.noise import NOISY_TABLE, Draws
from sozialraum.disclosure.profiles import Profile, Profiles, protect_profiles
from sozialraum.disclosure.rules import strictest, units_needed
from sozialraum.disclosure.secondary import TellDone, unheard
from sozialraum.disclosure.small_counts import round_small_counts
from sozialraum.disclosure.structure import NESTING_SCHEMA, Part, Structure, families_of, parts_of

__all__ = [
    "KEY",
    "KEY_HIGH",
    "KEY_LOW",
    "MOVED",
    "NESTING_SCHEMA",
    "NOISY_TABLE",
    "Causes",
    "Draws",
    "Part",
    "Profile",
    "Profiles",
    "Protected",
    "Structure",
    "TellDone",
    "cell_key",
    "families_of",
    "find_causes",
    "parts_of",
    "protect",
    "protect_profiles",
    "round_small_counts",
    "strictest",
    "unheard",
    "units_needed",
    "with_record_keys",
]
