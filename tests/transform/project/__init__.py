"""Rules of the dbt project itself: its files, its packaging, its list of wrong models."""
