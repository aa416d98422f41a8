"""The shared map of a municipality and its police district for situational crime prevention."""

__version__ = "0.1.0"
