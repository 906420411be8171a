"""ঘরে বসে · Ghore Boshe: a phone line that teaches, in Bengali and by keypad, to use UMANG."""
