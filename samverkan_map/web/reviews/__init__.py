"""Reviews of placemaking sites: rounds and invitations for those who ask, the link on a phone for those who answer."""

from samverkan_map.web.reviews import guests, staff
from samverkan_map.web.reviews.blueprint import blueprint
from samverkan_map.web.reviews.on_site import told

__all__ = ["blueprint", "guests", "staff", "told"]
