"""The words people say at the meetings, as types.

Everything that is one municipality's own (problem types, areas, forums, recipients) is data under
`data/<municipality>/` and is read by `agreement`. Stored values never change once released.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
"""What the clocks on the wall show where the reports come from."""


class ReportKind(StrEnum):
    """What one observation is: a problem, a traffic complaint, an accident, or a strength (a safe or liked place)."""

    PROBLEM = "problem"
    TRAFFIC = "traffic"
    ACCIDENT = "accident"
    STRENGTH = "strength"


class Layer(StrEnum):
    """A layer of the map. The first four are the kinds of report, the others what is done."""

    PROBLEM = "problem"
    TRAFFIC = "traffic"
    ACCIDENT = "accident"
    STRENGTH = "strength"
    PLACES = "places"
    SITES = "sites"
    MEASURES = "measures"

    @property
    def kind(self) -> ReportKind | None:
        """The kind of report the layer shows, or None for places, sites and measures."""
        return ReportKind(self.value) if self.value in set(ReportKind) else None


class Phase(StrEnum):
    """The four steps of the agreement, which are the SARA model: kartläggning, analys, åtgärder, uppföljning."""

    SCANNING = "scanning"
    ANALYSIS = "analysis"
    RESPONSE = "response"
    ASSESSMENT = "assessment"

    @property
    def number(self) -> int:
        """1 for kartläggning to 4 for uppföljning."""
        return list(Phase).index(self) + 1

    def is_back(self, target: Phase) -> bool:
        """Whether a move from this phase to `target` steps back (any earlier phase may be stepped back to)."""
        return target.number < self.number

    def is_forward(self, target: Phase) -> bool:
        """Whether a move to `target` steps forward: one step at a time, and from uppföljning nowhere."""
        return target.number == self.number + 1


class PhaseStatus(StrEnum):
    """How far one phase of a place has come (Inte påbörjad, Påbörjad – uppgifter saknas, Klar, Öppnad igen)."""

    NOT_STARTED = "not_started"
    INCOMPLETE = "incomplete"
    DONE = "done"
    REOPENED = "reopened"


class Missing(StrEnum):
    """What a phase of a place lacks before the next: parts of the problem's definition, a cause with evidence, a
    measure, a verdict; and before it is done, a measure that has begun."""

    WHAT = "what"
    WHERE = "where"
    WHEN = "when"
    HOW_OFTEN = "how_often"
    WHO_AFFECTED = "who_affected"
    SOURCES = "sources"
    CAUSE = "cause"
    MEASURE = "measure"
    BEGUN = "begun"
    VERDICT = "verdict"


class StepBackReason(StrEnum):
    """Why a place stepped back: new information, changed conditions, the measure failed, or another reason."""

    NEW_INFORMATION = "new_information"
    CHANGED_CONDITIONS = "changed_conditions"
    MEASURE_FAILED = "measure_failed"
    OTHER = "other"


class Precision(StrEnum):
    """How exactly a report says where: only `point` and `street` reports may have a position."""

    POINT = "point"
    STREET = "street"
    AREA = "area"
    MUNICIPALITY = "municipality"


class Severity(StrEnum):
    """How hard an accident hurt: dödsfall, svår, lindrig, egendom."""

    DEATH = "dodsfall"
    SERIOUS = "svar"
    SLIGHT = "lindrig"
    PROPERTY = "egendom"


class Keeper(StrEnum):
    """Who keeps a road (väghållare), which decides who can act."""

    MUNICIPALITY = "kommun"
    STATE = "trafikverket"
    ASSOCIATION = "vagforening"
    PRIVATE = "enskild"


class MeasureStatus(StrEnum):
    """Planned, ongoing, done or cancelled (planerad, pågår, klar, avbruten)."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"


class Mechanism(StrEnum):
    """How a measure is meant to work: the five situational mechanisms, placemaking, and traffic."""

    INCREASE_EFFORT = "increase_effort"
    INCREASE_RISK = "increase_risk"
    REDUCE_REWARDS = "reduce_rewards"
    REDUCE_PROVOCATIONS = "reduce_provocations"
    REMOVE_EXCUSES = "remove_excuses"
    PLACEMAKING = "placemaking"
    TRAFFIC = "traffic"


class Evidence(StrEnum):
    """How well it is known that a kind of measure works, from many good studies to none that we know of."""

    STRONG = "strong"
    SOME = "some"
    MIXED = "mixed"
    WEAK = "weak"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """A person's verdict of a follow-up, kept apart from any computed wording."""

    HELPED = "helped"
    CANNOT_TELL = "cannot_tell"
    DID_NOT_HELP = "did_not_help"


class NextStep(StrEnum):
    """What a follow-up leads to: the measure ends, goes on, or the place steps back to analysis."""

    END = "end"
    CONTINUE = "continue"
    BACK_TO_ANALYSIS = "back_to_analysis"


class EndReason(StrEnum):
    """Why a place or a measure is closed when an agreement runs out."""

    FINISHED = "finished"
    NOT_NEEDED = "not_needed"
    ELSEWHERE = "elsewhere"
    NO_MEANS = "no_means"
    OTHER = "something_else"


class DecisionStatus(StrEnum):
    """A decision of a meeting: open, carried out, or no longer to be carried out."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class CauseKind(StrEnum):
    """Why a problem keeps coming: the three corners of routine activity, decay cues, assets of the place that lie
    unused, and responsibility outside the two parties."""

    OBJECT = "object"
    GUARDIAN = "guardian"
    OFFENDER = "offender"
    DECAY = "decay"
    ASSET = "asset"
    RESPONSIBILITY = "responsibility"


class WatchKind(StrEnum):
    """What watches over a place at certain hours: open doors, staff or adults, light."""

    OPENING = "opening"
    STAFFED = "staffed"
    LIT = "lit"


class MeasureKind(StrEnum):
    """Whether a measure changes the place and the situation, or people's circumstances."""

    SITUATIONAL = "situational"
    SOCIAL = "social"


class Term(StrEnum):
    """Whether a measure is meant to work soon or in the long run."""

    SHORT = "short"
    LONG = "long"


class Voice(StrEnum):
    """Who reviews a placemaking site."""

    BUSINESS = "business"
    PUBLIC = "public"
    POLICE = "police"
    MUNICIPALITY = "municipality"


class DayPart(StrEnum):
    """The times of day a review speaks of."""

    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class DayKind(StrEnum):
    """Which days somebody who reports speaks of: weekdays or weekends."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"


class HowOften(StrEnum):
    """How often it happens, as somebody who reports sees it."""

    ONCE = "once"
    SOMETIMES = "sometimes"
    OFTEN = "often"


class LetterStatus(StrEnum):
    """What has become of a report in the inbox: not read, taken up, answered, or hidden because it cannot be used."""

    NEW = "new"
    TAKEN_UP = "taken_up"
    ANSWERED = "answered"
    HIDDEN = "hidden"


class Recipient(StrEnum):
    """To whom a report was sent on: the keeper of the road, or the municipality's own reporting of faults."""

    MUNICIPALITY = "kommun"
    STATE = "trafikverket"
    ASSOCIATION = "vagforening"
    PRIVATE = "enskild"
    FAULTS = "felanmalan"


class Answer(StrEnum):
    """The sentences that a report can be answered with."""

    WORKING = "working"
    PLANNED = "planned"
    FIXED = "fixed"
    WATCHED = "watched"
    SENT_ON = "sent_on"
    NOT_OURS = "not_ours"
    NOTHING = "nothing"


class Unusable(StrEnum):
    """Why a report was hidden: about persons, abusive, a test, the same as another one, or about no place here."""

    PERSONS = "persons"
    ABUSE = "abuse"
    TEST = "test"
    TWICE = "twice"
    NO_PLACE = "no_place"


class Whose(StrEnum):
    """Whose letters are looked at: all, those that are one's own task, or those that are nobody's."""

    ALL = "alla"
    MINE = "mina"
    NOBODYS = "ingens"


class Dimension(StrEnum):
    """What makes a place good, as the agreement names it: reviewers say which are its strengths."""

    ATTRACTIVE = "attractive"
    LIVELY = "lively"
    CLEAN = "clean"
    SAFE = "safe"
    TRAFFIC_SAFE = "traffic_safe"
    SUSTAINABLE = "sustainable"


class OrganisationKind(StrEnum):
    """What an organisation is."""

    MUNICIPALITY = "municipality"
    POLICE = "police"
    BUSINESS = "business"
    PROPERTY_OWNER = "property_owner"
    ASSOCIATION = "association"


class Role(StrEnum):
    """The six roles. `PUBLIC` is everybody who has not signed in."""

    PUBLIC = "publik"
    BUSINESS = "foretag"
    TRAFFIC_GROUP = "trafikgrupp"
    PLANNER = "planerare"
    POLICE = "polis"
    COORDINATOR = "samordnare"


class ProposalKind(StrEnum):
    """What a coordinator may propose about an account of the police: opening it, a role, a password, no second step."""

    OPEN = "open"
    ROLE = "role"
    PASSWORD = "password"
    STEP = "step"


class SituationState(StrEnum):
    """How far a version of the situation picture has come: written on, closed for approval, frozen for good."""

    DRAFT = "draft"
    SEALED = "sealed"
    FROZEN = "frozen"


class SituationOutcome(StrEnum):
    """What a version of the situation picture says: a revised picture, or that the earlier one needs no revision."""

    REVISED = "revised"
    NO_REVISION = "no_revision"


class SituationChapter(StrEnum):
    """What the law asks a situation picture for: extent, consequences, other information, analysis; and our limits."""

    EXTENT = "extent"
    CONSEQUENCES = "consequences"
    OTHER = "other_information"
    ANALYSIS = "analysis"
    UNKNOWN = "unknown"


class Permission(StrEnum):
    """What somebody may be allowed to do. Who may is told by `grants.toml`, where the numbers of the matrix stand."""

    SEE_PUBLISHED = "see_published"
    SEE_STATISTICS = "see_statistics"
    SEE_EXACT_REPORTS = "see_exact_reports"
    SEE_COARSE_REPORTS = "see_coarse_reports"
    SEE_DRUGS = "see_drugs"
    SEE_RAW_TEXT = "see_raw_text"
    SEE_CONTACT = "see_contact"
    FOLLOW_REPORT = "follow_report"
    SEND_REPORT = "send_report"
    REVIEW_SITE = "review_site"
    SEE_SINGLE_REVIEWS = "see_single_reviews"
    SEE_REVIEW_AVERAGES = "see_review_averages"
    OFFER_CONTRIBUTION = "offer_contribution"
    EDIT_PLACE = "edit_place"
    EDIT_PROBLEM = "edit_problem"
    STEP_PLACE = "step_place"
    EDIT_MEASURE = "edit_measure"
    SET_VERDICT = "set_verdict"
    ARCHIVE = "archive"
    DISPOSE = "dispose"
    HANDLE_REPORTS = "handle_reports"
    RELEASE_PHOTO = "release_photo"
    IMPORT_SPEEDS = "import_speeds"
    IMPORT_REPORTS = "import_reports"
    UPLOAD_GEODATA = "upload_geodata"
    PUBLISH = "publish"
    MEET = "meet"
    WRITE_DECISION = "write_decision"
    EDIT_SITUATION = "edit_situation"
    APPROVE_SITUATION = "approve_situation"
    PUBLISH_SITUATION = "publish_situation"
    PRESENT_SITUATION = "present_situation"
    EXPORT_PUBLIC = "export_public"
    EXPORT_INTERNAL = "export_internal"
    PREVIEW_PUBLIC = "preview_public"
    INVITE_BUSINESS = "invite_business"
    MANAGE_PEOPLE = "manage_people"
    CONFIRM_POLICE = "confirm_police"
    READ_AUDIT = "read_audit"
    CHANGE_AUDIT = "change_audit"
    CHANGE_SETTINGS = "change_settings"
    VISIT = "visit"
    OWN_ACCOUNT = "own_account"
    SIGN_IN = "sign_in"
    UNDO_DELIVERY = "undo_delivery"
    EDIT_SITE = "edit_site"
    SET_UP = "set_up"
    KEEP_RUN = "keep_run"
    SAY_NOTHING = "say_nothing"
    SHOW_MEETING = "show_meeting"
    HOLD_WALK = "hold_walk"
    SEE_PHOTO = "see_photo"
    OPEN_INBOX = "open_inbox"
    ASSIGN_REPORTS = "assign_reports"
    SEE_SOURCES = "see_sources"
    SEE_DIALOGUES = "see_dialogues"
    KEEP_SOURCES = "keep_sources"
    START_PERIOD = "start_period"
    CONFIRM_DISPOSAL = "confirm_disposal"


@dataclass(frozen=True)
class Period:
    """A half-open run of local days, `[start, end)`; None at an end means open.

    >>> Period(date(2025, 1, 1), date(2025, 4, 1)).days
    90
    """

    start: date | None = None
    end: date | None = None

    @property
    def days(self) -> int | None:
        """How many days, or None for an open period."""
        return (self.end - self.start).days if self.start and self.end else None

    def step(self, direction: int) -> Period:
        """The period of the same length just before (-1) or after (+1); whole months stay whole months.

        >>> Period(date(2025, 1, 1), date(2025, 4, 1)).step(-1)
        Period(start=datetime.date(2024, 10, 1), end=datetime.date(2025, 1, 1))
        """
        if not (self.start and self.end):
            return self
        if self.start.day == 1 and self.end.day == 1:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            return Period(add_months(self.start, direction * months), add_months(self.end, direction * months))
        shift = timedelta(days=direction * (self.days or 0))
        return Period(self.start + shift, self.end + shift)


def add_months(day: date, months: int) -> date:
    """The first day of the month `months` after the month of `day`.

    >>> add_months(date(2025, 11, 1), 3)
    datetime.date(2026, 2, 1)
    """
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
