"""The questions about Loop, a module for each subject, and the steps that answer them."""

from tap_loop_returns.checkup.questions import (
    access,
    dates,
    endpoints,
    fields,
    forms,
    links,
    listing,
    sizes,
    windows,
)
from tap_loop_returns.checkup.step import Step

# In the order of their dependencies.
STEPS: tuple[Step, ...] = (
    access.scopes,
    access.refusals,
    access.versions,
    sizes.page_sizes,
    sizes.shapes,
    listing.states,
    listing.order,
    listing.completeness,
    links.links,
    links.start,
    links.ties,
    windows.ends,
    windows.defaults,
    windows.longest,
    dates.age,
    dates.identity,
    forms.scalars,
    forms.containers,
    forms.nothings,
    dates.processing,
    fields.unknown,
    endpoints.details,
    endpoints.notice,
    # Notes use the remaining requests, and the headers of all responses come last.
    endpoints.notes,
    access.headers,
)
