"""Bengali text to telephone clips.

The words of this package, in the order in which speech comes about:

    utterance   the words of one prompt, in one language, at one pace
    lexicon     how words are given to a voice that says them wrongly (spelling applies it)
    key words   the words of the keys; sayings are where prompts are said and which keys act there
    letters     in which a text is written, and which of them no voice says
    voice       something that speaks: Google's, or the offline one
    recording   a file by a human voice; a sheet lists what is to be recorded, the intake takes in
    speaker     who is asked to speak utterances: a voice with its lexicons, or the recordings
    recipe      all that decides how a clip will sound: words, speaker, chain
    take        one sentence or phrase as it was spoken; speech is the row of them
    chain       speech → clip: telephone, slow
    norms       the figures that the chain, the joins and the measures share
    clip        a finished WAV file; the library keeps them, its manifest says what each is
    inventory   the state of every clip; inspection measures them and holds them to gates and limits
    renewal     which clips and recordings a change of words makes stale
"""
