"""Reviews of placemaking sites: rounds and invitations for those who ask, and the form for those who answer, by a link
on a phone or at the site's own address."""

from samverkan_map.web.reviews import everybody, guests, staff
from samverkan_map.web.reviews.blueprint import blueprint
from samverkan_map.web.reviews.on_site import told

__all__ = ["blueprint", "everybody", "guests", "staff", "told"]
