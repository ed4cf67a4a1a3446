"""What jobs failed with: set aside a row at a time, shown to administrators, tried again."""
