"""The ways this house says no.

An error carries a `key` (which sentence) and `fields` (what to put in it). The sentences themselves stand in
`translations/<language>/errors.toml`; which HTTP status a no becomes stands in one table in `web`.
"""


class Refusal(Exception):
    """The common root: something was asked for that the house says no to."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key, fields)
        self.key = key
        self.fields = fields


class NotFound(Refusal):
    """What was asked for does not exist, or the asker may not know that it does."""


class NotAllowed(Refusal):
    """The asker may know that it exists, but may not do this."""


class SignInNeeded(NotAllowed):
    """Nobody is signed in and this needs somebody."""


class SecondStepNeeded(NotAllowed):
    """Somebody is signed in whose role must have a second step, and has none yet."""


class BadQuestion(Refusal):
    """A filter or an address says something that cannot be understood."""


class BadValue(Refusal):
    """A form or command holds a value that cannot be stored; `fields["field"]` names it."""


class BadNumbers(BadValue, ValueError):
    """An analysis was given numbers or dates it has no answer for; `fields["field"]` names which."""


class BadFile(Refusal):
    """A file cannot be read at all."""


class BadRows(Refusal):
    """Some rows of a file were refused and nothing was stored."""


class Conflict(Refusal):
    """Somebody else changed the same thing in between."""


class StepNotAllowed(Refusal):
    """A place may not take this step of its process now."""


class TooManyTries(Refusal):
    """Too many attempts; `fields["seconds"]` says when the next may come."""


class DatabaseTrouble(Refusal):
    """The database is missing, locked, full, read-only or of another version."""


class MailTrouble(Refusal):
    """The e-mail server cannot be reached, or does not take a message."""


class ProviderTrouble(Refusal):
    """The sign-in service cannot be reached, or is not to be believed."""


class SetUpTrouble(Refusal):
    """The installation lacks something; the sentence says the way out."""
