"""What people are shown: pages, pictures, folders of reports. No task is known here."""
