"""File formats: rows in, bytes out.

Nothing on this shelf knows a database, a web page or who is asking, so nothing here may import them.
"""
