"""The course: lessons, and running them. Nothing in the analysis imports it."""
