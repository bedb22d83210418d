"""The owner's hand on the catalogue: the list of albums, and an album with all its words, its order and its price.

listing     all albums as the desk shows them
drafts      an album's fields as plain values, from its rows
saving      the same values back into rows; what changes the music makes a new edition
previewing  its page as visitors will see it
"""
