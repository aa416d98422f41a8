"""The mathematics: numbers, dates and arrays in, small records out.

Nothing on this shelf knows a database, a page or today's date, changes what it is given, or answers with something
that is not a number: what cannot be said is None, and what cannot be asked is refused with BadNumbers. `scipy.stats`
is left out, because it takes longer to import than a page may take; `scipy.special` has what is needed.
"""
