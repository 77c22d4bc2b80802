"""The ground floor, used by every stage. Imports no stage."""
