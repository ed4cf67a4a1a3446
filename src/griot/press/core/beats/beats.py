"""The beat that a new newsroom begins with: people on the move, in seven languages."""

from __future__ import annotations

from pathlib import Path

# One branch per language. Arabic takes its article and one-letter conjunctions as prefixes, hence the doubled
# forms. What is in the brackets with ^0.25 counts a quarter: alone it says little.
MIGRATION_QUERY = Path(__file__).with_name("migration.query").read_text()


MIGRATION_ABOUT = (
    "Migrants and refugees crossing borders and the sea, rescued or intercepted by the coast guard",
    "Asylum policy, immigration detention, deportation and the rights of migrants",
    "People displaced by war or disaster living in camps and returning home",
    "Foreign workers, diaspora and remittances, visas and labour migration agreements",
)
