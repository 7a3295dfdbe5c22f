"""Marketing channels, each with its own rates of returns and discounts."""

from __future__ import annotations

from urllib.parse import urlencode

from loop_simulator.world.records import Channel

STOREFRONT = "https://shop.example.test"

# Source, medium, campaign, referrer, return propensity, discounting, weight of first orders.
_CHANNELS = (
    (
        Channel("google", "cpc", "brand_search", "https://www.google.com/", 0.95, 0.7),
        24,
    ),
    (
        Channel("google", "cpc", "shopping_all", "https://www.google.com/", 1.15, 0.9),
        10,
    ),
    (
        Channel(
            "facebook", "paid", "lookalike_3", "https://l.facebook.com/", 1.40, 1.3
        ),
        20,
    ),
    (Channel("tiktok", "paid", "spark_july", "https://www.tiktok.com/", 1.65, 1.6), 9),
    (
        Channel(
            "affiliate", "referral", "deal_pages", "https://deals.example/", 1.25, 2.2
        ),
        7,
    ),
    (Channel("klaviyo", "email", "welcome_flow", "", 0.70, 1.2), 8),
    (Channel("", "organic", "", "https://www.google.com/", 0.85, 0.5), 12),
    (Channel("", "", "", "", 0.75, 0.4), 10),
)
DIRECT = _CHANNELS[-1][0]
EMAIL = _CHANNELS[5][0]
FIRST = _CHANNELS
"""Channels with their weights among first orders."""
AGAIN = tuple(
    (channel, weight * 3 if channel in (DIRECT, EMAIL) else weight / 2)
    for channel, weight in _CHANNELS
)
"""Channels with their weights among later orders: more from email and direct visits."""


def landing_page(channel: Channel, path: str) -> str:
    """Return the first page of the visit, with utm parameters if there was a campaign."""
    if not channel.campaign:
        return f"{STOREFRONT}{path}"
    tags = {
        "utm_source": channel.source,
        "utm_medium": channel.medium,
        "utm_campaign": channel.campaign,
    }
    return f"{STOREFRONT}{path}?{urlencode(tags)}"
