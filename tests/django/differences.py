"""Where orm decides otherwise than Django, with the reason; both sides are checked: that they differ, and what orm means."""

DIFFERENCES = {}
