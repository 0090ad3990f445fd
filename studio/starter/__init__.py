"""How the shipped starter models are made: captioned pictures, training, figures. Needed only to train, never to
dream.
"""
