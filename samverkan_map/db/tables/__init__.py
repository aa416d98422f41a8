"""The tables: columns and relations, no behaviour.

Geometry is EPSG:3006 (metres) throughout; times are UTC without offset; `day` counts local days since 1970-01-01.
Every row that two people can edit carries `version`, which the ORM raises and checks at each update.
"""

from samverkan_map.db.tables.base import SRID, Base, State
from samverkan_map.db.tables.decisions import Decision
from samverkan_map.db.tables.disposal import DisposalDecision
from samverkan_map.db.tables.earlier import EarlierText
from samverkan_map.db.tables.figures import Figure, FigureYear
from samverkan_map.db.tables.forms import Draft, HandledForm
from samverkan_map.db.tables.inbox import Letter, LetterContact, LetterPhoto, QuietWeek
from samverkan_map.db.tables.measures import (
    ComparisonPlace,
    Effect,
    FollowUp,
    Measure,
    MeasureCause,
    MeasurePart,
    MeasurePlace,
    MeasureSite,
    Promise,
)
from samverkan_map.db.tables.meeting_screens import MeetingScreen
from samverkan_map.db.tables.people import (
    AccountProposal,
    Attempt,
    AuditLine,
    Organisation,
    Person,
    RecoveryCode,
    SecondStep,
    SignedIn,
)
from samverkan_map.db.tables.places import (
    Cause,
    PhaseMove,
    Place,
    PlaceHours,
    PlacePhase,
    PlaceReport,
    ProblemDefinition,
    Review,
    Site,
)
from samverkan_map.db.tables.renewal import PeriodChoice, PeriodStart
from samverkan_map.db.tables.reports import Delivery, Report, Snap, SpeedMeasurement, Stretch
from samverkan_map.db.tables.rounds import Invitation, Round
from samverkan_map.db.tables.runs import Run
from samverkan_map.db.tables.situations import (
    Situation,
    SituationApproval,
    SituationEarlier,
    SituationPresentation,
    SituationText,
)
from samverkan_map.db.tables.sources import CrimeCount, DialogueTheme, SurveyValue
from samverkan_map.db.tables.walks import Walk, WalkPoint

__all__ = [
    "AccountProposal", "Attempt", "AuditLine", "Base", "Cause", "ComparisonPlace", "CrimeCount", "Decision", "Delivery",
    "DialogueTheme", "DisposalDecision", "Draft", "EarlierText", "Effect", "Figure", "FigureYear", "FollowUp",
    "HandledForm", "Invitation", "Letter", "LetterContact", "LetterPhoto", "Measure", "MeasureCause", "MeasurePart",
    "MeasurePlace", "MeasureSite", "MeetingScreen", "Organisation", "PeriodChoice", "PeriodStart",
    "Person", "PhaseMove", "Place", "PlaceHours",
    "PlacePhase", "PlaceReport", "ProblemDefinition", "Promise", "QuietWeek", "RecoveryCode", "Report", "Review",
    "Round", "Run", "SecondStep", "SignedIn", "Site", "Situation", "SituationApproval", "SituationEarlier",
    "SituationPresentation",
    "SituationText", "Snap", "SpeedMeasurement", "SRID", "State", "Stretch", "SurveyValue", "Walk", "WalkPoint",
]  # fmt: skip
