"""The only rooms that know which database it is: how it is opened, which tables it has, how they came to be.

Nothing here knows what a planner may do or what a page shows; nothing above names a dialect.
"""
