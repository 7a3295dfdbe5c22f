"""Switches: named settings for behaviour that Loop's documentation leaves open or contradicts.

The first value of each switch is its default: the best documented behaviour,
or the strictest one where nothing is documented.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One open question: the values it can have and what they change."""

    values: tuple[str, ...]
    about: str
    numeric: bool = False

    def accepts(self, value: str) -> bool:
        """Return whether the switch can be set to this value."""
        if self.numeric and value.isdigit():
            return True
        head, colon, tail = value.partition(":")
        prefixed = f"{head}:SECONDS" in self.values
        return value in self.values or (
            prefixed and bool(colon) and tail.lstrip("-").isdigit()
        )


SWITCHES: dict[str, Switch] = {
    "order": Switch(
        ("desc", "asc", "by_created_asc", "by_id_desc", "shuffled"),
        "order of the returns list",
    ),
    "ends": Switch(
        ("inclusive", "exclusive_to", "exclusive_from", "exclusive_both"),
        "whether the moments from and to belong to the window",
    ),
    "next_url": Switch(
        ("drops_params", "keeps_params", "other_host", "repeats", "cycles", "missing"),
        "what nextPageUrl holds; missing: no page of any list shows that more follow",
    ),
    "ties": Switch(
        ("drop", "keep"),
        "whether rows sharing the page's last second are skipped or kept",
    ),
    "cursor": Switch(
        ("documented", "opaque"), "cursor readable as base64 JSON, or not"
    ),
    "body": Switch(("wrapped", "bare"), "bare: the server ignores paginate"),
    "unauthorized": Switch(("object", "string"), "body of a 401"),
    "retry_after": Switch(("none", "seconds", "date"), "Retry-After on a 429"),
    "ids": Switch(("string", "integer"), "type of ids in the returns list"),
    "label_rate": Switch(
        ("number", "string", "money"), "cents, cents as text, or '7.45'"
    ),
    "destination_id": Switch(("integer", "string"), "type of destination_id"),
    "exchange_order_id": Switch(
        ("string", "integer"), "type of exchanges[].exchange_order_id"
    ),
    "timestamps": Switch(
        ("offset", "iso_ms", "space", "mixed"),
        "form of created_at, updated_at, edited_at",
    ),
    "none_values": Switch(
        ("mixed", "na", "empty", "null"),
        "how carrier, tracking, comment, barcode say 'none'",
    ),
    "condition_category": Switch(
        ("string", "object"),
        "form of a grade in the returns list; 2026-10 documents objects for grading",
    ),
    "refunds_shape": Switch(("array", "object"), "shopify_refund_object"),
    "return_method": Switch(("object", "string", "null", "mixed"), "return_method"),
    "notes_shape": Switch(("bare", "wrapped"), "body of a return's notes"),
    "line_items_shape": Switch(
        ("list", "object"), "line_items as list or keyed by position"
    ),
    "updated_at": Switch(
        ("present", "null_for_old", "absent_for_old"),
        "updated_at of returns made over a year before now",
    ),
    "created_at": Switch(
        ("present", "null_for_some", "absent_for_some"),
        "created_at of returns whose id ends in 5; a filter on it then misses them",
    ),
    "unknown_fields": Switch(("off", "on"), "new fields appear at every level"),
    "money_type": Switch(("string", "number"), "type of all money amounts in the list"),
    "slow_processed": Switch(
        ("off", "on"), "was_processed trails the closing by six hours"
    ),
    "page_size_max": Switch(("750",), "largest pageSize allowed", numeric=True),
    "over_page_size": Switch(
        ("422", "clamp"), "what a pageSize above the maximum gets"
    ),
    "empty_page_with_next": Switch(
        ("off", "on"), "an empty page with a next link between pages"
    ),
    "asn_bad_date": Switch(
        ("epoch", "422"), "what an unreadable date of the ASN becomes"
    ),
    "gzip": Switch(("off", "on"), "compress for clients that accept it"),
    "details_shape": Switch(
        ("object", "array"), "details by order: newest return, or all"
    ),
    "bare_cap": Switch(
        ("0",), "most rows in a response without paging; 0: no limit", numeric=True
    ),
    "date_header": Switch(
        ("on", "off", "skewed:SECONDS"),
        "Date header: simulated now, none, or shifted",
    ),
}


class UnknownSwitchError(ValueError):
    """A switch or a value that does not exist; the message lists the valid ones."""


class Switches:
    """The current setting of every switch."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        """Start from the defaults, then apply ``settings``."""
        self._settings = {name: switch.values[0] for name, switch in SWITCHES.items()}
        self.set(settings or {})

    def __getitem__(self, name: str) -> str:
        """Return the current value of one switch."""
        return self._settings[name]

    def number(self, name: str) -> int:
        """Return the current value of a numeric switch."""
        return int(self._settings[name])

    def set(self, settings: dict[str, str]) -> None:
        """Change all the given switches, or none of them.

        Raises:
            UnknownSwitchError: If a name or a value does not exist.

        """
        checked = {name: _checked(name, str(value)) for name, value in settings.items()}
        self._settings.update(checked)

    def all(self) -> dict[str, str]:
        """Return a copy of all settings."""
        return dict(self._settings)


def _checked(name: str, value: str) -> str:
    """Return the value if the switch exists and accepts it."""
    switch = SWITCHES.get(name)
    if switch is None:
        msg = f"no switch named {name!r}; there are: {', '.join(SWITCHES)}"
        raise UnknownSwitchError(msg)
    if not switch.accepts(value):
        allowed = ", ".join(switch.values) + (
            ", or any whole number" if switch.numeric else ""
        )
        msg = f"switch {name} cannot be {value!r}; it takes: {allowed}"
        raise UnknownSwitchError(msg)
    return value


def describe() -> str:
    """List all switches with their values, default first, for ``--help-switches``."""
    width = max(map(len, SWITCHES))
    return "\n".join(
        f"{name:<{width}}  {'|'.join(switch.values)}{'|N' if switch.numeric else ''}\n"
        f"{'':<{width}}  {switch.about}"
        for name, switch in SWITCHES.items()
    )
