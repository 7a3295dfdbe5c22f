"""The shoppers: invented names, reserved mail domains, seven regions with their taxes."""

from __future__ import annotations

from loop_simulator.world.generated import odds
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.numbering import CUSTOMER_ID, CUSTOMER_STEP
from loop_simulator.world.records import Address, Customer

_FIRST = [
    "Avery",
    "Blake",
    "Casey",
    "Devon",
    "Emery",
    "Finley",
    "Gray",
    "Harper",
    "Indigo",
    "Jules",
    "Kai",
    "Logan",
    "Morgan",
    "Noa",
    "Oakley",
    "Parker",
    "Quinn",
    "Reese",
    "Sage",
    "Taylor",
    "Umi",
    "Vale",
    "Wren",
    "Yuki",
    "Zoë",
    "Amélie",
    "Bjørn",
    "Chloé",
    "Dáithí",
    "Esra",
]
_LAST = [
    "Ash",
    "Birch",
    "Calder",
    "Dale",
    "Elm",
    "Fenn",
    "Grove",
    "Heath",
    "Isle",
    "Juniper",
    "Knoll",
    "Lark",
    "Marsh",
    "North",
    "Orchard",
    "Pike",
    "Quarry",
    "Ridge",
    "Stone",
    "Thorn",
    "Upton",
    "Vance",
    "West",
    "Yarrow",
    "Zeller",
    "O'Hara",
    "Sørensen",
    "Núñez",
    "Müller",
    "Adeyemi",
]
_STREETS = (
    "Sample Way",
    "Elm Row",
    "Test Street",
    "Harbour Road",
    "Mill Lane",
    "Station Square",
)

# City, region, postcode, country, code, currency, tax in thousandths, weight.
_REGIONS = (
    (("Testville", "OH", "43004", "United States", "US", "USD", 72), 30),
    (("Newport", "NY", "10004", "United States", "US", "USD", 88), 26),
    (("Bayview", "CA", "94016", "United States", "US", "USD", 86), 24),
    (("Salem", "OR", "97301", "United States", "US", "USD", 0), 8),
    (("Kingston", "ON", "K7L 0A1", "Canada", "CA", "CAD", 130), 5),
    (("Leeds", "", "LS1 0AA", "United Kingdom", "GB", "GBP", 200), 4),
    (("Bremen", "HB", "28195", "Germany", "DE", "EUR", 190), 3),
)
_WITH_TAX = ("GB", "DE")
"""Countries in which prices contain the tax."""
_MAIL = ("example.com", "example.org", "example.net")
TAXES = {position[0][4] + position[0][1]: position[0][6] for position in _REGIONS}
"""Sales tax in thousandths by country and region."""


def customer(rng: RandomStream, index: int, created: int) -> Customer:
    """Return the ``index``-th shopper, some of them guests without a customer id."""
    first, last = rng.one_of(_FIRST), rng.one_of(_LAST)
    position = rng.weighted(_REGIONS)
    city, region, postcode, country, code, currency, _ = position
    mailbox = "".join(
        c for c in f"{first}.{last}".lower() if c.isascii() and c not in " '"
    )
    return Customer(
        id=None if rng.chance(odds.GUEST) else CUSTOMER_ID + index * CUSTOMER_STEP,
        first_name=first,
        last_name=last,
        email=f"{mailbox}.{index}@{rng.one_of(_MAIL)}",
        address=Address(
            street=f"{rng.between(1, 240)} {rng.one_of(_STREETS)}",
            city=city,
            region=region,
            postcode=postcode,
            country=country,
            country_code=code,
        ),
        created=created,
        currency=currency,
    )


def taxes_included(person: Customer) -> bool:
    """Return whether prices contain the tax where the shopper lives."""
    return person.address.country_code in _WITH_TAX


def tax_permille(person: Customer) -> int:
    """Return the sales tax where the shopper lives, in thousandths."""
    return TAXES[person.address.country_code + person.address.region]
