"""The tables of testimonies, a room each: campaigns and their people, testimonies and consent, the work on
them, files, and what is remembered of who looked.
"""

from griot.testimonies.models.campaigns import (
    Campaign,
    CheckIn,
    ConsentText,
    Country,
    Device,
    Guide,
    Messenger,
    Module,
    Referral,
    Spoken,
    Training,
)
from griot.testimonies.models.consents import Consent, Proposal
from griot.testimonies.models.files import HELD, Cut, File, Rendition, Upload
from griot.testimonies.models.making import MakingState
from griot.testimonies.models.memory import Access, Departure
from griot.testimonies.models.testimonies import Contact, Submission, Testimony
from griot.testimonies.models.work import MachineWork, Step, Writing

__all__ = [
    "HELD",
    "Access",
    "Campaign",
    "CheckIn",
    "Consent",
    "ConsentText",
    "Contact",
    "Country",
    "Cut",
    "Departure",
    "Device",
    "File",
    "Guide",
    "MachineWork",
    "MakingState",
    "Messenger",
    "Module",
    "Proposal",
    "Referral",
    "Rendition",
    "Spoken",
    "Step",
    "Submission",
    "Testimony",
    "Training",
    "Upload",
    "Writing",
]
