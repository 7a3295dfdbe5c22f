"""The shop's products, about forty in six categories, with sizes, colours and return rates."""

from __future__ import annotations

from itertools import starmap
from typing import NamedTuple

from loop_simulator.world.generated import odds
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.records import Planted, Product, Variant

PRODUCT_ID = 6_100_000_000_000
VARIANT_ID = 43_000_000_000_000
GIFT_CARD_TITLE = "Gift Card"

_SIZES = ("XS", "S", "M", "L", "XL")
_SHOES = ("37", "38", "39", "40", "41", "42", "43")
_ONE = ("One size",)
_CARE = ("100 ml", "250 ml")

_PLANTED_IN = ("Dresses", "Jeans")
"""The two categories in which a style and a size get a raised return rate."""


class _Category(NamedTuple):
    """One category: its products, prices and return rate."""

    kind: str
    vendor: str
    names: tuple[str, ...]
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    low: int
    """Lowest possible price in whole dollars; ``high`` is the highest."""
    high: int
    propensity: float
    """Share of units that are returned, without the effects of fit, channel and policy."""
    subscribable: bool


_CATEGORIES = tuple(
    starmap(
        _Category,
        (
            (
                "Dresses",
                "Maren & Co",
                (
                    "Harbour Wrap Dress",
                    "Linen Midi",
                    "Sunday Slip",
                    "Fjord Shirt Dress",
                    "Pleated Maxi",
                    "Knit Column Dress",
                    "Garden Tea Dress",
                ),
                _SIZES,
                ("Black", "Sage"),
                68,
                148,
                0.34,
                False,
            ),
            (
                "Jeans",
                "Northloom",
                (
                    "Straight 90s Jean",
                    "Tapered Selvedge",
                    "Wide Crop",
                    "Slim Rinse",
                    "Barrel Jean",
                    "Carpenter Jean",
                    "Bootcut Stretch",
                ),
                _SIZES,
                ("Indigo", "Ecru"),
                78,
                128,
                0.29,
                False,
            ),
            (
                "Shoes",
                "Passo",
                (
                    "Court Trainer",
                    "Suede Clog",
                    "Chelsea Boot",
                    "Mary Jane",
                    "Trail Runner",
                    "Leather Loafer",
                    "Espadrille",
                ),
                _SHOES,
                ("White", "Tan"),
                89,
                189,
                0.27,
                False,
            ),
            (
                "Tops",
                "Northloom",
                (
                    "Heavy Tee",
                    "Rib Tank",
                    "Oxford Shirt",
                    "Merino Crew",
                    "Boxy Sweat",
                    "Breton Tee",
                    "Silk Blouse",
                ),
                _SIZES,
                ("White", "Navy", "Rust"),
                28,
                98,
                0.15,
                False,
            ),
            (
                "Accessories",
                "Passo",
                (
                    "Bucket Bag",
                    "Woven Belt",
                    "Wool Beanie",
                    "Silk Scarf",
                    "Card Holder",
                    "Sun Hat",
                ),
                _ONE,
                ("Black", "Olive"),
                22,
                120,
                0.09,
                False,
            ),
            (
                "Care",
                "Tide & Tallow",
                (
                    "Wool Wash",
                    "Denim Balm",
                    "Leather Cream",
                    "Linen Mist",
                    "Stain Bar",
                    "Shoe Wax",
                ),
                _CARE,
                ("Unscented",),
                12,
                34,
                0.02,
                True,
            ),
        ),
    )
)


def products(seed: int, opened: int, now: int) -> list[Product]:
    """Return the catalogue.

    Args:
        seed: The world's seed; it sets prices and how often products come back.
        opened: When the shop opened; products appear shortly before.
        now: The simulated present; deleted products are gone before it.

    Returns:
        All products, the gift card last.

    """
    rng = RandomStream(seed, "catalogue")
    made: list[Product] = []
    for category in _CATEGORIES:
        for name in category.names:
            number = len(made) + 1
            product = Product(
                id=PRODUCT_ID + number * 1_117,
                title=name,
                kind=category.kind,
                vendor=category.vendor,
                tags=[
                    category.kind.lower(),
                    rng.one_of(("core", "spring", "autumn")),
                ],
                created=opened - rng.between(5, 60) * 86_400,
                propensity=category.propensity * rng.triangular(75, 130) / 100,
                subscribable=category.subscribable,
            )
            price = rng.between(category.low, category.high) * 100
            _add_variants(product, price, category.sizes, category.colours, rng)
            made.append(product)
    made.append(_gift_card(len(made) + 1, opened))
    _neglect(made, opened, now, rng)
    return made


def _neglect(made: list[Product], opened: int, now: int, rng: RandomStream) -> None:
    """Delete some products in the middle of the shop's history; leave some without a type."""
    pool = [
        product
        for product in made
        if product.kind not in _PLANTED_IN and not product.subscribable
        if not product.gift_card
    ]
    for _ in range(round(odds.DELETED * len(made))):
        product = pool.pop(rng.below(len(pool)))
        product.deleted = opened + (now - opened) * rng.between(40, 80) // 100
    for _ in range(round(odds.UNTYPED * len(made))):
        pool.pop(rng.below(len(pool))).kind = ""


def plant(made: list[Product], seed: int) -> Planted:
    """Raise the return rate of one style and one size in each of two categories.

    Args:
        made: The catalogue, which is changed in place.
        seed: The world's seed, which decides the choice.

    Returns:
        The styles and the sizes.

    """
    rng = RandomStream(seed, "planted")
    planted = Planted()
    for kind in _PLANTED_IN:
        category = _of_kind(kind)
        styles = [product for product in made if product.kind == kind]
        # One of the bestsellers, because with few sales chance could hide the effect.
        style = rng.one_of(styles[:3])
        style.propensity = category.propensity * odds.PLANTED
        # Not the smallest or the largest size, which fit worse anyway.
        size = rng.one_of(category.sizes[1:-1])
        for variant in (one for product in styles for one in product.variants):
            if variant.title.endswith(f" / {size}"):
                variant.fit, variant.runs_small = odds.PLANTED, True
        planted.styles.append(style)
        planted.sizes.append((kind, size))
    return planted


def _of_kind(kind: str) -> _Category:
    return next(category for category in _CATEGORIES if category.kind == kind)


CUSTOM = [
    Variant(
        id=0,
        product=Product(0, title, "", "", [], 0, 0.0, custom=True),
        title="",
        sku="",
        price=price,
        barcode="",
    )
    for title, price in (("Gift wrap", 500), ("Engraving", 1_250), ("Hemming", 1_800))
]
"""The variants of order lines that staff type in."""


def _add_variants(
    product: Product,
    price: int,
    sizes: tuple[str, ...],
    colours: tuple[str, ...],
    rng: RandomStream,
) -> None:
    """Add a variant per colour and size; the smallest and largest sizes fit worse."""
    stem = "".join(word[0] for word in product.title.split())[:3].upper()
    number = (product.id - PRODUCT_ID) // 1_117
    for colour in colours:
        for index, size in enumerate(sizes):
            edge = abs(2 * index - len(sizes) + 1) / max(len(sizes), 1)
            key = number * 40 + len(product.variants)
            sku = f"{stem}{number:02d}-{colour[:3].upper()}-{size.split()[0].upper()}"
            product.variants.append(
                Variant(
                    id=VARIANT_ID + key * 4_099,
                    product=product,
                    title=f"{colour} / {size}",
                    sku="" if rng.chance(odds.NO_SKU) else sku,
                    price=price + (700 if size == "250 ml" else 0),
                    barcode=f"40{key:011d}",
                    fit=0.8 + 0.6 * edge * rng.random(),
                )
            )


def _gift_card(number: int, opened: int) -> Product:
    """Return the gift card, which is sold, issued for store credit and never returned."""
    card = Product(
        id=PRODUCT_ID + number * 1_117,
        title=GIFT_CARD_TITLE,
        kind="Gift Cards",
        vendor="Gift Cards",
        tags=[],
        created=opened,
        propensity=0.0,
        gift_card=True,
    )
    for index, value in enumerate((2_500, 5_000, 10_000)):
        card.variants.append(
            Variant(
                id=VARIANT_ID + (number * 40 + index) * 4_099,
                product=card,
                title=f"${value // 100}.00",
                sku=f"GIFT-{value // 100}",
                price=value,
                barcode="",
            )
        )
    return card
