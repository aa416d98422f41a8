"""The example material of a trial database: invented, the same on every machine, made through the same verbs as real.

What is invented stands in `data/demo/`; nothing here may be needed by a real database.
"""

from samverkan_map.access import is_trial
from samverkan_map.demo.trial import Made, fill, is_new, remove

__all__ = ["Made", "fill", "is_new", "is_trial", "remove"]
