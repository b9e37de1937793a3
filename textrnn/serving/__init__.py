"""Many texts, files and folders through any head; no task is known here."""
