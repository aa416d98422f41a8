"""Printed figures against the targets and against peers, all measured in one run. `make bench`.

Nothing here is imported by the map; every figure is computed from the samples that stand beside it in the JSON file.
"""
