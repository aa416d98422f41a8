"""`python -m samverkan_map.cli …` is the same as `samverkan …`."""

from samverkan_map.cli import main

main()
