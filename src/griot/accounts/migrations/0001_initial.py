from typing import Any

from django.core.management import call_command
from django.db import migrations, models


def make_cache(apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", "accounts_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                (
                    "place",
                    models.CharField(
                        help_text="keyed hash of what and from where",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunPython(make_cache, migrations.RunPython.noop),
    ]
