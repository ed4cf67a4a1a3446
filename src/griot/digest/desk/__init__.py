"""The editor's desk: ranked stories on the one side, today's issue on the other."""
