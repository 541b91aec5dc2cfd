"""The export pages: the runs, a file export, and HubSpot with its dry run."""
