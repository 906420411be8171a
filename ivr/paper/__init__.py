"""What the flow gives on paper and in other forms, for people and for other programs.

sheet/     the recording sheet, for the person who reads the prompts aloud
pages/     the leaflet for a caller, and the script of a human helper, as HTML, PDF and text
sms/       the lesson as short messages
drawing/   the call as a picture
floip/     the call as a container of the Flow Interoperability Project

Beside them stands what fills in their templates, and `check`, which tells what paper and SMS would
say wrongly.
"""
