"""The forecaster: windows of series to what comes next."""
